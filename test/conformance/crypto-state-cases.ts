/**
 * Key streams, the AES block and POLYVAL for every provider: published vectors, what holds for a
 * state whatever its arithmetic, and mistakes of the caller. With them the running hashes.
 *
 * @module
 */
import { expect } from 'vitest';
import { InvariantError } from '../../engine/core/assert.ts';
import { openRandomStream } from '../../engine/core/stream.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import type { CryptoCase } from './crypto-cases.ts';
import { gcmSivSeal } from './crypto-compositions.ts';
import { runningCases } from './crypto-running-cases.ts';

const SEED = 20_261_128;

const counting = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (37 * index + 11) & 255);

/** SP 800-38A appendix F: keys, plaintext and the initial counter. */
const KEY_128 = '2b7e151628aed2a6abf7158809cf4f3c';
const KEY_256 = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4';
const COUNTER = 'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff';
const NIST_PLAINTEXT =
  '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51' +
  '30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710';

const ctrVectors = [
  {
    section: 'F.5.1',
    key: KEY_128,
    ciphertext:
      '874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff' +
      '5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee',
  },
  {
    section: 'F.5.5',
    key: KEY_256,
    ciphertext:
      '601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5' +
      '2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6',
  },
];

const streams: readonly CryptoCase[] = [
  ...ctrVectors.map(
    ({ section, key, ciphertext }): CryptoCase => ({
      id: `aesCtrStream/NIST SP 800-38A ${section}, whole and in pieces`,
      check: (crypto): void => {
        for (const piece of [64, 1, 5, 15, 16, 17, 33]) {
          const text = fromHex(NIST_PLAINTEXT);
          const stream = crypto.aesCtrStream(fromHex(key), fromHex(COUNTER));
          inPieces(text.length, piece, (at, length) => stream.apply(text, at, length));
          expect(toHex(text)).toBe(ciphertext);
        }
      },
    }),
  ),
  {
    id: 'aesCtrStream/goes on with the counter 0 after 2^128 - 1, in one call and in two',
    check: (crypto): void => {
      const key = fromHex(KEY_128);
      const [last, first] = [new Uint8Array(16).fill(0xff), new Uint8Array(16)];
      const cipher = crypto.aesBlock(key);
      for (const block of [last, first]) cipher.encrypt(block);
      const start = new Uint8Array(16).fill(0xff);
      for (const piece of [32, 16]) {
        const text = new Uint8Array(32);
        const stream = crypto.aesCtrStream(key, start);
        inPieces(32, piece, (at, length) => stream.apply(text, at, length));
        expect(toHex(text)).toBe(toHex(last) + toHex(first));
      }
    },
  },
];

const blockVectors = [
  {
    origin: 'FIPS 197 appendix B',
    key: KEY_128,
    plain: '3243f6a8885a308d313198a2e0370734',
    cipher: '3925841d02dc09fbdc118597196a0b32',
  },
  {
    origin: 'FIPS 197 C.1',
    key: '000102030405060708090a0b0c0d0e0f',
    plain: '00112233445566778899aabbccddeeff',
    cipher: '69c4e0d86a7b0430d8cdb78070b4c55a',
  },
  {
    origin: 'FIPS 197 C.3',
    key: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    plain: '00112233445566778899aabbccddeeff',
    cipher: '8ea2b7ca516745bfeafc49904b496089',
  },
  {
    origin: 'NIST SP 800-38A F.1.1, block 4',
    key: KEY_128,
    plain: NIST_PLAINTEXT.slice(96),
    cipher: '7b0c785e27e8ad3f8223207104725dd4',
  },
  {
    origin: 'NIST SP 800-38A F.1.5, block 4',
    key: KEY_256,
    plain: NIST_PLAINTEXT.slice(96),
    cipher: '23304b7a39f9f3ff067d8d8f9e24ecc7',
  },
];

