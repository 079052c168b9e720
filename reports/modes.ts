/**
 * The values around which the samples of a distribution gather: for example one for each path of a network
 * with fixed delays. A distribution that is spread out has no modes.
 *
 * @module
 */
import { type HistogramData, visitBuckets } from '../engine/measure/histogram.ts';

/** Buckets with less than this share of the samples are noise between modes, or part of the tail. */
const RARE = 0.001;
/**
 * At least this share of the samples must lie in frequent buckets; otherwise the distribution
 * counts as spread out.
 */
const GATHERED = 0.95;
/**
 * A gap of this share of the value separates two modes. Buckets are at most a thousandth of their value
 * wide.
 */
const GAP = 0.01;
/** A mode with less than this share of the samples is not reported. */
const SHARE_MIN = 0.01;
/** A distribution with more modes than this counts as spread out. */
const MODES_MAX = 6;

/** One mode of a distribution. */
export interface DistributionMode {
  /** Share of all samples, 0 to 1. */
  readonly share: number;
  /** The median of its samples. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The path that nearly all of its packets took; absent if there is none. */
  readonly path?: string;
}

interface Bucket {
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/**
 * Finds the modes of a distribution, in order of their values.
 * @param byPath The same samples by the path of their packets.
 * @returns an empty list if the values are spread out.
 */
export function findDistributionModes(
  data: HistogramData,
  byPath: Readonly<Record<string, HistogramData>> = {},
): readonly DistributionMode[] {
  const frequent = bucketsOf(data).filter(({ count }) => count >= RARE * data.count);
  if (countOf(frequent) < GATHERED * data.count) return [];
  const groups = groupsOf(frequent);
  const modes = groups.map((group) => modeOf(group, data, byPath));
  const kept = modes.filter(({ share }) => share >= SHARE_MIN);
  return kept.length > MODES_MAX ? [] : kept;
}

/**
 * The share of samples up to the end of each non-empty bucket; an empty list if there are more than
 * `most` buckets.
 */
export function cumulativeBucketFractions(data: HistogramData, most: number): readonly number[] {
  const buckets = bucketsOf(data);
  if (buckets.length > most) return [];
  let seen = 0;
  return buckets.map(({ count }) => {
    seen += count;
    return seen / data.count;
  });
}

function bucketsOf(data: HistogramData): readonly Bucket[] {
  const buckets: Bucket[] = [];
  visitBuckets(data, (first, last, count) => buckets.push({ first, last, count }));
  return buckets;
}

function groupsOf(buckets: readonly Bucket[]): readonly (readonly Bucket[])[] {
  const groups: Bucket[][] = [];
  for (const bucket of buckets) {
    const last = groups.at(-1)?.at(-1);
    if (last === undefined || bucket.first - last.last > GAP * last.last) groups.push([bucket]);
    else groups.at(-1)?.push(bucket);
  }
  return groups;
}

function modeOf(
  group: readonly Bucket[],
  data: HistogramData,
  byPath: Readonly<Record<string, HistogramData>>,
): DistributionMode {
  const [low, high] = [group[0]?.first ?? 0, group.at(-1)?.last ?? 0];
  const inside = bucketsOf(data).filter(({ first, last }) => first >= low && last <= high);
  const count = countOf(inside);
  let seen = 0;
  const middle = inside.find((bucket) => {
    seen += bucket.count;
    return seen >= count / 2;
  });
  const path = pathOf(byPath, { low, high });
  return {
    share: count / data.count,
    value: Math.max(data.min, Math.min(data.max, middle?.last ?? high)),
    low: Math.max(data.min, low),
    high: Math.min(data.max, high),
    ...(path === undefined ? {} : { path }),
  };
}

/**
 * The path that at least nine in ten of the packets with values in a range took; undefined if there is
 * none.
 */
function pathOf(
  byPath: Readonly<Record<string, HistogramData>>,
  { low, high }: { readonly low: number; readonly high: number },
): string | undefined {
  const counts = Object.entries(byPath).map(([path, data]) => {
    const inside = bucketsOf(data).filter(({ first, last }) => first >= low && last <= high);
    return { path, count: countOf(inside) };
  });
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  return all === 0 ? undefined : counts.find(({ count }) => count >= 0.9 * all)?.path;
}

function countOf(buckets: readonly Bucket[]): number {
  return buckets.reduce((sum, { count }) => sum + count, 0);
}
