/**
 * AES-CMAC (RFC 4493) over any AES-128 block function: subkeys, chaining, last block.
 *
 * Contains no cipher; constant time exactly if the block function is.
 *
 * @module
 */
import { wipe } from '../core/secrets.ts';
import type { MacKey } from '../host/crypto.ts';
import { checkTargetRoom } from './lengths.ts';

const BLOCK_LENGTH = 16;

/** R_128 of RFC 4493 section 2.3, the low byte of the reduction polynomial. */
const REDUCTION = 0x87;

/** Encrypts the 16 bytes of `input` into the start of `output`; the two may be the same array. */
export type BlockFunction = (input: Uint8Array, output: Uint8Array) => void;

/** Makes a MAC key from a keyed block function. */
export function createCmac(encryptBlock: BlockFunction): MacKey {
  const zero = new Uint8Array(BLOCK_LENGTH);
  encryptBlock(zero, zero);
  // RFC 4493 section 2.3: K1 = dbl(L) for a full last block, K2 = dbl(K1) for a padded one.
  const fullKey = double(zero);
  const paddedKey = double(fullKey);
  const block = new Uint8Array(BLOCK_LENGTH);
  return {
    // hot: once per hop field, 16 bytes each.
    tag(message: Uint8Array, out: Uint8Array): void {
      checkTargetRoom(out, BLOCK_LENGTH);
      wipe(block);
      let offset = 0;
      for (; offset + BLOCK_LENGTH < message.length; offset += BLOCK_LENGTH) {
        xorInto(block, message, offset);
        encryptBlock(block, block);
      }
      const isFull = message.length - offset === BLOCK_LENGTH;
      xorInto(block, message, offset);
      if (!isFull) {
        // RFC 4493 section 2.4: padding is one bit 1, then zeros.
        const end = message.length - offset;
        block[end] = (block[end] as number) ^ 0x80;
      }
      xorInto(block, isFull ? fullKey : paddedKey, 0);
      encryptBlock(block, out);
    },
  };
}

/** XORs up to one block of `source`, from `offset`, into `block`. */
function xorInto(block: Uint8Array, source: Uint8Array, offset: number): void {
  const length = Math.min(BLOCK_LENGTH, source.length - offset);
  for (let index = 0; index < length; index++) {
    block[index] = (block[index] as number) ^ (source[offset + index] as number);
  }
}

/** Multiplication by x in GF(2^128), RFC 4493 section 2.3, without branching on the secret. */
function double(bytes: Uint8Array): Uint8Array {
  const doubled = new Uint8Array(BLOCK_LENGTH);
  let carry = 0;
  for (let index = BLOCK_LENGTH - 1; index >= 0; index--) {
    const byte = bytes[index] as number;
    doubled[index] = (byte << 1) | carry;
    carry = byte >>> 7;
  }
  doubled[BLOCK_LENGTH - 1] = (doubled[BLOCK_LENGTH - 1] as number) ^ (REDUCTION & -carry);
  return doubled;
}
