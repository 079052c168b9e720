/**
 * Percentiles by nearest rank, and their distribution-free intervals from order statistics with
 * exact binomial ranks (David and Nagaraja, "Order Statistics"). For independent samples only:
 * packets of one run are not independent.
 *
 * @module
 */
import { binomialCdf } from './special.ts';

/** A rank this close to a whole number counts as that number: 0.95 x 100 is 95, not 96. */
const RANK_SLACK = 1e-9;

/** The nearest rank of a percentile: ceil(p n), at least 1. */
export function nearestRank(p: number, n: number): number {
  return Math.min(n, Math.max(1, Math.ceil(p * n - RANK_SLACK)));
}

/**
 * The p-quantile by nearest rank.
 * @param sorted Ascending.
 * @returns undefined for no samples.
 */
export function quantile(sorted: readonly number[], p: number): number | undefined {
  return sorted[nearestRank(p, sorted.length) - 1];
}

/** A copy that is sorted by value, ascending. */
export function sortedAscending(values: readonly number[]): readonly number[] {
  return Array.from(Float64Array.from(values).sort());
}

/** Ranks (from 1) of the samples that enclose a quantile; a missing rank means no finite bound. */
export interface RankInterval {
  readonly low?: number;
  readonly high?: number;
  /** Exact probability that the interval covers the quantile. */
  readonly coverage: number;
}

/** The parameters of an interval for a quantile. */
export interface RankIntervalInput {
  readonly n: number;
  readonly p: number;
  readonly level: number;
}

/**
 * Two-sided interval of ranks l and u with a probability of at most (1 - level)/2 outside on either
 * side: the largest l with F(l - 1) <= (1 - level)/2 and the smallest u with F(u - 1) >= (1 + level)/2,
 * where F is the distribution function of Bin(n, p).
 */
export function rankInterval(question: RankIntervalInput): RankInterval {
  const { n, p, level } = question;
  const tail = (1 - level) / 2;
  const cdf = (k: number): number => binomialCdf(k, { n, p });
  const low = firstRank(n, (rank) => cdf(rank) > tail);
  const high = firstRank(n, (rank) => cdf(rank - 1) >= 1 - tail);
  const hasLow = cdf(0) <= tail;
  return {
    ...(hasLow ? { low } : {}),
    ...(high <= n ? { high } : {}),
    coverage: (high <= n ? cdf(high - 1) : 1) - (hasLow ? cdf(low - 1) : 0),
  };
}

/**
 * Rank of the one-sided upper bound of a quantile. At p95 and 95 % confidence it exists from n = 59 on.
 * @returns undefined when n is too small for a finite bound.
 */
export function upperBoundRank(question: RankIntervalInput): number | undefined {
  const { n, p, level } = question;
  const rank = firstRank(n, (candidate) => binomialCdf(candidate - 1, { n, p }) >= level);
  return rank <= n ? rank : undefined;
}

/** The smallest n for which a one-sided upper bound of the p-quantile exists: 1 - p^n >= level. */
export function samplesForUpperBound(p: number, level: number): number {
  return Math.ceil(Math.log(1 - level) / Math.log(p));
}

/** The first rank in 1..n for which a monotone condition holds; n + 1 when none does. */
function firstRank(n: number, holds: (rank: number) => boolean): number {
  let low = 1;
  let high = n + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
