/**
 * Calls with random input whose results must equal those of the reference provider.
 *
 * @module
 */
import fc from 'fast-check';
import type { AeadName, CryptoProvider } from '../../engine/host/crypto.ts';

/** A primitive that is called with random input; `result` is compared with that of noble. */
export interface RandomCase {
  readonly id: string;
  readonly runs: number;
  readonly input: fc.Arbitrary<Input>;
  readonly result: (crypto: CryptoProvider, input: Input) => unknown;
}

/** Random bytes and numbers that suffice for any primitive. */
export interface Input {
  readonly key: Uint8Array;
  readonly other: Uint8Array;
  readonly data: Uint8Array;
  readonly length: number;
}

const bytes = (minLength: number, maxLength = minLength): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength });

const input = (
  key: fc.Arbitrary<Uint8Array>,
  other: fc.Arbitrary<Uint8Array>,
  options: { readonly data?: number; readonly length?: number } = {},
): fc.Arbitrary<Input> =>
  fc.record({
    key,
    other,
    data: bytes(0, options.data ?? 300),
    length: fc.integer({ min: 1, max: options.length ?? 64 }),
  });

const AEAD_KEY = { 'chacha20-poly1305': 32, 'aes-128-gcm': 16, 'aes-256-gcm': 32 } as const;

function aeadCase(name: AeadName): RandomCase {
  return {
    id: `random/${name}`,
    runs: 60,
    input: input(bytes(AEAD_KEY[name]), bytes(12), { data: 1_500, length: 100 }),
    result: (crypto, { key, other, data, length }): unknown => {
      const aead = crypto.aead(name, key);
      const associated = data.subarray(0, length);
      const sealed = new Uint8Array(data.length + 20);
      const written = aead.seal(other, associated, data, sealed);
      const opened = new Uint8Array(data.length + 4);
      const read = aead.open(other, associated, sealed.subarray(0, written), opened);
      return { written, sealed, read, opened };
    },
  };
}

/**
 * The random cases. Curve operations of noble take about a millisecond, hence the small number of
 * runs.
 */
