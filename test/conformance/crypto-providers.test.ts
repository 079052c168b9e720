/**
 * One suite for every crypto provider: published vectors, hostile input, mistakes of the caller,
 * and agreement with the reference provider on random input. Skipped cases are listed with their
 * reasons.
 *
 * @module
 */
import { afterAll, describe, expect, it } from 'vitest';
import {
  CRYPTO_PROVIDER_NAMES,
  type CryptoProviderName,
  type CryptoTiming,
  createCryptoProvider,
  hasSodium,
  nobleFallbacksOf,
} from '../../engine/crypto/index.ts';
import { tabCrypto } from '../../engine/crypto/tab.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { allCryptoCases, allMistakes } from './all-crypto-cases.ts';

interface Contender {
  /** `tab` is chosen by no file or flag. */
  readonly name: CryptoProviderName | 'tab';
  readonly timing: CryptoTiming;
}

const CONTENDERS: readonly Contender[] = [
  { name: 'noble', timing: 'constant' },
  { name: 'node', timing: 'constant' },
  { name: 'node', timing: 'simulation' },
  { name: 'sodium', timing: 'constant' },
  { name: 'modelled', timing: 'simulation' },
  { name: 'tab', timing: 'simulation' },
];

/** Cases that a provider deliberately does not support, by the beginning of the case id. */
const SKIPS: Partial<Record<Contender['name'], Readonly<Record<string, string>>>> = {
  modelled: {
    'aesCmac/': 'modelled computes a checksum instead of AES-CMAC',
    'aesCtrStream/': 'modelled has a cheap key stream of its own',
    'polyval/': 'modelled computes a checksum instead of POLYVAL',
    'random/aesCtrStream': 'modelled has a cheap key stream of its own',
    'random/polyval': 'modelled computes a checksum instead of POLYVAL',
    'edwards25519/': 'modelled computes with logarithms in the open',
    'aead/': 'modelled copies the bytes and adds a checksum',
    'signing/ed25519: a signature with a blinded': 'Ed25519 is real there, and the group is not',
    'p256/': 'modelled signs by a digest of the public key and the message',
    'random/p256': 'modelled signs by a digest of the public key and the message',
    'mlKem768/Wycheproof': 'modelled shows the coins and a digest of them',
    'mlDsa65/Wycheproof': 'modelled shows the coins and a digest of what was signed',
    'mlDsa65/FIPS 204': 'modelled signatures have no hint',
    'random/aesCmac': 'modelled computes a checksum instead of AES-CMAC',
    'random/chacha20-poly1305': 'modelled copies the bytes and adds a checksum',
    'random/aes-128-gcm': 'modelled copies the bytes and adds a checksum',
    'random/aes-256-gcm': 'modelled copies the bytes and adds a checksum',
  },
};

const noble = createCryptoProvider('noble');

function isAvailable({ name }: Contender): boolean {
  return name !== 'sodium' || hasSodium();
}

function skipReason(name: Contender['name'], id: string): string | undefined {
  const entries = Object.entries(SKIPS[name] ?? {});
  return entries.find(([start]) => id.startsWith(start))?.[1];
}

function describeFallbacks(name: CryptoProviderName): string {
  const list = nobleFallbacksOf(name).map(({ primitive, when }) =>
    when === undefined ? primitive : `${primitive} (${when})`,
  );
  return `fallbacks of ${name} to noble: ${list.join(', ') || 'none, it is the reference'}`;
}

describe.each(CONTENDERS.filter(isAvailable))('crypto provider $name, timing $timing', (one) => {
  const { name, timing } = one;
  const crypto = name === 'tab' ? tabCrypto : createCryptoProvider(name, { timing });

  it('says its name', () => {
    expect(crypto.name).toBe(one.name);
  });

  for (const { id, check } of allCryptoCases) {
    const reason = skipReason(one.name, id);
    if (reason === undefined) it(`passes ${id}`, () => check(crypto));
    else it(`does not pass ${id}: ${reason}`, () => expect(() => check(crypto)).toThrow());
  }

  it.each(allMistakes)('throws a RangeError for %s', (_, call) => {
    expect(() => call(crypto)).toThrow(RangeError);
  });

  it('returns fresh plain byte arrays', () => {
    const key = new Uint8Array(32).fill(1);
    for (const bytes of freshResults(crypto, key)) {
      expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
      expect(bytes.buffer.byteLength).toBe(bytes.length);
    }
  });
});

