/** Which segments a store keeps, and in which order it gives them. */
import { describe, expect, it } from 'vitest';
import { compareBytes } from '../../../../nodes/_kit/bytes.ts';
import {
  type KnownSegment,
  SegmentStore,
} from '../../../../nodes/control-service/beacons/store.ts';
import type { IsdAs } from '../../../../nodes/scion/index.ts';
import { knownOf, NOW_S, type SegmentWishes, unsignedOver } from './small-network.ts';

const KEY = '1-1' as IsdAs;
const NOW = 2 * NOW_S;

function known(ases: readonly string[], wishes?: SegmentWishes): KnownSegment {
  return knownOf(unsignedOver(ases, wishes));
}

function store(limits: { perKey?: number; keys?: number } = {}): SegmentStore {
  return new SegmentStore({ perKey: 10, keys: 10, ...limits });
}

describe('a store of segments', () => {
  it('keeps the newest of those over the same interfaces', () => {
    const segments = store();
    const at = (timestamp: number, segmentId: number): KnownSegment =>
      known(['1-1', '1-2'], { timestamp, segmentId });
    const ids = (): number[] => segments.of(KEY, NOW).map(({ segment }) => segment.segmentId);
    expect(segments.insert(KEY, at(NOW_S, 1))).toBe('new');
    expect(segments.insert(KEY, at(NOW_S, 2))).toBe('known');
    expect(segments.insert(KEY, at(NOW_S - 1, 3))).toBe('known');
    expect(ids()).toEqual([1]);
    expect(segments.insert(KEY, at(NOW_S + 1, 4))).toBe('newer');
    expect([ids(), segments.size]).toEqual([[4], 1]);
  });

  it('takes a newer one also when it is full', () => {
    const segments = store({ perKey: 1, keys: 1 });
    segments.insert(KEY, known(['1-1', '1-2']));
    const newer = known(['1-1', '1-2'], { timestamp: NOW_S + 1 });
    expect(segments.insert(KEY, newer)).toBe('newer');
  });

  it('gives the shortest first, then the newest, then that of the lower identity', () => {
    const long = known(['1-1', '1-2', '1-3']);
    const [low, high] = [known(['1-1', '1-4']), known(['1-1', '1-5'])].sort((left, right) =>
      compareBytes(left.identity, right.identity),
    ) as [KnownSegment, KnownSegment];
    const newest = known(['1-1', '1-6'], { timestamp: NOW_S + 1 });
    for (const order of [
      [long, low, high, newest],
      [newest, high, low, long],
    ]) {
      const segments = store();
      for (const one of order) segments.insert(KEY, one);
      expect(segments.of(KEY, NOW)).toEqual([newest, low, high, long]);
    }
  });

  it('gives and keeps what expires at this very half second, and not half a second later', () => {
    const segments = store();
    const brief = known(['1-1', '1-2'], { expTime: 0 });
    segments.insert(KEY, brief);
    segments.insert(KEY, known(['1-1', '1-3']));
    const end = NOW + 675;
    expect(brief.expiryHalfSeconds).toBe(end);
    expect([segments.of(KEY, end), segments.all(end)].map(({ length }) => length)).toEqual([2, 2]);
    expect(segments.of(KEY, end + 1)).toHaveLength(1);
    expect(segments.all(end + 1)).toHaveLength(1);
    expect([segments.removeExpired(end), segments.size]).toEqual([0, 2]);
    expect([segments.removeExpired(end + 1), segments.size]).toEqual([1, 1]);
    // The other one lives longer, and is not forgotten.
    const last = known(['1-1', '1-3']).expiryHalfSeconds;
    expect([segments.removeExpired(last), segments.size]).toEqual([0, 1]);
    expect([segments.removeExpired(last + 1), segments.size]).toEqual([1, 0]);
  });

  it('expires with the first hop field that does', () => {
    const { segment } = unsignedOver(['1-1', '1-2', '1-3']);
    const entries = segment.entries.map((entry, index) => ({
      ...entry,
      hop: { ...entry.hop, expTime: [9, 2, 5][index]! },
    }));
    const mixed = knownOf({ ...unsignedOver(['1-1']), segment: { ...segment, entries } });
    expect(mixed.expiryHalfSeconds).toBe(NOW + 3 * 675);
  });

  it('forgets a key without segments, so that there is room for another', () => {
    const segments = store({ keys: 1 });
    segments.insert(KEY, known(['1-1', '1-2'], { expTime: 0 }));
    const other = '1-9' as IsdAs;
    expect(segments.insert(other, known(['1-9', '1-2']))).toBe('full');
    expect(segments.insert(KEY, known(['1-1', '1-3'], { expTime: 0 }))).toBe('new');
    segments.removeExpired(NOW + 676);
    expect(segments.keys()).toEqual([]);
    expect(segments.insert(other, known(['1-9', '1-2']))).toBe('new');
    expect(segments.keys()).toEqual([other]);
  });

  it('makes room for a shorter one only, in place of the longest', () => {
    const segments = store({ perKey: 2 });
    const lengths = (): number[] =>
      segments.of(KEY, NOW).map(({ segment }) => segment.entries.length);
    segments.insert(KEY, known(['1-1', '1-2', '1-3', '1-4']));
    segments.insert(KEY, known(['1-1', '1-2', '1-3']));
    expect(segments.insert(KEY, known(['1-1', '1-5', '1-6', '1-7']))).toBe('full');
    expect(segments.insert(KEY, known(['1-1', '1-5', '1-6', '1-7', '1-8']))).toBe('full');
    expect(lengths()).toEqual([3, 4]);
    expect(segments.insert(KEY, known(['1-1', '1-5', '1-6']))).toBe('new');
    expect(lengths()).toEqual([3, 3]);
    expect(segments.insert(KEY, known(['1-1', '1-9']))).toBe('new');
    expect(lengths()).toEqual([2, 3]);
    expect(segments.size).toBe(2);
  });

  it('counts each key for itself', () => {
    const segments = store({ perKey: 1, keys: 2 });
    expect(segments.insert(KEY, known(['1-1', '1-2']))).toBe('new');
    expect(segments.insert('1-9' as IsdAs, known(['1-9', '1-2']))).toBe('new');
    expect(segments.insert('1-8' as IsdAs, known(['1-8', '1-2']))).toBe('full');
    expect([segments.size, segments.all(NOW).length]).toEqual([2, 2]);
  });
});
