import { describe, expect, it } from 'vitest';
import { hashBytesTo53Bits } from '../../../../nodes/_kit/bytes-name.ts';

const bytes = (length: number, first = 0): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (first + 7 * at) & 0xff);

/** FNV-1a byte by byte, over the length first. */
function fnv1a(of: Uint8Array, seed: number): bigint {
  const step = (hash: bigint, byte: number): bigint =>
    ((hash ^ BigInt(byte)) * 0x0100_0193n) & 0xffff_ffffn;
  return of.reduce(step, step(BigInt(seed), of.length));
}

describe('a name of bytes', () => {
  it('is two hashes after FNV-1a, with different beginnings, in one safe integer', () => {
    for (const length of [0, 1, 20, 255, 256]) {
      const whole = bytes(length, length);
      const upper = fnv1a(whole, 0x0c4e_a5a1) & 0x1f_ffffn;
      const expected = Number((upper << 32n) | fnv1a(whole, 0x811c_9dc5));
      expect(hashBytesTo53Bits(whole, 256)).toBe(expected);
      expect(Number.isSafeInteger(expected)).toBe(true);
    }
  });

  it('depends on each byte up to its limit, on none behind it, and on the length', () => {
    const name = hashBytesTo53Bits(bytes(300), 256);
    const changed = (at: number): number => {
      const other = bytes(300);
      other[at] = other[at]! ^ 1;
      return hashBytesTo53Bits(other, 256);
    };
    const names = Array.from({ length: 256 }, (_, at) => changed(at));
    expect(new Set([...names, name]).size).toBe(257);
    expect(changed(256)).toBe(name);
    expect(hashBytesTo53Bits(bytes(299), 256)).not.toBe(name);
  });
});
