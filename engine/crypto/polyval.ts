/**
 * POLYVAL (RFC 8452 section 3) in JavaScript: bit by bit, constant time, for the reference provider
 * and machines without WebAssembly. The POLYVAL of noble is not used, because it looks up products by secret indices.
 *
 * @module
 */
import { wipe } from '../core/secrets.ts';
import type { CryptoProvider } from '../host/crypto.ts';
import { BLOCK_LENGTH, checkBlocks, checkLength } from './lengths.ts';

const BITS = 128;

/**
 * The reduction polynomial x^128 + x^127 + x^126 + x^121 + 1 divided by x, its highest word (RFC 8452 section 3). It
 * is added when a division by x shifts out a bit at the low end.
 */
const REDUCTION = 0xe1000000;

/** Computes POLYVAL. @param key 16 bytes. @param blocks A multiple of 16 bytes. */
export const polyval: CryptoProvider['polyval'] = (key, blocks) => {
  checkLength('a POLYVAL key', key, BLOCK_LENGTH);
  checkBlocks(blocks);
  const factor = new Int32Array(BLOCK_LENGTH / 4);
  const sum = new Int32Array(BLOCK_LENGTH / 4);
  addBlock(factor, key, 0);
  for (let offset = 0; offset < blocks.length; offset += BLOCK_LENGTH) {
    // RFC 8452 section 3: S_j = dot(S_(j-1) + X_j, H).
    addBlock(sum, blocks, offset);
    multiply(sum, factor);
  }
  const result = new Uint8Array(BLOCK_LENGTH);
  for (let index = 0; index < BLOCK_LENGTH; index++) {
    result[index] = (sum[index >> 2] as number) >>> (8 * (index & 3));
  }
  wipe(factor, sum);
  return result;
};

/** Adds the block at `offset`: the first bit of the first byte is the coefficient of x^0. */
function addBlock(words: Int32Array, bytes: Uint8Array, offset: number): void {
  for (let index = 0; index < BLOCK_LENGTH; index++) {
    const word = words[index >> 2] as number;
    words[index >> 2] = word ^ ((bytes[offset + index] as number) << (8 * (index & 3)));
  }
}

/**
 * Multiplies: dot(a, b) = a * b * x^-128 (RFC 8452 section 3), here by Horner's rule from the
 * lowest bit of `left`, with one division by x for each bit. `left` becomes the product.
 */
function multiply(left: Int32Array, right: Int32Array): void {
  const [h0, h1, h2, h3] = right as unknown as readonly [number, number, number, number];
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let bit = 0; bit < BITS; bit++) {
    const isSet = -(((left[bit >> 5] as number) >>> (bit & 31)) & 1);
    a ^= h0 & isSet;
    b ^= h1 & isSet;
    c ^= h2 & isSet;
    d ^= h3 & isSet;
    const isOdd = -(a & 1);
    a = (a >>> 1) | (b << 31);
    b = (b >>> 1) | (c << 31);
    c = (c >>> 1) | (d << 31);
    d = (d >>> 1) ^ (REDUCTION & isOdd);
  }
  left.set([a, b, c, d]);
}
