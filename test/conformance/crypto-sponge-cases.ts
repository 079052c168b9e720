/**
 * The hash functions over Keccak for every provider: examples of FIPS 202, outputs of several blocks, and
 * mistakes of the caller.
 *
 * @module
 */
import { expect } from 'vitest';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { toHex } from '../../nodes/_kit/bytes.ts';
import type { CryptoCase } from './crypto-cases.ts';

const NOTHING = new Uint8Array(0);
const ABC = Uint8Array.of(0x61, 0x62, 0x63);
/** The 1,600-bit message of the examples with intermediate values for FIPS 202. */
const A3 = new Uint8Array(200).fill(0xa3);

/** Cases that every provider must pass. */
export const spongeCases: readonly CryptoCase[] = [
  {
    id: 'sha3_256/FIPS 202 examples of 0, 24 and 1,600 bits',
    check: (crypto): void => {
      expect([NOTHING, ABC, A3].map((message) => toHex(crypto.sha3_256(message)))).toEqual([
        'a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a',
        '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532',
        '79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787',
      ]);
    },
  },
  {
    id: 'shake256/FIPS 202 examples of 0 and 1,600 bits, start and end of 512 bytes',
    check: (crypto): void => {
      const ends = [NOTHING, A3].map((message) => {
        const output = toHex(crypto.shake256(message, 512));
        return [output.slice(0, 64), output.slice(-32)];
      });
      expect(ends).toEqual([
        [
          '46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f',
          '1fd166c796b9cc258a064a8f57e27f2a',
        ],
        [
          'cd8a920ed141aa0407a22d59288652e9d9f1a7ee0c1e7c1ca699424da84a904d',
          'ca92bf0be5615e96959d767197a0beeb',
        ],
      ]);
    },
  },
  {
    id: 'shake256/a shorter output is the start of a longer one',
    check: (crypto): void => {
      // The rate is 136 bytes: below, at and above one block and two.
      const long = crypto.shake256(ABC, 337);
      for (const length of [1, 31, 135, 136, 137, 272, 273, 336]) {
        expect(crypto.shake256(ABC, length)).toEqual(long.slice(0, length));
      }
    },
  },
];

type Mistake = readonly [string, (crypto: CryptoProvider) => unknown];

/** Mistakes of the caller, for which every provider throws a RangeError. */
export const spongeMistakes: readonly Mistake[] = [0, -1, 1.5, 0x8000_0000].map((length) => [
  `a SHAKE256 output of ${length} bytes`,
  (crypto): unknown => crypto.shake256(ABC, length),
]);
