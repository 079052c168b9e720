/**
 * Similarity of two packet flows: counts per bin at entry and exit, compared at every lag by
 * Pearson's and Spearman's correlation and by mutual information (docs/spec/privacy-metrics.md,
 * Attacks).
 *
 * @module
 */
import { correlation } from '../../statistics/summary.ts';

/** Number of cells on each axis of the table from which mutual information is computed. */
const LEVELS = 8;

/** Bins of equal width in which packets are counted; times in ns. */
export interface TimeBins {
  readonly fromNs: number;
  readonly widthNs: number;
  readonly count: number;
}

/** Counts packets per bin; instants outside of all bins are ignored. */
export function countPacketsPerBin(
  times: readonly number[],
  { fromNs, widthNs, count }: TimeBins,
): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const at of times) {
    const bin = Math.floor((at - fromNs) / widthNs);
    if (bin >= 0 && bin < count) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** The measures of similarity between two flows. */
export type SimilarityMeasure = 'pearson' | 'spearman' | 'mutual-information';

/**
 * The greatest similarity when the exit lags 0 to `lagMax` bins behind the entry; 0 if one of the flows
 * is constant.
 */
export function flowScore(
  entry: readonly number[],
  exit: readonly number[],
  how: { readonly likeness: SimilarityMeasure; readonly lagMax: number },
): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let lag = 0; lag <= how.lagMax; lag += 1) {
    const score = likeness(entry.slice(0, entry.length - lag), exit.slice(lag), how.likeness);
    if (score > best) best = score;
  }
  return best === Number.NEGATIVE_INFINITY ? 0 : best;
}

function likeness(a: readonly number[], b: readonly number[], kind: SimilarityMeasure): number {
  switch (kind) {
    case 'pearson':
      return correlation(a, b) || 0;
    case 'spearman':
      return correlation(ranks(a), ranks(b)) || 0;
    case 'mutual-information':
      return mutualInformation(a, b);
  }
}

/** Ranks from 1; equal values share their mean rank. */
export function ranks(values: readonly number[]): readonly number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const result = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end += 1;
    for (const i of order.slice(start, end)) result[i] = (start + 1 + end) / 2;
    start = end;
  }
  return result;
}

/**
 * Mutual information of two lists, in bits, from 8 x 8 cells of equal width, with the Miller-Madow
 * correction: an entropy estimated from K occupied cells is (K - 1) / (2 n ln 2) too low. The result
 * may be below 0.
 */
export function mutualInformation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [levels(a), levels(b)];
  const joint = x.map((level, i) => level * LEVELS + (y[i] ?? 0));
  return cellEntropy(x) + cellEntropy(y) - cellEntropy(joint);
}

function levels(values: readonly number[]): readonly number[] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = high > low ? LEVELS / (high - low) : 0;
  return values.map((value) => Math.min(LEVELS - 1, Math.floor((value - low) * scale)));
}

/** Entropy in bits of samples given by their cells, with the Miller-Madow correction. */
export function cellEntropy(cells: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const n = cells.length;
  if (n === 0) return 0;
  let bits = 0;
  for (const count of counts.values()) bits -= (count / n) * Math.log2(count / n);
  return bits + (counts.size - 1) / (2 * n * Math.LN2);
}
