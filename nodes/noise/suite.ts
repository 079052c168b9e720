/**
 * Cipher suites of the Noise protocol framework, revision 34: protocol names (section 8), hash
 * functions with their HMAC and HKDF (section 4.3), nonces of the ciphers (sections 12.3, 12.4).
 *
 * The primitives come from the {@link CryptoProvider} handed in; the curve is always 25519.
 *
 * @module
 */

import type { AeadName, CryptoProvider } from '../../engine/host/crypto.ts';
import { concatBytes } from '../_kit/bytes.ts';
import { wipe } from '../_kit/secrets.ts';
import { NONCE_LENGTH } from './geometry.ts';
import { findPattern, type Pattern } from './patterns.ts';

/** Cipher functions by the names of section 8. */
export type CipherName = 'ChaChaPoly' | 'AESGCM';

/** Hash functions by the names of section 8. */
export type HashName = 'SHA256' | 'SHA512' | 'BLAKE2s' | 'BLAKE2b';

/** The parts of a protocol name; the curve is 25519. */
export interface ParsedProtocolName {
  /** The pattern with its modifiers, for example `IK` or `IKpsk2`. */
  readonly pattern: string;
  readonly cipher: CipherName;
  readonly hash: HashName;
}

/** A hash function with its HMAC; `length` is HASHLEN (section 4.3). */
export interface NoiseHash {
  readonly length: number;
  hash(data: Uint8Array): Uint8Array;
  hmac(key: Uint8Array, data: Uint8Array): Uint8Array;
}

/** The pattern and the functions that a protocol name stands for. */
export interface Suite {
  readonly name: string;
  readonly pattern: Pattern;
  readonly aead: AeadName;
  readonly isNonceBigEndian: boolean;
  readonly hash: NoiseHash;
  readonly crypto: CryptoProvider;
}

const PROTOCOL_NAME =
  /^Noise_([A-Za-z0-9+]+)_25519_(ChaChaPoly|AESGCM)_(SHA256|SHA512|BLAKE2[sb])$/;

/**
 * Reads a protocol name such as `Noise_IK_25519_ChaChaPoly_BLAKE2s` (section 8).
 * @returns its parts, or undefined when this library does not support it.
 */
export function parseProtocolName(name: string): ParsedProtocolName | undefined {
  const parts = PROTOCOL_NAME.exec(name);
  if (parts === null) return undefined;
  const [, pattern, cipher, hash] = parts as unknown as [string, string, CipherName, HashName];
  return findPattern(pattern) === undefined ? undefined : { pattern, cipher, hash };
}

/**
 * Collects the functions that a protocol name refers to.
 * @throws RangeError when the pattern is unknown.
 */
export function createSuite(crypto: CryptoProvider, protocol: ParsedProtocolName): Suite {
  const pattern = findPattern(protocol.pattern);
  if (pattern === undefined) throw new RangeError(`unknown Noise pattern '${protocol.pattern}'`);
  return {
    name: `Noise_${protocol.pattern}_25519_${protocol.cipher}_${protocol.hash}`,
    pattern,
    aead: protocol.cipher === 'AESGCM' ? 'aes-256-gcm' : 'chacha20-poly1305',
    isNonceBigEndian: protocol.cipher === 'AESGCM',
    hash: createHash(crypto, protocol.hash),
    crypto,
  };
}

/** Writes counter `n` as nonce: 32 zero bits, then 64 bits in the byte order of the cipher. */
export function writeNonce(suite: Suite, nonce: Uint8Array, n: number): void {
  const view = new DataView(nonce.buffer, nonce.byteOffset, NONCE_LENGTH);
  view.setUint32(0, 0);
  view.setBigUint64(4, BigInt(n), !suite.isNonceBigEndian);
}

/**
 * HKDF of section 4.3: `count` outputs of HASHLEN bytes each.
 * @param count 2 or 3.
 */
export function hkdf(
  hash: NoiseHash,
  chainingKey: Uint8Array,
  material: Uint8Array,
  count: 2 | 3,
): readonly Uint8Array[] {
  const tempKey = hash.hmac(chainingKey, material);
  const outputs: Uint8Array[] = [];
  let last: Uint8Array = new Uint8Array(0);
  for (let index = 1; index <= count; index++) {
    const message = concatBytes(last, Uint8Array.of(index));
    last = hash.hmac(tempKey, message);
    wipe(message);
    outputs.push(last);
  }
  wipe(tempKey);
  return outputs;
}

function createHash(crypto: CryptoProvider, name: HashName): NoiseHash {
  switch (name) {
    case 'SHA256':
      return {
        length: 32,
        hash: (data) => crypto.sha256(data),
        hmac: (key, data) => crypto.hmacSha256(key, data),
      };
    case 'SHA512':
      return {
        length: 64,
        hash: (data) => crypto.sha512(data),
        hmac: (key, data) => crypto.hmacSha512(key, data),
      };
    case 'BLAKE2s':
      return hmacHash({ length: 32, blockLength: 64, hash: (data) => crypto.blake2s(data) });
    case 'BLAKE2b':
      return hmacHash({
        length: 64,
        blockLength: 128,
        hash: (data) => crypto.blake2b(data, 64),
      });
  }
}

/** HMAC (RFC 2104) over BLAKE2: section 4.3 requires it although BLAKE2 has a keyed mode. */
function hmacHash(options: {
  readonly length: number;
  readonly blockLength: number;
  readonly hash: (data: Uint8Array) => Uint8Array;
}): NoiseHash {
  const { length, blockLength, hash } = options;
  const hmac = (key: Uint8Array, data: Uint8Array): Uint8Array => {
    // Keys are chaining keys or HMAC outputs here, never longer than a block.
    const inner = new Uint8Array(blockLength).fill(0x36);
    const outer = new Uint8Array(blockLength).fill(0x5c);
    for (let index = 0; index < key.length; index++) {
      inner[index] = (inner[index] as number) ^ (key[index] as number);
      outer[index] = (outer[index] as number) ^ (key[index] as number);
    }
    const innerMessage = concatBytes(inner, data);
    const outerMessage = concatBytes(outer, hash(innerMessage));
    const mac = hash(outerMessage);
    wipe(inner, outer, innerMessage, outerMessage);
    return mac;
  };
  return { length, hash, hmac };
}
