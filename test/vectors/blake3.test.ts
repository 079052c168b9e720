/**
 * The official vectors of BLAKE3 with every provider: hashing and key derivation, at all lengths of
 * the extended output. The port does not offer the keyed mode, because all MACs here are HMAC or
 * CMAC.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../nodes/_kit/bytes.ts';
import { vectorSets } from '../vectors-root.ts';
import { onProviders, realProviders } from './providers.ts';

interface Blake3File {
  readonly context_string: string;
  readonly cases: readonly {
    readonly input_len: number;
    readonly hash: string;
    readonly derive_key: string;
  }[];
}

/** From `test_vectors/test_vectors.json` of BLAKE3-team/BLAKE3: one chunk, and more than one. */
const FIGURES: Blake3File = {
  context_string: 'BLAKE3 2019-12-27 16:29:52 test vectors context',
  cases: [
    {
      input_len: 64,
      hash:
        '4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98fc9cc56cb831ffe33ea8e7e1' +
        'd1df09b26efd2767670066aa82d023b1dfe8ab1b2b7fbb5b97592d46ffe3e05a6a9b592e2949c74160e46743' +
        '01bc3f97e04903f8c6cf95b863174c33228924cdef7ae47559b10b294acd660666c4538833582b43f82d74',
      derive_key:
        'a5c4a7053fa86b64746d4bb688d06ad1f02a18fce9afd3e818fefaa7126bf73e9b9493a9befebe0bf0c9509f' +
        'b3105cfa0e262cde141aa8e3f2c2f77890bb64a4cca96922a21ead111f6338ad5244f2c15c44cb595443ac2a' +
        'c294231e31be4a4307d0a91e874d36fc9852aeb1265c09b6e0cda7c37ef686fbbcab97e8ff66718be048bb',
    },
    {
      input_len: 1025,
      hash:
        'd00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444f4c4a22b4b399155358a994e' +
        '52bf255de60035742ec71bd08ac275a1b51cc6bfe332b0ef84b409108cda080e6269ed4b3e2c3f7d722aa4cd' +
        'c98d16deb554e5627be8f955c98e1d5f9565a9194cad0c4285f93700062d9595adb992ae68ff12800ab67a',
      derive_key:
        'effaa245f065fbf82ac186839a249707c3bddf6d3fdda22d1b95a3c970379bcb5d31013a167509e9066273ab' +
        '6e2123bc835b408b067d88f96addb550d96b6852dad38e320b9d940f86db74d398c770f462118b35d2724efa' +
        '13da97194491d96dd37c3c09cbef665953f2ee85ec83d88b88d11547a6f911c8217cca46defa2751e7f3ad',
    },
  ],
};

const SETS = vectorSets('other/blake3.json', FIGURES);

/** The input of the vectors: byte i is i mod 251. */
function input(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

describe.each(onProviders(realProviders, SETS))('BLAKE3 on $provider, $set', (each) => {
  const { crypto, isWhole } = each;
  const { context_string: context, cases } = each.file;

  it('R-024: derives the keys of the official vectors, and hashes as they do', () => {
    expect(cases).toHaveLength(isWhole ? 35 : 2);
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
