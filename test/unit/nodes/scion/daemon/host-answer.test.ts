/** What a control service answers a host. */
import { describe, expect, it } from 'vitest';
import {
  decodeHostAnswer,
  encodeHostAnswer,
} from '../../../../../nodes/scion/daemon/host-answer.ts';
import {
  decodeHostRequest,
  encodeDownReport,
} from '../../../../../nodes/scion/daemon/host-request.ts';
import {
  decodeSegments,
  encodeSegments,
  encodeSegmentsRequest,
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

describe('what a host says to its control service', () => {
  it('is a request of the reference, or a report that an interface is down', () => {
    const request = { source: LEAF, target: CORE_A };
    expect(decodeHostRequest(encodeSegmentsRequest(request))).toEqual({
      kind: 'segments',
      ...request,
    });
    const item = { isdAs: MIDDLE, ifId: 65_535 };
    expect(decodeHostRequest(encodeDownReport(item))).toEqual({ kind: 'down', interfaces: [item] });
  });

  it('is nothing when it is cut off', () => {
    const bytes = encodeDownReport({ isdAs: MIDDLE, ifId: 3 });
    for (let length = 1; length < bytes.length; length += 1) {
      expect(decodeHostRequest(bytes.subarray(0, length))).toBeUndefined();
    }
  });
});
