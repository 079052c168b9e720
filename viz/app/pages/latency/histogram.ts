/**
 * The bars of a histogram. If the report has all samples, bars of equal width count them. If it has
 * only quantiles, each bar spans two neighbouring quantiles, so that its share is exact without any
 * assumption about the values between them.
 *
 * @module
 */
import { greatestOf, leastOf } from '../../../../engine/pure/extremes.ts';
import { wholeNumberText } from '../../../../reports/format.ts';
import type { Distribution, QuantilePoint } from '../../chart/tail.ts';

/** One bar; its area is proportional to its share of the samples. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  /** Share of all samples, 0 to 1. */
  readonly share: number;
}

/** Converts a value to its position, px, and the smallest width of a bar, px. */
interface Room {
  readonly place: (value: number) => number;
  readonly narrowest: number;
}

const PLAIN: Room = { place: (value) => value, narrowest: 0 };

/**
 * Computes the bars from left to right.
 * @param barsMax Largest number of bars if they count samples; does not apply to bars between
 *   quantiles.
 */
export function computeBars(
  one: Distribution,
  barsMax: number,
  room: Room = PLAIN,
): readonly Bar[] {
  const { samples, count } = one.metric;
  // If the report has only the first samples, they do not represent the distribution.
  if (samples !== undefined && samples.length === count) {
    return countedBars(
      samples.map(({ value }) => value),
      barsMax,
    );
  }
  return barsBetweenQuantiles(one, room);
}

/** Says whether the bars count samples or lie between stored quantiles. */
export function histogramSourceText({ metric, points }: Distribution): string {
  const { samples, count } = metric;
  const isCounted = samples !== undefined && samples.length === count;
  return isCounted
    ? `${wholeNumberText(count)} samples of all seeds counted in bars of equal width.`
    : `${wholeNumberText(count)} samples of all seeds; each bar lies between two of ${points.length} stored quantiles, its area is exact.`;
}

function countedBars(values: readonly number[], barsMax: number): readonly Bar[] {
  const low = leastOf(values);
  const high = greatestOf(values);
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
 * Makes bars between neighbouring quantiles. Quantiles that are too close for separate bars get one
 * bar in common. This bar ends where the next wider gap between quantiles begins, so that a value
 * which many samples have remains a peak.
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
