/**
 * The official vectors of BLAKE3 with every provider: hashing and key derivation, at all lengths of
 * the extended output. The port does not offer the keyed mode, because all MACs here are HMAC or
 * CMAC.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../nodes/_kit/bytes.ts';
import { hasVectors, vectors } from '../vectors-root.ts';
import { realProviders } from './providers.ts';

interface Blake3File {
  readonly context_string: string;
  readonly cases: readonly {
    readonly input_len: number;
    readonly hash: string;
    readonly derive_key: string;
  }[];
}

/** The input of the vectors: byte i is i mod 251. */
function input(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

describe.runIf(hasVectors).each(realProviders)('BLAKE3 on %s', (_, crypto) => {
  const file = hasVectors ? vectors<Blake3File>('other/blake3.json') : undefined;

  it('R-024: derives the keys of the official vectors, and hashes as they do', () => {
    const { context_string: context, cases } = file!;
    expect(cases).toHaveLength(35);
    for (const { input_len: length, hash, derive_key: derived } of cases) {
      expect(derived).toHaveLength(262);
      const material = input(length);
      expect(toHex(crypto.blake3(material, 131))).toBe(hash);
      expect(toHex(crypto.blake3DeriveKey(context, material, 131))).toBe(derived);
      for (const short of [1, 32, 64, 65]) {
        const start = derived.slice(0, 2 * short);
        expect(toHex(crypto.blake3DeriveKey(context, material, short))).toBe(start);
      }
    }
  });

  it('R-024: a salt in front of the key material is part of what is derived from', () => {
    const { context_string: context, cases } = file!;
    const { derive_key: derived } = cases.find(({ input_len: length }) => length === 64)!;
    const [salt, key] = [input(64).subarray(0, 24), input(64).subarray(24)];
    const derive = (how: string, ...parts: Uint8Array[]): string =>
      toHex(crypto.blake3DeriveKey(how, concatBytes(...parts), 131));
    expect(derive(context, salt, key)).toBe(derived);
    const others = [
      derive(context, salt.with(23, 0), key),
      derive(context, salt, key.with(0, 0)),
      derive(`${context}.`, salt, key),
      derive(context, key),
      toHex(crypto.blake3(concatBytes(salt, key), 131)),
    ];
    expect(new Set([derived, ...others]).size).toBe(6);
  });
});
