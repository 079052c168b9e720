/**
 * Proposes where the initial transient ends: MSER-5 (White 1997; Spratt 1998). A `warmup:` in the
 * scenario file takes precedence. Known weakness: the proposal depends on the chosen metric.
 *
 * @module
 */

const BATCH = 5;

/** The number of values to cut off as warm-up, or the advice to run longer. */
export type WarmUpProposal =
  | { readonly kind: 'found' /** Number of values to leave out. */; readonly values: number }
  | { readonly kind: 'run longer' };

/**
 * Proposes the cut d that minimises the sum over i > d of (y_i - mean_d)^2 / (k - d)^2, where y_1 to
 * y_k are the means of batches of five values and mean_d is the mean after the cut.
 * @returns `run longer` when the minimum lies in the second half.
 */
export function proposeWarmUp(values: readonly number[]): WarmUpProposal {
  const batches: number[] = [];
  for (let i = 0; i + BATCH <= values.length; i += BATCH) {
    let sum = 0;
    for (let j = i; j < i + BATCH; j++) sum += values[j] ?? NaN;
    batches.push(sum / BATCH);
  }
  const best = lowestError(batches);
  if (best === undefined || best > batches.length / 2) return { kind: 'run longer' };
  return { kind: 'found', values: best * BATCH };
}

/**
 * The cut, as a number of batches, with the smallest squared standard error, found in one pass from the
 * last batch to the first.
 */
function lowestError(batches: readonly number[]): number | undefined {
  const k = batches.length;
  let mean = 0;
  let m2 = 0;
  let best: number | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  for (let d = k - 1; d >= 0; d--) {
    const y = batches[d] ?? NaN;
    const n = k - d;
    const step = y - mean;
    mean += step / n;
    m2 += step * (y - mean);
    // Fewer than five remaining batches may agree by chance, so such a cut is not a candidate.
    if (n < 5) continue;
    const error = m2 / (n * n);
    if (error <= lowest) {
      lowest = error;
      best = d;
    }
  }
  return best;
}