const blocks: readonly CryptoCase[] = blockVectors.map(({ origin, key, plain, cipher }) => ({
  id: `aesBlock/${origin}, both ways`,
  check: (crypto): void => {
    const opened = crypto.aesBlock(fromHex(key));
    // A block may lie anywhere in a buffer, and what is around it stays.
    const around = new Uint8Array(40).fill(9);
    const block = around.subarray(3, 19);
    for (let turn = 0; turn < 2; turn++) {
      block.set(fromHex(plain));
      opened.encrypt(block);
      expect(toHex(block)).toBe(cipher);
      opened.decrypt(block);
      expect(toHex(block)).toBe(plain);
    }
    expect(toHex(around)).toBe('09'.repeat(3) + plain + '09'.repeat(21));
  },
}));

/** RFC 8452 appendices C.1 to C.3: key, nonce, plaintext, associated data, result. */
const gcmSivVectors = [
  {
    section: 'C.1, nothing',
    key: `01${'00'.repeat(15)}`,
    nonce: `03${'00'.repeat(11)}`,
    plain: '',
    associated: '',
    result: 'dc20e2d83f25705bb49e439eca56de25',
  },
  {
    section: 'C.1, 8 bytes',
    key: `01${'00'.repeat(15)}`,
    nonce: `03${'00'.repeat(11)}`,
    plain: '0100000000000000',
    associated: '',
    result: 'b5d839330ac7b786578782fff6013b815b287c22493a364c',
  },
  {
    section: 'C.1, 8 bytes and one associated',
    key: `01${'00'.repeat(15)}`,
    nonce: `03${'00'.repeat(11)}`,
    plain: '0200000000000000',
    associated: '01',
    result: '1e6daba35669f4273b0a1a2560969cdf790d99759abd1508',
  },
  {
    section: 'C.2, 8 bytes',
    key: `01${'00'.repeat(31)}`,
    nonce: `03${'00'.repeat(11)}`,
    plain: '0100000000000000',
    associated: '',
    result: 'c2ef328e5c71c83b843122130f7364b761e0b97427e3df28',
  },
  {
    section: 'C.3, where a counter wraps',
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    plain: `${'00'.repeat(16)}4db923dc793ee6497c76dcc03a98e108`,
    associated: '',
    result:
      'f3f80f2cf0cb2dd9c5984fcda908456cc537703b5ba70324a6793a7bf218d3ea' +
      'ffffffff000000000000000000000000',
  },
];

const polyvals: readonly CryptoCase[] = [
  {
    id: 'polyval/RFC 8452 appendix A',
    check: (crypto): void => {
      const key = fromHex('25629347589242761d31f826ba4b757b');
      const text = fromHex('4f4f95668c83dfb6401762bb2d01a262d1a24ddd2721d006bbe45f20d3c9f362');
      expect(toHex(crypto.polyval(key, text))).toBe('f7a3b47b846119fae5b7866cf5e5b77e');
    },
  },
  {
    id: 'polyval/RFC 8452 C.1, the record of 8 bytes',
    check: (crypto): void => {
      const key = fromHex('d9b360279694941ac5dbc6987ada7377');
      const text = fromHex('0100000000000000000000000000000000000000000000004000000000000000');
      expect(toHex(crypto.polyval(key, text))).toBe('eb93b7740962c5e49d2a90a7dc5cec74');
    },
  },
  ...gcmSivVectors.map(
    ({ section, key, nonce, plain, associated, result }): CryptoCase => ({
      id: `polyval/RFC 8452 ${section}, with aesBlock`,
      check: (crypto): void => {
        const sealed = gcmSivSeal(crypto, {
          key: fromHex(key),
          nonce: fromHex(nonce),
          plaintext: fromHex(plain),
          associatedData: fromHex(associated),
        });
        expect(toHex(sealed)).toBe(result);
      },
    }),
  ),
];

