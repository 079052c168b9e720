import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PACKET_BYTES_MAX } from '../../../../nodes/bulk/geometry.ts';
import { createPacketReader } from '../../../../nodes/bulk/pieces.ts';
import { decodePacketLength, encodePacket } from '../../../../nodes/bulk/wire.ts';

/** Reads `stream` in pieces that end at `cuts`. */
function read(stream: Uint8Array, cuts: readonly number[]): { packets: number[][]; isOk: boolean } {
  const packets: number[][] = [];
  const reader = createPacketReader((buffer, offset, length) => {
    packets.push([...buffer.subarray(offset, offset + length)]);
  });
  const ends = [...cuts.filter((cut) => cut < stream.length), stream.length].sort((a, b) => a - b);
  let at = 0;
  let isOk = true;
  for (const end of ends) {
    isOk = reader.read(stream, at, end - at) && isOk;
    at = end;
  }
  return { packets, isOk };
}

const join = (packets: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from(packets.flatMap((packet) => [...encodePacket(Uint8Array.from(packet))]));

describe('the length in front of a packet', () => {
  it('has four bytes and is bounded by 64 KiB; 0 and more are refused', () => {
    expect([...encodePacket(Uint8Array.of(7, 8))]).toEqual([0, 0, 0, 2, 7, 8]);
    expect(decodePacketLength(Uint8Array.of(0, 1, 0, 0), 0)).toBe(PACKET_BYTES_MAX);
    expect(decodePacketLength(Uint8Array.of(0, 1, 0, 1), 0)).toBeUndefined();
    expect(decodePacketLength(Uint8Array.of(255, 255, 255, 255), 0)).toBeUndefined();
    expect(decodePacketLength(Uint8Array.of(0, 0, 0, 0), 0)).toBe(0);
  });
});

describe('a reader of packets', () => {
  it('gives the same packets however the stream is cut', () => {
    const packets = fc.array(fc.array(fc.nat(255), { maxLength: 40 }), {
      minLength: 1,
      maxLength: 10,
    });
    fc.assert(
      fc.property(packets, fc.array(fc.nat(400), { maxLength: 60 }), (sent, cuts) => {
        expect(read(join(sent), cuts)).toEqual({ packets: sent, isOk: true });
      }),
    );
  });

  it('puts the largest packet together from single bytes', () => {
    const packet = new Uint8Array(PACKET_BYTES_MAX).fill(3);
    const stream = encodePacket(packet);
    let bytes = 0;
    const reader = createPacketReader((_buffer, _offset, length) => {
      bytes += length;
    });
    for (let i = 0; i < stream.length; i += 1) expect(reader.read(stream, i, 1)).toBe(true);
    expect(bytes).toBe(PACKET_BYTES_MAX);
    expect(reader.isBetweenFrames).toBe(true);
  });

  it('takes nothing more after a length that no packet has, whole or in parts', () => {
    const good = [1, 2, 3];
    const stream = Uint8Array.from([...join([good]), 0, 2, 0, 0, ...join([good])]);
    for (const cuts of [[], [8], [9, 10]]) {
      expect(read(stream, cuts)).toEqual({ packets: [good], isOk: false });
    }
  });

  it('knows whether the stream may end', () => {
    const reader = createPacketReader(() => undefined);
    expect(reader.isBetweenFrames).toBe(true);
    reader.read(Uint8Array.of(0, 0), 0, 2);
    expect(reader.isBetweenFrames).toBe(false);
    reader.read(Uint8Array.of(0, 1, 9), 0, 3);
    expect(reader.isBetweenFrames).toBe(true);
  });
});
