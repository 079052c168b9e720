/**
 * Published and computed vectors of the primitives, with every provider that this machine has.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { concatBytes, fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { hasVectors, vectors } from '../vectors-root.ts';
import { realProviders } from './providers.ts';

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

describe.runIf(hasVectors).each(realProviders)('published vectors on %s', (_, crypto) => {
  const hkdf = hasVectors ? vectors<HkdfFile>('other/hkdf.json') : undefined;
  const mac = hasVectors ? vectors<MacFile>('scion/mac.json') : undefined;

  it('derives the keys of other/hkdf.json', () => {
    expect(hkdf!.hkdf.length).toBeGreaterThan(0);
    for (const { ikm, salt, info, length, okm } of hkdf!.hkdf) {
      const input = { key: fromHex(ikm), salt: fromHex(salt), info: fromHex(info), length };
      expect(toHex(crypto.hkdfSha256(input))).toBe(okm);
    }
  });

  it('expands the keys of other/hkdf.json with its HMAC', () => {
    expect(hkdf!.expandOnlyComputed.length).toBeGreaterThan(0);
    for (const { prk, info, length, okm } of hkdf!.expandOnlyComputed) {
      expect(toHex(expand(crypto, fromHex(prk), fromHex(info)).subarray(0, length))).toBe(okm);
    }
  });

  it('computes the AES-CMACs and hop field MACs of scion/mac.json', () => {
    const hopFields = mac!.hopFields.map(({ hopFieldKey, input, full }) => ({
      key: hopFieldKey,
      message: input,
      mac: full,
    }));
    expect(hopFields.length).toBeGreaterThan(0);
    for (const { key, message, mac: tag } of [...mac!.aesCmac, ...hopFields]) {
      const out = new Uint8Array(16);
      crypto.aesCmac(fromHex(key)).tag(fromHex(message), out);
      expect(toHex(out)).toBe(tag);
    }
  });
});
