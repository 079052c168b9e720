/**
 * Keys and streams of BOLT-4 onions (BOLT 4 "Key Generation", "Pseudo Random Byte Stream").
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { concatBytes } from '../../_kit/bytes.ts';
import { multiplyPoint } from './secp256k1.ts';

/** Purpose of a key: hop payloads, their HMAC, error encryption, error HMAC, initial padding. */
type KeyType = 'rho' | 'mu' | 'ammag' | 'um' | 'pad';

const NONCE_LENGTH = 12;

/** A key of one type: HMAC of the secret, keyed with the name of the type in ASCII. */
export function keyOf(crypto: CryptoProvider, type: KeyType, secret: Uint8Array): Uint8Array {
  const name = Uint8Array.from(type, (character) => character.charCodeAt(0));
  return crypto.hmacSha256(name, secret);
}

/** `length` bytes of ChaCha20 with nonce 0. */
export function streamOf(crypto: CryptoProvider, key: Uint8Array, length: number): Uint8Array {
  return crypto.chacha20(key, new Uint8Array(NONCE_LENGTH), 0, new Uint8Array(length));
}

/** The secret shared with the owner of a point: the hash of the product point, compressed. */
export function sharedSecret(
  crypto: CryptoProvider,
  scalar: Uint8Array,
  point: Uint8Array,
): Uint8Array | undefined {
  const product = multiplyPoint(point, scalar);
  return product && crypto.sha256(product);
}

/** The factor for the next hop's key: the hash of this hop's key and secret. */
export function blindingOf(
  crypto: CryptoProvider,
  point: Uint8Array,
  secret: Uint8Array,
): Uint8Array {
  return crypto.sha256(concatBytes(point, secret));
}

/** XORs `other` into the start of `bytes`. */
export function addBytes(bytes: Uint8Array, other: Uint8Array): void {
  for (let index = 0; index < other.length; index++) {
    bytes[index] = (bytes[index] as number) ^ (other[index] as number);
  }
}
