/**
 * A log-linear histogram of non-negative integers with three significant digits, plus exact count,
 * sum, minimum and maximum (docs/spec/run-files.md#histograms).
 *
 * Values below 2,048 have a bucket each; every further octave has 1,024 buckets, so a bucket is at
 * most value / 1,024 wide (relative error < 10^-3). The data are plain numbers and one typed array,
 * which can be cloned between threads and merged without loss. Does not know units or confidence
 * intervals.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import type { Histogram } from '../host/measure.ts';

/** Number of buckets of the linear part, 2^ceil(log2(2 * 10^3)). */
const LINEAR = 2_048;
/** Number of buckets of each octave above the linear part. */
const PER_OCTAVE = 1_024;
/** Binary logarithm of {@link PER_OCTAVE}. */
const OCTAVE_BITS = 10;
const NO_COUNTS = new Float64Array(0);
const TWO_32 = 4_294_967_296;
/** The weight of `sumHigh` in the exact sum, 2^52; `sumHigh` and `sumLow` stay below 2^53. */
export const SUM_HIGH_WEIGHT = 4_503_599_627_370_496;
/** The powers 2^-shift for shifts 0 to 43, all exact. */
const DOWN = Float64Array.from({ length: 44 }, (_, shift) => 1 / twoTo(shift));

/** The content of a histogram, as plain data that can be cloned and merged. */
export interface HistogramData {
  /** Number of values in each bucket; buckets after the end of the array are empty. */
  readonly counts: Float64Array;
  readonly count: number;
  /** Smallest value; Infinity if the histogram is empty. */
  readonly min: number;
  /** Largest value; -Infinity if the histogram is empty. */
  readonly max: number;
  /** The exact sum is sumHigh * 2^52 + sumLow. */
  readonly sumHigh: number;
  readonly sumLow: number;
}

/** A log-linear histogram of non-negative integers, to which values are added one by one. */
export class LogHistogram implements Histogram {
  /**
   * The buckets, allocated with the first value, because most nodes of a large network never record
   * one.
   */
  private counts: Float64Array = NO_COUNTS;
  private count = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private sumHigh = 0;
  private sumLow = 0;

  /**
   * Adds one value.
   * @param value Integer in [0, 2^53 - 1]; anything else throws a RangeError.
   */
  record(value: number): void {
    if (!(value >= 0) || !Number.isSafeInteger(value)) {
      throw new RangeError(`histogram value ${value} is not an integer in [0, 2^53 - 1]`);
    }
    const bucket = findBucketIndex(value);
    if (bucket >= this.counts.length) this.grow(bucket);
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.count += 1;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    this.addToSum(value);
  }

  /** Adds the content of another histogram. */
  merge(other: HistogramData): void {
    const last = other.counts.length - 1;
    if (last >= this.counts.length) this.grow(last);
    for (let bucket = 0; bucket <= last; bucket += 1) {
      this.counts[bucket] = (this.counts[bucket] as number) + (other.counts[bucket] as number);
    }
    this.count += other.count;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    this.sumHigh += other.sumHigh;
    this.addToSum(other.sumLow);
  }

  /** Empties the histogram; handles held by nodes stay valid. */
  reset(): void {
    this.counts.fill(0);
    this.count = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    this.sumHigh = 0;
    this.sumLow = 0;
  }

  /** A copy of the content, as plain data. */
  data(): HistogramData {
    const used = this.count === 0 ? 0 : findBucketIndex(this.max) + 1;
    return {
      counts: this.counts.slice(0, used),
      count: this.count,
      min: this.min,
      max: this.max,
      sumHigh: this.sumHigh,
      sumLow: this.sumLow,
    };
  }

  private addToSum(value: number): void {
    const isLarge = value >= SUM_HIGH_WEIGHT;
    const low = this.sumLow + (isLarge ? value - SUM_HIGH_WEIGHT : value);
    const carries = low >= SUM_HIGH_WEIGHT;
    this.sumLow = carries ? low - SUM_HIGH_WEIGHT : low;
    this.sumHigh += (isLarge ? 1 : 0) + (carries ? 1 : 0);
  }

  private grow(bucket: number): void {
    const octaves = Math.max(0, Math.floor((bucket - LINEAR) / PER_OCTAVE) + 1);
    const counts = new Float64Array(LINEAR + octaves * PER_OCTAVE);
    counts.set(this.counts);
    this.counts = counts;
  }
}

/** Merges any number of histograms; the order does not matter. */
export function mergeHistograms(parts: Iterable<HistogramData>): HistogramData {
  const merged = new LogHistogram();
  for (const part of parts) merged.merge(part);
  return merged.data();
}

/** The exact sum of all values of a histogram. */
export function histogramSum(data: HistogramData): bigint {
  return BigInt(data.sumHigh) * BigInt(SUM_HIGH_WEIGHT) + BigInt(data.sumLow);
}

/** The arithmetic mean of a histogram; NaN when it is empty. */
export function histogramMean(data: HistogramData): number {
  return (data.sumHigh * SUM_HIGH_WEIGHT + data.sumLow) / data.count;
}

/**
 * The value at rank ceil(fraction * count) (nearest rank), rounded up to the largest value of its
 * bucket, but never above the exact maximum.
 * @param fraction 0..1; 0 is the minimum, 1 the maximum, both exact.
 * @returns NaN when the histogram is empty.
 */
export function histogramQuantile(data: HistogramData, fraction: number): number {
  assert(fraction >= 0 && fraction <= 1, `quantile ${fraction} is not in [0, 1]`);
  if (data.count === 0) return Number.NaN;
  if (fraction === 0) return data.min;
  // In doubles 0.95 * 20 is 19, but 0.55 * 20 is 11.000000000000002: the factor removes such rounding errors.
  const rank = Math.max(1, Math.ceil(fraction * data.count * (1 - 1e-15)));
  let seen = 0;
  for (let bucket = 0; bucket < data.counts.length; bucket += 1) {
    seen += data.counts[bucket] as number;
    if (seen >= rank) return Math.max(data.min, Math.min(data.max, bucketEnd(bucket)));
  }
  return data.max;
}

/** Calls `visit` with the inclusive bounds and the count of each non-empty bucket. */
export function visitBuckets(
  data: HistogramData,
  visit: (first: number, last: number, count: number) => void,
): void {
  for (let bucket = 0; bucket < data.counts.length; bucket += 1) {
    const count = data.counts[bucket] as number;
    if (count > 0) visit(bucketStart(bucket), bucketEnd(bucket), count);
  }
}

/** Index of the bucket that counts `value`. */
export function findBucketIndex(value: number): number {
  if (value < LINEAR) return value;
  const exponent =
    value < TWO_32 ? 31 - Math.clz32(value) : 63 - Math.clz32(Math.floor(value / TWO_32));
  const shift = exponent - OCTAVE_BITS;
  // The mantissa lies in [1024, 2048): one octave is 1,024 buckets.
  return shift * PER_OCTAVE + Math.floor(value * (DOWN[shift] as number));
}

/** The smallest value that `bucket` counts. */
export function bucketStart(bucket: number): number {
  if (bucket < LINEAR) return bucket;
  const shift = Math.floor(bucket / PER_OCTAVE) - 1;
  return (bucket - shift * PER_OCTAVE) * twoTo(shift);
}

/** Largest value that `bucket` counts. */
export function bucketEnd(bucket: number): number {
  return bucketStart(bucket + 1) - 1;
}

/** Computes 2^exponent for a small non-negative integer, exactly. */
function twoTo(exponent: number): number {
  return exponent < 31 ? 1 << exponent : (1 << (exponent - 30)) * 1_073_741_824;
}