/** What holds for a state whatever its arithmetic, thus for the modelled provider too. */
const states: readonly CryptoCase[] = [
  {
    id: 'states/aesCtrStream: pieces of any length, anywhere in a buffer, are parts of one stream',
    check: (crypto): void => {
      const random = openRandomStream(SEED, 'crypto', 'pieces');
      for (const keyLength of [16, 32]) {
        const [key, counter] = [random.bytes(keyLength), random.bytes(16)];
        const expected = keyStream(crypto, key, counter, 3_000);
        const stream = crypto.aesCtrStream(key, counter);
        let at = 0;
        while (at < 3_000) {
          const length = Math.min(random.below(70), 3_000 - at);
          const offset = random.below(9);
          const around = new Uint8Array(offset + length + 7);
          stream.apply(around, offset, length);
          const stays = (part: Uint8Array): boolean => part.every((byte) => byte === 0);
          expect(stays(around.subarray(0, offset))).toBe(true);
          expect(stays(around.subarray(offset + length))).toBe(true);
          expect(toHex(around.subarray(offset, offset + length))).toBe(
            toHex(expected.subarray(at, at + length)),
          );
          at += length;
        }
      }
    },
  },
  {
    id: 'states/aesCtrStream: a second stream undoes the first, a late one and another key do not',
    check: (crypto): void => {
      const [key, counter, text] = [counting(16), counting(16), counting(509)];
      const sealed = text.slice();
      crypto.aesCtrStream(key, counter).apply(sealed, 0, 509);
      const opened = (other: Uint8Array, start: Uint8Array, late: number): string => {
        const [bytes, stream] = [sealed.slice(), crypto.aesCtrStream(other, start)];
        stream.apply(new Uint8Array(late), 0, late);
        stream.apply(bytes, 0, bytes.length);
        return toHex(bytes);
      };
      const right = toHex(text);
      expect(opened(key, counter, 0)).toBe(right);
      const wrong = [
        opened(key.with(3, 0), counter, 0),
        opened(key, counter.with(15, 0), 0),
        ...[1, 4, 16, 64, 509].map((late) => opened(key, counter, late)),
      ];
      for (const text of wrong) expect(equalPlaces(text, right)).toBeLessThan(20);
    },
  },
  {
    id: 'states/aesCtrStream and aesBlock: keys and counters are copied, and not changed',
    check: (crypto): void => {
      const [key, counter] = [counting(16), counting(16)];
      const expected = keyStream(crypto, key, counter, 64);
      const [own, start] = [key.slice(), counter.slice()];
      const stream = crypto.aesCtrStream(own, start);
      const cipher = crypto.aesBlock(own);
      expect([own, start]).toEqual([key, counter]);
      own.fill(7);
      start.fill(7);
      const text = new Uint8Array(64);
      stream.apply(text, 0, 64);
      expect(toHex(text)).toBe(toHex(expected));
      const [block, again] = [counting(16), counting(16)];
      cipher.encrypt(block);
      crypto.aesBlock(key).encrypt(again);
      expect(block).toEqual(again);
      stream.wipe();
      cipher.wipe();
      // The caller's key is the caller's to wipe.
      expect(own).toEqual(new Uint8Array(16).fill(7));
    },
  },
  {
    id: 'states/aesCtrStream and aesBlock: what is wiped refuses, and leaves its input',
    check: (crypto): void => {
      const stream = crypto.aesCtrStream(counting(32), counting(16));
      const [used, unused] = [crypto.aesBlock(counting(32)), crypto.aesBlock(counting(16))];
      const block = counting(16);
      stream.apply(block, 0, 5);
      used.encrypt(block);
      used.decrypt(block);
      const before = block.slice();
      for (const one of [stream, used, unused, stream, used]) one.wipe();
      for (const call of [
        (): void => stream.apply(block, 0, 16),
        (): void => stream.apply(block, 0, 0),
        (): void => used.encrypt(block),
        (): void => used.decrypt(block),
        (): void => unused.encrypt(block),
        (): void => unused.decrypt(block),
      ]) {
        expect(call).toThrow(InvariantError);
      }
      expect(block).toEqual(before);
    },
  },
  {
    id: 'states/aesBlock: a mask before and after the permutation does not cancel',
    check: (crypto): void => {
      const cipher = crypto.aesBlock(counting(16));
      const masked = (mask: number): string => {
        const block = counting(16).map((byte) => byte ^ mask);
        cipher.encrypt(block);
        return toHex(block.map((byte) => byte ^ mask));
      };
      expect(new Set([0, 1, 2, 128, 255].map(masked)).size).toBe(5);
    },
  },
  {
    id: 'states/polyval: tells keys, blocks and their order apart',
    check: (crypto): void => {
      const [key, text] = [counting(16), counting(512)];
      const swapped = text.slice();
      swapped.set(text.subarray(16, 32), 0);
      swapped.set(text.subarray(0, 16), 16);
      const results = [
        crypto.polyval(key, text),
        crypto.polyval(key.with(0, 0), text),
        crypto.polyval(key, swapped),
        crypto.polyval(key, text.subarray(16)),
        ...[0, 1, 255, 510, 511].map((at) => crypto.polyval(key, text.with(at, text[at]! ^ 128))),
      ];
      expect(new Set(results.map(toHex)).size).toBe(results.length);
      expect(crypto.polyval(key, text)).toEqual(results[0]);
      expect([toHex(key), toHex(text)]).toEqual([toHex(counting(16)), toHex(counting(512))]);
      expect(crypto.polyval(key, new Uint8Array(0))).toHaveLength(16);
    },
  },
];

