/**
 * SipHash-2-4 of messages of 16 bytes, with 128 bits of output (Aumasson and Bernstein, "SipHash: a
 * fast short-input PRF", 2012; output of 128 bits as in their reference implementation).
 *
 * It is the keyed hash of a Bloom filter: without the key nobody can choose which bits an element
 * sets. It does not authenticate packets. 64-bit words are pairs of 32-bit words.
 *
 * @module
 */

const KEY_BYTES = 16;
const COMPRESSION_ROUNDS = 2;
const FINAL_ROUNDS = 4;
/** The last block of a message: it contains the message length, 16, in its highest byte. */
const LENGTH_BLOCK = 16 << 24;

/** A keyed hash of 16-byte messages; {@link SipHash16.out} holds the last result. */
export class SipHash16 {
  /** First and second 64-bit half of the result, each as two 32-bit words, low word first. */
  readonly out = new Uint32Array(4);
  readonly #key = new Uint32Array(4);
  /** The state v0, v1, v2, v3, each as two 32-bit words, low word first. */
  readonly #v = new Int32Array(8);

  /**
   * @param key The secret key, 16 bytes.
   */
  constructor(key: Uint8Array) {
    if (key.length !== KEY_BYTES) throw new RangeError(`a SipHash key has ${key.length} bytes`);
    for (let word = 0; word < 4; word++) this.#key[word] = littleEndian(key, 4 * word);
  }

  // hot: 150 ns.
  /** Hashes the first 16 bytes of `message` into {@link SipHash16.out}. */
  hash(message: Uint8Array): void {
    const v = this.#v;
    const key = this.#key;
    const k0 = key[0] as number;
    const k1 = key[1] as number;
    const k2 = key[2] as number;
    const k3 = key[3] as number;
    v[0] = k0 ^ 0x70736575;
    v[1] = k1 ^ 0x736f6d65;
    // The constant 0xee is part of the variant with 128 bits of output.
    v[2] = k2 ^ 0x6e646f6d ^ 0xee;
    v[3] = k3 ^ 0x646f7261;
    v[4] = k0 ^ 0x6e657261;
    v[5] = k1 ^ 0x6c796765;
    v[6] = k2 ^ 0x79746573;
    v[7] = k3 ^ 0x74656462;
    this.#block(littleEndian(message, 0), littleEndian(message, 4));
    this.#block(littleEndian(message, 8), littleEndian(message, 12));
    this.#block(0, LENGTH_BLOCK);
    v[4] = (v[4] as number) ^ 0xee;
    rounds(v, FINAL_ROUNDS);
    this.#write(0);
    v[2] = (v[2] as number) ^ 0xdd;
    rounds(v, FINAL_ROUNDS);
    this.#write(2);
  }

  #block(low: number, high: number): void {
    const v = this.#v;
    v[6] = (v[6] as number) ^ low;
    v[7] = (v[7] as number) ^ high;
    rounds(v, COMPRESSION_ROUNDS);
    v[0] = (v[0] as number) ^ low;
    v[1] = (v[1] as number) ^ high;
  }

  #write(at: number): void {
    const v = this.#v;
    const low = (v[0] as number) ^ (v[2] as number) ^ (v[4] as number) ^ (v[6] as number);
    const high = (v[1] as number) ^ (v[3] as number) ^ (v[5] as number) ^ (v[7] as number);
    this.out[at] = low;
    this.out[at + 1] = high;
  }
}

function littleEndian(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/**
 * Applies `count` SipRounds to the state v. The local variables l and h are the low and high halves
 * of the 64-bit words.
 */
function rounds(v: Int32Array, count: number): void {
  let l0 = v[0] as number;
  let h0 = v[1] as number;
  let l1 = v[2] as number;
  let h1 = v[3] as number;
  let l2 = v[4] as number;
  let h2 = v[5] as number;
  let l3 = v[6] as number;
  let h3 = v[7] as number;
  for (let round = 0; round < count; round++) {
    // v0 += v1; v1 <<<= 13; v1 ^= v0; v0 <<<= 32
    l0 = (l0 + l1) | 0;
    h0 = (h0 + h1 + carry(l0, l1)) | 0;
    let kept = l1;
    l1 = ((l1 << 13) | (h1 >>> 19)) ^ l0;
    h1 = ((h1 << 13) | (kept >>> 19)) ^ h0;
    kept = l0;
    l0 = h0;
    h0 = kept;
    // v2 += v3; v3 <<<= 16; v3 ^= v2
    l2 = (l2 + l3) | 0;
    h2 = (h2 + h3 + carry(l2, l3)) | 0;
    kept = l3;
    l3 = ((l3 << 16) | (h3 >>> 16)) ^ l2;
    h3 = ((h3 << 16) | (kept >>> 16)) ^ h2;
    // v0 += v3; v3 <<<= 21; v3 ^= v0
    l0 = (l0 + l3) | 0;
    h0 = (h0 + h3 + carry(l0, l3)) | 0;
    kept = l3;
    l3 = ((l3 << 21) | (h3 >>> 11)) ^ l0;
    h3 = ((h3 << 21) | (kept >>> 11)) ^ h0;
    // v2 += v1; v1 <<<= 17; v1 ^= v2; v2 <<<= 32
    l2 = (l2 + l1) | 0;
    h2 = (h2 + h1 + carry(l2, l1)) | 0;
    kept = l1;
    l1 = ((l1 << 17) | (h1 >>> 15)) ^ l2;
    h1 = ((h1 << 17) | (kept >>> 15)) ^ h2;
    kept = l2;
    l2 = h2;
    h2 = kept;
  }
  v[0] = l0;
  v[1] = h0;
  v[2] = l1;
  v[3] = h1;
  v[4] = l2;
  v[5] = h2;
  v[6] = l3;
  v[7] = h3;
}

/**
 * Returns the carry of a sum of two low words, of which `word` is one: a sum that has overflowed is
 * smaller than each of the two words.
 */
const carry = (sum: number, word: number): number => (sum >>> 0 < word >>> 0 ? 1 : 0);
