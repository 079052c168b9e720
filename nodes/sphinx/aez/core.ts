/**
 * AEZ-core: enciphers strings of 32 bytes and more (AEZ v5 paper, "AEZ-core"; project spec mixnet
 * A1). Every output bit depends on every input bit.
 *
 * Shorter strings are in `tiny.ts`; nonces and associated data enter only through `delta`.
 *
 * @module
 */
import {
  addBlock,
  BLOCK_LENGTH,
  BLOCK_WORDS,
  loadBlock,
  loadWord,
  paddedBlock,
  storeBlock,
  storeWord,
} from './block.ts';
import { aesRounds } from './rounds.ts';
import { OffsetWalk, type TweakedAes } from './tweaked-aes.ts';

/** Two blocks: the length of a pair, and of the shortest string of AEZ-core, in bytes. */
export const PAIR_LENGTH: number = 2 * BLOCK_LENGTH;
const PAIR_WORDS = 2 * BLOCK_WORDS;

/** 0 enciphers, 1 deciphers: the number enters the tweaks. */
export type Direction = 0 | 1;

/** One string on its way through AEZ-core. */
export interface CoreInput {
  readonly cipher: TweakedAes;
  readonly direction: Direction;
  /** The hash of nonce, length of the tag and associated data. */
  readonly delta: Int32Array;
  /** At least 32 bytes. */
  readonly input: Uint8Array;
  /** As long as `input`; may be the same array. */
  readonly output: Uint8Array;
}

/** Enciphers or deciphers `input` into `output`. */
export function runCore(job: CoreInput): void {
  const { cipher, delta, input, output } = job;
  const tail = input.length - PAIR_LENGTH;
  const fragment = tail % PAIR_LENGTH;
  const pairs = (tail - fragment) / PAIR_LENGTH;
  const words = new Int32Array(pairs * PAIR_WORDS);

  const sumX = mixPairs(cipher, input, words);
  addFragment(cipher, sumX, input.subarray(tail - fragment, tail));
  // The last two blocks take the sum in, which makes S, and give back what the rest is masked with.
  const x = delta.slice();
  const y = new Int32Array(BLOCK_WORDS);
  loadBlock(y, input, tail + BLOCK_LENGTH);
  addBlock(x, sumX);
  addRounds(x, y, (block) => cipher.four(0, 1 + job.direction, block));
  addBytes(x, input, tail);
  addRounds(y, x, (block) => cipher.ten(1 + job.direction, block));
  const s = x.slice();
  addBlock(s, y);

  const sumY = unmixPairs(cipher, s, words, output);
  maskFragment(cipher, s, input.subarray(tail - fragment, tail), output.subarray(tail - fragment));
  addFragment(cipher, sumY, output.subarray(tail - fragment, tail));
  addRounds(x, y, (block) => cipher.ten(2 - job.direction, block));
  addBlock(y, delta);
  addBlock(y, sumY);
  addRounds(y, x, (block) => cipher.four(0, 2 - job.direction, block));
  // The halves change places.
  storeBlock(output, tail, y);
  storeBlock(output, tail + BLOCK_LENGTH, x);
}

/** Adds the image of `source` under `rounds` to `target`; `source` stays. */
function addRounds(
  target: Int32Array,
  source: Int32Array,
  rounds: (block: Int32Array) => void,
): void {
  const image = source.slice();
  rounds(image);
  addBlock(target, image);
}

function addBytes(block: Int32Array, bytes: Uint8Array, offset: number): void {
  for (let word = 0; word < BLOCK_WORDS; word++) {
    block[word] = (block[word] as number) ^ loadWord(bytes, offset + 4 * word);
  }
}

/**
 * First pass: W_i = a_i + E(1, i)(b_i), Z_i = b_i + E(0, 0)(W_i), left in `words`.
 * @returns X, the sum of all Z_i.
 */
