import { afterEach, describe, expect, it, vi } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { nobleCrypto } from '../../../../engine/crypto/noble.ts';
import { watchWasmMemory } from './support.ts';

const SEED = 20_261_121;

describe('the memory of the other modules that meet real secrets', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it(`holds its constants and nothing else after a hash or a derivation, seed ${SEED}`, async () => {
    const memory = watchWasmMemory();
    const { createFastHashes } = await import('../../../../engine/crypto/fast-hash.ts');
    const hashes = createFastHashes(nobleCrypto);
    hashes.blake2xb(new Uint8Array(1), 64);
    const empty = memory().slice();
    expect(empty.some((byte) => byte !== 0)).toBe(true);
    const random = openRandomStream(SEED, 'crypto', 'hashes');
    const expectEmpty = (what: string): void =>
      expect(Buffer.compare(memory(), empty), what).toBe(0);
    for (let count = 0; count < 300; count++) {
      const key = random.bytes(32 + random.below(33));
      const info = random.bytes(random.below(513));
      const length = 1 + random.below(300);
      hashes.hkdfExpandSha256({ key, info, length });
      expectEmpty(`derivation ${count}`);
      hashes.blake2xb(random.bytes(random.below(8_193)), length, key);
      expectEmpty(`hash ${count}`);
    }
  });

  it(`holds its constants and nothing else after ChaCha20, seed ${SEED}`, async () => {
    const memory = watchWasmMemory();
    const { createFastChacha20 } = await import('../../../../engine/crypto/fast-chacha20.ts');
    const cipher = createFastChacha20(nobleCrypto.chacha20);
    const random = openRandomStream(SEED, 'crypto', 'chacha20');
    const encrypt = (length: number): void => {
      cipher(random.bytes(32), random.bytes(12), random.below(9), random.bytes(length));
    };
    encrypt(0);
    const constants = 'expand 32-byte k';
    expect(Buffer.from(memory().subarray(0, 16)).toString()).toBe(constants);
    for (let count = 0; count < 300; count++) {
      encrypt(random.below(1_025));
      expect(
        memory().every((byte, at) => byte === (constants.charCodeAt(at) || 0)),
        `${count}`,
      ).toBe(true);
    }
  });

  it(`holds its constants and nothing else after X25519, seed ${SEED}`, async () => {
    const memory = watchWasmMemory();
    const { createFastX25519 } = await import('../../../../engine/crypto/fast-x25519.ts');
    const multiply = createFastX25519(nobleCrypto.x25519);
    const random = openRandomStream(SEED, 'crypto', 'x25519');
    // The first call creates the module; a point of low order is rejected and also leaves nothing
    // in memory.
    expect(multiply(random.bytes(32), new Uint8Array(32))).toBeUndefined();
    const constants = memory().slice();
    expect(constants.some((byte) => byte !== 0)).toBe(true);
    expect(constants.subarray(0, 272).every((byte) => byte === 0)).toBe(false);
    for (let count = 0; count < 300; count++) {
      expect(multiply(random.bytes(32), random.bytes(32))).toBeDefined();
      expect(Buffer.compare(memory(), constants), `${count}`).toBe(0);
    }
  });

  it(`holds nothing after POLYVAL, seed ${SEED}`, async () => {
    const memory = watchWasmMemory();
    const { createFastPolyval } = await import('../../../../engine/crypto/fast-polyval.ts');
    const hash = createFastPolyval(nobleCrypto.polyval);
    const random = openRandomStream(SEED, 'crypto', 'polyval');
    for (let count = 0; count < 300; count++) {
      const blocks = random.bytes(16 * random.below(600));
      expect(hash(random.bytes(16), blocks)).toHaveLength(16);
      expect(
        memory().every((byte) => byte === 0),
        `${count}`,
      ).toBe(true);
      expect(() => hash(random.bytes(15), blocks)).toThrow('a POLYVAL key');
      expect(() => hash(random.bytes(16), random.bytes(17))).toThrow('blocks of 16');
    }
    expect(memory().length).toBe(65_536);
  });

  it('is that of the fallback where there is no WebAssembly', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    vi.resetModules();
    const { createFastPolyval } = await import('../../../../engine/crypto/fast-polyval.ts');
    const result = new Uint8Array(16);
    expect(createFastPolyval(() => result)(result, result)).toBe(result);
  });

  it(`holds its tables and nothing else after AEZ, seed ${SEED}`, async () => {
    const memory = watchWasmMemory();
    const { createFastAez } = await import('../../../../engine/crypto/fast-aez.ts');
    const random = openRandomStream(SEED, 'crypto', 'aez');
    const cipher = createFastAez(random.bytes(48));
    const empty = memory().slice();
    expect(empty.some((byte) => byte !== 0)).toBe(true);
    for (let count = 0; count < 300; count++) {
      const text = random.bytes(random.below(3_000));
      cipher.encipher(random.bytes(16), text);
      expect(Buffer.compare(memory(), empty), `enciphered ${count}`).toBe(0);
      cipher.decipher(random.bytes(16), text);
      expect(Buffer.compare(memory(), empty), `deciphered ${count}`).toBe(0);
    }
  });
});
