/**
 * Computes the entropy of targets (messages that the adversary tries to follow) by the time at
 * which they were sent: its quantiles in intervals of equal length, and its ceiling log2(N) for N
 * candidates.
 *
 * @module
 */
import { greatestOf, leastOf } from '../../../../engine/pure/extremes.ts';
import { quantile, sortedAscending } from '../../../../reports/statistics/quantile.ts';
import type { PrivacyReport } from './observers.ts';

/** Smallest number of targets in an interval for which quantiles are computed. */
const TARGETS_MIN = 5;
const STRETCHES_MAX = 24;

/**
 * A message that the adversary tries to follow, with its entropy and, if known, the time at which
 * it was sent.
 */
export type EntropyTarget = PrivacyReport['targets'][number];

/** The entropy of the targets that were sent in one interval. */
export interface EntropyInterval {
  readonly fromNs: number;
  readonly toNs: number;
  readonly targets: number;
  /** Quantiles of the entropy in the interval, bits. */
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  /** Median of log2(N), bits, where N is the number of candidates of a target. */
  readonly ceiling: number;
}

/** True if the report says for every target when it was sent. */
function haveTimes(targets: readonly EntropyTarget[]): boolean {
  return targets.length > 0 && targets.every(({ atNs }) => atNs !== undefined);
}

/**
 * Divides the time from the first to the last target into intervals; intervals without targets are
 * omitted.
 */
export function entropyIntervals(targets: readonly EntropyTarget[]): readonly EntropyInterval[] {
  if (!haveTimes(targets)) return [];
  const times = targets.map(({ atNs = 0 }) => atNs);
  const from = leastOf(times);
  const to = greatestOf(times);
  const wanted = Math.floor(targets.length / (2 * TARGETS_MIN));
  const count = from === to ? 1 : Math.max(1, Math.min(STRETCHES_MAX, wanted));
  const width = (to - from) / count;
  const groups = Array.from({ length: count }, (): EntropyTarget[] => []);
  for (const target of targets) {
    const at = width === 0 ? 0 : Math.floor(((target.atNs ?? 0) - from) / width);
    groups[Math.min(count - 1, at)]?.push(target);
  }
  return groups.flatMap((group, i): EntropyInterval[] => {
    if (group.length === 0) return [];
    return [{ fromNs: from + i * width, toNs: from + (i + 1) * width, ...entropyQuantiles(group) }];
  });
}

/** Computes the quantiles of the entropy of several targets, and their ceiling. */
export function entropyQuantiles(
  targets: readonly EntropyTarget[],
): Omit<EntropyInterval, 'fromNs' | 'toNs'> {
  const bits = sortedAscending(targets.map(({ entropy }) => entropy));
  const ceilings = sortedAscending(targets.map(({ hartley }) => hartley));
  const at = (p: number): number => quantile(bits, p) ?? 0;
  return {
    ...{ targets: targets.length, p10: at(0.1), p50: at(0.5), p90: at(0.9) },
    ceiling: quantile(ceilings, 0.5) ?? 0,
  };
}

/**
 * A bar of the histogram of anonymity sets: the number of targets whose set has between `from` and
 * `to` messages.
 */
export interface AnonymitySetBar {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * Counts the targets by the size of their effective anonymity set, which is 2 to the power of the
 * entropy, in bars of equal width from 0.
 */
export function anonymitySetBars(
  targets: readonly EntropyTarget[],
  bars: number,
): readonly AnonymitySetBar[] {
  const sizes = targets.map(({ entropy }) => 2 ** entropy);
  const width = niceWidth(greatestOf([1, ...sizes]) / bars);
  const count = Math.ceil(greatestOf([1, ...sizes]) / width);
  const counts = new Array<number>(count).fill(0);
  for (const size of sizes) {
    const at = Math.min(count - 1, Math.floor(size / width));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((one, i) => ({ from: i * width, to: (i + 1) * width, count: one }));
}

/** Returns the smallest number not below `least` that is 1, 2 or 5 times a power of ten. */
function niceWidth(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-12)) ?? 10;
  return step * power;
}
