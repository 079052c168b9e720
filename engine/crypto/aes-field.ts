/**
 * The field of AES (FIPS 197 section 4) and the S-box made from it, shared by the implementations
 * of AES in this folder. Computed once at load, not on the packet path.
 *
 * @module
 */

/**
 * The product of two field elements modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197 section 4.2). The function
 * branches on the factors, so it is for constants, never for secrets.
 */
export function gf256Product(left: number, right: number): number {
  let sum = 0;
  let power = left;
  for (let bits = right; bits > 0; bits >>>= 1) {
    if (bits & 1) sum ^= power;
    power = (power << 1) ^ (power & 0x80 ? 0x11b : 0);
  }
  return sum;
}

/** The S-box: SubBytes of FIPS 197 section 5.1.1. */
export const AES_SBOX: Uint8Array = makeSbox();

/**
 * Each entry is an affine map of the index's inverse in GF(2^8). The loop goes through the powers of 3 and of its
 * inverse f6 at once, so that it has every element of the field together with its inverse.
 */
function makeSbox(): Uint8Array {
  const box = new Uint8Array(256);
  let element = 1;
  let inverse = 1;
  do {
    box[element] =
      inverse ^
      turned(inverse, 1) ^
      turned(inverse, 2) ^
      turned(inverse, 3) ^
      turned(inverse, 4) ^
      0x63;
    element = gf256Product(element, 0x03);
    inverse = gf256Product(inverse, 0xf6);
  } while (element !== 1);
  box[0] = 0x63;
  return box;
}

/** Rotates the bits of a byte to the left. */
function turned(byte: number, bits: number): number {
  return ((byte << bits) | (byte >>> (8 - bits))) & 0xff;
}
