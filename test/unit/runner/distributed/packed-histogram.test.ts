import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { type HistogramData, LogHistogram } from '../../../../engine/measure/histogram.ts';
import {
  packHistogram,
  packMetrics,
  unpackHistogram,
  unpackMetrics,
} from '../../../../runner/distributed/messages/packed-histogram.ts';

function histogramOf(values: readonly number[]): HistogramData {
  const histogram = new LogHistogram();
  for (const value of values) histogram.record(value);
  return histogram.data();
}

/** Lateness as on a busy machine: log-uniform from 1 us to 100 ms. */
function latenesses(count: number): number[] {
  const random = openRandomStream(7, 'packed', 'histogram');
  return Array.from({ length: count }, () => Math.floor(10 ** (3 + 5 * random.uniform())));
}

describe('packed histograms', () => {
  it.each([
    ['nothing', []],
    ['zero', [0]],
    ['one value behind many empty buckets', [123_456_789]],
    ['the largest number', [Number.MAX_SAFE_INTEGER]],
    ['neighbours, and one bucket often', [5, 6, 6, 6, 7, ...new Array<number>(20_000).fill(9)]],
    ['many', latenesses(50_000)],
  ])('come back as they were: %s', (_, values) => {
    const data = histogramOf(values);
    expect(unpackHistogram(packHistogram(data))).toEqual(data);
  });

  it('carry a count beyond 2^32', () => {
    const data = { ...histogramOf([3]), counts: Float64Array.of(0, 0, 0, 2 ** 40 + 1) };
    expect(unpackHistogram(packHistogram(data)).counts).toEqual(data.counts);
  });

  it('take a sixth of their counts, or less', () => {
    const data = histogramOf(latenesses(10_000));
    expect(6 * packHistogram(data).counts.length).toBeLessThan(data.counts.byteLength);
  });

  it('leave other metrics as they are', () => {
    const metrics = {
      sent: { kind: 'counter', value: 4 },
      wait: { kind: 'histogram', data: histogramOf([1, 1_000_000]) },
    } as const;
    expect(unpackMetrics(packMetrics(metrics))).toEqual(metrics);
  });

  it.each([
    ['a run of nothing', [0, 0]],
    ['a run without its length', [5, 0]],
    ['a number that does not end', [0x80]],
    ['a number of nine bytes', new Array<number>(9).fill(0xff)],
    ['more buckets than there are', [0, 0xff, 0xff, 0xff, 0x7f]],
  ])('are refused when they are %s', (_, bytes) => {
    const packed = { ...packHistogram(histogramOf([])), counts: Uint8Array.from(bytes) };
    expect(() => unpackHistogram(packed)).toThrow(RangeError);
  });
});
