/** The capture file of simulation/pcapng.json, compared byte for byte. @module */
import { describe, expect, it } from 'vitest';
import {
  encodeInterfaceDescription,
  encodePacketBlock,
  encodeSectionHeader,
} from '../../engine/measure/pcapng/encode.ts';
import { vectorSets } from '../vectors-root.ts';

interface CaptureVector {
  readonly hex: string;
  readonly timestampNs: number;
  readonly interface: string;
  readonly comment: string;
  readonly direction: 'inbound' | 'outbound';
  readonly packet: string;
}

/** Written by hand from draft-ietf-opsawg-pcapng. */
const FIGURES: CaptureVector = {
  hex:
    '0a0d0d0a2c0000004d3c2b1a01000000ffffffffffffffff040006006f72726572790000000000002c000000' +
    '0100000028000000650000000000000002000400612d3e620900010009000000000000002800000006000000' +
    '600000000000000000000000e0df99002000000020000000450000200000000040117cca7f0000017f000002' +
    '00350035000c0000deadbeef0100100064726f703a2071756575652d66756c6c020004000200000000000000' +
    '60000000',
  timestampNs: 10084320,
  interface: 'a->b',
  comment: 'drop: queue-full',
  direction: 'outbound',
  packet: '450000200000000040117cca7f0000017f00000200350035000c0000deadbeef',
};

describe('a capture file', () => {
  const sets = vectorSets('simulation/pcapng.json', FIGURES);
  it.each(sets)('is written byte for byte, $set', ({ file: vector }) => {
    const file = Buffer.concat([
      encodeSectionHeader('orrery'),
      encodeInterfaceDescription(vector.interface),
      encodePacketBlock({
        interfaceId: 0,
        timeNs: vector.timestampNs,
        bytes: new Uint8Array(Buffer.from(vector.packet, 'hex')),
        direction: vector.direction,
        comment: vector.comment,
      }),
    ]);
    expect(file.toString('hex')).toBe(vector.hex);
  });
});