// hot: two calls of four AES rounds per pair.
function mixPairs(cipher: TweakedAes, input: Uint8Array, words: Int32Array): Int32Array {
  const sum = new Int32Array(BLOCK_WORDS);
  const block = new Int32Array(BLOCK_WORDS);
  const walk = new OffsetWalk(cipher, 1);
  const { offset } = walk;
  const { keyI, fourRounds } = cipher;
  for (let at = 0; at < words.length; at += PAIR_WORDS) {
    walk.next();
    for (let word = 0; word < BLOCK_WORDS; word++) {
      block[word] = loadWord(input, 4 * (at + word) + BLOCK_LENGTH) ^ (offset[word] as number);
    }
    aesRounds(block, fourRounds);
    for (let word = 0; word < BLOCK_WORDS; word++) {
      const w = loadWord(input, 4 * (at + word)) ^ (block[word] as number);
      words[at + word] = w;
      block[word] = w ^ (keyI[word] as number);
    }
    aesRounds(block, fourRounds);
    for (let word = 0; word < BLOCK_WORDS; word++) {
      const z = loadWord(input, 4 * (at + word) + BLOCK_LENGTH) ^ (block[word] as number);
      words[at + BLOCK_WORDS + word] = z;
      sum[word] = (sum[word] as number) ^ z;
    }
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
  const maskWalk = new OffsetWalk(cipher, 2);
  const walk = new OffsetWalk(cipher, 1);
  const { keyI, fourRounds } = cipher;
  for (let at = 0; at < words.length; at += PAIR_WORDS) {
    maskWalk.next();
    walk.next();
    for (let word = 0; word < BLOCK_WORDS; word++) {
      block[word] = (s[word] as number) ^ (maskWalk.offset[word] as number);
    }
    aesRounds(block, fourRounds);
    for (let word = 0; word < BLOCK_WORDS; word++) {
      const w = (words[at + word] as number) ^ (block[word] as number);
      const z = (words[at + BLOCK_WORDS + word] as number) ^ (block[word] as number);
      words[at + word] = w;
      words[at + BLOCK_WORDS + word] = z;
      sum[word] = (sum[word] as number) ^ w;
      block[word] = z ^ (keyI[word] as number);
    }
    aesRounds(block, fourRounds);
    for (let word = 0; word < BLOCK_WORDS; word++) {
      const second = (words[at + word] as number) ^ (block[word] as number);
      storeWord(output, 4 * (at + word) + BLOCK_LENGTH, second);
      block[word] = second ^ (walk.offset[word] as number);
    }
    aesRounds(block, fourRounds);
    for (let word = 0; word < BLOCK_WORDS; word++) {
      const first = (words[at + BLOCK_WORDS + word] as number) ^ (block[word] as number);
      storeWord(output, 4 * (at + word), first);
    }
  }
  return sum;
}

/** Adds the hash of a fragment of 0 … 31 bytes to `sum`. */
function addFragment(cipher: TweakedAes, sum: Int32Array, fragment: Uint8Array): void {
  if (fragment.length === 0) return;
  const first = paddedBlock(fragment.subarray(0, BLOCK_LENGTH));
  cipher.four(0, 4, first);
  addBlock(sum, first);
  if (fragment.length < BLOCK_LENGTH) return;
  // Padded also when the fragment is exactly one block; the nonce's hash differs here.
  const second = paddedBlock(fragment.subarray(BLOCK_LENGTH));
  cipher.four(0, 5, second);
  addBlock(sum, second);
}

/** Writes `fragment` masked with E(-1, 4)(S) and E(-1, 5)(S) to the start of `output`. */
function maskFragment(
  cipher: TweakedAes,
  s: Int32Array,
  fragment: Uint8Array,
  output: Uint8Array,
): void {
  const mask = new Uint8Array(PAIR_LENGTH);
  for (let part = 0; part * BLOCK_LENGTH < fragment.length; part++) {
    const block = s.slice();
    cipher.ten(4 + part, block);
    storeBlock(mask, part * BLOCK_LENGTH, block);
  }
  for (let index = 0; index < fragment.length; index++) {
    output[index] = (fragment[index] as number) ^ (mask[index] as number);
  }
}
