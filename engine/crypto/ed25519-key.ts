/**
 * The strict view of Ed25519 public keys that all providers share: canonical, not of small order.
 *
 * OpenSSL verifies under keys that noble and libsodium refuse; a verdict must not depend on the
 * provider. Whether the bytes are a point of the curve is left to the provider.
 *
 * @module
 */
import { ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { CURVE_KEY_LENGTH } from './lengths.ts';

const SIGN_BIT = 0x80;
const LAST = CURVE_KEY_LENGTH - 1;

/** The y-coordinates of the eight points of small order, as hexadecimal text. */
const SMALL_ORDER: ReadonlySet<string> = new Set(
  ED25519_TORSION_SUBGROUP.map((point) => {
    const bytes = Buffer.from(point, 'hex');
    return withoutSign(bytes).toString('hex');
  }),
);

/** True when `key` has 32 bytes, y < 2^255 - 19, and is not of small order. */
export function isStrictEd25519Key(key: Uint8Array): boolean {
  if (key.length !== CURVE_KEY_LENGTH) return false;
  const coordinate = withoutSign(key);
  // RFC 8032 section 5.1.3: decoding fails when y is not below p.
  if (!isBelowPrime(coordinate)) return false;
  return !SMALL_ORDER.has(coordinate.toString('hex'));
}

function withoutSign(key: Uint8Array): Buffer {
  const coordinate = Buffer.from(key);
  coordinate[LAST] = (coordinate[LAST] as number) & ~SIGN_BIT;
  return coordinate;
}

/** p = 2^255 - 19 is ed ff … ff 7f, little-endian. */
function isBelowPrime(coordinate: Uint8Array): boolean {
  if (coordinate[LAST] !== 0x7f) return true;
  for (let index = LAST - 1; index > 0; index--) {
    if (coordinate[index] !== 0xff) return true;
  }
  return (coordinate[0] as number) < 0xed;
}
