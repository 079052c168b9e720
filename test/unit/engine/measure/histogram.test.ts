import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketEnd,
  bucketStart,
  findBucketIndex,
  type HistogramData,
  histogramMean,
  histogramQuantile,
  histogramSum,
  LogHistogram,
  mergeHistograms,
  visitBuckets,
} from '../../../../engine/measure/histogram.ts';

const value = fc.oneof(fc.nat(5_000), fc.nat(), fc.maxSafeNat());

function filled(values: readonly number[]): HistogramData {
  const histogram = new LogHistogram();
  for (const one of values) histogram.record(one);
  return histogram.data();
}

/** The data with the counts as bytes, because comparing 45,000 numbers one by one takes seconds. */
function plain(data: HistogramData): Record<string, unknown> {
  const { buffer, byteOffset, byteLength } = data.counts;
  return { ...data, counts: Buffer.from(buffer, byteOffset, byteLength).toString('base64') };
}

describe('buckets', () => {
  it('are exact below 2,048 and at most value / 1,024 wide above', () => {
    fc.assert(
      fc.property(value, (v) => {
        const bucket = findBucketIndex(v);
        const first = bucketStart(bucket);
        const last = bucketEnd(bucket);
        expect(v).toBeGreaterThanOrEqual(first);
        expect(v).toBeLessThanOrEqual(last);
        expect((last - first + 1) * 1_024).toBeLessThanOrEqual(Math.max(v, 1_024));
      }),
    );
  });

  it('follow each other without gaps over the whole range', () => {
    const last = findBucketIndex(Number.MAX_SAFE_INTEGER);
    const wrong: number[] = [];
    for (let bucket = 1; bucket <= last; bucket += 1) {
      if (findBucketIndex(bucketStart(bucket)) !== bucket) wrong.push(bucket);
      if (findBucketIndex(bucketStart(bucket) - 1) !== bucket - 1) wrong.push(bucket);
    }
    expect(wrong).toEqual([]);
    expect(last).toBeGreaterThan(40_000);
  });
});

describe('LogHistogram', () => {
  it('keeps count, sum, minimum and maximum exactly', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const data = filled(values);
        expect(data.count).toBe(values.length);
        expect(histogramSum(data)).toBe(values.reduce((sum, v) => sum + BigInt(v), 0n));
        expect(data.min).toBe(Math.min(...values));
        expect(data.max).toBe(Math.max(...values));
      }),
    );
  });

  it('quantiles are those of nearest rank within 1e-3, never above the maximum', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1 }),
        fc.constantFrom(0.01, 0.5, 0.9, 0.95, 0.99, 1),
        (values, q) => {
          const data = filled(values);
          const sorted = values.toSorted((a, b) => a - b);
          const exact = sorted[Math.max(0, Math.ceil(q * values.length - 1e-9) - 1)]!;
          const found = histogramQuantile(data, q);
          expect(found).toBeGreaterThanOrEqual(exact);
          expect(found - exact).toBeLessThanOrEqual(exact * 1e-3);
          expect(found).toBeLessThanOrEqual(data.max);
        },
      ),
    );
  });

  it('p95 of 20 values is the 19th', () => {
    const values = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(histogramQuantile(filled(values), 0.95)).toBe(19);
    expect(histogramQuantile(filled(values), 0)).toBe(1);
    expect(histogramMean(filled(values))).toBe(10.5);
  });

  it('merging loses nothing and does not depend on the order', () => {
    fc.assert(
      fc.property(fc.array(value), fc.array(value), (a, b) => {
        const merged = mergeHistograms([filled(a), filled(b)]);
        expect(plain(merged)).toEqual(plain(filled([...a, ...b])));
        expect(plain(mergeHistograms([filled(b), filled(a)]))).toEqual(plain(merged));
      }),
    );
  });

  it('is plain data that survives a structured clone', () => {
    const data = filled([1, 5_000, 123_456_789]);
    expect(plain(structuredClone(data))).toEqual(plain(data));
    const buckets: number[][] = [];
    visitBuckets(data, (...bucket) => buckets.push(bucket));
    expect(buckets.map(([, , count]) => count)).toEqual([1, 1, 1]);
    expect(buckets[1]).toEqual([5_000, 5_003, 1]);
  });

  it('refuses what is not a non-negative integer', () => {
    const histogram = new LogHistogram();
    for (const wrong of [-1, 2.33, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => histogram.record(wrong)).toThrow('not an integer');
    }
    expect(histogram.data().count).toBe(0);
  });

  it('is empty after a reset', () => {
    const histogram = new LogHistogram();
    histogram.record(9_999);
    histogram.reset();
    expect(histogram.data()).toEqual(filled([]));
    expect(histogramQuantile(histogram.data(), 0.5)).toBeNaN();
    histogram.record(3);
    expect(histogram.data()).toEqual(filled([3]));
  });
});
