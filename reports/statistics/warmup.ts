/**
 * Proposes where the initial transient ends: MSER-5 (White 1997; Spratt 1998). A `warmup:` in the
 * file always takes precedence. Known weakness: the answer depends on the metric chosen.
 *
 * @module
 */

const BATCH = 5;

/** How many values of the warm-up to cut off. */
export type WarmUpProposal =
  | { readonly kind: 'found' /** Number of values to leave out. */; readonly values: number }
  | { readonly kind: 'run longer' };

/**
 * The cut d that minimises sum over i > d of (y_i - mean_d)^2 / (k - d)^2 over batches of five.
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

/** The cut with the smallest squared standard error, in one backward pass. */
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
    // The last five batches alone always look steady, so they are no evidence.
    if (n < 5) continue;
    const error = m2 / (n * n);
    if (error <= lowest) {
      lowest = error;
      best = d;
    }
  }
  return best;
}
