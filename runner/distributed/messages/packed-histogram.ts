/**
 * The wire form of histograms. Most buckets are empty and counts are small, so run lengths for
 * empty buckets and counts of variable length take at most a sixth of the plain numbers. Packing
 * must be fast, because the process carries no packets meanwhile.
 *
 * | bytes                       | meaning                          |
 * | --------------------------- | -------------------------------- |
 * | `0`, then n >= 1 as LEB128  | n empty buckets                  |
 * | n >= 1 as LEB128            | a bucket that has counted n      |
 *
 * LEB128, unsigned: seven bits a byte, the lowest first, with the top bit set in all bytes but the
 * last.
 *
 * @module
 */
import type { MetricValue } from '../../../engine/measure/counters.ts';
import {
  findBucketIndex,
  type HistogramData,
  SUM_HIGH_WEIGHT,
} from '../../../engine/measure/histogram.ts';

/** A histogram whose counts are packed. */
export interface PackedHistogram extends Omit<HistogramData, 'counts'> {
  readonly counts: Uint8Array;
}

/** A metric in the form in which it is sent. */
export type PackedMetric =
  | Exclude<MetricValue, { kind: 'histogram' }>
  | { readonly kind: 'histogram'; readonly data: PackedHistogram };

/** The metrics of a node by name, in the form in which they are sent. */
export type PackedMetrics = Readonly<Record<string, PackedMetric>>;

const BUCKETS_MAX = findBucketIndex(Number.MAX_SAFE_INTEGER) + 1;
/** Length of the longest number in bytes: 2^53 in groups of seven bits. */
const NUMBER_BYTES_MAX = 8;
/** Length of the longest packed histogram in bytes. */
export const HISTOGRAM_BYTES_MAX: number = BUCKETS_MAX * NUMBER_BYTES_MAX;
/** Bit that is set in every byte of a number except the last; the lower seven bits are data. */
const CONTINUES = 0x80;

/** Packs a histogram. */
export function packHistogram(data: HistogramData): PackedHistogram {
  const { counts } = data;
  const bytes = new Uint8Array((counts.length + 1) * (NUMBER_BYTES_MAX + 1));
  let at = 0;
  let empty = 0;
  for (let bucket = 0; bucket < counts.length; bucket += 1) {
    const count = counts[bucket] as number;
    if (count === 0) {
      empty += 1;
      continue;
    }
    if (empty > 0) at = writeNumber(bytes, at + 1, empty);
    empty = 0;
    at = writeNumber(bytes, at, count);
  }
  if (empty > 0) at = writeNumber(bytes, at + 1, empty);
  return { ...data, counts: bytes.slice(0, at) };
}

/**
 * Unpacks a histogram.
 * @throws RangeError if the bytes are not the counts of a histogram.
 */
export function unpackHistogram(data: PackedHistogram): HistogramData {
  const counts = new Float64Array(BUCKETS_MAX);
  const reader = { bytes: data.counts, at: 0 };
  let used = 0;
  while (reader.at < reader.bytes.length) {
    const count = readNumber(reader);
    const width = count === 0 ? readNumber(reader) : 1;
    if (width === 0 || used + width > BUCKETS_MAX) throw new RangeError('not a packed histogram');
    counts[used] = count;
    used += width;
  }
  return { ...data, counts: counts.slice(0, used) };
}

/**
 * Checks whether a histogram is consistent, without unpacking it.
 * @returns what is wrong, with `place`; undefined if nothing is.
 */
export function packedHistogramProblem(data: PackedHistogram, place: string): string | undefined {
  const { count, min, max, sumLow } = data;
  const reader = { bytes: data.counts, at: 0 };
  let total = 0;
  let used = 0;
  try {
    while (reader.at < reader.bytes.length) {
      const one = readNumber(reader);
      const width = one === 0 ? readNumber(reader) : 1;
      if (width === 0) return `${place} holds no buckets`;
      total += one;
      used += width;
    }
  } catch (error) {
    return `${place}: ${error instanceof Error ? error.message : String(error)}`;
  }
  const isEmpty = count === 0 && used === 0 && min === Number.POSITIVE_INFINITY;
  const isWhole = count > 0 && isValue(min) && isValue(max) && used === findBucketIndex(max) + 1;
  const addsUp =
    total === count && (isEmpty || (isWhole && min <= max)) && sumLow < SUM_HIGH_WEIGHT;
  return addsUp ? undefined : `${place} does not add up`;
}

function isValue(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Metrics of a node with their histograms packed. */
export function packMetrics(metrics: Readonly<Record<string, MetricValue>>): PackedMetrics {
  const packed: Record<string, PackedMetric> = {};
  for (const [name, value] of Object.entries(metrics)) {
    packed[name] =
      value.kind === 'histogram' ? { ...value, data: packHistogram(value.data) } : value;
  }
  return packed;
}

/** Unpacks metrics that {@link packMetrics} packed. */
export function unpackMetrics(packed: PackedMetrics): Readonly<Record<string, MetricValue>> {
  const metrics: Record<string, MetricValue> = {};
  for (const [name, value] of Object.entries(packed)) {
    metrics[name] =
      value.kind === 'histogram' ? { ...value, data: unpackHistogram(value.data) } : value;
  }
  return metrics;
}

/**
 * Writes a number as LEB128 at a position.
 * @returns the position after it.
 */
function writeNumber(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  let next = at;
  // It divides instead of shifting, because a count may exceed 2^31.
  while (rest >= CONTINUES) {
    bytes[next] = (rest % CONTINUES) | CONTINUES;
    rest = Math.floor(rest / CONTINUES);
    next += 1;
  }
  bytes[next] = rest;
  return next + 1;
}

function readNumber(reader: { readonly bytes: Uint8Array; at: number }): number {
  let value = 0;
  let unit = 1;
  for (let i = 0; i < NUMBER_BYTES_MAX; i += 1) {
    const byte = reader.bytes[reader.at];
    if (byte === undefined) break;
    reader.at += 1;
    value += (byte & ~CONTINUES) * unit;
    if (byte < CONTINUES) return value;
    unit *= CONTINUES;
  }
  throw new RangeError('not a packed histogram');
}
