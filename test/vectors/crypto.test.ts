/**
 * Published and computed vectors of the primitives, with every provider that this machine has.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { concatBytes, fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { vectorSets } from '../vectors-root.ts';
import { onProviders, realProviders } from './providers.ts';

interface HkdfFile {
  readonly hkdf: readonly {
    readonly name: string;
    readonly ikm: string;
    readonly salt: string;
    readonly info: string;
    readonly length: number;
    readonly okm: string;
  }[];
  readonly expandOnlyComputed: readonly {
    readonly prk: string;
    readonly info: string;
    readonly length: number;
    readonly okm: string;
  }[];
}

interface MacFile {
  readonly aesCmac: readonly {
    readonly key: string;
    readonly message: string;
    readonly mac: string;
  }[];
  readonly hopFields: readonly {
    readonly hopFieldKey: string;
    readonly input: string;
    readonly full: string;
  }[];
}

/** RFC 5869 A.1, whole and from the PRK. */
const HKDF: HkdfFile = {
  hkdf: [
    {
      name: 'RFC 5869 A.1',
      ikm: '0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b',
      salt: '000102030405060708090a0b0c',
      info: 'f0f1f2f3f4f5f6f7f8f9',
      length: 42,
      okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    },
  ],
  expandOnlyComputed: [
    {
      prk: '077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5',
      info: 'f0f1f2f3f4f5f6f7f8f9',
      length: 42,
      okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    },
  ],
};

/** RFC 4493 section 4, examples 2 and 3. */
const MAC: MacFile = {
  aesCmac: [
    {
      key: '2b7e151628aed2a6abf7158809cf4f3c',
      message: '6bc1bee22e409f96e93d7e117393172a',
      mac: '070a16b46b4d4144f79bdd9dd04a287c',
    },
    {
      key: '2b7e151628aed2a6abf7158809cf4f3c',
      message: '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411',
      mac: 'dfa66747de9ae63030ca32611497c827',
    },
  ],
  hopFields: [],
};

/** HKDF-Expand (RFC 5869 section 2.3) by the provider's HMAC. */
function expand(crypto: CryptoProvider, prk: Uint8Array, info: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [];
  let last: Uint8Array = new Uint8Array(0);
  for (let index = 1; index <= 5; index++) {
    last = crypto.hmacSha256(prk, concatBytes(last, info, Uint8Array.of(index)));
    blocks.push(last);
  }
  return concatBytes(...blocks);
}

const HKDFS = onProviders(realProviders, vectorSets('other/hkdf.json', HKDF));
const MACS = onProviders(realProviders, vectorSets('scion/mac.json', MAC));

describe.each(HKDFS)('published vectors on $provider, $set', ({ crypto, file }) => {
  it('derives the keys of other/hkdf.json', () => {
    expect(file.hkdf.length).toBeGreaterThan(0);
    for (const { ikm, salt, info, length, okm } of file.hkdf) {
      const input = { key: fromHex(ikm), salt: fromHex(salt), info: fromHex(info), length };
      expect(toHex(crypto.hkdfSha256(input))).toBe(okm);
    }
  });

  it('expands the keys of other/hkdf.json with its HMAC', () => {
    expect(file.expandOnlyComputed.length).toBeGreaterThan(0);
    for (const { prk, info, length, okm } of file.expandOnlyComputed) {
      expect(toHex(expand(crypto, fromHex(prk), fromHex(info)).subarray(0, length))).toBe(okm);
    }
  });
});

describe.each(MACS)('published vectors on $provider, $set', ({ crypto, file, isWhole }) => {
  it('computes the AES-CMACs and hop field MACs of scion/mac.json', () => {
    const hopFields = file.hopFields.map(({ hopFieldKey, input, full }) => ({
      key: hopFieldKey,
      message: input,
      mac: full,
    }));
    expect(hopFields.length > 0).toBe(isWhole);
    for (const { key, message, mac: tag } of [...file.aesCmac, ...hopFields]) {
      const out = new Uint8Array(16);
      crypto.aesCmac(fromHex(key)).tag(fromHex(message), out);
      expect(toHex(out)).toBe(tag);
    }
  });
});
