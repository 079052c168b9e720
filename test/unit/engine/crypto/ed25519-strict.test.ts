import { describe, expect, it } from 'vitest';
import {
  isStrictEd25519Key,
  isStrictEd25519Signature,
} from '../../../../engine/crypto/ed25519-strict.ts';

/** The coordinate 2^255 - `below` in little-endian bytes; `below` is 1 to 256. */
function coordinate(below: number, sign = 0): Uint8Array {
  return Uint8Array.of(256 - below, ...new Uint8Array(30).fill(0xff), 0x7f | sign);
}

describe('strict Ed25519 points (RFC 8032 section 5.1.3)', () => {
  it.each([0, 0x80])(
    'a y-coordinate must be below p = 2^255 - 19, whatever the sign bit is: %i',
    (sign) => {
      // p - 1 is of order 2, so p - 2 is the highest that can be a key.
      for (const below of [22, 21]) expect(isStrictEd25519Key(coordinate(below, sign))).toBe(true);
      for (const below of [20, 19, 18, 17, 2, 1]) {
        expect(isStrictEd25519Key(coordinate(below, sign))).toBe(false);
        expect(
          isStrictEd25519Signature(
            Uint8Array.of(...coordinate(below, sign), ...new Uint8Array(32)),
          ),
        ).toBe(false);
      }
    },
  );
});
