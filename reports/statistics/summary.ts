/**
 * Mean, standard deviation and extremes in one pass over the values in their given order (Welford
 * 1962), so that the same input gives the same bits.
 *
 * @module
 */

/** Mean, standard deviation and extremes of `n` values; without values, all but `n` are NaN. */
export interface SampleSummary {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation (n - 1); NaN for n < 2. */
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
}

/** Summarises values with Welford's recurrence. */
export function summariseSample(values: readonly number[]): SampleSummary {
  let n = 0;
  let mean = 0;
  let m2 = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const x of values) {
    n += 1;
    const d = x - mean;
    mean += d / n;
    m2 += d * (x - mean);
    if (x < min) min = x;
    if (x > max) max = x;
  }
  if (n === 0) return { n, mean: NaN, deviation: NaN, min: NaN, max: NaN };
  return { n, mean, deviation: n > 1 ? Math.sqrt(m2 / (n - 1)) : NaN, min, max };
}

/** Pearson's correlation of two lists of equal length; NaN when one of them does not vary. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const meanA = summariseSample(a).mean;
  const meanB = summariseSample(b).mean;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (const [i, x] of a.entries()) {
    const y = b[i] ?? NaN;
    ab += (x - meanA) * (y - meanB);
    aa += (x - meanA) * (x - meanA);
    bb += (y - meanB) * (y - meanB);
  }
  return aa === 0 || bb === 0 ? NaN : ab / Math.sqrt(aa * bb);
}
