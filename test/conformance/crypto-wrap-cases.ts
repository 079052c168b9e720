/**
 * AES key wrap for every provider: the vectors of RFC 3394, hostile wrapped keys, and mistakes of
 * the caller.
 *
 * @module
 */
import { expect } from 'vitest';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import type { CryptoCase } from './crypto-cases.ts';

const WRAPPING_KEY = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const KEY = '00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f';

interface WrapVector {
  readonly section: string;
  readonly wrappingBytes: number;
  readonly keyBytes: number;
  readonly wrapped: string;
}

const vectors: readonly WrapVector[] = [
  {
    section: '4.1',
    wrappingBytes: 16,
    keyBytes: 16,
    wrapped: '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5',
  },
  {
    section: '4.2',
    wrappingBytes: 24,
    keyBytes: 16,
    wrapped: '96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d',
  },
  {
    section: '4.3',
    wrappingBytes: 32,
    keyBytes: 16,
    wrapped: '64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7',
  },
  {
    section: '4.4',
    wrappingBytes: 24,
    keyBytes: 24,
    wrapped: '031d33264e15d33268f24ec260743edce1c6c7ddee725a936ba814915c6762d2',
  },
  {
    section: '4.5',
    wrappingBytes: 32,
    keyBytes: 24,
    wrapped: 'a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1',
  },
  {
    section: '4.6',
    wrappingBytes: 32,
    keyBytes: 32,
    wrapped: '28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21',
  },
];

const [WRAPPING, SECRET] = [fromHex(WRAPPING_KEY), fromHex(KEY)];

/** Lengths that no wrapped key has, around those that one can have. */
const WRONG_LENGTHS = [0, 1, 8, 15, 16, 17, 23, 25, 31, 33, 39, 41, 4_103, 4_105, 4_112, 65_536];

/** Cases that every provider must pass. */
export const wrapCases: readonly CryptoCase[] = [
  ...vectors.map(
    ({ section, wrappingBytes, keyBytes, wrapped }): CryptoCase => ({
      id: `aesKeyWrap/RFC 3394 ${section}`,
      check: (crypto): void => {
        const wrapping = WRAPPING.slice(0, wrappingBytes);
        const key = SECRET.slice(0, keyBytes);
        expect(toHex(crypto.aesKeyWrap(wrapping, key))).toBe(wrapped);
        expect(crypto.aesKeyUnwrap(wrapping, fromHex(wrapped))).toEqual(key);
        // Neither call changes what it was given.
        expect([toHex(wrapping), toHex(key)]).toEqual([
          WRAPPING_KEY.slice(0, 2 * wrappingBytes),
          KEY.slice(0, 2 * keyBytes),
        ]);
      },
    }),
  ),
  {
    id: 'aesKeyWrap/the longest key, 4,096 bytes',
    check: (crypto): void => {
      const key = Uint8Array.from({ length: 4_096 }, (_, index) => index & 255);
      const wrapped = crypto.aesKeyWrap(WRAPPING, key);
      expect(wrapped).toHaveLength(4_104);
      expect(crypto.aesKeyUnwrap(WRAPPING, wrapped)).toEqual(key);
    },
  },
  {
    id: 'aesKeyWrap/reads keys that lie inside of a longer array',
    check: (crypto): void => {
      const around = new Uint8Array(100).fill(9);
      around.set(SECRET, 3);
      const wrapped = crypto.aesKeyWrap(WRAPPING, around.subarray(3, 35));
      expect(toHex(wrapped)).toBe(vectors.at(-1)!.wrapped);
      around.set(wrapped, 5);
      expect(crypto.aesKeyUnwrap(WRAPPING, around.subarray(5, 45))).toEqual(SECRET);
    },
  },
  {
    id: 'hostile/aesKeyUnwrap gives undefined when a single bit is wrong',
    check: (crypto): void => {
      const wrapped = crypto.aesKeyWrap(WRAPPING, SECRET.subarray(0, 16));
      for (let bit = 0; bit < 8 * wrapped.length; bit++) {
        const changed = wrapped.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(crypto.aesKeyUnwrap(WRAPPING, changed)).toBeUndefined();
      }
      expect(crypto.aesKeyUnwrap(WRAPPING.with(31, 0), wrapped)).toBeUndefined();
      expect(crypto.aesKeyUnwrap(WRAPPING.subarray(0, 16), wrapped)).toBeUndefined();
      expect(crypto.aesKeyUnwrap(WRAPPING, wrapped)).toEqual(SECRET.slice(0, 16));
    },
  },
  {
    id: 'hostile/aesKeyUnwrap gives undefined for lengths that no wrapped key has',
    check: (crypto): void => {
      for (const length of WRONG_LENGTHS) {
        expect(crypto.aesKeyUnwrap(WRAPPING, new Uint8Array(length)), `${length}`).toBeUndefined();
      }
    },
  },
  {
    id: 'hostile/aesKeyUnwrap refuses a block that holds the initial value and half a key',
    check: (crypto): void => {
      // XML Encryption wraps a key of 8 bytes as one AES block. RFC 3394 section 2 demands two.
      const block = new Uint8Array(16).fill(0xa6, 0, 8);
      const single = crypto.aesCtr(WRAPPING, block, new Uint8Array(16));
      expect(crypto.aesKeyUnwrap(WRAPPING, single)).toBeUndefined();
    },
  },
];

/** Mistakes of the caller, for which every provider throws a RangeError. */
export const wrapMistakes: readonly (readonly [string, (crypto: CryptoProvider) => unknown])[] = [
  ...[0, 15, 17, 31, 33].map(
    (length) =>
      [
        `a wrapping key of ${length} bytes`,
        (crypto: CryptoProvider): unknown => crypto.aesKeyWrap(new Uint8Array(length), SECRET),
      ] as const,
  ),
  [
    'a wrapping key of 15 bytes to unwrap with',
    (crypto): unknown => crypto.aesKeyUnwrap(new Uint8Array(15), new Uint8Array(24)),
  ],
  ...[0, 8, 15, 17, 20, 4_104].map(
    (length) =>
      [
        `a key of ${length} bytes to be wrapped`,
        (crypto: CryptoProvider): unknown => crypto.aesKeyWrap(WRAPPING, new Uint8Array(length)),
      ] as const,
  ),
];
