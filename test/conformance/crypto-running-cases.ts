/**
 * Running hashes for every provider: published examples, digests on the way, copies, and hashes that
 * were wiped.
 *
 * @module
 */
import { expect } from 'vitest';
import { InvariantError } from '../../engine/core/assert.ts';
import { openRandomStream } from '../../engine/core/stream.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { RunningHash } from '../../engine/host/crypto-states.ts';
import { toHex } from '../../nodes/_kit/bytes.ts';
import type { CryptoCase } from './crypto-cases.ts';

const SEED = 20_261_128;

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

type Opener = (crypto: CryptoProvider) => RunningHash;

const openers: Readonly<Record<string, Opener>> = {
  'running.sha256': (crypto) => crypto.running.sha256(),
  'running.sha3_256': (crypto) => crypto.running.sha3_256(),
  'legacy.sha1': (crypto) => crypto.legacy.sha1(),
  'legacy.md5': (crypto) => crypto.legacy.md5(),
};

const LONG = 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq';
const MILLION = new Uint8Array(1_000_000).fill(0x61);

/** Messages and digests: FIPS 180-4 and FIPS 202 examples with intermediate values, RFC 1321 A.5. */
const digests: Readonly<Record<string, readonly (readonly [Uint8Array, string])[]>> = {
  'running.sha256': [
    [ascii('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [ascii(LONG), '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'],
    [MILLION, 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ],
  'running.sha3_256': [
    [ascii(''), 'a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a'],
    [ascii('abc'), '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532'],
    [
      new Uint8Array(200).fill(0xa3),
      '79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787',
    ],
  ],
  'legacy.sha1': [
    [ascii('abc'), 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    [ascii(LONG), '84983e441c3bd26ebaae4aa1f95129e5e54670f1'],
    [MILLION, '34aa973cd4c4daa4f61eeb2bdbad27316534016f'],
  ],
  'legacy.md5': [
    [ascii(''), 'd41d8cd98f00b204e9800998ecf8427e'],
    [ascii('a'), '0cc175b9c0f1b6a831c399e269772661'],
    [ascii('abc'), '900150983cd24fb0d6963f7d28e17f72'],
    [ascii('message digest'), 'f96b697d7cb7938d525a2f31aaf161d0'],
    [ascii('abcdefghijklmnopqrstuvwxyz'), 'c3fcd3d76192e4007dfb496cca67e13b'],
    [
      ascii('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'),
      'd174ab98d277d9f5a5611c2c9f419d9f',
    ],
    [ascii('1234567890'.repeat(8)), '57edf4a22be3c955ac49da2e2107b67a'],
  ],
};

/** Cases that every provider must pass. */
export const runningCases: readonly CryptoCase[] = Object.entries(openers).flatMap(
  ([name, open]) => [
    {
      id: `${name}/published examples`,
      check: (crypto): void => {
        for (const [message, digest] of digests[name]!) {
          const hash = open(crypto);
          hash.update(message);
          expect(toHex(hash.digest())).toBe(digest);
        }
      },
    },
    {
      id: `states/${name}: pieces of any length give the digest of the whole, which changes no state`,
      check: (crypto): void => {
        const random = openRandomStream(SEED, 'crypto', name);
        for (let turn = 0; turn < 20; turn++) {
          const message = random.bytes(random.below(700));
          const [whole, pieces] = [open(crypto), open(crypto)];
          whole.update(message);
          let at = 0;
          while (at < message.length) {
            const length = Math.min(random.below(150), message.length - at);
            pieces.update(message.subarray(at, at + length));
            // The digest on the way is that of the part, and both times the same.
            const part = open(crypto);
            part.update(message.subarray(0, at + length));
            expect(pieces.digest()).toEqual(part.digest());
            at += length;
          }
          expect(pieces.digest()).toEqual(whole.digest());
          expect(pieces.digest()).toEqual(whole.digest());
        }
      },
    },
    {
      id: `states/${name}: copies are independent`,
      check: (crypto): void => {
        const digestOf = (...parts: readonly string[]): string => {
          const hash = open(crypto);
          for (const part of parts) hash.update(ascii(part));
          return toHex(hash.digest());
        };
        const first = open(crypto);
        first.update(ascii(LONG));
        const second = first.copy();
        const third = second.copy();
        first.update(ascii('one'));
        second.update(ascii('two'));
        expect(toHex(third.digest())).toBe(digestOf(LONG));
        expect(toHex(second.digest())).toBe(digestOf(LONG, 'two'));
        expect(toHex(first.digest())).toBe(digestOf(LONG, 'one'));
        first.wipe();
        third.wipe();
        second.update(ascii('!'));
        expect(toHex(second.digest())).toBe(digestOf(LONG, 'two', '!'));
      },
    },
    {
      id: `states/${name}: a wiped hash refuses`,
      check: (crypto): void => {
        const hash = open(crypto);
        hash.update(ascii('secret'));
        hash.wipe();
        hash.wipe();
        for (const call of [
          (): unknown => hash.digest(),
          (): unknown => hash.copy(),
          (): void => hash.update(ascii('more')),
        ]) {
          expect(call).toThrow(InvariantError);
        }
      },
    },
  ],
);
