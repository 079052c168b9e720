/**
 * POLYVAL in JavaScript and in WebAssembly, compared with each other and with noble's, which looks
 * its products up in tables; and with the operands at which carries would show.
 */
import { polyval as tablePolyval } from '@noble/ciphers/_polyval.js';
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { createFastPolyval } from '../../../../engine/crypto/fast-polyval.ts';
import { polyval } from '../../../../engine/crypto/polyval.ts';
import { toHex } from '../../../../nodes/_kit/bytes.ts';

const SEED = 20_261_128;
const fast = createFastPolyval(() => expect.unreachable());

/** An element with the given coefficients. */
function element(...exponents: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(16);
  for (const exponent of exponents) {
    const at = exponent >> 3;
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (exponent & 7));
  }
  return bytes;
}

function expectSame(key: Uint8Array, blocks: Uint8Array, what: string): void {
  const expected = toHex(tablePolyval(blocks, key));
  expect(toHex(polyval(key, blocks)), `${what} in JavaScript`).toBe(expected);
  expect(toHex(fast(key, blocks)), `${what} in WebAssembly`).toBe(expected);
}

describe('POLYVAL', () => {
  it(`is noble's for random keys and up to 40 blocks, seed ${SEED}`, () => {
    const random = openRandomStream(SEED, 'crypto', 'polyval');
    for (let count = 0; count <= 40; count++) {
      for (let turn = 0; turn < 5; turn++) {
        expectSame(random.bytes(16), random.bytes(16 * count), `${count} blocks`);
      }
    }
  });

  it("is noble's for every power of x times every eighth one", () => {
    for (let left = 0; left < 128; left++) {
      for (let right = left & 7; right < 128; right += 8) {
        expectSame(element(left), element(right), `x^${left} x^${right}`);
      }
    }
  });

  it("is noble's where most products meet in one place, also next to empty ones", () => {
    const patterns = [0xff, 0x11, 0x22, 0x44, 0x88, 0x77, 0xee, 0x0f, 0xf0, 0x55, 0xaa];
    for (const left of patterns) {
      for (const right of patterns) {
        const [key, blocks] = [new Uint8Array(16).fill(left), new Uint8Array(48).fill(right)];
        expectSame(key, blocks, `${left} times ${right}`);
      }
    }
  });

  it('in WebAssembly takes in what is longer than its memory, up to the last block', () => {
    for (const length of [4_080, 4_096, 4_112, 8_192, 100_000]) {
      const blocks = Uint8Array.from({ length }, (_, index) => (index * 41) & 255);
      const key = element(0, 3, 64, 100, 127);
      expect(toHex(fast(key, blocks)), `${length}`).toBe(toHex(polyval(key, blocks)));
    }
  });

  it('gives arrays of their own', () => {
    const first = fast(element(1), element(2));
    const copy = toHex(first);
    fast(element(5), element(6));
    expect(toHex(first)).toBe(copy);
    expect(first.buffer.byteLength).toBe(16);
  });
});