/** Cases that every provider must pass. */
export const stateCases: readonly CryptoCase[] = [
  ...streams,
  ...blocks,
  ...polyvals,
  ...runningCases,
  ...states,
];

/** Mistakes of the caller, for which every provider throws a RangeError. */
export const stateMistakes: readonly (readonly [string, (crypto: CryptoProvider) => unknown])[] = [
  ...[0, 15, 17, 24, 33].flatMap(
    (length) =>
      [
        [
          `a key of ${length} bytes for a key stream`,
          (crypto: CryptoProvider): unknown =>
            crypto.aesCtrStream(new Uint8Array(length), new Uint8Array(16)),
        ],
        [
          `a key of ${length} bytes for AES blocks`,
          (crypto: CryptoProvider): unknown => crypto.aesBlock(new Uint8Array(length)),
        ],
      ] as const,
  ),
  ...[0, 12, 15, 17, 32].flatMap(
    (length) =>
      [
        [
          `a counter of ${length} bytes for a key stream`,
          (crypto: CryptoProvider): unknown =>
            crypto.aesCtrStream(new Uint8Array(16), new Uint8Array(length)),
        ],
        [
          `an AES block of ${length} bytes to encrypt`,
          (crypto: CryptoProvider): unknown =>
            crypto.aesBlock(new Uint8Array(16)).encrypt(new Uint8Array(length)),
        ],
        [
          `an AES block of ${length} bytes to decrypt`,
          (crypto: CryptoProvider): unknown =>
            crypto.aesBlock(new Uint8Array(16)).decrypt(new Uint8Array(length)),
        ],
        [
          `a POLYVAL key of ${length} bytes`,
          (crypto: CryptoProvider): unknown =>
            crypto.polyval(new Uint8Array(length), new Uint8Array(16)),
        ],
      ] as const,
  ),
  ...[1, 15, 17, 509].map(
    (length) =>
      [
        `${length} bytes for POLYVAL`,
        (crypto: CryptoProvider): unknown =>
          crypto.polyval(new Uint8Array(16), new Uint8Array(length)),
      ] as const,
  ),
  ...(
    [
      [0, 33],
      [32, 1],
      [33, 0],
      [-1, 5],
      [1, -1],
      [0.5, 1],
      [0, 1.5],
      [Number.NaN, 1],
    ] as const
  ).map(
    ([offset, length]) =>
      [
        `a key stream over ${length} bytes from ${offset} on of 32`,
        (crypto: CryptoProvider): unknown =>
          crypto
            .aesCtrStream(new Uint8Array(16), new Uint8Array(16))
            .apply(new Uint8Array(32), offset, length),
      ] as const,
  ),
];

function inPieces(total: number, piece: number, take: (at: number, length: number) => void): void {
  for (let at = 0; at < total; at += piece) take(at, Math.min(piece, total - at));
}

function keyStream(
  crypto: CryptoProvider,
  key: Uint8Array,
  counter: Uint8Array,
  length: number,
): Uint8Array {
  const bytes = new Uint8Array(length);
  crypto.aesCtrStream(key, counter).apply(bytes, 0, length);
  return bytes;
}

/** How many bytes of two texts in hexadecimal are equal; of 509 random ones two. */
function equalPlaces(left: string, right: string): number {
  const bytes = fromHex(right);
  return fromHex(left).filter((byte, index) => byte === bytes[index]).length;
}
