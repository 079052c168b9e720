/**
 * Checks of Ed25519 keys and signatures before a provider checks the equation: the encodings must
 * be canonical, and neither the key nor R may be of small order. Whether a signature is accepted must not depend on
 * the provider.
 *
 * Without these checks, providers disagree: OpenSSL accepts keys and values of R that libsodium
 * refuses, and noble checks the equation times 8. The provider checks that the bytes are points of the curve and that
 * the equation holds; all providers compute the equation without the cofactor (RFC 8032 section 5.1.7).
 *
 * @module
 */
import { ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { CURVE_KEY_LENGTH, SIGNATURE_LENGTH } from './lengths.ts';

const SIGN_BIT = 0x80;
const LAST = CURVE_KEY_LENGTH - 1;

/** The y-coordinates of the eight points of small order, as hexadecimal text. */
const SMALL_ORDER: ReadonlySet<string> = new Set(
  ED25519_TORSION_SUBGROUP.map((point) => {
    return bytesToHex(withoutSign(hexToBytes(point)));
  }),
);

/** True if key and signature have the right lengths and both of their points are canonical and not of small order. */
export function isStrictEd25519(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return isStrictEd25519Key(publicKey) && isStrictEd25519Signature(signature);
}

/** True if a key has the right length and its point is canonical and not of small order. */
export function isStrictEd25519Key(publicKey: Uint8Array): boolean {
  return publicKey.length === CURVE_KEY_LENGTH && isStrictPoint(publicKey);
}

/** True if a signature has the right length and its point R is canonical and not of small order. */
export function isStrictEd25519Signature(signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_LENGTH) return false;
  return isStrictPoint(signature.subarray(0, CURVE_KEY_LENGTH));
}

/** True if y < 2^255 - 19 and the point is not of small order. */
function isStrictPoint(point: Uint8Array): boolean {
  const coordinate = withoutSign(point);
  // RFC 8032 section 5.1.3: decoding fails if y is not below p.
  if (!isBelowPrime(coordinate)) return false;
  return !SMALL_ORDER.has(bytesToHex(coordinate));
}

function withoutSign(point: Uint8Array): Uint8Array {
  const coordinate = new Uint8Array(point);
  coordinate[LAST] = (coordinate[LAST] as number) & ~SIGN_BIT;
  return coordinate;
}

/**
 * True if the coordinate is below p = 2^255 - 19, which is ed ff … ff 7f in little-endian bytes.
 */
function isBelowPrime(coordinate: Uint8Array): boolean {
  if (coordinate[LAST] !== 0x7f) return true;
  for (let index = LAST - 1; index > 0; index--) {
    if (coordinate[index] !== 0xff) return true;
  }
  return (coordinate[0] as number) < 0xed;
}
