/** The bins in which a trace counts packets. */
import { describe, expect, it } from 'vitest';
import { BIN_VALUE_INDICES, BinPyramid } from '../../../../engine/measure/trace/pyramid.ts';

const MS = 1_000_000;

describe('a longer bin', () => {
  it('has the least latency of its packets, also where in a part of it packets were only lost', () => {
    const latencies: (readonly [number, number, number])[] = [];
    const pyramid = new BinPyramid(1, 1, (level, track, bins, at) => {
      const [least, greatest] = [BIN_VALUE_INDICES.min, BIN_VALUE_INDICES.max];
      if (track === 0) latencies.push([level, bins[at + least] ?? -1, bins[at + greatest] ?? -1]);
    });
    pyramid.arrived(0, 0, 100, 7_000);
    pyramid.dropped(0, 2 * MS);
    pyramid.arrived(0, 4 * MS, 100, 5_000);
    pyramid.dropped(0, 6 * MS);
    pyramid.finish();
    expect(latencies).toEqual([
      [0, 7_000, 7_000],
      [0, 0, 0],
      [0, 5_000, 5_000],
      [0, 0, 0],
      [1, 5_000, 7_000],
      [2, 5_000, 7_000],
      [3, 5_000, 7_000],
    ]);
  });
});
