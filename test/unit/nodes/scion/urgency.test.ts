import { describe, expect, it } from 'vitest';
import {
  isUrgentPacket,
  markUrgent,
  URGENT_TRAFFIC_CLASS,
} from '../../../../nodes/scion/urgency.ts';

/**
 * The first four bytes of a SCION header: version, traffic class and flow id, most significant bits
 * first.
 */
function firstLine(trafficClass: number, flowId: number): Uint8Array {
  const word = trafficClass * 2 ** 20 + flowId;
  return Uint8Array.of((word >>> 24) & 255, (word >>> 16) & 255, (word >>> 8) & 255, word & 255);
}

describe('urgent packets', () => {
  it('are those of the traffic class of BFD, and of no other of the 256', () => {
    const urgent = Array.from({ length: 256 }, (_, trafficClass) => trafficClass).filter((one) =>
      isUrgentPacket(firstLine(one, 0xfffff), 0, 4),
    );
    expect(urgent).toEqual([0xb8]);
    expect(URGENT_TRAFFIC_CLASS).toBe(0xb8);
  });

  it('are read at their offset, and too short ones are not urgent', () => {
    const bytes = Uint8Array.of(0, 0, ...firstLine(0xb8, 5));
    expect(isUrgentPacket(bytes, 2, 4)).toBe(true);
    expect(isUrgentPacket(bytes, 0, 4)).toBe(false);
    expect(isUrgentPacket(bytes, 2, 1)).toBe(false);
    expect(isUrgentPacket(bytes, 2, 0)).toBe(false);
  });

  it('are marked without a change to version and flow', () => {
    const bytes = firstLine(0, 0xabcde);
    markUrgent(bytes);
    expect(bytes).toEqual(firstLine(0xb8, 0xabcde));
  });
});
