/** What a SIG encoder takes, and how it fills frames. */
import { describe, expect, it } from 'vitest';
import { SigEncoder } from '../../../../../nodes/gateway/sig/encoder.ts';
import { decodeSigHeader } from '../../../../../nodes/gateway/sig/frame.ts';
import { SIG_QUEUE_PACKETS_MAX } from '../../../../../nodes/gateway/sig/geometry.ts';
import { framesOf, ipv4Packet, ipv6Packet } from './frames.ts';

function makeEncoder(frameBytesMax: number): SigEncoder {
  return new SigEncoder({ session: 1, stream: 2, frameBytesMax });
}

function indicesOf(frames: readonly Uint8Array[]): readonly unknown[] {
  return frames.map((frame) => decodeSigHeader(frame)).map((header) => Object(header).index);
}

describe('a SIG encoder', () => {
  it('refuses what is no packet of the length that it says', () => {
    const encoder = makeEncoder(1400);
    const wrong = [
      new Uint8Array(),
      ipv4Packet(30).subarray(0, 29),
      ipv6Packet(50).subarray(0, 49),
      new Uint8Array(60).fill(0x50),
      Uint8Array.of(0x45, 0),
    ];
    expect(wrong.map((packet) => encoder.add(packet))).toEqual(wrong.map(() => 'ip-malformed'));
    expect(encoder.next()).toBeUndefined();
  });

  it('refuses packets while too many wait', () => {
    const encoder = makeEncoder(56);
    const answers = Array.from({ length: SIG_QUEUE_PACKETS_MAX + 1 }, () =>
      encoder.add(ipv4Packet(40)),
    );
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(SIG_QUEUE_PACKETS_MAX);
    expect(answers.at(-1)).toBe('sig-queue-full');
    encoder.next();
    expect(encoder.add(ipv4Packet(40))).toBeUndefined();
  });

  it('is not made for frames in which no packet could start', () => {
    expect(() => makeEncoder(55)).toThrow('no packet can start in a frame of 55 bytes');
  });

  it('never divides a header: a packet starts only where 40 bytes are left', () => {
    expect(indicesOf(framesOf([ipv4Packet(44), ipv4Packet(44)], 100))).toEqual([0, 0xffff]);
    expect(indicesOf(framesOf([ipv4Packet(45), ipv4Packet(44)], 100))).toEqual([0, 0]);
  });

  it('says where the first packet starts behind the end of another', () => {
    // 120 bytes are 84, and 36 before the next packet.
    expect(indicesOf(framesOf([ipv6Packet(120), ipv4Packet(48)], 100))).toEqual([0, 36]);
    expect(indicesOf(framesOf([ipv4Packet(252)], 100))).toEqual([0, 0xffff, 0xffff]);
  });

  it('copies a packet, whose buffer may be used again', () => {
    const encoder = makeEncoder(1400);
    const packet = ipv4Packet(30);
    encoder.add(packet);
    packet.fill(0);
    expect(encoder.next()?.subarray(16)).toEqual(ipv4Packet(30));
  });
});
