/**
 * The published vectors of AEZ v5 (Yawning/aez) and those of its use in Sphinx: key extraction,
 * hash, the stream for empty messages, encryption and decryption of 1 … 2,606 bytes.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { Aez, extractKey } from '../../engine/crypto/aez/aez.ts';
import { loadBlock, storeBlock } from '../../engine/crypto/aez/block.ts';
import { hasSodium, provider } from '../../engine/crypto/index.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { providers } from '../unit/nodes/sphinx/support.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

interface Encryption {
  readonly k: string;
  readonly nonce: string;
  readonly data: readonly string[];
  readonly tau: number;
  readonly m: string;
  readonly c: string;
}

interface AezVectors {
  readonly extract: readonly { readonly a: string; readonly b: string }[];
  readonly hash: readonly {
    readonly k: string;
    readonly tau: number;
    readonly data: readonly string[];
    readonly v: string;
  }[];
  readonly prf: readonly {
    readonly k: string;
    readonly delta: string;
    readonly tau: number;
    readonly r: string;
  }[];
  readonly encrypt: readonly Encryption[];
  readonly encryptNoAdTau0: readonly Encryption[];
  readonly encrypt33ByteAd: readonly Encryption[];
  readonly encrypt16ByteKey: readonly Encryption[];
  readonly computedSphinxUse: readonly Encryption[];
}

const ENCRYPTIONS = [
  ['encrypt', 114],
  ['encryptNoAdTau0', 3],
  ['encrypt33ByteAd', 3],
  ['encrypt16ByteKey', 3],
  ['computedSphinxUse', 28],
] as const;

const noble = provider('noble');

function checkEncryption(vector: Encryption): void {
  const aez = new Aez(extractKey(noble, fromHex(vector.k)));
  const context = {
    nonce: fromHex(vector.nonce),
    associatedData: vector.data.map(fromHex),
    tagLength: vector.tau,
  };
  expect(toHex(aez.encrypt(context, fromHex(vector.m)))).toBe(vector.c);
  expect(toHex(aez.decrypt(context, fromHex(vector.c))!)).toBe(vector.m);
  if (vector.tau === 0) return;
  const forged = fromHex(vector.c);
  forged[forged.length - 1]! ^= 1;
  expect(aez.decrypt(context, forged)).toBeUndefined();
}

describe.runIf(hasVectors)('AEZ v5 vectors', () => {
  const all = hasVectors ? vectors<AezVectors>('other/aez-v5.json') : undefined;

  it.each(['noble', 'node', ...(hasSodium() ? (['sodium'] as const) : [])] as const)(
    'extracts the 40 published keys with the BLAKE2b of %s',
    (name) => {
      expect(all!.extract).toHaveLength(40);
      for (const { a, b } of all!.extract) {
        expect(toHex(extractKey(provider(name), fromHex(a)))).toBe(b);
      }
    },
  );

  it('hashes the 18 published lists of strings', () => {
    expect(all!.hash).toHaveLength(18);
    for (const { k, tau, data, v } of all!.hash) {
      const delta = new Uint8Array(16);
      storeBlock(delta, 0, new Aez(fromHex(k)).hash(tau, data.map(fromHex)));
      expect(toHex(delta)).toBe(v);
    }
  });

  it('streams the 11 published outputs of the pseudo-random function', () => {
    expect(all!.prf).toHaveLength(11);
    for (const { k, delta, tau, r } of all!.prf) {
      const block = new Int32Array(4);
      loadBlock(block, fromHex(delta), 0);
      expect(toHex(new Aez(fromHex(k)).stream(block, tau))).toBe(r);
    }
  });

  it.each(ENCRYPTIONS)(
    'encrypts, decrypts and refuses forgeries of %s, %i in all',
    (name, count) => {
      expect(all![name]).toHaveLength(count);
      for (const vector of all![name]) checkEncryption(vector);
    },
  );

  it.each(providers)('enciphers the use in Sphinx in place on %s, at any offset', (_, crypto) => {
    for (const { k, nonce, m, c } of all!.computedSphinxUse) {
      const plain = fromHex(m);
      const bytes = new Uint8Array(plain.length + 3);
      const text = bytes.subarray(1, 1 + plain.length);
      text.set(plain);
      crypto.aez(fromHex(k)).encipher(fromHex(nonce), text);
      expect(toHex(text)).toBe(c);
      crypto.aez(fromHex(k)).decipher(fromHex(nonce), text);
      expect(toHex(bytes)).toBe(`00${m}0000`);
    }
  });
});
