/**
 * AEZ-core: enciphers strings of 32 bytes and more (AEZ v5, section 1.5, "AEZ-core"). Every output
 * bit depends on every input bit.
 *
 * Shorter strings are in `tiny.ts`; nonces and associated data enter only through `delta`.
 *
 * @module
 */
import {
  BLOCK_LENGTH,
  BLOCK_WORDS,
  loadBlock,
  loadWord,
  paddedBlock,
  storeBlock,
  xorBlock,
} from './block.ts';
import { runAesRounds } from './rounds.ts';
import { OffsetStepper, type TweakedAes } from './tweaked-aes.ts';

/** Length of two blocks, in bytes; also the length of the shortest string that AEZ-core takes. */
export const BLOCK_PAIR_LENGTH: number = 2 * BLOCK_LENGTH;
const PAIR_WORDS = 2 * BLOCK_WORDS;

/** What the cipher does: 0 enciphers, 1 deciphers; the tweaks of some blocks depend on this number. */
export type CipherDirection = 0 | 1;

/** What {@link runAezCore} needs: cipher, direction, hash, input and output. */
export interface AezCoreInput {
  readonly cipher: TweakedAes;
  readonly direction: CipherDirection;
  /** The hash of nonce, length of the tag and associated data. */
  readonly delta: Int32Array;
  /** The text to encipher or decipher, at least 32 bytes. */
  readonly input: Uint8Array;
  /** The result, as long as `input`; may be the same array. */
  readonly output: Uint8Array;
}

/** Enciphers or deciphers `input` into `output`. */
export function runAezCore(job: AezCoreInput): void {
  const { cipher, delta, input, output } = job;
  const tail = input.length - BLOCK_PAIR_LENGTH;
  const fragment = tail % BLOCK_PAIR_LENGTH;
  const pairs = (tail - fragment) / BLOCK_PAIR_LENGTH;
  const words = new Int32Array(pairs * PAIR_WORDS);

  const sumX = mixPairs(cipher, input, words);
  addFragment(cipher, sumX, input.subarray(tail - fragment, tail));
  // The last two blocks absorb the sum, which gives S, and then yield the mask of the other blocks.
  const x = delta.slice();
  const y = new Int32Array(BLOCK_WORDS);
  loadBlock(y, input, tail + BLOCK_LENGTH);
  xorBlock(x, sumX);
  addRounds(x, y, (block) => cipher.four(0, 1 + job.direction, block));
  xorInto(x, input, tail);
  addRounds(y, x, (block) => cipher.ten(1 + job.direction, block));
  const s = x.slice();
  xorBlock(s, y);

  const sumY = unmixPairs(cipher, s, words, output);
  maskFragment(cipher, s, input.subarray(tail - fragment, tail), output.subarray(tail - fragment));
  addFragment(cipher, sumY, output.subarray(tail - fragment, tail));
  addRounds(x, y, (block) => cipher.ten(2 - job.direction, block));
  xorBlock(y, delta);
  xorBlock(y, sumY);
  addRounds(y, x, (block) => cipher.four(0, 2 - job.direction, block));
  // The last two blocks are exchanged.
  storeBlock(output, tail, y);
  storeBlock(output, tail + BLOCK_LENGTH, x);
}

/** Adds (XOR) `rounds` applied to a copy of `source` to `target`. */
function addRounds(
  target: Int32Array,
  source: Int32Array,
  rounds: (block: Int32Array) => void,
): void {
  const image = source.slice();
  rounds(image);
  xorBlock(target, image);
}

function xorInto(block: Int32Array, bytes: Uint8Array, offset: number): void {
  for (let word = 0; word < BLOCK_WORDS; word++) {
    block[word] = (block[word] as number) ^ loadWord(bytes, offset + 4 * word);
  }
}

/**
 * First pass: W_i = a_i + E(1, i)(b_i), Z_i = b_i + E(0, 0)(W_i), stored in `words`.
 * @returns X, the sum of all Z_i.
 */
// hot: two calls of four AES rounds per pair. Both passes are written out word by word, because loops over the four
// words are a fifth slower.
function mixPairs(cipher: TweakedAes, input: Uint8Array, words: Int32Array): Int32Array {
  const sum = new Int32Array(BLOCK_WORDS);
  const block = new Int32Array(BLOCK_WORDS);
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  const walk = new OffsetStepper(cipher, 1);
  const { offset } = walk;
  const { keyI, fourRounds } = cipher;
  for (let at = 0; at < words.length; at += PAIR_WORDS) {
    const place = 4 * at;
    walk.next();
    const b0 = view.getInt32(place + 16);
    const b1 = view.getInt32(place + 20);
    const b2 = view.getInt32(place + 24);
    const b3 = view.getInt32(place + 28);
    block[0] = b0 ^ (offset[0] as number);
    block[1] = b1 ^ (offset[1] as number);
    block[2] = b2 ^ (offset[2] as number);
    block[3] = b3 ^ (offset[3] as number);
    runAesRounds(block, fourRounds);
    const w0 = view.getInt32(place) ^ (block[0] as number);
    const w1 = view.getInt32(place + 4) ^ (block[1] as number);
    const w2 = view.getInt32(place + 8) ^ (block[2] as number);
    const w3 = view.getInt32(place + 12) ^ (block[3] as number);
    words[at] = w0;
    words[at + 1] = w1;
    words[at + 2] = w2;
    words[at + 3] = w3;
    block[0] = w0 ^ (keyI[0] as number);
    block[1] = w1 ^ (keyI[1] as number);
    block[2] = w2 ^ (keyI[2] as number);
    block[3] = w3 ^ (keyI[3] as number);
    runAesRounds(block, fourRounds);
    const z0 = b0 ^ (block[0] as number);
    const z1 = b1 ^ (block[1] as number);
    const z2 = b2 ^ (block[2] as number);
    const z3 = b3 ^ (block[3] as number);
    words[at + 4] = z0;
    words[at + 5] = z1;
    words[at + 6] = z2;
    words[at + 7] = z3;
    sum[0] = (sum[0] as number) ^ z0;
    sum[1] = (sum[1] as number) ^ z1;
    sum[2] = (sum[2] as number) ^ z2;
    sum[3] = (sum[3] as number) ^ z3;
  }
  return sum;
}

