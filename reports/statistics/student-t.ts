/**
 * Student's t: distribution, quantile by inverting the incomplete beta function, and the interval
 * of a mean over independent replications (Student 1908).
 *
 * @module
 */
import { incompleteBeta, invertRising } from './special.ts';
import { summariseSample } from './summary.ts';

/** P(T <= t) with `degrees` degrees of freedom. */
function studentCdf(t: number, degrees: number): number {
  const tail = incompleteBeta(degrees / (degrees + t * t), { a: degrees / 2, b: 0.5 }) / 2;
  return t < 0 ? tail : 1 - tail;
}

/**
 * Quantile of Student's t.
 * @param p In 0..1, both excluded, e.g. 0.975 for a two-sided 95 % interval.
 * @param degrees Degrees of freedom, at least 1.
 */
export function studentQuantile(p: number, degrees: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, degrees);
  if (p === 0.5) return 0;
  let high = 2;
  while (studentCdf(high, degrees) < p) high *= 2;
  return invertRising((t) => studentCdf(t, degrees), p, { low: 0, high });
}

/** A two-sided interval of a mean. */
export interface MeanInterval {
  readonly n: number;
  readonly mean: number;
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Interval of a mean over independent values: mean +- t(n - 1) s / sqrt(n).
 * @param level Confidence, e.g. 0.95.
 * @returns undefined for fewer than two values: one value has no interval, never +-0.
 */
export function meanInterval(values: readonly number[], level: number): MeanInterval | undefined {
  const { n, mean, deviation } = summariseSample(values);
  if (n < 2) return undefined;
  const half = (studentQuantile((1 + level) / 2, n - 1) * deviation) / Math.sqrt(n);
  return { n, mean, deviation, low: mean - half, high: mean + half };
}
