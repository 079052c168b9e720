/** What of many segments is put into one message. */
import { describe, expect, it } from 'vitest';
import { fittingSegments } from '../../../../nodes/control-service/lookup/fitting-segments.ts';
import { RPC_MESSAGE_BYTES_MAX } from '../../../../nodes/control-service/rpc/geometry.ts';
import {
  encodeSegments,
  SEGMENTS_PER_ROLE_MAX,
  type SegmentsByRole,
  type SignedSegment,
} from '../../../../nodes/scion/index.ts';
import { beaconOver, CORE_A, CORE_B, CORE_C, unsignedOver } from './small-network.ts';

const NONE = { ups: [], cores: [], downs: [] };
const REAL = beaconOver(CORE_A, [3, 3, 0]);
const many = (length: number, one = REAL): SignedSegment[] => Array.from({ length }, () => one);

/** How many of the segments begin in an AS. */
function countFrom({ ups, cores, downs }: SegmentsByRole, origin: string): number {
  const all = [...ups, ...cores, ...downs];
  return all.filter(({ segment }) => segment.entries[0]?.isdAs === origin).length;
}

describe('segments of a message', () => {
  it('are all of them when they fit', () => {
    const all = { ups: [REAL], downs: many(2), cores: [beaconOver(CORE_C, [2, 0])] };
    expect(fittingSegments(all, RPC_MESSAGE_BYTES_MAX)).toEqual(all);
    expect(fittingSegments(NONE, 0)).toEqual(NONE);
  });

  it('are no longer than the message may be, and not much shorter', () => {
    for (const bytesMax of [0, 500, 1_000, 10_000, 100_000]) {
      const all = { ups: many(200), downs: many(200), cores: many(200) };
      const { length } = encodeSegments(fittingSegments(all, bytesMax));
      expect(length).toBeLessThanOrEqual(bytesMax);
      expect(length).toBeGreaterThan(0.8 * bytesMax - 1_000);
    }
  });

  it(`are at most ${SEGMENTS_PER_ROLE_MAX} of a role`, () => {
    const all = { ups: many(300), downs: many(199), cores: many(201) };
    const { ups, downs, cores } = fittingSegments(all, 1_000_000_000);
    expect([ups, downs, cores].map(({ length }) => length)).toEqual([200, 199, 200]);
  });

  it('are the first ones between each two ASes', () => {
    const origins = ['1-1', '1-2', '1-3'];
    const cores = origins.flatMap((origin) =>
      Array.from({ length: 100 }, (_, index) => unsignedOver([origin, `1-${9 + index}`, '1-4'])),
    );
    const fitting = fittingSegments({ ...NONE, cores }, 1_000_000);
    expect(origins.map((origin) => countFrom(fitting, origin))).toEqual([67, 67, 66]);
    expect(fitting.cores.slice(0, 4)).toEqual([cores[0], cores[100], cores[200], cores[1]]);
    const few = { ups: many(100), downs: [beaconOver(CORE_B, [3, 0])], cores: [] };
    expect(fittingSegments(few, 2_000).downs).toHaveLength(1);
  });
});
