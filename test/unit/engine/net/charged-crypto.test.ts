import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../../engine/core/assert.ts';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import type { RunningHash } from '../../../../engine/host/crypto-states.ts';
import { CpuChargedCrypto } from '../../../../engine/net/charged-crypto.ts';

const noble = createCryptoProvider('noble');
const KEY = new Uint8Array(32).fill(1);
const DATA = new Uint8Array(100).fill(2);
const WRAPPED = noble.aesKeyWrap(KEY, KEY);

type Call = (crypto: CryptoProvider) => unknown;

/** A call, the operation that it is charged as, and its bytes. */
const calls: readonly (readonly [string, number, Call])[] = [
  ['sha384', 100, (crypto): unknown => crypto.sha384(DATA)],
  ['sha3_256', 100, (crypto): unknown => crypto.sha3_256(DATA)],
  ['hmacSha384', 100, (crypto): unknown => crypto.hmacSha384(KEY, DATA)],
  ['aesKeyWrap', 32, (crypto): unknown => crypto.aesKeyWrap(KEY, KEY)],
  ['aesKeyUnwrap', 40, (crypto): unknown => crypto.aesKeyUnwrap(KEY, WRAPPED)],
  ['ed25519PublicKey', 0, (crypto): unknown => crypto.ed25519Key(KEY).publicKey],
  ['p256PublicKey', 0, (crypto): unknown => crypto.p256Key(KEY).publicKey],
  // A sponge works for its output as for its input.
  ['shake256', 100 + 1_000, (crypto): unknown => crypto.shake256(DATA, 1_000)],
];

/** Several calls of one object, and all charges with their bytes. */
const sequences: readonly (readonly [string, Call, readonly (readonly [string, number])[]])[] = [
  [
    'a key stream when it is made, and for each length',
    (crypto): unknown => {
      const text = DATA.slice();
      const stream = crypto.aesCtrStream(KEY, KEY.subarray(0, 16));
      stream.apply(text, 3, 40);
      stream.apply(text, 50, 0);
      stream.wipe();
      return text;
    },
    [
      ['aesCtrStream', 0],
      ['aesCtrApply', 40],
      ['aesCtrApply', 0],
    ],
  ],
  [
    'an AES key when it is opened, and each block',
    (crypto): unknown => {
      const block = DATA.slice(0, 16);
      const cipher = crypto.aesBlock(KEY);
      cipher.encrypt(block);
      cipher.encrypt(block);
      cipher.decrypt(block);
      cipher.wipe();
      return block;
    },
    [
      ['aesBlock', 0],
      ['aesBlockCall', 0],
      ['aesBlockCall', 0],
      ['aesBlockCall', 0],
    ],
  ],
  [
    'POLYVAL',
    (crypto): unknown => crypto.polyval(KEY.subarray(0, 16), DATA.subarray(0, 96)),
    [['polyval', 96]],
  ],
  [
    'PBKDF2 as its iterations, for each block',
    (crypto): unknown =>
      crypto.pbkdf2Sha256({ password: KEY, salt: DATA, iterations: 2, length: 40 }),
    [
      ['hmacSha256', 104],
      ['hmacSha256', 32],
      ['hmacSha256', 104],
      ['hmacSha256', 32],
    ],
  ],
  ...(
    [
      ['sha256', (crypto: CryptoProvider): RunningHash => crypto.running.sha256()],
      ['sha3_256', (crypto: CryptoProvider): RunningHash => crypto.running.sha3_256()],
      ['sha1', (crypto: CryptoProvider): RunningHash => crypto.legacy.sha1()],
      ['md5', (crypto: CryptoProvider): RunningHash => crypto.legacy.md5()],
    ] as const
  ).map(
    ([name, open]) =>
      [
        `a running ${name} by states, updates and digests, also of a copy`,
        (crypto: CryptoProvider): unknown => {
          const hash = open(crypto);
          hash.update(DATA);
          const copy = hash.copy();
          copy.update(DATA.subarray(0, 7));
          const digests = [hash.digest(), copy.digest()];
          for (const one of [hash, copy]) one.wipe();
          return digests;
        },
        [
          ['hashState', 0],
          [`${name}Update`, 100],
          ['hashState', 0],
          [`${name}Update`, 7],
          [`${name}Digest`, 0],
          [`${name}Digest`, 0],
        ],
      ] as const,
  ),
];