function freshResults(crypto: CryptoProvider, key: Uint8Array): readonly Uint8Array[] {
  const kem = crypto.mlKem768.openKey(new Uint8Array(64).fill(2))!;
  return [
    crypto.sha256(key),
    crypto.sha384(key),
    crypto.sha512(key),
    crypto.sha3_256(key),
    crypto.shake256(key, 40),
    crypto.blake2b(key, 64),
    crypto.blake2b(key, 20),
    crypto.blake2s(key),
    crypto.blake3(key, 32),
    crypto.hmacSha256(key, key),
    crypto.hmacSha384(key, key),
    crypto.aesKeyWrap(key, key),
    crypto.aesKeyUnwrap(key, crypto.aesKeyWrap(key, key))!,
    crypto.hkdfSha256({ key, length: 40 }),
    crypto.pbkdf2Sha256({ password: key, salt: key, iterations: 2, length: 40 }),
    crypto.hkdfExpandSha256({ key, length: 40 }),
    crypto.blake2xb(key, 32),
    crypto.sha512Over256(key),
    crypto.x25519Key(key).publicKey,
    crypto.x25519PublicKey(key),
    crypto.x25519(key, crypto.x25519PublicKey(key))!,
    crypto.ed25519PublicKey(key),
    crypto.ed25519Sign(key, key),
    crypto.p256PublicKey(key),
    crypto.edwards25519.scalarMultBase(key),
    crypto.edwards25519.scalarMult(crypto.edwards25519.scalarMultBase(key), key)!,
    crypto.edwards25519.reduceScalar(key),
    ...Object.values(crypto.mlKem768.encapsulate(kem.publicKey, key)!),
    kem.decapsulate(new Uint8Array(1088))!,
    crypto.p256Sign(key, key),
    crypto.ed25519Key(key).publicKey,
    crypto.ed25519Key(key).sign(key),
    crypto.p256Key(key).publicKey,
    crypto.p256Key(key).sign(key),
    crypto.mlDsa65.openKey(key).publicKey,
    crypto.mlDsa65.openKey(key).sign({ message: key }, key),
    crypto.aesCtr(key, key.subarray(0, 16), key),
    crypto.polyval(key.subarray(0, 16), key),
    ...Object.values({ ...crypto.running, ...crypto.legacy }).map((open) => open().digest()),
    crypto.chacha20(key, key.subarray(0, 12), 0, key),
  ];
}

describe('the suite over crypto providers', () => {
  it('has no skip that no case uses', () => {
    for (const [name, skips] of Object.entries(SKIPS)) {
      for (const start of Object.keys(skips)) {
        const isUsed = allCryptoCases.some(({ id }) => id.startsWith(start));
        expect(isUsed, `${name} skips ${start}, which no case has`).toBe(true);
      }
    }
  });

  it('runs every provider that this machine has', () => {
    const names = new Set(CONTENDERS.map(({ name }) => name));
    expect([...names].sort()).toEqual([...CRYPTO_PROVIDER_NAMES, 'tab'].sort());
  });

  it('lists only primitives of the port as fallbacks', () => {
    for (const { primitive } of CRYPTO_PROVIDER_NAMES.flatMap(nobleFallbacksOf)) {
      expect(noble[primitive]).toBeDefined();
    }
  });
});

afterAll(() => {
  for (const name of CRYPTO_PROVIDER_NAMES) process.stdout.write(`${describeFallbacks(name)}\n`);
  if (!hasSodium()) process.stdout.write('skip: sodium: sodium-native is not installed here\n');
});
