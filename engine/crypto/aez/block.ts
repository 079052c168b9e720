/**
 * Blocks of AEZ: 128 bits as four big-endian 32-bit words, and doubling in GF(2^128).
 *
 * Arithmetic and byte order only; no key and no cipher here.
 *
 * @module
 */

/** Length of a block, in bytes. */
export const BLOCK_LENGTH = 16;

/** Number of 32-bit words of a block. */
export const BLOCK_WORDS = 4;

/** Reads the word at `offset`, big-endian; bytes past the end count as zero. */
export function loadWord(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] as number) << 24) |
    ((bytes[offset + 1] as number) << 16) |
    ((bytes[offset + 2] as number) << 8) |
    (bytes[offset + 3] as number)
  );
}

/** Writes `word`, big-endian, at `offset`. */
function storeWord(bytes: Uint8Array, offset: number, word: number): void {
  bytes[offset] = word >>> 24;
  bytes[offset + 1] = word >>> 16;
  bytes[offset + 2] = word >>> 8;
  bytes[offset + 3] = word;
}

/** Reads a block of 16 bytes at `offset` into `block`. */
export function loadBlock(block: Int32Array, bytes: Uint8Array, offset: number): void {
  block[0] = loadWord(bytes, offset);
  block[1] = loadWord(bytes, offset + 4);
  block[2] = loadWord(bytes, offset + 8);
  block[3] = loadWord(bytes, offset + 12);
}

/** Writes a block of 16 bytes at `offset`. */
export function storeBlock(bytes: Uint8Array, offset: number, block: Int32Array): void {
  storeWord(bytes, offset, block[0] as number);
  storeWord(bytes, offset + 4, block[1] as number);
  storeWord(bytes, offset + 8, block[2] as number);
  storeWord(bytes, offset + 12, block[3] as number);
}

/** Adds (XOR) `other` to `block`. */
export function xorBlock(block: Int32Array, other: Int32Array): void {
  block[0] = (block[0] as number) ^ (other[0] as number);
  block[1] = (block[1] as number) ^ (other[1] as number);
  block[2] = (block[2] as number) ^ (other[2] as number);
  block[3] = (block[3] as number) ^ (other[3] as number);
}

/**
 * Doubles `block` in place: shift left by one, and XOR 87 if the top bit falls out (AEZ v5, section
 * 1.1).
 */
export function doubleBlock(block: Int32Array): void {
  const a = block[0] as number;
  const b = block[1] as number;
  const c = block[2] as number;
  const d = block[3] as number;
  // Avoids a branch on the secret bit by spreading the sign over the word.
  const carry = (a >> 31) & 0x87;
  block[0] = (a << 1) | (b >>> 31);
  block[1] = (b << 1) | (c >>> 31);
  block[2] = (c << 1) | (d >>> 31);
  block[3] = (d << 1) ^ carry;
}

/** Computes `factor` times `block` by doubling and adding; the factor is public and small. */
export function multiplyBlock(factor: number, block: Int32Array): Int32Array {
  const sum = new Int32Array(BLOCK_WORDS);
  const power = block.slice();
  for (let bits = factor; bits > 0; bits >>>= 1) {
    if (bits & 1) xorBlock(sum, power);
    doubleBlock(power);
  }
  return sum;
}

/** A block from at most 16 bytes: the bytes, then 80 00 … if there is room (10* padding). */
export function paddedBlock(bytes: Uint8Array): Int32Array {
  const full = new Uint8Array(BLOCK_LENGTH);
  full.set(bytes);
  if (bytes.length < BLOCK_LENGTH) full[bytes.length] = 0x80;
  const block = new Int32Array(BLOCK_WORDS);
  loadBlock(block, full, 0);
  return block;
}
