/**
 * The hash functions over Keccak for every provider: examples of FIPS 202, the vectors of RFC 9861
 * section 5, outputs of several blocks, and mistakes of the caller.
 *
 * @module
 */
import { expect } from 'vitest';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import type { CryptoCase } from './crypto-cases.ts';

const NOTHING = new Uint8Array(0);
const ABC = Uint8Array.of(0x61, 0x62, 0x63);
/** The 1,600-bit message of the examples with intermediate values for FIPS 202. */
const A3 = new Uint8Array(200).fill(0xa3);

/** RFC 9861 section 5: ptn(n), the bytes 00 to FA repeated. */
const pattern = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => index % 251);

interface TurboVector {
  readonly what: string;
  readonly message: Uint8Array;
  readonly domain: number;
  readonly length: number;
  /** The end of the output. */
  readonly end: string;
}

const turboVectors: readonly TurboVector[] = [
  {
    what: 'no message, 64 bytes',
    message: NOTHING,
    domain: 0x1f,
    length: 64,
    end:
      '1e415f1c5983aff2169217277d17bb538cd945a397ddec541f1ce41af2c1b74c' +
      '3e8ccae2a4dae56c84a04c2385c03c15e8193bdf58737363321691c05462c8df',
  },
  {
    what: 'no message, the last of 10,032 bytes',
    message: NOTHING,
    domain: 0x1f,
    length: 10_032,
    end: 'a3b9b0385900ce761f22aed548e754da10a5242d62e8c658e3f3a923a7555607',
  },
  {
    what: 'ptn(1)',
    message: pattern(1),
    domain: 0x1f,
    length: 32,
    end: '55cedd6f60af7bb29a4042ae832ef3f58db7299f893ebb9247247d856958daa9',
  },
  {
    what: 'ptn(17)',
    message: pattern(17),
    domain: 0x1f,
    length: 32,
    end: '9c97d036a3bac819db70ede0ca554ec6e4c2a1a4ffbfd9ec269ca6a111161233',
  },
  {
    what: 'ptn(17^2)',
    message: pattern(17 ** 2),
    domain: 0x1f,
    length: 32,
    end: '96c77c279e0126f7fc07c9b07f5cdae1e0be60bdbe10620040e75d7223a624d2',
  },
  {
    what: 'ptn(17^3)',
    message: pattern(17 ** 3),
    domain: 0x1f,
    length: 32,
    end: 'd4976eb56bcf118520582b709f73e1d6853e001fdaf80e1b13e0d0599d5fb372',
  },
  {
    what: 'FF FF FF, domain 01',
    message: fromHex('ffffff'),
    domain: 0x01,
    length: 32,
    end: 'bf323f940494e88ee1c540fe660be8a0c93f43d15ec006998462fa994eed5dab',
  },
  {
    what: 'FF, domain 06',
    message: fromHex('ff'),
    domain: 0x06,
    length: 32,
    end: '8ec9c66465ed0d4a6c35d13506718d687a25cb05c74cca1e42501abd83874a67',
  },
  {
    what: 'FF FF FF, domain 07',
    message: fromHex('ffffff'),
    domain: 0x07,
    length: 32,
    end: 'b658576001cad9b1e5f399a9f77723bba05458042d68206f7252682dba3663ed',
  },
];

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
  ...turboVectors.map(
    ({ what, message, domain, length, end }): CryptoCase => ({
      id: `turboShake128/RFC 9861 5, ${what}`,
      check: (crypto): void => {
        const output = crypto.turboShake128(message, { domain, length });
        expect(output).toHaveLength(length);
        expect(toHex(output.subarray(length - end.length / 2))).toBe(end);
      },
    }),
  ),
  {
    id: 'shake256/a shorter output is the start of a longer one',
    check: (crypto): void => {
      // The rates are 136 and 168 bytes: below, at and above one block and two.
      const long = crypto.shake256(ABC, 337);
      const turbo = crypto.turboShake128(ABC, { domain: 0x1f, length: 337 });
      for (const length of [1, 31, 135, 136, 137, 167, 168, 169, 272, 273, 336]) {
        expect(crypto.shake256(ABC, length)).toEqual(long.slice(0, length));
        const short = crypto.turboShake128(ABC, { domain: 0x1f, length });
        expect(short).toEqual(turbo.slice(0, length));
      }
    },
  },
];

type Mistake = readonly [string, (crypto: CryptoProvider) => unknown];

/** Mistakes of the caller, for which every provider throws a RangeError. */
export const spongeMistakes: readonly Mistake[] = [
  ...[0, -1, 1.5, 0x8000_0000].flatMap((length): readonly Mistake[] => [
    [`a SHAKE256 output of ${length} bytes`, (crypto): unknown => crypto.shake256(ABC, length)],
    [
      `a TurboSHAKE128 output of ${length} bytes`,
      (crypto): unknown => crypto.turboShake128(ABC, { domain: 1, length }),
    ],
  ]),
  ...[0, 0x80, 1.5].map(
    (domain): Mistake => [
      `a domain byte of ${domain}`,
      (crypto): unknown => crypto.turboShake128(ABC, { domain, length: 32 }),
    ],
  ),
];
