/**
 * Functions that use a single call instead of an object of Node: HMAC, hashes and short ChaCha20,
 * compared with noble.
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { createFastChacha20 } from '../../../../engine/crypto/fast-chacha20.ts';
import { nobleCrypto } from '../../../../engine/crypto/noble.ts';
import { computeHmac, hashMessage } from '../../../../engine/crypto/one-shot.ts';

const SEED = 20_261_121;
const random = openRandomStream(SEED, 'crypto', 'one call');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('hashes of one call', () => {
  it(`HMAC is that of the reference for every length of key and message, seed ${SEED}`, () => {
    for (let length = 0; length <= 200; length++) {
      const [key, message] = [random.bytes(length), random.bytes(200 - length)];
      expect(hex(computeHmac('sha256', key, message))).toBe(
        hex(nobleCrypto.hmacSha256(key, message)),
      );
      expect(hex(computeHmac('sha512', key, message))).toBe(
        hex(nobleCrypto.hmacSha512(key, message)),
      );
    }
  });

  it.each([4_095, 4_096, 4_097, 70_000])('… and for a message of %i bytes', (length) => {
    const [key, message] = [random.bytes(32), random.bytes(length)];
    expect(hex(computeHmac('sha256', key, message))).toBe(
      hex(nobleCrypto.hmacSha256(key, message)),
    );
    expect(hex(computeHmac('sha512', key, message))).toBe(
      hex(nobleCrypto.hmacSha512(key, message)),
    );
  });

  it('HMAC does not mix what one call left into the next', () => {
    const key = random.bytes(64);
    computeHmac('sha512', random.bytes(128), random.bytes(4_096));
    expect(hex(computeHmac('sha256', key, new Uint8Array(0)))).toBe(
      hex(nobleCrypto.hmacSha256(key, new Uint8Array(0))),
    );
  });

  it('a digest is of its own: who changes it changes no other', () => {
    const message = random.bytes(50);
    const first = hashMessage('sha256', message);
    expect(hex(first)).toBe(hex(nobleCrypto.sha256(message)));
    expect(first.constructor).toBe(Uint8Array);
    first.fill(0);
    expect(hex(hashMessage('sha256', message))).toBe(hex(nobleCrypto.sha256(message)));
  });
});

describe('short ChaCha20', () => {
  const unused = (): never => expect.unreachable();

  it(`is that of the reference at every length up to 1,024 bytes, seed ${SEED}`, () => {
    const cipher = createFastChacha20(unused);
    for (let length = 0; length <= 1_024; length++) {
      const [key, nonce, data] = [random.bytes(32), random.bytes(12), random.bytes(length)];
      const counter = random.below(1_000);
      const own = cipher(key, nonce, counter, data);
      expect(hex(own)).toBe(hex(nobleCrypto.chacha20(key, nonce, counter, data)));
    }
  });

  it('leaves longer data to OpenSSL, and refuses keys and nonces of other lengths', () => {
    const cipher = createFastChacha20((_key, _nonce, _counter, data) => data);
    const data = random.bytes(1_025);
    expect(cipher(random.bytes(32), random.bytes(12), 0, data)).toBe(data);
    expect(() => cipher(random.bytes(31), random.bytes(12), 0, data)).toThrow(/ChaCha20 key/);
    expect(() => cipher(random.bytes(32), random.bytes(8), 0, data)).toThrow(/nonce/);
  });
});
