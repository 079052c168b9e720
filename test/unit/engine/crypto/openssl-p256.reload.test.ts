import type * as nodeCrypto from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as oneShot from '../../../../engine/crypto/one-shot.ts';

const ONE = new Uint8Array(32).with(31, 1);
const { made, derived } = vi.hoisted(() => ({
  made: [] as nodeCrypto.ECDH[],
  derived: [] as Uint8Array[],
}));

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof nodeCrypto>();
  const createECDH = (curve: string): nodeCrypto.ECDH => {
    const exchange = real.createECDH(curve);
    made.push(exchange);
    return exchange;
  };
  return { ...real, createECDH };
});

vi.mock('../../../../engine/crypto/one-shot.ts', async (original) => {
  const real = await original<typeof oneShot>();
  const computeHmac: typeof real.computeHmac = (...input) => {
    const tag = real.computeHmac(...input);
    derived.push(tag);
    return tag;
  };
  return { ...real, computeHmac };
});

vi.resetModules();
const { openP256SigningKey, signP256 } = await import('../../../../engine/crypto/openssl-p256.ts');

describe('a P-256 signature by OpenSSL', () => {
  afterEach(() => derived.splice(0));

  it('leaves neither the nonce in the shared object nor what it was derived from', () => {
    signP256(new Uint8Array(32).fill(9), ONE);
    expect(made).toHaveLength(1);
    expect(made[0]!.getPrivateKey('hex')).toMatch(/^0*1$/);
    // RFC 6979 section 3.2: four for the state, one for the nonce; and one for the blind.
    expect(derived).toHaveLength(6);
    for (const bytes of derived) expect(bytes).toEqual(new Uint8Array(32));
  });

  it('makes one object of OpenSSL for all keys', () => {
    const keys = [1, 2, 3].map((byte) => openP256SigningKey(new Uint8Array(32).fill(byte)));
    for (const key of keys) key.sign(ONE);
    expect(made).toHaveLength(1);
    expect(made[0]!.getPrivateKey('hex')).toMatch(/^0*1$/);
  });
});
