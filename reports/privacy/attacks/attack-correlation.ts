/**
 * Flow correlation on a run: do the packet counts of a user's entry link and of a receiver's link
 * vary together? Matched pairs are users and their partners (docs/spec/privacy-metrics.md,
 * Attacks).
 *
 * A receiver's link has two directions: payloads arrive, acknowledgements leave. Clients that retrieve
 * at a constant rate reveal nothing by what arrives, but without cover their acknowledgements reveal
 * them. So each direction is an attack of its own.
 *
 * @module
 */

import type { AttackSuccess } from './attack-success.ts';
import { countPacketsPerBin, flowScore, type SimilarityMeasure } from './flow-scores.ts';
import { pathDelayQuantileNs } from './path-law.ts';
import { areaUnderCurve, rocCorners, type ScoredPairs } from './roc.ts';
import type { Attack, AttackInput } from './setting.ts';
import { splitTrafficByUser, type UserTraffic } from './user-traffic.ts';

/**
 * Bin width for the KPI, ns: the largest of the usual 50 ms, 200 ms and 1 s, because the variation of
 * path delays blurs it least.
 */
const BIN_NS = 1_000_000_000;
/** The largest lag is this quantile of the path's delay. */
const LAG_QUANTILE = 0.99;
/** Unmatched receivers for each matched pair: more would only repeat the same flows. */
const UNMATCHED_PER_PAIR = 4;
/** Smallest number of bins that must overlap at the largest lag, for a meaningful correlation. */
const BINS_MIN = 8;

/** How two flows are compared: measure, width of bins, direction. */
export interface CorrelationOptions {
  readonly likeness: SimilarityMeasure;
  readonly binNs: number;
  readonly direction: Direction;
}

/**
 * Which packets on a receiver's link are counted: `comes`, those to the receiver; `goes`, those from
 * it.
 */
type Direction = 'comes' | 'goes';

/** The correlation attack on the packets that arrive at the receiver. */
export const correlationAttack: Attack = correlation('correlation', 'comes');

/**
 * The correlation attack on the packets that the receiver sends: acknowledgements, unless cover hides
 * them.
 */
export const answerCorrelationAttack: Attack = correlation('answers', 'goes');

function correlation(name: string, direction: Direction): Attack {
  const link = direction === 'comes' ? 'exit link' : 'own sends (answers)';
  return {
    name,
    adversary: 'global passive, links only',
    estimator: `area under the ROC curve of Pearson’s correlation of entry link and ${link}, 1 s bins, best lag`,
    evaluate: (input): AttackSuccess | undefined => {
      const scored = scoreFlows(input, { likeness: 'pearson', binNs: BIN_NS, direction });
      const area = areaUnderCurve(scored);
      if (area === undefined) return undefined;
      const { auc, low, high } = area;
      const trials = scored.matched.length;
      return {
        attack: name,
        success: auc,
        low,
        high,
        trials,
        chance: 0.5,
        interval: 'DeLong 95 %',
        roc: rocCorners(scored),
      };
    },
  };
}

/** Scores of all matched pairs, and of up to four unmatched pairs for each of them. */
export function scoreFlows(input: AttackInput, options: CorrelationOptions): ScoredPairs {
  const { view, setting, answers } = input;
  const { sent, received } = splitTrafficByUser(view, setting);
  const { fromNs, untilNs, path } = setting;
  const { binNs, likeness } = options;
  const bins = { fromNs, widthNs: binNs, count: Math.floor((untilNs - fromNs) / binNs) };
  const lagMax = Math.min(
    Math.ceil(pathDelayQuantileNs(path, LAG_QUANTILE) / binNs),
    bins.count - BINS_MIN,
  );
  if (lagMax < 0) return { matched: [], unmatched: [] };
  const counts = (lists: UserTraffic['sent']): ReadonlyMap<string, readonly number[]> =>
    new Map([...lists].map(([user, times]) => [user, countPacketsPerBin(times, bins)]));
  const entries = counts(sent);
  const exits = options.direction === 'comes' ? counts(received) : entries;
  const score = ([a, b]: Pair): number =>
    flowScore(entries.get(a) ?? [], exits.get(b) ?? [], { likeness, lagMax });
  const { matched, unmatched } = pairsOf(answers.partners);
  return { matched: matched.map(score), unmatched: unmatched.map(score) };
}

type Pair = readonly [sender: string, receiver: string];

/**
 * The pairs to compare: each sender with its partner and with the receivers of the following pairs,
 * to whom it did not write.
 */
function pairsOf(partners: ReadonlyMap<string, ReadonlySet<string>>): {
  readonly matched: readonly Pair[];
  readonly unmatched: readonly Pair[];
} {
  const matched = [...partners].flatMap(([user, names]) =>
    [...names].map((name): Pair => [user, name]),
  );
  const unmatched: Pair[] = [];
  for (const [i, [user]] of matched.entries()) {
    const own = partners.get(user);
    for (let shift = 1; shift <= Math.min(UNMATCHED_PER_PAIR, matched.length - 1); shift += 1) {
      const [, other] = matched[(i + shift) % matched.length] as Pair;
      if (other !== user && own?.has(other) !== true) unmatched.push([user, other]);
    }
  }
  return { matched, unmatched };
}
