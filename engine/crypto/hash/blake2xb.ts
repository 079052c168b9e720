/**
 * BLAKE2Xb (BLAKE2X draft, 2016, section 2): BLAKE2b with output of any length, on our own BLAKE2b
 * (RFC 7693 section 3), because no library here lets us set its parameter block.
 *
 * Supports what a key encapsulation needs: one message, up to 2^32 - 2 bytes of output, no salt and no
 * personalisation. Uses additions, rotations and XOR only, so the time does not depend on the data. The
 * implementation of BLAKE2b is an argument: there is one in JavaScript here, and one in WebAssembly in
 * `../fast-hash.ts`.
 *
 * @module
 */
import { wipe } from '../../core/secrets.ts';
import { SQUARE_ROOT_FRACTIONS } from './roots.ts';

const BLOCK_LENGTH = 128;
const DIGEST_LENGTH = 64;
const ROUNDS = 12;
const STATE_WORDS = 16;

/** The order of the message words in each of ten rounds, two words for each G (RFC 7693 section 2.7). */
const SIGMA: Uint8Array = Uint8Array.of(
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  ...[14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  ...[11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  ...[7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  ...[9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  ...[2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  ...[12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  ...[13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  ...[6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  ...[10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
);

/** Indices of the four variables of each G of a round: first the columns, then the diagonals (RFC 7693 section 3.2). */
const MIXES: Uint8Array = Uint8Array.of(
  ...[0, 4, 8, 12],
  ...[1, 5, 9, 13],
  ...[2, 6, 10, 14],
  ...[3, 7, 11, 15],
  ...[0, 5, 10, 15],
  ...[1, 6, 11, 12],
  ...[2, 7, 8, 13],
  ...[3, 4, 9, 14],
);

/** The fields of BLAKE2b's parameter block that BLAKE2X sets (BLAKE2X draft, section 2.1). */
export interface Blake2bParameters {
  readonly digestLength: number;
  readonly keyLength: number;
  readonly fanout: number;
  readonly depth: number;
  readonly leafLength: number;
  readonly nodeOffset: number;
  readonly outputLength: number;
  readonly innerLength: number;
}

/** BLAKE2b of a message with a key and a parameter block. */
type ParametrisedBlake2b = (
  message: Uint8Array,
  key: Uint8Array,
  parameters: Blake2bParameters,
) => Uint8Array;

/**
 * Hashes `message` to `length` bytes, in JavaScript.
 * @param key 0 to 64 bytes.
 * @param length 1 … 2^32 - 2 bytes.
 */
export function blake2xb(message: Uint8Array, length: number, key: Uint8Array): Uint8Array {
  return blake2xbWith(blake2b, { message, length, key });
}

/** BLAKE2Xb on top of any BLAKE2b implementation. */
export function blake2xbWith(
  hash: ParametrisedBlake2b,
  { message, length, key }: { message: Uint8Array; length: number; key: Uint8Array },
): Uint8Array {
  const root = hash(message, key, {
    digestLength: DIGEST_LENGTH,
    keyLength: key.length,
    fanout: 1,
    depth: 1,
    leafLength: 0,
    nodeOffset: 0,
    outputLength: length,
    innerLength: 0,
  });
  const output = new Uint8Array(length);
  for (let at = 0; at < length; at += DIGEST_LENGTH) {
    const digestLength = Math.min(DIGEST_LENGTH, length - at);
    const block = hash(root, new Uint8Array(0), {
      digestLength,
      keyLength: 0,
      fanout: 0,
      depth: 0,
      leafLength: DIGEST_LENGTH,
      nodeOffset: at / DIGEST_LENGTH,
      outputLength: length,
      innerLength: DIGEST_LENGTH,
    });
    output.set(block, at);
  }
  wipe(root);
  return output;
}

/** BLAKE2b with a key and the given parameter block (RFC 7693 section 3.3). */
function blake2b(message: Uint8Array, key: Uint8Array, parameters: Blake2bParameters): Uint8Array {
  const state = startState(parameters);
  // A key occupies a separate block before the message.
  const keyed = key.length > 0 ? BLOCK_LENGTH : 0;
  const total = keyed + message.length;
  const padded = new Uint8Array(Math.max(1, Math.ceil(total / BLOCK_LENGTH)) * BLOCK_LENGTH);
  padded.set(key);
  padded.set(message, keyed);
  const view = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += BLOCK_LENGTH) {
    const isLast = at + BLOCK_LENGTH === padded.length;
    compress(state, view, { offset: at, count: isLast ? total : at + BLOCK_LENGTH, isLast });
  }
  wipe(padded);
  return stateBytes(state).slice(0, parameters.digestLength);
}

/**
 * BLAKE2X draft, section 2.1: XORs the 64-byte parameter block, little-endian, into the initial
 * state.
 */
function startState(parameters: Blake2bParameters): Int32Array {
  const block = new DataView(new ArrayBuffer(4 * STATE_WORDS));
  block.setUint8(0, parameters.digestLength);
  block.setUint8(1, parameters.keyLength);
  block.setUint8(2, parameters.fanout);
  block.setUint8(3, parameters.depth);
  block.setUint32(4, parameters.leafLength, true);
  block.setUint32(8, parameters.nodeOffset, true);
  block.setUint32(12, parameters.outputLength, true);
  block.setUint8(17, parameters.innerLength);
  const state = SQUARE_ROOT_FRACTIONS.slice();
  for (let word = 0; word < STATE_WORDS; word += 2) {
    state[word] = (state[word] as number) ^ block.getInt32(4 * word + 4, true);
    state[word + 1] = (state[word + 1] as number) ^ block.getInt32(4 * word, true);
  }
  return state;
}

function stateBytes(state: Int32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * STATE_WORDS));
  for (let word = 0; word < STATE_WORDS; word += 2) {
    view.setInt32(4 * word, state[word + 1] as number, true);
    view.setInt32(4 * word + 4, state[word] as number, true);
  }
  return new Uint8Array(view.buffer);
}

interface BlockPlace {
  readonly offset: number;
  /** Bytes hashed so far, including this block. */
  readonly count: number;
  readonly isLast: boolean;
}

/** The compression function F (RFC 7693 section 3.2). Each 64-bit word is a pair of 32-bit words: high, low. */
function compress(state: Int32Array, view: DataView, place: BlockPlace): void {
  const message = new Int32Array(2 * STATE_WORDS);
  for (let word = 0; word < message.length; word += 2) {
    message[word] = view.getInt32(place.offset + 4 * word + 4, true);
    message[word + 1] = view.getInt32(place.offset + 4 * word, true);
  }
  const v = new Int32Array(2 * STATE_WORDS);
  v.set(state);
  v.set(SQUARE_ROOT_FRACTIONS, STATE_WORDS);
  v[25] = (v[25] as number) ^ place.count;
  if (place.isLast) {
    v[28] = ~(v[28] as number);
    v[29] = ~(v[29] as number);
  }
  for (let step = 0; step < 8 * ROUNDS; step++) mix(v, message, step);
  for (let word = 0; word < STATE_WORDS; word++) {
    state[word] = (state[word] as number) ^ (v[word] as number) ^ (v[word + STATE_WORDS] as number);
  }
}

/** The mixing function G with the rotations 32, 24, 16, 63 (RFC 7693 section 3.1); eight steps are a round. */
// hot: 96 times per block.
function mix(v: Int32Array, message: Int32Array, step: number): void {
  const place = 4 * (step & 7);
  const a = 2 * (MIXES[place] as number);
  const b = 2 * (MIXES[place + 1] as number);
  const c = 2 * (MIXES[place + 2] as number);
  const d = 2 * (MIXES[place + 3] as number);
  const words = (2 * step) % SIGMA.length;
  const x = 2 * (SIGMA[words] as number);
  const y = 2 * (SIGMA[words + 1] as number);
  const bh = v[b] as number;
  const bl = v[b + 1] as number;

  let low = low32(v[a + 1]) + low32(bl) + low32(message[x + 1]);
  let ah = ((v[a] as number) + bh + (message[x] as number) + carryOf(low)) | 0;
  let al = low | 0;
  // A rotation by 32 exchanges the words.
  let dh = (v[d + 1] as number) ^ al;
  let dl = (v[d] as number) ^ ah;
  low = low32(v[c + 1]) + low32(dl);
  let ch = ((v[c] as number) + dh + carryOf(low)) | 0;
  let cl = low | 0;
  let th = bh ^ ch;
  let tl = bl ^ cl;
  const eh = (th >>> 24) | (tl << 8);
  const el = (tl >>> 24) | (th << 8);

  low = low32(al) + low32(el) + low32(message[y + 1]);
  ah = (ah + eh + (message[y] as number) + carryOf(low)) | 0;
  al = low | 0;
  th = dh ^ ah;
  tl = dl ^ al;
  dh = (th >>> 16) | (tl << 16);
  dl = (tl >>> 16) | (th << 16);
  low = low32(cl) + low32(dl);
  ch = (ch + dh + carryOf(low)) | 0;
  cl = low | 0;
  th = eh ^ ch;
  tl = el ^ cl;
  v[a] = ah;
  v[a + 1] = al;
  v[b] = (th << 1) | (tl >>> 31);
  v[b + 1] = (tl << 1) | (th >>> 31);
  v[c] = ch;
  v[c + 1] = cl;
  v[d] = dh;
  v[d + 1] = dl;
}

/** A low word as an unsigned number, so that sums show their carry. */
function low32(word: number | undefined): number {
  return (word as number) >>> 0;
}

/** The carry from a sum of low words into the high words. */
function carryOf(sum: number): number {
  return (sum / 0x1_0000_0000) | 0;
}
