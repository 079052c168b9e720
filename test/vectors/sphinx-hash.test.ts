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
import { hasVectors, vectors } from '../vectors-root.ts';

interface Blake2xVectors {
  readonly blake2xb: readonly { readonly out: string; readonly key: string }[];
}

describe.runIf(hasVectors).each(providers)('BLAKE2Xb vectors on %s', (_, crypto) => {
  const all = hasVectors ? vectors<Blake2xVectors>('other/blake2x.json') : undefined;

  it('hashes 256 bytes to the 30 published outputs, with and without key', () => {
    const input = Uint8Array.from({ length: 256 }, (__, index) => index);
    expect(all!.blake2xb).toHaveLength(30);
    for (const { out, key } of all!.blake2xb) {
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