/**
 * Second pass: t = E(2, i)(S) masks W_i and Z_i; then second = W + E(0, 0)(Z) and
 * first = Z + E(1, i)(second).
 * @returns Y, the sum of all masked W_i.
 */
// hot: three calls of four AES rounds per pair.
function unmixPairs(
  cipher: TweakedAes,
  s: Int32Array,
  words: Int32Array,
  output: Uint8Array,
): Int32Array {
  const sum = new Int32Array(BLOCK_WORDS);
  const block = new Int32Array(BLOCK_WORDS);
  const view = new DataView(output.buffer, output.byteOffset, output.length);
  const walk = new OffsetStepper(cipher, 1);
  const { offset } = walk;
  const { keyI, fourRounds } = cipher;
  // The offsets of E(2, i) and E(1, i) differ by the same block for all i, so one sequence of
  // offsets serves both.
  const shifted = s.slice();
  xorBlock(shifted, cipher.offset(1, 0));
  xorBlock(shifted, cipher.offset(2, 0));
  for (let at = 0; at < words.length; at += PAIR_WORDS) {
    const place = 4 * at;
    walk.next();
    block[0] = (shifted[0] as number) ^ (offset[0] as number);
    block[1] = (shifted[1] as number) ^ (offset[1] as number);
    block[2] = (shifted[2] as number) ^ (offset[2] as number);
    block[3] = (shifted[3] as number) ^ (offset[3] as number);
    runAesRounds(block, fourRounds);
    const w0 = (words[at] as number) ^ (block[0] as number);
    const w1 = (words[at + 1] as number) ^ (block[1] as number);
    const w2 = (words[at + 2] as number) ^ (block[2] as number);
    const w3 = (words[at + 3] as number) ^ (block[3] as number);
    const z0 = (words[at + 4] as number) ^ (block[0] as number);
    const z1 = (words[at + 5] as number) ^ (block[1] as number);
    const z2 = (words[at + 6] as number) ^ (block[2] as number);
    const z3 = (words[at + 7] as number) ^ (block[3] as number);
    sum[0] = (sum[0] as number) ^ w0;
    sum[1] = (sum[1] as number) ^ w1;
    sum[2] = (sum[2] as number) ^ w2;
    sum[3] = (sum[3] as number) ^ w3;
    block[0] = z0 ^ (keyI[0] as number);
    block[1] = z1 ^ (keyI[1] as number);
    block[2] = z2 ^ (keyI[2] as number);
    block[3] = z3 ^ (keyI[3] as number);
    runAesRounds(block, fourRounds);
    const second0 = w0 ^ (block[0] as number);
    const second1 = w1 ^ (block[1] as number);
    const second2 = w2 ^ (block[2] as number);
    const second3 = w3 ^ (block[3] as number);
    view.setInt32(place + 16, second0);
    view.setInt32(place + 20, second1);
    view.setInt32(place + 24, second2);
    view.setInt32(place + 28, second3);
    block[0] = second0 ^ (offset[0] as number);
    block[1] = second1 ^ (offset[1] as number);
    block[2] = second2 ^ (offset[2] as number);
    block[3] = second3 ^ (offset[3] as number);
    runAesRounds(block, fourRounds);
    view.setInt32(place, z0 ^ (block[0] as number));
    view.setInt32(place + 4, z1 ^ (block[1] as number));
    view.setInt32(place + 8, z2 ^ (block[2] as number));
    view.setInt32(place + 12, z3 ^ (block[3] as number));
  }
  return sum;
}

/** Adds the hash of a fragment of 0 … 31 bytes to `sum`. */
function addFragment(cipher: TweakedAes, sum: Int32Array, fragment: Uint8Array): void {
  if (fragment.length === 0) return;
  const first = paddedBlock(fragment.subarray(0, BLOCK_LENGTH));
  cipher.four(0, 4, first);
  xorBlock(sum, first);
  if (fragment.length < BLOCK_LENGTH) return;
  // A fragment of exactly one block is padded as well, unlike in the hash of the nonce.
  const second = paddedBlock(fragment.subarray(BLOCK_LENGTH));
  cipher.four(0, 5, second);
  xorBlock(sum, second);
}

/** Writes `fragment` masked with E(-1, 4)(S) and E(-1, 5)(S) to the start of `output`. */
function maskFragment(
  cipher: TweakedAes,
  s: Int32Array,
  fragment: Uint8Array,
  output: Uint8Array,
): void {
  const mask = new Uint8Array(BLOCK_PAIR_LENGTH);
  for (let part = 0; part * BLOCK_LENGTH < fragment.length; part++) {
    const block = s.slice();
    cipher.ten(4 + part, block);
    storeBlock(mask, part * BLOCK_LENGTH, block);
  }
  for (let index = 0; index < fragment.length; index++) {
    output[index] = (fragment[index] as number) ^ (mask[index] as number);
  }
}
