import { createCipheriv } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createVectorAes } from '../../../../engine/crypto/vector-aes.ts';
import { fromHex, toHex } from '../../../../nodes/_kit/bytes.ts';
import { watchWasmMemory } from './support.ts';

function bytes(length: number, seed: number): Uint8Array {
  return Uint8Array.from(
    { length },
    (_, index) => (index * 37 + seed * 101 + ((index * seed) >> 3)) & 0xff,
  );
}

describe('AES-128 in vectors', () => {
  it('gives the block of FIPS 197 appendix C.1', () => {
    const block = new Uint8Array(16);
    const encrypt = createVectorAes(fromHex('000102030405060708090a0b0c0d0e0f'));
    encrypt?.(fromHex('00112233445566778899aabbccddeeff'), block);
    expect(toHex(block)).toBe('69c4e0d86a7b0430d8cdb78070b4c55a');
  });

  it('gives what OpenSSL gives, for 2,000 keys and blocks', () => {
    for (let seed = 0; seed < 2_000; seed++) {
      const [key, text, block] = [bytes(16, seed), bytes(16, seed + 7), new Uint8Array(16)];
      createVectorAes(key)?.(text, block);
      const reference = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
      expect(toHex(block)).toBe(reference.update(text).toString('hex'));
    }
  });

  it('substitutes every byte in every place', () => {
    // The key schedule makes each round process different bytes; 256 equal blocks cover all of
    // them.
    const key = bytes(16, 3);
    const encrypt = createVectorAes(key);
    for (let value = 0; value < 256; value++) {
      const [text, block] = [new Uint8Array(16).fill(value), new Uint8Array(16)];
      encrypt?.(text, block);
      const reference = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
      expect(toHex(block)).toBe(reference.update(text).toString('hex'));
    }
  });

  it('writes into the block that it reads', () => {
    const text = fromHex('00112233445566778899aabbccddeeff');
    createVectorAes(fromHex('000102030405060708090a0b0c0d0e0f'))?.(text, text);
    expect(toHex(text)).toBe('69c4e0d86a7b0430d8cdb78070b4c55a');
  });

  it('refuses a key of another length', () => {
    expect(() => createVectorAes(new Uint8Array(32))).toThrow('an AES-128 key');
  });
});

describe('the memory of AES in vectors', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it('holds no key and no block after a call', async () => {
    const memory = watchWasmMemory();
    const fresh = await import('../../../../engine/crypto/vector-aes.ts');
    const encrypt = fresh.createVectorAes(bytes(16, 9));
    expect(memory().subarray(0, 192)).toEqual(new Uint8Array(192));
    encrypt?.(bytes(16, 5), new Uint8Array(16));
    expect(memory().subarray(0, 192)).toEqual(new Uint8Array(192));
    // The constants are still there, which shows that this is the right memory.
    expect(memory()[192]).toBe(0x63);
  });

  it('holds no key and no block after an exception in a call', async () => {
    const memory = watchWasmMemory();
    const fresh = await import('../../../../engine/crypto/vector-aes.ts');
    const encrypt = fresh.createVectorAes(bytes(16, 9));
    const missing = undefined as unknown as Uint8Array;
    expect(() => encrypt?.(missing, new Uint8Array(16))).toThrow(TypeError);
    expect(() => encrypt?.(bytes(16, 5), missing)).toThrow(TypeError);
    expect(memory().subarray(0, 192)).toEqual(new Uint8Array(192));
  });

  it('is not there without WebAssembly', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    vi.resetModules();
    const fresh = await import('../../../../engine/crypto/vector-aes.ts');
    expect(fresh.createVectorAes(bytes(16, 1))).toBeUndefined();
  });
});
