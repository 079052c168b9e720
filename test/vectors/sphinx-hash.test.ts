/**
 * The published vectors of BLAKE2Xb (BLAKE2/BLAKE2), of the key encapsulation and the combiner that
 * use it, and of the key derivations of Sphinx: HKDF-Expand, blinding factor, SHA-512/256.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { providers } from '../unit/nodes/sphinx/support.ts';
import { vectorSets } from '../vectors-root.ts';
import { onProviders } from './providers.ts';

interface Blake2xVectors {
  readonly blake2xb: readonly { readonly out: string; readonly key: string }[];
}

/** From `testvectors/blake2-kat.json` of BLAKE2/BLAKE2. */
const FIGURES: Blake2xVectors = {
  blake2xb: [
    { out: 'b5d259e2e3a86c77cbf6d53f9dc78daddc2afd84dbb4ba7e9891227fec079d5a', key: '' },
    {
      out:
        '78f0ed6e220b3da3cc9381563b2f72c8dc830cb0f39a48c6ae479a6a78dcfa94002631dec467e9e9b47cc8f0' +
        '887eb680e340aec3ec009d4a33d241533c76c8ca8c',
      key:
        '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b' +
        '2c2d2e2f303132333435363738393a3b3c3d3e3f',
    },
  ],
};

const SETS = onProviders(providers, vectorSets('other/blake2x.json', FIGURES));

describe.each(SETS)('BLAKE2Xb on $provider, $set', ({ crypto, file, isWhole }) => {
  it('hashes 256 bytes to the published outputs, with and without key', () => {
    const input = Uint8Array.from({ length: 256 }, (__, index) => index);
    expect(file.blake2xb).toHaveLength(isWhole ? 30 : 2);
    for (const { out, key } of file.blake2xb) {
      expect(toHex(crypto.blake2xb(input, out.length / 2, fromHex(key)))).toBe(out);
    }
  });
});

describe.each(providers)('SHA-512/256 on %s', (_, crypto) => {
  it('gives the digest of the example "abc" of NIST', () => {
    const abc = Uint8Array.from('abc', (character) => character.charCodeAt(0));
    expect(toHex(crypto.sha512Over256(abc))).toBe(
      '53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23',
    );
  });

  it('agrees with OpenSSL for every length over two blocks', () => {
    const data = Uint8Array.from({ length: 300 }, (__, index) => 7 * index);
    for (let length = 0; length <= data.length; length++) {
      const message = data.subarray(0, length);
      const expected = createHash('sha512-256').update(message).digest('hex');
      expect(toHex(crypto.sha512Over256(message))).toBe(expected);
    }
  });
});
