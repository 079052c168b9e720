/**
 * The schema of the privacy part of `report.json`: every figure comes with the adversary and the
 * estimator for which it holds (docs/spec/privacy-metrics.md).
 *
 * @module
 */
import { z } from 'zod';

const text = z.string();
const number = z.number();
const count = z.number().int();

const target = z
  .strictObject({
    seed: count,
    atNs: z.exactOptional(number.describe('when its sender made it')),
    entropy: number,
    minEntropy: number,
    hartley: number,
  })
  .describe('one followed message, in bits');

const delays = z
  .strictObject({
    step: number.describe('width of a bar, in units of the mean delay'),
    measured: z.array(number).describe('share of the delays in each bar; the last: all beyond'),
    expected: z.array(number).describe('the same of Exp(mean)'),
    delays: count,
    meanNs: number,
    worstP: number.nullable().describe('smallest p-value of any mix, Kolmogorov-Smirnov'),
    mixes: count,
  })
  .describe('delays of all mixes against their law, by ground truth');

const attack = z
  .strictObject({
    attack: text,
    success: number.describe('share of right answers, or area under the ROC curve'),
    low: number,
    high: number,
    trials: count,
    hits: z.exactOptional(number),
    chance: number.describe('success of guessing'),
    roc: z.exactOptional(
      z
        .array(z.strictObject({ falsePositive: number, truePositive: number }))
        .describe('corners of the ROC curve from (0, 0) to (1, 1), where success is the area'),
    ),
    interval: text.describe('which interval low and high are'),
    adversary: text,
    estimator: text,
  })
  .describe('one attack on the shown seed');

const journey = z
  .strictObject({
    atNs: number,
    sender: text,
    recipient: text.nullable().describe('null for cover'),
    entropy: number,
    route: z.array(text).describe('nodes that it really took, in order'),
    mixes: z.array(text).describe('nodes of the flows that mix'),
    flows: z
      .array(z.strictObject({ from: text, to: text, mass: number }))
      .describe('expected passages, as the adversary believes, heaviest first; loops come round'),
    rest: number.describe('sum of the lighter flows that are left out'),
  })
  .describe(
    'the target of median entropy of the shown seed, as the adversary believes it to travel',
  );

const linkability = z
  .strictObject({
    senders: z.array(text),
    receivers: z.array(text),
    targets: z.array(count).describe('targets of each sender'),
    mass: z
      .array(z.array(number))
      .describe('by sender: mean probability of each receiver, cover left out, sum 1'),
    partners: z
      .array(z.array(number))
      .describe('by sender: share of its targets for each receiver'),
  })
  .describe('whom the adversary believes the senders of the targets to write to, shown seed');

/** Schema of the privacy figures of a report: anonymity, attacks, and their cost. */
export const privacySchema = z
  .strictObject({
    adversary: text,
    estimator: text,
    mixes: count,
    corrupt: z.array(text),
    poolMean: number.describe('messages in a mix on average, lowest of the seeds'),
    targets: z.array(target).describe('at most 2,000, all seeds'),
    massLeft: number.describe('largest share of a target that had not arrived at the end'),
    delays: z.exactOptional(delays.describe('of the shown seed')),
    latencyMsP50: number.nullable().describe('delivered payloads of the shown seed'),
    latencyMsP95: number.nullable(),
    packetsPerPayload: number.nullable().describe('packets on links for each delivered payload'),
    bytesPerPayload: z.exactOptional(number.describe('bytes on links for each delivered payload')),
    journey: z.exactOptional(journey),
    linkability: z.exactOptional(linkability),
    attacks: z.exactOptional(z.array(attack)),
  })
  .describe('privacy by ground truth and by what an adversary believes');

/** Schema of the privacy budget of a report, round by round. */
export const privacyBudgetSchema = z
  .strictObject({
    delta: number
      .nullable()
      .describe(
        'at which every epsilon holds: the largest of the run; null: the protocol is silent',
      ),
    rounds: z
      .array(
        z.strictObject({
          seed: count,
          round: count.describe('counted from the end of the warm-up, the first is 1'),
          epsilon: number.describe('spent since the start of the run, `dp.epsilon`'),
          accuracy: z.exactOptional(number.describe('after the round, 0 to 1, `dp.accuracy`')),
        }),
      )
      .describe('at most 2,000, evenly spaced in each seed, its last one among them'),
  })
  .describe('differential privacy: epsilon over rounds, with accuracy');
