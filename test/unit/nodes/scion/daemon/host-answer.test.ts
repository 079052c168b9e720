/** What a control service answers a host. */
import { describe, expect, it } from 'vitest';
import {
  decodeHostAnswer,
  encodeHostAnswer,
} from '../../../../../nodes/scion/daemon/host-answer.ts';
import {
  decodeSegments,
  encodeSegments,
} from '../../../../../nodes/scion/paths/segment-messages.ts';
import { beaconOver, CORE_A, CORE_B, LEAF, MIDDLE } from '../../control-service/small-network.ts';

const segments = { ups: [beaconOver(CORE_A, [3, 3, 0])], cores: [], downs: [] };
const revoked = [
  { isdAs: MIDDLE, ifId: 65_535 },
  { isdAs: LEAF, ifId: 1 },
];

describe('the answer to a host', () => {
  it('has the segments and the interfaces that are believed to be down', () => {
    expect(decodeHostAnswer(encodeHostAnswer({ segments, revoked }))).toEqual({
      segments,
      revoked,
    });
  });

  it('is that of the reference where none is, and can be read as that in any case', () => {
    expect(encodeHostAnswer({ segments, revoked: [] })).toEqual(encodeSegments(segments));
    expect(decodeSegments(encodeHostAnswer({ segments, revoked }))).toEqual(segments);
  });

  it('names a thousand interfaces at the most', () => {
    const many = Array.from({ length: 1_001 }, (_, index) => ({ isdAs: CORE_B, ifId: index + 1 }));
    const read = decodeHostAnswer(encodeHostAnswer({ segments, revoked: many }));
    expect(read?.revoked).toEqual(many.slice(0, 1_000));
  });

  it('is none when it is cut off', () => {
    const bytes = encodeHostAnswer({ segments, revoked });
    expect(decodeHostAnswer(bytes.subarray(0, -1))).toBeUndefined();
    expect(decodeHostAnswer(Uint8Array.of(0xff))).toBeUndefined();
  });
});
