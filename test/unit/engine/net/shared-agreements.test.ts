import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { CryptoProvider, X25519Key } from '../../../../engine/host/crypto.ts';
import { KeyAgreementCache } from '../../../../engine/net/shared-agreements.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const secretOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/** A provider that counts agreements. */
function counted(): { readonly crypto: CryptoProvider; readonly count: () => number } {
  let count = 0;
  const counting: CryptoProvider = {
    ...crypto,
    x25519Key: (secret): X25519Key => {
      const key = crypto.x25519Key(secret);
      return {
        publicKey: key.publicKey,
        sharedSecret: (publicKey): Uint8Array | undefined => {
          count += 1;
          return key.sharedSecret(publicKey);
        },
        wipe: (): void => key.wipe(),
      };
    },
  };
  return { crypto: counting, count: () => count };
}

describe('shared agreements', () => {
  it('are computed once for both ends, and are those of the provider', () => {
    const { crypto: counting, count } = counted();
    const shared = new KeyAgreementCache().share(counting);
    const [a, b] = [shared.x25519Key(secretOf(1)), shared.x25519Key(secretOf(2))];
    const found = a.sharedSecret(b.publicKey);
    expect(found).toEqual(crypto.x25519(secretOf(1), b.publicKey));
    // Who wipes its own takes nothing from the other.
    found?.fill(9);
    expect(b.sharedSecret(a.publicKey)).toEqual(crypto.x25519(secretOf(2), a.publicKey));
    expect(count()).toBe(1);
    // The pair is done; whoever asks again computes.
    expect(a.sharedSecret(b.publicKey)).toEqual(crypto.x25519(secretOf(1), b.publicKey));
    expect(count()).toBe(2);
  });

  it('keep apart pairs of different keys', () => {
    const { crypto: counting, count } = counted();
    const shared = new KeyAgreementCache().share(counting);
    const keys = [1, 2, 3].map((byte) => shared.x25519Key(secretOf(byte)));
    for (const [own, key] of keys.entries()) {
      for (const [other, { publicKey }] of keys.entries()) {
        if (own === other) continue;
        expect(key.sharedSecret(publicKey)).toEqual(crypto.x25519(secretOf(own + 1), publicKey));
      }
    }
    expect(count()).toBe(3);
  });

  it('refuse points of low order, and wiped keys', () => {
    const shared = new KeyAgreementCache().share(crypto);
    const key = shared.x25519Key(secretOf(1));
    const other = shared.x25519Key(secretOf(2));
    expect(key.sharedSecret(new Uint8Array(32))).toBeUndefined();
    expect(key.sharedSecret(new Uint8Array(31))).toBeUndefined();
    expect(key.sharedSecret(other.publicKey)).toBeDefined();
    other.wipe();
    expect(other.sharedSecret(key.publicKey)).toBeUndefined();
  });

  it('of one provider are one, and of two worlds are two', () => {
    const world = new KeyAgreementCache();
    expect(world.share(crypto)).toBe(world.share(crypto));
    expect(new KeyAgreementCache().share(crypto)).not.toBe(world.share(crypto));
  });
});
