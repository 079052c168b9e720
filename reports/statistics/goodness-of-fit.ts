/**
 * Tests of a sample against a distribution: Kolmogorov-Smirnov and chi-square.
 *
 * @module
 */
import { incompleteGamma, invertRising } from './special.ts';

/**
 * Constants c by level of significance: for n > 1,000 the fit is rejected if D > c / sqrt(n) (quantiles
 * of the Kolmogorov distribution; Smirnov 1948).
 */
export const KS_CRITICAL = {
  '5%': 1.3581,
  '1%': 1.6276,
  '0.1%': 1.9495,
  '4sigma': 2.276,
} as const;

/**
 * Largest distance between an empirical distribution and a continuous one.
 * @param sorted Ascending samples.
 * @param cdf The distribution function.
 */
export function ksStatistic(sorted: readonly number[], cdf: (x: number) => number): number {
  const n = sorted.length;
  let distance = 0;
  for (const [i, x] of sorted.entries()) {
    const f = cdf(x);
    distance = Math.max(distance, (i + 1) / n - f, f - i / n);
  }
  return distance;
}

/** Sum of (observed - expected)^2 / expected over classes. */
export function chiSquareStatistic(
  observed: readonly number[],
  expected: readonly number[],
): number {
  let sum = 0;
  for (const [i, count] of observed.entries()) {
    const e = expected[i] ?? NaN;
    sum += ((count - e) * (count - e)) / e;
  }
  return sum;
}

/** P(X <= x) of chi-square with the given degrees of freedom. */
function chiSquareCdf(x: number, degrees: number): number {
  return incompleteGamma(degrees / 2, x / 2);
}

/** The p-quantile of chi-square with the given degrees of freedom. */
export function chiSquareQuantile(p: number, degrees: number): number {
  const high = 2 * degrees + 200;
  return invertRising((x) => chiSquareCdf(x, degrees), p, { low: 0, high });
}
