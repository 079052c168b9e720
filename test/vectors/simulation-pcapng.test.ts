/** The capture file of simulation/pcapng.json, compared byte for byte. @module */
import { describe, expect, it } from 'vitest';
import {
  enhancedPacket,
  interfaceDescription,
  sectionHeader,
} from '../../engine/measure/pcapng/encode.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

interface CaptureVector {
  readonly hex: string;
  readonly timestampNs: number;
  readonly interface: string;
  readonly comment: string;
  readonly direction: 'inbound' | 'outbound';
  readonly packet: string;
}

describe.skipIf(!hasVectors)('simulation/pcapng.json', () => {
  it('is written byte for byte', () => {
    const vector = vectors<CaptureVector>('simulation/pcapng.json');
    const file = Buffer.concat([
      sectionHeader('orrery'),
      interfaceDescription(vector.interface),
      enhancedPacket({
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