export const randomCases: readonly RandomCase[] = [
  {
    id: 'random/hashes',
    runs: 60,
    input: input(bytes(0, 64), bytes(0)),
    result: (crypto, { key, data, length }) => [
      crypto.sha256(data),
      crypto.sha384(data),
      crypto.sha512(data),
      crypto.sha3_256(data),
      crypto.shake256(data, length * 5),
      crypto.blake2s(data),
      crypto.blake2b(data, 64),
      crypto.blake2b(data, length),
      crypto.blake2b(data, length, key),
      crypto.blake3(data, length),
      crypto.blake3DeriveKey(String(length), data, length),
    ],
  },
  {
    id: 'random/hmac and hkdf',
    runs: 60,
    input: input(bytes(0, 200), bytes(0, 80)),
    result: (crypto, { key, other, data, length }) => [
      crypto.hmacSha256(key, data),
      crypto.hmacSha384(key, data),
      crypto.hmacSha512(key, data),
      crypto.hkdfSha256({ key, salt: other, info: data, length: length * 3 }),
      crypto.hkdfSha512({ key, info: data, length }),
      crypto.hkdfSha512({ key, salt: other, length }),
      crypto.pbkdf2Sha256({ password: key, salt: other, iterations: 1 + (length % 5), length }),
    ],
  },
  aeadCase('chacha20-poly1305'),
  aeadCase('aes-128-gcm'),
  aeadCase('aes-256-gcm'),
  {
    id: 'random/streams',
    runs: 60,
    input: input(bytes(32), bytes(16)),
    result: (crypto, { key, other, data, length }) => [
      crypto.aesCtr(key, other, data),
      crypto.aesCtr(key.subarray(0, 16), other, data),
      crypto.chacha20(key, other.subarray(0, 12), length * 0x3ff_ffff, data),
    ],
  },
  {
    id: 'random/aesCtrStream',
    runs: 60,
    input: input(bytes(32), bytes(16)),
    result: (crypto, { key, other, data, length }): unknown => {
      const text = data.slice();
      const stream = crypto.aesCtrStream(key.subarray(0, length % 2 === 0 ? 16 : 32), other);
      for (let at = 0; at < text.length; at += length) {
        stream.apply(text, at, Math.min(length, text.length - at));
      }
      return text;
    },
  },
  {
    id: 'random/aesBlock',
    runs: 100,
    input: input(bytes(32), bytes(16)),
    result: (crypto, { key, other, length }): unknown => {
      const cipher = crypto.aesBlock(key.subarray(0, length % 2 === 0 ? 16 : 32));
      const [forward, backward] = [other.slice(), other.slice()];
      cipher.encrypt(forward);
      cipher.decrypt(backward);
      return [forward, backward];
    },
  },
  {
    id: 'random/polyval',
    runs: 60,
    input: input(bytes(16), bytes(0)),
    result: (crypto, { key, data }) => crypto.polyval(key, data.subarray(0, data.length & ~15)),
  },
  {
    id: 'random/running hashes',
    runs: 60,
    input: input(bytes(0), bytes(0)),
    result: (crypto, { data, length }) =>
      Object.values({ ...crypto.running, ...crypto.legacy }).map((open) => {
        const hash = open();
        hash.update(data.subarray(0, length));
        const part = hash.digest();
        hash.update(data.subarray(length));
        return [part, hash.digest()];
      }),
  },
  {
    id: 'random/aez',
    runs: 150,
    input: input(bytes(48), bytes(16), { data: 700, length: 3_000 }),
    result: (crypto, { key, other, data, length }): unknown => {
      const cipher = crypto.aez(key);
      const [short, long] = [data.slice(), new Uint8Array(length).fill(7)];
      for (const text of [short, long]) cipher.encipher(other, text);
      const enciphered = [short.slice(), long.slice()];
      cipher.decipher(other, short);
      cipher.decipher(other, short);
      return [enciphered, short];
    },
  },
  {
    id: 'random/hkdfExpandSha256, blake2xb and sha512Over256',
    runs: 100,
    input: input(bytes(32, 80), bytes(32, 64), { data: 700, length: 700 }),
    result: (crypto, { key, other, data, length }) => [
      crypto.hkdfExpandSha256({ key, info: data, length }),
      crypto.hkdfExpandSha256({ key: other, length: 64 }),
      crypto.blake2xb(data, length, other.subarray(length & 31)),
      crypto.blake2xb(data, 32),
      crypto.sha512Over256(data),
    ],
  },
  {
    id: 'random/aesKeyWrap and aesKeyUnwrap',
    runs: 100,
    input: input(bytes(32), bytes(16, 64), { data: 90 }),
    result: (crypto, { key, other, data, length }): unknown => {
      const wrapping = key.subarray(0, 16 + 8 * (length % 3));
      const wrapped = crypto.aesKeyWrap(wrapping, other.subarray(0, other.length & ~7));
      const opened = crypto.aesKeyUnwrap(wrapping, wrapped);
      // Bytes from the network, of any length, and a wrapped key with one bit changed.
      const changed = wrapped.with(length % wrapped.length, wrapped[length % wrapped.length]! ^ 1);
      return [
        wrapped,
        opened,
        crypto.aesKeyUnwrap(wrapping, data),
        crypto.aesKeyUnwrap(wrapping, changed),
      ];
    },
  },
  {
    id: 'random/aesCmac',
    runs: 100,
    input: input(bytes(16), bytes(0), { data: 70 }),
    result: (crypto, { key, data }): unknown => {
      const out = new Uint8Array(17);
      const mac = crypto.aesCmac(key);
      mac.tag(data, out);
      const block = new Uint8Array(16);
      block.set(data.subarray(0, 16));
      mac.tag(block, block);
      return [out, block];
    },
  },
  {
    id: 'random/x25519',
    runs: 15,
    input: input(bytes(32), bytes(32)),
    result: (crypto, { key, other }) => [crypto.x25519PublicKey(key), crypto.x25519(key, other)],
  },
  {
    id: 'random/ed25519',
    runs: 10,
    input: input(bytes(32), bytes(32)),
    result: (crypto, { key, other, data }): unknown => {
      const publicKey = crypto.ed25519PublicKey(key);
      const signature = crypto.ed25519Sign(key, data);
      const isGood = crypto.ed25519Verify(publicKey, data, signature);
      return [publicKey, signature, isGood, crypto.ed25519Verify(other, data, signature)];
    },
  },
  {
    id: 'random/p256',
    runs: 10,
    input: input(
      bytes(32).map((key) => key.with(0, key[0]! & 0x7f).with(31, key[31]! | 1)),
      bytes(0),
    ),
    result: (crypto, { key, data }): unknown => {
      const publicKey = crypto.p256PublicKey(key);
      const signature = crypto.p256Sign(key, data);
      const opened = crypto.p256Key(key).sign(data);
      return [publicKey, signature, opened, crypto.p256Verify(publicKey, data, signature)];
    },
  },
];
