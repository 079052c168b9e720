/**
 * The published vectors of AEZ v5 (Yawning/aez) and those of its use in Sphinx: key extraction,
 * hash, the stream for empty messages, encryption and decryption of 1 … 2,606 bytes.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { Aez, extractKey } from '../../engine/crypto/aez/aez.ts';
import { loadBlock, storeBlock } from '../../engine/crypto/aez/block.ts';
import { createCryptoProvider, hasSodium } from '../../engine/crypto/index.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { providers } from '../unit/nodes/sphinx/support.ts';
import { vectorSets } from '../vectors-root.ts';

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

/** From `testdata` of Yawning/aez; the use in Sphinx computed independently. */
const FIGURES: AezVectors = {
  extract: [
    {
      a: '00',
      b:
        'cc01088536f784f0bb769e41c4957b6d0cde1fcc8cf1d91fc477d4dd6e3fbfcd43d1698d146f348b2c36a339' +
        '682bec3f',
    },
  ],
  hash: [
    {
      k:
        '0195ac997ea05f07c44207431e30bacb3f800d67358ba2c5968c1891eb506e893a7982199658221a03baa89c' +
        'cc2b85d5',
      tau: 21,
      data: ['1fa7981eae7f3fe470ae40e446db83c185511c8754716df8747c5c38d8bd620d6f5950b4d24ed96d2d'],
      v: '5442bff1597f8d3f3f01f5f825667663',
    },
  ],
  prf: [
    {
      k:
        '7497dcc7f88c4fe80e7c6872b56c7fa63b822f560c711c78762b246462c9302376aff0a8a4eb43c39e8b03aa' +
        '7f70d255',
      delta: '7c5adb92e7da20b1e0b7b858c1cf07db',
      tau: 31,
      r: 'c38eda88131d204627828ab60516aa5328113b8f17daf7f9d348f2377c6034',
    },
  ],
  encrypt: [
    {
      k:
        'b734e7bbc6f962e20d3b2faffb0e00898c3cebeacf7aa3f9a3c7801b6e598ddfdc62eb5b05948d88570f5cc9' +
        '36300baa',
      nonce: 'c43119c683f1166799b6f74f4405b3b0',
      data: ['1482861bb838de7d0be7', '', 'ac168a851782254a676b99f5b4d0ec'],
      tau: 16,
      m: '7bd85844',
      c: 'b9edd4131b5be33b5565afc3b1dedf9f523645d2',
    },
    {
      k:
        '042f14fa4eb330edee3849fec97ba0c3e56e63d1fd3dc9ce17f5af540816798274a38212c51511b2f7d70b82' +
        '71eeffd8',
      nonce: 'dab14b61e3712faf16f0bba6cbae92b1',
      data: ['6b564b74e46375869255', '', 'fc228ead8f887e2d39e5c8890b4c5a'],
      tau: 16,
      m: '3d31934bb4f7985b69d0188911',
      c: '49d3c4d9d982945c7578f6e4f95260a1bc3a5814b04d57948095125d4d',
    },
  ],
  encryptNoAdTau0: [],
  encrypt33ByteAd: [
    {
      k:
        '9adf7a023fbc4e663695f627a8d5b5c45f6752e375d19e11a669e6b949347d0cf5e0e2516ee285af36522497' +
        '6afa60be',
      nonce: '799de3d90fbd6fed93b5f96cf9f4e852',
      data: ['d6e278e0c6ede09d302d6fde09de77711a9a02fc8a049fb34a5e3f00c1cfc336d0'],
      tau: 0,
      m: 'efea7ecfa45f51b52ce038cf6c0704392c2211bfca17a36284f63a902b37f0ab',
      c: 'fa862e94a2954f8a0dee1f56cbbbda322e2a82f11f321e07594e79e1c8bcd535',
    },
  ],
  encrypt16ByteKey: [
    {
      k: '76c50c0782679d1612bb5cda4a421ea8',
      nonce: 'e5cd1186a3287c0d718b4a0fb8cf2960',
      data: [],
      tau: 0,
      m: '941f52468958600280c979761c1b714178b343524de4ef613fe0af32d3053fac',
      c: 'b961586b8481ed3f803f3d2d0c52998018cc59b8b79041d6ff0cee5f8ca49ef8',
    },
  ],
  computedSphinxUse: [
    {
      k:
        '9d6026a240f4589a5d791f1dd97cfefa777a7b4f15241abf57bd437ad4b129840534f3f3875c25b08bea06c2' +
        '874cfaa4',
      nonce: 'dd17b2d842845de82a5bc539888ac780',
      data: [],
      tau: 0,
      m: '54',
      c: 'e7',
    },
    {
      k:
        'dc1f740256fe8d6aedea449f210b86b53df01cf829430c2e33ee4fa04e87c2344a7280ac2d4558cd04fe4009' +
        '0304bb81',
      nonce: '8dfa3083793eef721ba8d1a66ea87e8b',
      data: [],
      tau: 0,
      m: 'd5e364f8814eb037fb3a5732d5e1b4baa22367fd58fb0dd6210312a0bde141',
      c: 'bcbf2820976ac1cca761439ed35a105762d0943d4edf8524ec1d734685fadd',
    },
  ],
};

/** How many there are in the whole file. */
const ENCRYPTIONS = [
  ['encrypt', 114],
  ['encryptNoAdTau0', 3],
  ['encrypt33ByteAd', 3],
  ['encrypt16ByteKey', 3],
  ['computedSphinxUse', 28],
] as const;

const noble = createCryptoProvider('noble');

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

describe.each(vectorSets('other/aez-v5.json', FIGURES))(
  'AEZ v5, $set',
  ({ file: all, isWhole }) => {
    it.each(['noble', 'node', ...(hasSodium() ? (['sodium'] as const) : [])] as const)(
      'extracts the published keys with the BLAKE2b of %s',
      (name) => {
        expect(all.extract).toHaveLength(isWhole ? 40 : 1);
        for (const { a, b } of all.extract) {
          expect(toHex(extractKey(createCryptoProvider(name), fromHex(a)))).toBe(b);
        }
      },
    );

    it('hashes the published lists of strings', () => {
      expect(all.hash).toHaveLength(isWhole ? 18 : 1);
      for (const { k, tau, data, v } of all.hash) {
        const delta = new Uint8Array(16);
        storeBlock(delta, 0, new Aez(fromHex(k)).hash(tau, data.map(fromHex)));
        expect(toHex(delta)).toBe(v);
      }
    });

    it('streams the published outputs of the pseudo-random function', () => {
      expect(all.prf).toHaveLength(isWhole ? 11 : 1);
      for (const { k, delta, tau, r } of all.prf) {
        const block = new Int32Array(4);
        loadBlock(block, fromHex(delta), 0);
        expect(toHex(new Aez(fromHex(k)).stream(block, tau))).toBe(r);
      }
    });

    it.each(ENCRYPTIONS)(
      'encrypts, decrypts and refuses forgeries of %s, %i in all',
      (name, count) => {
        if (isWhole) expect(all[name]).toHaveLength(count);
        for (const vector of all[name]) checkEncryption(vector);
      },
    );

    it.each(providers)('enciphers the use in Sphinx in place on %s, at any offset', (_, crypto) => {
      for (const { k, nonce, m, c } of all.computedSphinxUse) {
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
  },
);
