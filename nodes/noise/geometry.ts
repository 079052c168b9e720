/**
 * Lengths and constants of the Noise protocol framework, revision 34.
 *
 * No key material and no logic. The only curve is 25519, so there are no lengths for curve 448.
 *
 * @module
 */

/** Longest handshake or transport message, in bytes (section 3). */
export const MESSAGE_LENGTH_MAX = 65_535;

/** DHLEN of 25519, in bytes (section 12.1). */
export const DH_LENGTH = 32;

/** Length of a cipher key, in bytes (section 4.2). */
export const KEY_LENGTH = 32;

/** Length of a pre-shared key, in bytes (section 9.1). */
export const PSK_LENGTH = 32;

/** Length of the AEAD nonce: 32 zero bits and the 64-bit counter (sections 12.3 and 12.4). */
export const NONCE_LENGTH = 12;

/** Length of the authentication tag that ENCRYPT appends, in bytes (section 4.2). */
export const TAG_LENGTH = 16;

/**
 * A key must not encrypt with this counter or a higher one. The specification reserves only 2^64-1
 * (section 5.1); this value keeps counters exact as numbers and is just as unreachable.
 */
export const NONCE_COUNTER_MAX: number = Number.MAX_SAFE_INTEGER;

/**
 * The u-coordinates of curve25519's points of low order, in hexadecimal, little-endian, with the unused top
 * bit cleared: 0, 1, two points of order 8, p-1, p and p+1 (RFC 7748 section 6.1 says why they are refused).
 */
export const LOW_ORDER_POINTS: readonly string[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];
