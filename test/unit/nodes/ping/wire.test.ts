import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHeader, encodeHeader, type PingHeader } from '../../../../nodes/ping/wire.ts';

const request: PingHeader = { kind: 'request', identifier: 0x01020304 };

function encoded(header: PingHeader, offset = 0): Uint8Array {
  const buffer = new Uint8Array(offset + 8);
  encodeHeader(header, buffer, offset);
  return buffer;
}

describe('the header', () => {
  it('is version, kind, two zeroes and the identifier', () => {
    expect([...encoded(request)]).toEqual([1, 1, 0, 0, 1, 2, 3, 4]);
    expect([...encoded({ kind: 'reply', identifier: 7 })]).toEqual([1, 2, 0, 0, 0, 0, 0, 7]);
  });

  it('comes back as it was written, at any offset, with any body behind it', () => {
    const headers = fc.record({
      kind: fc.constantFrom('request' as const, 'reply' as const),
      identifier: fc.nat({ max: 2 ** 32 - 1 }),
    });
    fc.assert(
      fc.property(headers, fc.nat({ max: 40 }), (header, offset) => {
        const buffer = encoded(header, offset);
        expect(decodeHeader(buffer, offset, buffer.length - offset)).toEqual(header);
      }),
    );
  });

  it('is truncated at every length below eight', () => {
    for (let length = 0; length < 8; length++) {
      expect(decodeHeader(encoded(request), 0, length)).toBe('truncated');
    }
  });

  it.each([
    [0, 2, 'wrong-version'],
    [1, 3, 'unknown-kind'],
    [2, 1, 'padding-not-zero'],
    [3, 1, 'padding-not-zero'],
  ] as const)('with byte %d = %d is %s', (at, value, drop) => {
    const buffer = encoded(request);
    buffer[at] = value;
    expect(decodeHeader(buffer, 0, 8)).toBe(drop);
  });

  it('with one flipped bit is refused or another header, never the same', () => {
    for (let bit = 0; bit < 64; bit++) {
      const buffer = encoded(request);
      buffer[bit >>> 3] = buffer[bit >>> 3]! ^ (1 << (bit & 7));
      expect(decodeHeader(buffer, 0, 8)).not.toEqual(request);
    }
  });
});
