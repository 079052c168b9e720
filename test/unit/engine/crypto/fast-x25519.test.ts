/**
 * X25519 in WebAssembly, compared with published results, OpenSSL and noble, and tested with
 * special coordinates.
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { createFastX25519 } from '../../../../engine/crypto/fast-x25519.ts';
import { nobleCrypto } from '../../../../engine/crypto/noble.ts';
import { createNodeCrypto } from '../../../../engine/crypto/node.ts';

const SEED = 20_261_121;
const P = 2n ** 255n - 19n;
const unused = (): never => expect.unreachable();
const multiply = createFastX25519(unused);
/** Multiplication with an opened key by OpenSSL. */
const openssl = (secret: Uint8Array, coordinate: Uint8Array): Uint8Array | undefined =>
  createNodeCrypto('constant').x25519Key(secret).sharedSecret(coordinate);

const hex = (bytes: Uint8Array | undefined): string =>
  bytes === undefined ? 'refused' : Buffer.from(bytes).toString('hex');

function littleEndian(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  for (let index = 0; index < 32; index++)
    bytes[index] = Number((value >> BigInt(8 * index)) & 255n);
  return bytes;
}

describe('X25519 in WebAssembly', () => {
  it('has the results of RFC 7748 section 5.2 after 1 and 1,000 turns', () => {
    let k = littleEndian(9n);
    let u = k;
    const turn = (): void => {
      const next = multiply(k, u) as Uint8Array;
      u = k;
      k = next;
    };
    turn();
    expect(hex(k)).toBe('422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079');
    for (let count = 1; count < 1_000; count++) turn();
    expect(hex(k)).toBe('684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51');
  });

  it(`is that of OpenSSL and of noble for random secrets and coordinates, seed ${SEED}`, () => {
    const random = openRandomStream(SEED, 'crypto', 'x25519');
    for (let count = 0; count < 2_000; count++) {
      const [secret, coordinate] = [random.bytes(32), random.bytes(32)];
      const own = hex(multiply(secret, coordinate));
      expect(own, `case ${count}`).toBe(hex(openssl(secret, coordinate)));
      if (count % 20 === 0) expect(own).toBe(hex(nobleCrypto.x25519(secret, coordinate)));
    }
  });

  it('… and for coordinates of one bit, and just below the modulus, at every bit', () => {
    const secret = openRandomStream(SEED, 'crypto', 'secret').bytes(32);
    for (let bit = 0n; bit < 255n; bit++) {
      for (const value of [1n << bit, P - (1n << bit), (1n << 255n) - 1n - (1n << bit)]) {
        const coordinate = littleEndian(((value % 2n ** 255n) + 2n ** 255n) % 2n ** 255n);
        expect(hex(multiply(secret, coordinate)), `${value}`).toBe(
          hex(openssl(secret, coordinate)),
        );
      }
    }
  });

  it('… and for coordinates that are not below the modulus, with and without the highest bit', () => {
    const secret = openRandomStream(SEED, 'crypto', 'secret').bytes(32);
    for (let value = P - 3n; value < 2n ** 255n; value++) {
      for (const high of [0n, 2n ** 255n]) {
        const coordinate = littleEndian(value + high);
        expect(hex(multiply(secret, coordinate)), `${value}`).toBe(
          hex(openssl(secret, coordinate)),
        );
      }
    }
  });

  it('clamps: secrets that differ in other bits than the 251 that count give one result', () => {
    const random = openRandomStream(SEED, 'crypto', 'clamped');
    const [secret, coordinate] = [random.bytes(32), random.bytes(32)];
    const clamped = Uint8Array.from(secret);
    clamped[0] = (secret[0] as number) & 248;
    clamped[31] = ((secret[31] as number) & 127) | 64;
    const other = Uint8Array.from(secret, (byte, index) => (index === 0 ? byte ^ 7 : byte));
    other[31] = (secret[31] as number) ^ 128;
    expect(hex(multiply(secret, coordinate))).toBe(hex(multiply(clamped, coordinate)));
    expect(hex(multiply(other, coordinate))).toBe(hex(multiply(clamped, coordinate)));
    for (const byte of [0, 255]) {
      const extreme = new Uint8Array(32).fill(byte);
      expect(hex(multiply(extreme, coordinate))).toBe(hex(openssl(extreme, coordinate)));
    }
  });

  it('a result belongs to the caller, and neither input is changed', () => {
    const random = openRandomStream(SEED, 'crypto', 'owned');
    const [secret, coordinate] = [random.bytes(32), random.bytes(32)];
    const [before, beside] = [hex(secret), hex(coordinate)];
    const first = multiply(secret, coordinate) as Uint8Array;
    const copy = hex(first);
    multiply(random.bytes(32), random.bytes(32));
    expect([hex(first), hex(secret), hex(coordinate)]).toEqual([copy, before, beside]);
    first.fill(0);
    expect(hex(multiply(secret, coordinate))).toBe(copy);
  });
});
