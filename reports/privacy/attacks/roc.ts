/**
 * How well scores separate matched from unmatched pairs: ROC curve, the area under it with DeLong's
 * interval, and the equal error rate (DeLong, DeLong, Clarke-Pearson, Biometrics 1988).
 *
 * @module
 */
import { upperBoundWithoutEvents } from '../../statistics/proportion.ts';
import { summariseSample } from '../../statistics/summary.ts';

/** The 0.975 quantile of the standard normal distribution. */
const Z_95 = 1.959963984540054;

/** Shares of unmatched and of matched pairs that are classified as matched at a threshold. */
export interface RocPoint {
  readonly falsePositive: number;
  readonly truePositive: number;
}

/** Scores of pairs that belong together, and of pairs that do not. */
export interface ScoredPairs {
  readonly matched: readonly number[];
  readonly unmatched: readonly number[];
}

/** The ROC curve from (0, 0) to (1, 1), with one point for each distinct score. */
export function rocCurve({ matched, unmatched }: ScoredPairs): readonly RocPoint[] {
  const thresholds = [...new Set([...matched, ...unmatched])].sort((a, b) => b - a);
  const [up, down] = [descending(matched), descending(unmatched)];
  let hits = 0;
  let errors = 0;
  const points: RocPoint[] = [{ falsePositive: 0, truePositive: 0 }];
  for (const threshold of thresholds) {
    while (hits < up.length && (up[hits] as number) >= threshold) hits += 1;
    while (errors < down.length && (down[errors] as number) >= threshold) errors += 1;
    points.push({ falsePositive: errors / down.length, truePositive: hits / up.length });
  }
  return points;
}

/** Largest number of points in the drawing. */
const CORNERS_MAX = 200;

/** The curve without points inside straight pieces, reduced to at most 200 points. */
export function rocCorners(scored: ScoredPairs): readonly RocPoint[] {
  const curve = rocCurve(scored);
  const corners = curve.filter((point, i) => {
    const [before, after] = [curve[i - 1], curve[i + 1]];
    if (before === undefined || after === undefined) return true;
    const isUp = before.falsePositive === point.falsePositive;
    const isFlat = before.truePositive === point.truePositive;
    const goesUp = point.falsePositive === after.falsePositive;
    const goesFlat = point.truePositive === after.truePositive;
    return !(isUp && goesUp) && !(isFlat && goesFlat);
  });
  const step = Math.ceil(corners.length / CORNERS_MAX);
  return corners.filter((_, i) => i % step === 0 || i === corners.length - 1);
}

function descending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort().reverse();
}

/**
 * Error rate at which misses and false positives are equal, interpolated between points of the
 * curve.
 */
export function equalErrorRate(curve: readonly RocPoint[]): number {
  for (const [i, point] of curve.entries()) {
    const gap = point.falsePositive - (1 - point.truePositive);
    if (gap < 0) continue;
    const before = curve[i - 1] ?? point;
    const gapBefore = before.falsePositive - (1 - before.truePositive);
    const share = gap === gapBefore ? 0 : -gapBefore / (gap - gapBefore);
    return before.falsePositive + share * (point.falsePositive - before.falsePositive);
  }
  return 1;
}

/** An area under the curve and its 95 % interval. */
export interface AreaUnderCurve {
  readonly auc: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Area under the curve, P(matched > unmatched) + P(equal) / 2, with DeLong's interval. If the scores do
 * not overlap, the variance is 0 and says nothing: the half-width is then the upper bound of the
 * probability of an event not seen in n trials, n being the length of the shorter list.
 * @returns undefined when one list is empty.
 */
export function areaUnderCurve({ matched, unmatched }: ScoredPairs): AreaUnderCurve | undefined {
  if (matched.length === 0 || unmatched.length === 0) return undefined;
  const above = placements(matched, unmatched);
  const below = placements(unmatched, matched).map((share) => 1 - share);
  const auc = summariseSample(above).mean;
  const variance = spread(above) / above.length + spread(below) / below.length;
  if (variance > 0) {
    const half = Z_95 * Math.sqrt(variance);
    return { auc, low: Math.max(0, auc - half), high: Math.min(1, auc + half) };
  }
  const bound = upperBoundWithoutEvents(Math.min(matched.length, unmatched.length));
  return { auc, low: Math.max(0, auc - bound), high: Math.min(1, auc + bound) };
}

function spread(values: readonly number[]): number {
  const { deviation } = summariseSample(values);
  return Number.isNaN(deviation) ? 0 : deviation * deviation;
}

/**
 * For each value, the share of `others` below it, where equal values count half (DeLong's placement
 * values).
 */
function placements(values: readonly number[], others: readonly number[]): readonly number[] {
  const sorted = Float64Array.from(others).sort();
  return values.map((value) => {
    const below = countBelow(sorted, (x) => x < value);
    const upTo = countBelow(sorted, (x) => x <= value);
    return (below + upTo) / 2 / sorted.length;
  });
}

function countBelow(sorted: Float64Array, isBelow: (x: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(sorted[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
