/**
 * Tests whether B differs from A: by Student's t over the differences of paired seeds, whose spread
 * common random numbers keep small; or, if pairing is impossible, by Welch's t over two independent
 * groups (Welch 1947).
 *
 * @module
 */
import { meanInterval, studentQuantile } from './student-t.ts';
import { correlation, summariseSample } from './summary.ts';

/** Smallest effect, as a share of the baseline: smaller changes are ignored. */
export const SMALLEST_EFFECT_SHARE = 0.01;

/** The interval of the difference B - A. */
export interface DifferenceInterval {
  readonly isPaired: boolean;
  readonly n: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /**
   * Correlation of the paired values: below 0.3 the common random numbers did not help. NaN if
   * undefined.
   */
  readonly correlation: number;
}

/** The direction of a difference; whether `up` is good or bad depends on the limit. */
export type DifferenceDirection = 'up' | 'down' | 'same' | 'inconclusive';

/**
 * The mean of b - a with its interval over pairs.
 * @returns undefined for fewer than two pairs.
 */
export function pairedDifference(
  pairs: readonly { readonly a: number; readonly b: number }[],
  level: number,
): DifferenceInterval | undefined {
  const interval = meanInterval(
    pairs.map((pair) => pair.b - pair.a),
    level,
  );
  if (interval === undefined) return undefined;
  const { n, mean, low, high } = interval;
  const related = correlation(
    pairs.map((pair) => pair.a),
    pairs.map((pair) => pair.b),
  );
  return { isPaired: true, n, mean, low, high, correlation: related };
}

/**
 * The difference of the means of two independent groups (Welch).
 * @returns undefined when a group has fewer than two values.
 */
export function unpairedDifference(
  groups: { readonly a: readonly number[]; readonly b: readonly number[] },
  level: number,
): DifferenceInterval | undefined {
  const a = summariseSample(groups.a);
  const b = summariseSample(groups.b);
  if (a.n < 2 || b.n < 2) return undefined;
  const va = (a.deviation * a.deviation) / a.n;
  const vb = (b.deviation * b.deviation) / b.n;
  const mean = b.mean - a.mean;
  const base = { isPaired: false, n: Math.min(a.n, b.n), mean, correlation: NaN };
  if (va + vb === 0) return { ...base, low: mean, high: mean };
  const degrees = ((va + vb) * (va + vb)) / ((va * va) / (a.n - 1) + (vb * vb) / (b.n - 1));
  const half = studentQuantile((1 + level) / 2, degrees) * Math.sqrt(va + vb);
  return { ...base, low: mean - half, high: mean + half };
}

/**
 * Interprets a difference: `up` or `down` if the interval excludes 0 and the mean exceeds the
 * smallest effect; `same` if the interval lies within +- the smallest effect; otherwise
 * `inconclusive`.
 * @param smallest Smallest effect in the unit of the values.
 */
export function interpretDifference(
  difference: DifferenceInterval,
  smallest: number,
): DifferenceDirection {
  const { low, high, mean } = difference;
  const excludesZero = low > 0 || high < 0;
  if (excludesZero && Math.abs(mean) > smallest) return mean > 0 ? 'up' : 'down';
  if (low >= -smallest && high <= smallest) return 'same';
  return 'inconclusive';
}
