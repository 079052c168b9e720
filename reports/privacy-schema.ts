/**
 * The shape of what a report says about privacy, a part of `report.json`: every figure stands beside
 * the adversary and the estimator that it holds for (spec/mixnet.md 4.5).
 *
 * @module
 */
import { z } from 'zod';

const text = z.string();
const number = z.number();
const count = z.number().int();

const target = z
  .strictObject({ seed: count, entropy: number, minEntropy: number, hartley: number })
  .describe('one followed message, in bits');

const delays = z
  .strictObject({
    step: number.describe('width of a bar, in means of the delay'),
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
    interval: text.describe('which interval low and high are'),
    adversary: text,
    estimator: text,
  })
  .describe('one attack on the shown seed');

/** How well messages hide, and what it costs. */
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
    attacks: z.exactOptional(z.array(attack)),
  })
  .describe('privacy by ground truth and by what an adversary believes');
