/**
 * SHA-256 (FIPS 180-4), used to derive stream states; engine/core imports no package.
 *
 * Not for protocols: they use `host.crypto`.
 *
 * @module
 */

// The constants K: the first 32 fraction bits of the cube roots of 64 primes (FIPS 180-4
// section 4.2.2).
const K = Int32Array.from(roots(64, 3));
// The initial state: the first 32 fraction bits of the square roots of 8 primes (FIPS 180-4
// section 5.3.3).
const INITIAL = Int32Array.from(roots(8, 2));

const BLOCK_LENGTH = 64;
/** Least padding of a message, bytes: one with a one bit, eight with the length in bits. */
const PADDING_LENGTH = 9;

// Reused for every message to save allocations, since key material is drawn once per packet.
let padded = new Uint8Array(2 * BLOCK_LENGTH);
const schedule = new Int32Array(64);
const state = new Int32Array(8);

/**
 * Hashes a message.
 *
 * @returns 32 bytes.
 */
export function sha256(message: Uint8Array): Uint8Array {
  const length = pad(message);
  state.set(INITIAL);
  for (let offset = 0; offset < length; offset += BLOCK_LENGTH) {
    expand(schedule, padded, offset);
    compress(state, schedule);
  }
  const digest = new Uint8Array(32);
  for (let i = 0; i < 8; i += 1) writeWord(digest, 4 * i, state[i] as number);
  return digest;
}

/**
 * Copies and pads a message: a one bit, zeros, and the length in bits as a 64-bit integer
 * (FIPS 180-4 section 5.1.1).
 * @returns the length of message and padding, bytes.
 */
function pad(message: Uint8Array): number {
  const blocks = Math.ceil((message.length + PADDING_LENGTH) / BLOCK_LENGTH);
  const length = blocks * BLOCK_LENGTH;
  if (length > padded.length) padded = new Uint8Array(2 * length);
  padded.set(message);
  padded.fill(0, message.length, length);
  padded[message.length] = 0x80;
  writeWord(padded, length - 8, Math.floor(message.length / 0x2000_0000));
  writeWord(padded, length - 4, message.length << 3);
  return length;
}

/** Fills the message schedule `w` from the 64-byte block at `offset` (FIPS 180-4 section 6.2.2 step 1). */
function expand(w: Int32Array, input: Uint8Array, offset: number): void {
  for (let i = 0; i < 16; i += 1) w[i] = readWord(input, offset + 4 * i);
  for (let i = 16; i < 64; i += 1) {
    const w15 = w[i - 15] as number;
    const w2 = w[i - 2] as number;
    const small0 = rotr(w15, 7) ^ rotr(w15, 18) ^ (w15 >>> 3);
    const small1 = rotr(w2, 17) ^ rotr(w2, 19) ^ (w2 >>> 10);
    w[i] = (w[i - 16] as number) + small0 + (w[i - 7] as number) + small1;
  }
}

/** Mixes a message schedule into the hash state `h` (FIPS 180-4 section 6.2.2 steps 2 to 4). */
function compress(h: Int32Array, w: Int32Array): void {
  let a = h[0] as number;
  let b = h[1] as number;
  let c = h[2] as number;
  let d = h[3] as number;
  let e = h[4] as number;
  let f = h[5] as number;
  let g = h[6] as number;
  let last = h[7] as number;
  for (let i = 0; i < 64; i += 1) {
    const big1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
    const choice = (e & f) ^ (~e & g);
    const t1 = (last + big1 + choice + (K[i] as number) + (w[i] as number)) | 0;
    const big0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    last = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + big0 + majority) | 0;
  }
  h[0] = (h[0] as number) + a;
  h[1] = (h[1] as number) + b;
  h[2] = (h[2] as number) + c;
  h[3] = (h[3] as number) + d;
  h[4] = (h[4] as number) + e;
  h[5] = (h[5] as number) + f;
  h[6] = (h[6] as number) + g;
  h[7] = (h[7] as number) + last;
}

function rotr(x: number, n: number): number {
  return (x >>> n) | (x << (32 - n));
}

/**
 * Reads a big-endian word byte by byte, because V8 moves the bytes of a short array out of its heap
 * when a view of the array is made.
 */
function readWord(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] as number) << 24) |
    ((bytes[offset + 1] as number) << 16) |
    ((bytes[offset + 2] as number) << 8) |
    (bytes[offset + 3] as number)
  );
}

function writeWord(bytes: Uint8Array, offset: number, word: number): void {
  bytes[offset] = word >>> 24;
  bytes[offset + 1] = word >>> 16;
  bytes[offset + 2] = word >>> 8;
  bytes[offset + 3] = word;
}

/** First 32 fraction bits of the `degree`-th roots of the first `count` primes, in integers. */
function roots(count: number, degree: 2 | 3): Uint32Array {
  const words = new Uint32Array(count);
  let found = 0;
  for (let candidate = 2n; found < count; candidate += 1n) {
    let isPrime = true;
    for (let d = 2n; d * d <= candidate; d += 1n) if (candidate % d === 0n) isPrime = false;
    if (!isPrime) continue;
    words[found] = Number(integerRoot(candidate << BigInt(32 * degree), degree) & 0xffff_ffffn);
    found += 1;
  }
  return words;
}

/** Largest r with r^degree <= n, bit by bit; n < 2^138. */
function integerRoot(n: bigint, degree: 2 | 3): bigint {
  let root = 0n;
  for (let bit = 1n << 69n; bit > 0n; bit >>= 1n) {
    const trial = root | bit;
    const power = degree === 2 ? trial * trial : trial * trial * trial;
    if (power <= n) root = trial;
  }
  return root;
}
