/**
 * SHA-256 (FIPS 180-4) for deriving stream states; core imports no package.
 *
 * Not for protocols: they ask `host.crypto`.
 *
 * @module
 */

// FIPS 180-4 section 4.2.2: first 32 bits of the fractional parts of cube roots of 64 primes.
const K = roots(64, 3);
// FIPS 180-4 section 5.3.3: the same of the square roots of the first 8 primes.
const INITIAL = roots(8, 2);

/**
 * Hashes a message.
 *
 * @returns 32 bytes.
 */
export function sha256(message: Uint8Array): Uint8Array {
  const padded = pad(message);
  const input = new DataView(padded.buffer);
  const state = Uint32Array.from(INITIAL);
  const schedule = new Int32Array(64);
  for (let offset = 0; offset < padded.length; offset += 64) {
    expand(schedule, input, offset);
    compress(state, schedule);
  }
  const digest = new Uint8Array(32);
  const output = new DataView(digest.buffer);
  for (let i = 0; i < 8; i += 1) output.setUint32(4 * i, state[i] as number);
  return digest;
}

/** FIPS 180-4 section 5.1.1: a one bit, zeros, and the length in bits as 64-bit integer. */
function pad(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array((((message.length + 8) >> 6) + 1) << 6);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 0x2000_0000));
  view.setUint32(padded.length - 4, message.length << 3);
  return padded;
}

/** FIPS 180-4 section 6.2.2 step 1. */
function expand(w: Int32Array, input: DataView, offset: number): void {
  for (let i = 0; i < 16; i += 1) w[i] = input.getInt32(offset + 4 * i);
  for (let i = 16; i < 64; i += 1) {
    const w15 = w[i - 15] as number;
    const w2 = w[i - 2] as number;
    const small0 = rotr(w15, 7) ^ rotr(w15, 18) ^ (w15 >>> 3);
    const small1 = rotr(w2, 17) ^ rotr(w2, 19) ^ (w2 >>> 10);
    w[i] = (w[i - 16] as number) + small0 + (w[i - 7] as number) + small1;
  }
}

/** FIPS 180-4 section 6.2.2 steps 2 to 4. */
function compress(state: Uint32Array, w: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as number[] as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < 64; i += 1) {
    const big1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + big1 + choice + (K[i] as number) + (w[i] as number)) | 0;
    const big0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + big0 + majority) | 0;
  }
  const sums = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i += 1) state[i] = (state[i] as number) + (sums[i] as number);
}

function rotr(x: number, n: number): number {
  return (x >>> n) | (x << (32 - n));
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
