/**
 * Tests whether the actual delays of a mix follow Exp(mean), by a Kolmogorov-Smirnov test. Delays in
 * whole milliseconds are dithered: the sender writes x = floor(delay) + 1 ms, so x + U(0, 1) - 1 is
 * tested (docs/spec/privacy-metrics.md, "Tests of traffic").
 *
 * @module
 */
import { openRandomStream } from '../../engine/core/stream.ts';
import { ksStatistic } from '../statistics/goodness-of-fit.ts';

const MS = 1_000_000;
/** With fewer delays than this, no test is made. */
const DELAYS_MIN = 20;

/** The observed delays, and the distribution with which they are compared. */
export interface DelayTestInput {
  readonly delaysNs: readonly number[];
  readonly meanNs: number;
  readonly seed: number;
  /** Name of the mix, which names the random stream of the dither. */
  readonly mix: string;
}

/** The result of testing whether delays follow a distribution: the p-value. */
export interface DelayTest {
  /** p-value; undefined for fewer than 20 delays. */
  readonly p: number | undefined;
  /** Delays, dithered if they were whole milliseconds; ascending, ns. */
  readonly sorted: readonly number[];
}

/** The delays of a mix compared with its distribution. */
export interface MixFit {
  readonly mix: string;
  readonly meanNs: number;
  readonly p: number | undefined;
  /** The delays in ascending order, ns. */
  readonly sorted: readonly number[];
}

/** Tests the delays of one mix. */
export function testDelays({ delaysNs, meanNs, seed, mix }: DelayTestInput): DelayTest {
  const isWhole = delaysNs.length > 0 && delaysNs.every((delay) => delay % MS === 0);
  const random = openRandomStream(seed, `report/${mix}`, 'dither');
  const spread = isWhole ? delaysNs.map((delay) => delay + (random.uniform() - 1) * MS) : delaysNs;
  const sorted = spread.toSorted((a, b) => a - b);
  if (sorted.length < DELAYS_MIN) return { p: undefined, sorted };
  const distance = ksStatistic(sorted, (x) => (x <= 0 ? 0 : -Math.expm1(-x / meanNs)));
  return { p: kolmogorovPValue(distance, sorted.length), sorted };
}

/**
 * Probability of a distance at least this large if the distribution is right (Kolmogorov's series,
 * with Stephens' correction for n).
 */
export function kolmogorovPValue(distance: number, n: number): number {
  const root = Math.sqrt(n);
  const x = (root + 0.12 + 0.11 / root) * distance;
  // Below this x the series converges slowly, and its sum equals 1 to twelve digits.
  if (x < 0.27) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k += 1) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-16) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
