import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  CRYPTO_PROVIDER_NAMES,
  createCryptoProvider,
  hasSodium,
  nobleFallbacksOf,
} from '../../../../engine/crypto/index.ts';
import { createSodiumCrypto } from '../../../../engine/crypto/sodium.ts';
import { loadSodiumPackage } from '../../../../engine/crypto/sodium-binding.ts';

const available = CRYPTO_PROVIDER_NAMES.filter((name) => name !== 'sodium' || hasSodium());

describe('the factory of crypto providers', () => {
  it.each(available)('makes the provider %s', (name) => {
    expect(createCryptoProvider(name).name).toBe(name);
  });

  it('takes the constant-time ways unless told that the secrets are simulated', () => {
    const key = new Uint8Array(32);
    const kind = (aead: object): string => aead.constructor.name;
    const fast = createCryptoProvider('node', { timing: 'simulation' });
    const quick = kind(fast.aesCmac(new Uint8Array(16)));
    for (const crypto of [
      createCryptoProvider('node'),
      createCryptoProvider('node', { timing: 'constant' }),
    ]) {
      expect(kind(crypto.aead('chacha20-poly1305', key))).toBe('FastAead');
      expect(kind(crypto.aead('aes-256-gcm', key))).toBe('Object');
      expect(kind(crypto.aesCmac(new Uint8Array(16)))).not.toBe(quick);
    }
  });

  it('says what to do when sodium is missing', () => {
    const missing = loadSodiumPackage('a-package-that-is-not-installed');
    expect(missing.binding).toBeUndefined();
    expect(() => createSodiumCrypto(missing)).toThrow(
      'crypto: sodium is not available here; install the optional package sodium-native, or choose crypto: node',
    );
  });

  it('lists the fallbacks that the issue names', () => {
    const named = (name: 'node' | 'sodium'): string[] =>
      nobleFallbacksOf(name).map(({ primitive }) => primitive);
    expect(named('node')).toEqual(expect.arrayContaining(['mlKem768', 'blake3', 'blake2b']));
    expect(named('sodium')).toEqual(expect.arrayContaining(['mlKem768', 'aesCmac', 'blake3']));
    expect(nobleFallbacksOf('noble')).toEqual([]);
  });
});

describe.each(available)('keys made by %s', (name) => {
  it.each(['constant', 'simulation'] as const)('show no byte of the key, timing %s', (timing) => {
    const crypto = createCryptoProvider(name, { timing });
    const secret = Uint8Array.from({ length: 32 }, (_, index) => 200 - 3 * index);
    const keys = [
      crypto.aead('chacha20-poly1305', secret),
      crypto.aead('aes-256-gcm', secret),
      crypto.aesCmac(secret.subarray(0, 16)),
      crypto.ed25519Key(secret),
      crypto.p256Key(secret),
    ];
    const text = `${inspect(keys, { depth: 8, showHidden: true })} ${JSON.stringify(keys)}`;
    expect(text).not.toContain('200, 197');
    expect(text.replaceAll(/\s+/g, '')).not.toContain('200,197');
    expect(text).not.toContain('c8c5');
  });
});
