/** The header of SIG frames, and why a frame is refused by it. */
import { describe, expect, it } from 'vitest';
import { readIpLength } from '../../../../../engine/pure/ip-headers.ts';
import { SIG_DROP_REASONS } from '../../../../../nodes/gateway/sig/drops.ts';
import { decodeSigHeader, encodeSigHeader } from '../../../../../nodes/gateway/sig/frame.ts';
import { framesOf, ipv4Packet, ipv6Packet } from './frames.ts';

const [genuine] = framesOf([ipv4Packet(30)], 1400) as [Uint8Array];

/** The genuine frame with other bytes from `at` on. */
function changed(at: number, ...bytes: readonly number[]): Uint8Array {
  const frame = genuine.slice();
  frame.set(bytes, at);
  return frame;
}

describe('the header of a SIG frame', () => {
  it.each([
    { session: 0, stream: 0, sequence: 0, index: 0 },
    { session: 255, stream: 0xf_ffff, sequence: Number.MAX_SAFE_INTEGER, index: 0xffff },
    { session: 7, stream: 0x1_2345, sequence: 2 ** 32 + 5, index: 3 },
  ])('is decoded to what was encoded: $sequence', (header) => {
    const frame = new Uint8Array(20).fill(0xaa);
    encodeSigHeader(header, frame);
    expect(decodeSigHeader(frame)).toEqual(header);
  });

  it('is refused by name at each length that has no packet', () => {
    for (let length = 0; length < 16; length += 1) {
      expect(decodeSigHeader(genuine.subarray(0, length))).toBe('sig-truncated');
    }
    expect(decodeSigHeader(genuine.subarray(0, 16))).toBe('sig-empty');
  });

  it.each([
    ['sig-version', changed(0, 1)],
    ['sig-sequence', changed(8, 0, 0x20)],
    ['sig-index', changed(2, 0, 30)],
    ['sig-index', changed(2, 0xff, 0xfe)],
  ])('is refused as %s', (reason, frame) => {
    expect(decodeSigHeader(frame)).toBe(reason);
    expect(SIG_DROP_REASONS).toHaveProperty(reason);
  });

  it('is read whatever its reserved bits are', () => {
    expect(decodeSigHeader(changed(4, 0xff, 0xf0))).toEqual(decodeSigHeader(genuine));
  });
});

describe('the length of an IP packet', () => {
  it('counts the header', () => {
    expect(readIpLength(ipv4Packet(20), 0)).toBe(20);
    expect(readIpLength(ipv6Packet(40), 0)).toBe(40);
    expect(readIpLength(ipv6Packet(65_575), 0)).toBe(65_575);
  });

  it('is unknown without a whole header of a known version', () => {
    expect(readIpLength(ipv4Packet(20).subarray(0, 19), 0)).toBeUndefined();
    expect(readIpLength(ipv6Packet(40).subarray(0, 39), 0)).toBeUndefined();
    expect(readIpLength(new Uint8Array(), 0)).toBeUndefined();
    expect(readIpLength(new Uint8Array(60).fill(0x50), 0)).toBeUndefined();
    expect(readIpLength(Uint8Array.of(0x45, 0, 0, 19, ...new Uint8Array(16)), 0)).toBeUndefined();
  });
});
