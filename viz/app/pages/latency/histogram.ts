/**
 * Bars of a histogram. If the report holds the samples, bars of equal width count them. If it holds
 * quantiles, each bar lies between two of them, so its share is exact and nothing is guessed about
 * what lies in between.
 *
 * @module
 */
import { whole } from '../../../../reports/format.ts';
import type { Distribution, QuantilePoint } from '../../chart/tail.ts';

/** One bar; its area is the share. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  /** Of all samples, 0 to 1. */
  readonly share: number;
}

/** The scale on which bars must not become too narrow. */
interface Room {
  readonly place: (value: number) => number;
  readonly narrowest: number;
}

const PLAIN: Room = { place: (value) => value, narrowest: 0 };

/** The bars from left to right; `barsMax` applies if samples are available. */
export function barsOf(one: Distribution, barsMax: number, room: Room = PLAIN): readonly Bar[] {
  const { samples, count } = one.metric;
  // A truncated list of samples is not the distribution.
  if (samples !== undefined && samples.length === count) {
    return countedBars(
      samples.map(({ value }) => value),
      barsMax,
    );
  }
  return barsBetweenQuantiles(one, room);
}

/** How the bars were made, in words. */
export function histogramSource({ metric, points }: Distribution): string {
  const { samples, count } = metric;
  const isCounted = samples !== undefined && samples.length === count;
  return isCounted
    ? `${whole(count)} samples of all seeds counted in bars of equal width.`
    : `${whole(count)} samples of all seeds; each bar lies between two of ${points.length} stored quantiles, its area is exact.`;
}

function countedBars(values: readonly number[], barsMax: number): readonly Bar[] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (low === high) return [{ from: low, to: high, share: 1 }];
  const bars = Math.max(1, Math.min(barsMax, Math.ceil(2 * Math.sqrt(values.length))));
  const width = (high - low) / bars;
  const counts = new Array<number>(bars).fill(0);
  for (const value of values) {
    const at = Math.min(bars - 1, Math.floor((value - low) / width));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count, at) => ({
    from: low + at * width,
    to: low + (at + 1) * width,
    share: count / values.length,
  }));
}

/**
 * Quantiles too close for a bar of their own become one bar, which ends where the next gap begins:
 * a value shared by many samples stays a peak.
 */
function barsBetweenQuantiles({ points }: Distribution, { place, narrowest }: Room): Bar[] {
  const bars: Bar[] = [];
  const close = (from: QuantilePoint, to: QuantilePoint): void => {
    if (to.p > from.p) bars.push({ from: from.value, to: to.value, share: to.p - from.p });
  };
  let from = points[0];
  let before = from;
  for (const point of points) {
    if (from === undefined || before === undefined) break;
    const isGap = place(point.value) - place(before.value) >= Math.max(narrowest, Number.MIN_VALUE);
    if (isGap) {
      close(from, before);
      close(before, point);
      from = point;
    } else if (place(point.value) - place(from.value) >= Math.max(narrowest, Number.MIN_VALUE)) {
      close(from, point);
      from = point;
    }
    before = point;
  }
  if (from !== undefined && before !== undefined) close(from, before);
  return bars;
}
