/**
 * Do the delays that a mix really made follow Exp(mean)? Kolmogorov-Smirnov, with delays in whole
 * milliseconds spread out again.
 *
 * Spec: mixnet.md 3.1 (trap: the sender writes floor(x) + 1 ms; test x + U(0,1) - 1), 9.
 *
 * @module
 */
import { openStream } from '../../engine/core/stream.ts';
import { ksStatistic } from '../statistics/goodness-of-fit.ts';

const MS = 1_000_000;
/** Fewer delays say nothing. */
const DELAYS_MIN = 20;

/** What was seen and what it is held against. */
export interface DelayQuestion {
  readonly delaysNs: readonly number[];
  readonly meanNs: number;
  readonly seed: number;
  /** Names the stream of the dither. */
  readonly mix: string;
}

/** A fit. */
export interface DelayFit {
  /** p-value; undefined for fewer than 20 delays. */
  readonly p: number | undefined;
  /** Delays, dithered where they were whole milliseconds; ascending, ns. */
  readonly sorted: readonly number[];
}

/** The delays of a mix against its law. */
export interface MixFit {
  readonly mix: string;
  readonly meanNs: number;
  readonly p: number | undefined;
  /** Ascending, ns. */
  readonly sorted: readonly number[];
}

/** Tests the delays of one mix. */
export function fitDelays({ delaysNs, meanNs, seed, mix }: DelayQuestion): DelayFit {
  const isWhole = delaysNs.length > 0 && delaysNs.every((delay) => delay % MS === 0);
  const random = openStream(seed, `report/${mix}`, 'dither');
  const spread = isWhole ? delaysNs.map((delay) => delay + (random.uniform() - 1) * MS) : delaysNs;
  const sorted = spread.toSorted((a, b) => a - b);
  if (sorted.length < DELAYS_MIN) return { p: undefined, sorted };
  const distance = ksStatistic(sorted, (x) => (x <= 0 ? 0 : -Math.expm1(-x / meanNs)));
  return { p: kolmogorovP(distance, sorted.length), sorted };
}

/**
 * Chance of a distance at least this large when the law is right (Kolmogorov's series, with
 * Stephens' correction for n).
 */
export function kolmogorovP(distance: number, n: number): number {
  const root = Math.sqrt(n);
  const x = (root + 0.12 + 0.11 / root) * distance;
  // Below, the series converges slowly and its sum is 1 to twelve digits.
  if (x < 0.27) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k += 1) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-16) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
