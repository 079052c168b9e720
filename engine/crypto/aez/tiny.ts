/**
 * AEZ-tiny: enciphers strings of 1 … 31 bytes with a Feistel network (AEZ v5, section 1.5,
 * "AEZ-tiny"). A Sphinx payload is longer: this file exists so that AEZ is complete and passes its vectors.
 *
 * @module
 */
import { BLOCK_LENGTH, BLOCK_WORDS, loadBlock, storeBlock, xorBlock } from './block.ts';
import type { AezCoreInput } from './core.ts';
import type { TweakedAes } from './tweaked-aes.ts';

/**
 * Number of Feistel rounds for a string of `length` bytes: the shorter the string, the more rounds.
 */
function roundsFor(length: number): number {
  if (length === 1) return 24;
  if (length === 2) return 16;
  return length < BLOCK_LENGTH ? 10 : 8;
}

/** Enciphers or deciphers 1 … 31 bytes of `input` into `output`; they may be the same array. */
export function runAezTiny({ cipher, direction, delta, input, output }: AezCoreInput): void {
  const text = input.slice();
  const { length } = text;
  if (direction === 1) fixTopBit(cipher, delta, text);
  let left = leftHalf(text);
  let right = rightHalf(text);
  const rounds = roundsFor(length);
  for (let step = 0; step < rounds; step++) {
    const round = direction === 0 ? step : rounds - 1 - step;
    const image = roundImage({ cipher, delta, length, half: right, round });
    for (let index = 0; index < left.length; index++) {
      left[index] = (left[index] as number) ^ (image[index] as number);
    }
    // With an odd number of bytes, each half has four bits of the byte in the middle.
    if (length % 2 === 1) left[left.length - 1] = (left[left.length - 1] as number) & 0xf0;
    [left, right] = [right, left];
  }
  // After the last round the halves are exchanged once more.
  joinHalves(output.subarray(0, length), right, left);
  if (direction === 0) fixTopBit(cipher, delta, output.subarray(0, length));
}

/** The first half of the bits; if the number of bytes is odd, the last four bits are zero. */
function leftHalf(text: Uint8Array): Uint8Array {
  const half = text.slice(0, (text.length + 1) >> 1);
  if (text.length % 2 === 1) half[half.length - 1] = (half[half.length - 1] as number) & 0xf0;
  return half;
}

/** The second half of the bits, moved to the front; the last four bits may be zero. */
function rightHalf(text: Uint8Array): Uint8Array {
  if (text.length % 2 === 0) return text.slice(text.length >> 1);
  const half = text.slice(text.length >> 1);
  for (let index = 0; index < half.length; index++) {
    half[index] = ((half[index] as number) << 4) | ((half[index + 1] ?? 0) >>> 4);
  }
  return half;
}

function joinHalves(output: Uint8Array, left: Uint8Array, right: Uint8Array): void {
  output.set(left);
  if (output.length % 2 === 0) {
    output.set(right, left.length);
    return;
  }
  let at = output.length >> 1;
  output[at] = (output[at] as number) | ((right[0] as number) >>> 4);
  for (let index = 0; index < right.length - 1; index++) {
    at++;
    output[at] = ((right[index] as number) << 4) | ((right[index + 1] as number) >>> 4);
  }
}

interface RoundInput {
  readonly cipher: TweakedAes;
  readonly delta: Int32Array;
  /** Length of the whole string, in bytes. */
  readonly length: number;
  readonly half: Uint8Array;
  readonly round: number;
}

function roundImage({ cipher, delta, length, half, round }: RoundInput): Uint8Array {
  const bytes = new Uint8Array(BLOCK_LENGTH);
  bytes.set(half);
  if (length % 2 === 0) bytes[half.length] = 0x80;
  else bytes[half.length - 1] = (bytes[half.length - 1] as number) | 0x08;
  const block = new Int32Array(BLOCK_WORDS);
  loadBlock(block, bytes, 0);
  xorBlock(block, delta);
  block[BLOCK_WORDS - 1] = (block[BLOCK_WORDS - 1] as number) ^ round;
  cipher.four(0, length < BLOCK_LENGTH ? 7 : 6, block);
  storeBlock(bytes, 0, block);
  return bytes;
}

/**
 * Flips the top bit of a string of less than 16 bytes if a hash says so: without that, the network would only give
 * even permutations.
 */
function fixTopBit(cipher: TweakedAes, delta: Int32Array, text: Uint8Array): void {
  if (text.length >= BLOCK_LENGTH) return;
  const bytes = new Uint8Array(BLOCK_LENGTH);
  bytes.set(text);
  bytes[0] = (bytes[0] as number) | 0x80;
  const block = new Int32Array(BLOCK_WORDS);
  loadBlock(block, bytes, 0);
  xorBlock(block, delta);
  cipher.four(0, 3, block);
  text[0] = (text[0] as number) ^ (((block[0] as number) >>> 24) & 0x80);
}