describe('a charged crypto provider', () => {
  it.each(calls)('charges %s for %i bytes, and returns what the provider does', (...one) => {
    const [operation, bytes, call] = one;
    const charged: [string, number][] = [];
    const crypto = new CpuChargedCrypto(noble, {
      chargeCrypto: (...charge): void => void charged.push(charge),
    });
    expect(call(crypto)).toEqual(call(noble));
    expect(charged).toEqual([[operation, bytes]]);
  });

  it.each(sequences)('charges %s', (_, call, expected) => {
    const charged: [string, number][] = [];
    const crypto = new CpuChargedCrypto(noble, {
      chargeCrypto: (...charge): void => void charged.push(charge),
    });
    expect(call(crypto)).toEqual(call(noble));
    expect(charged).toEqual(expected);
  });

  it('wipes what it has opened', () => {
    const crypto = new CpuChargedCrypto(noble, { chargeCrypto: () => undefined });
    const [stream, cipher, hash] = [
      crypto.aesCtrStream(KEY, KEY.subarray(0, 16)),
      crypto.aesBlock(KEY),
      crypto.legacy.sha1(),
    ];
    for (const one of [stream, cipher, hash]) one.wipe();
    expect(() => stream.apply(DATA.slice(), 0, 1)).toThrow(InvariantError);
    expect(() => cipher.encrypt(new Uint8Array(16))).toThrow(InvariantError);
    expect(() => hash.digest()).toThrow(InvariantError);
  });

  it('charges each use of an opened key, and its opening', () => {
    const charged: string[] = [];
    const crypto = new CpuChargedCrypto(noble, {
      chargeCrypto: (operation, bytes): void => void charged.push(`${operation} ${bytes}`),
    });
    for (const curve of ['ed25519', 'p256'] as const) {
      const key = crypto[`${curve}Key`](KEY);
      const publicKey = crypto[`${curve}Verifier`](key.publicKey);
      expect(publicKey.verify(DATA, key.sign(DATA))).toBe(true);
      key.wipe();
      expect(() => key.sign(DATA)).toThrow(RangeError);
    }
    const expected = ['ed25519', 'p256'].flatMap((curve) => [
      `${curve}PublicKey 0`,
      `${curve}Verifier 0`,
      `${curve}KeySign 100`,
      `${curve}KeyVerify 100`,
      `${curve}KeySign 100`,
    ]);
    expect(charged).toEqual(expected);
  });

  it.each([
    ['p384', 7, 9],
    ['p521', 15, 20],
  ] as const)(
    'charges a key of %s as %i of P-256, and a verification as %i',
    (curve, open, verify) => {
      const charged: string[] = [];
      const crypto = new CpuChargedCrypto(noble, {
        chargeCrypto: (operation, bytes): void => void charged.push(`${operation} ${bytes}`),
      });
      expect(crypto[`${curve}Verifier`](KEY).verify(DATA, KEY)).toBe(false);
      expect(charged).toEqual([
        ...Array.from({ length: open }, () => 'p256Verifier 0'),
        ...Array.from({ length: verify }, () => 'p256KeyVerify 100'),
      ]);
    },
  );

  it('charges each use of a key of ML-DSA-65', () => {
    const charged: string[] = [];
    const { mlDsa65 } = new CpuChargedCrypto(noble, {
      chargeCrypto: (operation, bytes): void => void charged.push(`${operation} ${bytes}`),
    });
    const key = mlDsa65.openKey(KEY);
    const signature = key.sign({ message: DATA }, KEY);
    expect(mlDsa65.verify(key.publicKey, { message: DATA }, signature)).toBe(true);
    key.wipe();
    expect(() => key.sign({ message: DATA }, KEY)).toThrow(RangeError);
    expect(charged).toEqual([
      'mlDsa65Key 0',
      'mlDsa65Sign 100',
      'mlDsa65Verify 100',
      'mlDsa65Sign 100',
    ]);
  });
});
