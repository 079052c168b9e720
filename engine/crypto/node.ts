/**
 * The default {@link CryptoProvider}: primitives by `node:crypto` (OpenSSL), the rest by noble.
 *
 * There are two timings. `constant` is for live nodes: ChaCha20-Poly1305 by `fast-aead.ts` and AES-CMAC by
 * `vector-aes.ts`, which wipe the data that a packet leaves behind, or OpenSSL where these cannot be used.
 * `simulation` is for simulated secrets only: AES-CMAC by lookup tables (nearly four times as fast,
 * but its time depends on the key), and the data that a packet leaves behind are not wiped. Both give the same
 * bytes.
 *
 * X25519 secrets that are used once go through `fast-x25519.ts`; opened X25519 keys are objects of OpenSSL. These and
 * Ed25519 keys are imported as JWK, because the prefix of a DER import is easy to get wrong and slower to parse.
 *
 * @module
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
  pbkdf2Sync,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { wipe } from '../core/secrets.ts';
import type {
  AeadKey,
  AeadName,
  CryptoProvider,
  HkdfInput,
  MacKey,
  X25519Key,
} from '../host/crypto.ts';
import type { SigningKey, VerifyingKey } from '../host/signatures.ts';
import { type BlockFunction, createCmac } from './aes-cmac.ts';
import { isStrictEd25519Key, isStrictEd25519Signature } from './ed25519-strict.ts';
import type { NobleFallback } from './fallback.ts';
import { createFastAead } from './fast-aead.ts';
import { createFastAez } from './fast-aez.ts';
import { createFastChacha20 } from './fast-chacha20.ts';
import { createFastHashes } from './fast-hash.ts';
import { createFastPolyval } from './fast-polyval.ts';
import { createFastX25519 } from './fast-x25519.ts';
import {
  AEAD_KEY_LENGTH,
  CURVE_KEY_LENGTH,
  checkAesKey,
  checkHkdfLength,
  checkLength,
  checkPbkdf2,
  checkShakeOutputLength,
  checkTargetRoom,
  checkWrappableKey,
  checkWrappingKey,
  isWrappedLength,
  NONCE_LENGTH,
  TAG_LENGTH,
} from './lengths.ts';
import { nobleCrypto } from './noble.ts';
import { computeHmac, hashMessage } from './one-shot.ts';
import { openEcdsaVerifier } from './openssl-ecdsa.ts';
import { openP256SigningKey, p256PublicKey, signP256 } from './openssl-p256.ts';
import {
  createOpensslBlockCipher,
  createOpensslCtr,
  opensslLegacyHashes,
  opensslRunningHashes,
} from './openssl-states.ts';
import { rejectingVerifyingKey, wipedKeyError } from './signing-key.ts';
import { createTableCmac } from './table-cmac.ts';
import { createVectorAes } from './vector-aes.ts';

/** `simulation` for secrets of simulated nodes; `constant` for real secrets, which need constant-time code. */
export type CryptoTiming = 'simulation' | 'constant';

/** Functions that `node:crypto` lacks, for which noble is used. */
export const nodeCryptoFallbacks: readonly NobleFallback[] = [
  { primitive: 'blake2b', when: 'length is not 64, or a key is given' },
  { primitive: 'blake3' },
  { primitive: 'blake3DeriveKey' },
  { primitive: 'edwards25519' },
  { primitive: 'mlKem768' },
  { primitive: 'mlDsa65' },
];

/** Makes the crypto provider on `node:crypto` with that timing. */
export function createNodeCrypto(timing: CryptoTiming): CryptoProvider {
  return {
    ...nobleCrypto,
    name: 'node',
    sha256: (data) => hashMessage('sha256', data),
    sha384: (data) => hashMessage('sha384', data),
    sha512: (data) => hashMessage('sha512', data),
    sha3_256: (data) => hashMessage('sha3-256', data),
    shake256: shakeOf,
    blake2b: (data, length, key) =>
      length === 64 && (key === undefined || key.length === 0)
        ? hashMessage('blake2b512', data)
        : nobleCrypto.blake2b(data, length, key),
    blake2s: (data) => hashMessage('blake2s256', data),
    hmacSha256: (key, data) => computeHmac('sha256', key, data),
    hmacSha384: (key, data) => computeHmac('sha384', key, data),
    hmacSha512: (key, data) => computeHmac('sha512', key, data),
    hkdfSha256: deriveKeySha256,
    hkdfSha512: deriveKeySha512,
    pbkdf2Sha256: (input): Uint8Array => {
      checkPbkdf2(input);
      const { password, salt, iterations, length } = input;
      return bytesOf(pbkdf2Sync(password, salt, iterations, length, 'sha256'));
    },
    ...fast,
    aez: createFastAez,
    sha512Over256: (data) => hashMessage('sha512-256', data),
    x25519PublicKey: (secret) => publicOf(privateKey('X25519', secret)),
    x25519: createFastX25519((secret, publicKey) =>
      sharedSecret(privateKey('X25519', secret), publicKey),
    ),
    x25519Key: openX25519,
    ed25519PublicKey: (secret) => publicOf(privateKey('Ed25519', secret)),
    ed25519Sign: (secret, message) => bytesOf(sign(null, message, privateKey('Ed25519', secret))),
    ed25519Verify: (publicKey, message, signature) =>
      openEd25519Verifier(publicKey).verify(message, signature),
    ed25519Key: openEd25519,
    ed25519Verifier: openEd25519Verifier,
    p256PublicKey,
    p256Sign: signP256,
    p256Verify: (publicKey, message, signature) =>
      openEcdsaVerifier('p256', publicKey).verify(message, signature),
    p256Key: openP256SigningKey,
    p256Verifier: (publicKey) => openEcdsaVerifier('p256', publicKey),
    p384Verifier: (publicKey) => openEcdsaVerifier('p384', publicKey),
    p521Verifier: (publicKey) => openEcdsaVerifier('p521', publicKey),
    aead: (name, key) => createAead(timing, name, key),
    aesCmac: (key): MacKey => {
      checkLength('an AES-CMAC key', key, 16);
      return timing === 'simulation' ? createTableCmac(key) : createConstantCmac(key);
    },
    aesCtr: (key, counter, data): Uint8Array => {
      checkAesKey(key);
      checkLength('an AES-CTR counter block', counter, 16);
      return bytesOf(createCipheriv(`aes-${key.length * 8}-ctr`, key, counter).update(data));
    },
    aesCtrStream: createOpensslCtr,
    aesBlock: createOpensslBlockCipher,
    polyval: createFastPolyval(nobleCrypto.polyval),
    running: opensslRunningHashes,
    legacy: opensslLegacyHashes,
    aesKeyWrap: wrapKey,
    aesKeyUnwrap: unwrapKey,
    chacha20: createFastChacha20(chacha20Stream),
    // biome-ignore lint/plugin: this is CryptoProvider.equal
    equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  };
}

/** A plain `Uint8Array` with the bytes: its `slice` copies, whereas `slice` of a `Buffer` would share the memory. */
function bytesOf(buffer: Buffer): Uint8Array {
  // Small buffers may be part of Node's shared pool, but a result must belong to the caller alone.
  if (buffer.buffer.byteLength !== buffer.length) return new Uint8Array(buffer);
  return new Uint8Array(buffer.buffer);
}

const fast = createFastHashes(nobleCrypto);

/** HKDF by its two steps (RFC 5869), in a third of the time of `hkdfSync`, which makes objects at each call. */
function deriveKeySha256(input: HkdfInput): Uint8Array {
  const { key, salt = new Uint8Array(0), info = new Uint8Array(0), length } = input;
  checkHkdfLength(length, 32);
  const pseudorandom = computeHmac('sha256', salt, key);
  const derived = fast.hkdfExpandSha256({ key: pseudorandom, info, length });
  wipe(pseudorandom);
  return derived;
}

function deriveKeySha512(input: HkdfInput): Uint8Array {
  checkHkdfLength(input.length, 64);
  const { key, salt = new Uint8Array(0), info = new Uint8Array(0), length } = input;
  return new Uint8Array(hkdfSync('sha512', key, salt, info, length));
}

/** SHAKE256 by a hash object, since `hash` of Node 20 has no option for the output length. */
function shakeOf(data: Uint8Array, length: number): Uint8Array {
  checkShakeOutputLength(length);
  return bytesOf(createHash('shake256', { outputLength: length }).update(data).digest());
}

type OkpCurve = 'X25519' | 'Ed25519';

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

function privateKey(curve: OkpCurve, secret: Uint8Array): KeyObject {
  checkLength('a secret key', secret, CURVE_KEY_LENGTH);
  // RFC 8037 section 2: x is part of a private key; node derives the public key from d itself.
  const key = { kty: 'OKP', crv: curve, d: base64Url(secret), x: base64Url(secret) };
  return createPrivateKey({ key, format: 'jwk' });
}

function publicKeyOf(curve: OkpCurve, bytes: Uint8Array): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: curve, x: base64Url(bytes) }, format: 'jwk' });
}

function publicOf(key: KeyObject): Uint8Array {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return bytesOf(Buffer.from(x as string, 'base64url'));
}

/**
 * Opens a secret once, because importing it costs as much as an exchange: OpenSSL then computes the public key.
 */
function openX25519(secret: Uint8Array): X25519Key {
  let own: KeyObject | undefined = privateKey('X25519', secret);
  return {
    publicKey: publicOf(own),
    sharedSecret: (publicKey): Uint8Array | undefined =>
      own === undefined ? undefined : sharedSecret(own, publicKey),
    wipe(): void {
      // OpenSSL clears the memory of a key when it is released.
      own = undefined;
    },
  };
}

function sharedSecret(own: KeyObject, publicKey: Uint8Array): Uint8Array | undefined {
  if (publicKey.length !== CURVE_KEY_LENGTH) return undefined;
  try {
    const remote = publicKeyOf('X25519', publicKey);
    return bytesOf(diffieHellman({ privateKey: own, publicKey: remote }));
  } catch {
    // OpenSSL refuses the all-zero result of a point of low order (RFC 7748 section 6.1).
    return undefined;
  }
}

/** Opens a secret once, because importing it costs as much as signing a short message. */
function openEd25519(secret: Uint8Array): SigningKey {
  let own: KeyObject | undefined = privateKey('Ed25519', secret);
  return {
    publicKey: publicOf(own),
    sign(message): Uint8Array {
      if (own === undefined) throw wipedKeyError();
      return bytesOf(sign(null, message, own));
    },
    wipe(): void {
      // OpenSSL clears the memory of a key when it is released.
      own = undefined;
    },
  };
}

function openEd25519Verifier(publicKey: Uint8Array): VerifyingKey {
  if (!isStrictEd25519Key(publicKey)) return rejectingVerifyingKey;
  const key = publicKeyOf('Ed25519', publicKey);
  return {
    verify: (message, signature) =>
      isStrictEd25519Signature(signature) && verifyWith(key, message, signature),
  };
}

function verifyWith(key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(null, message, key, signature);
  } catch {
    // The key is not a point of the curve.
    return false;
  }
}

function createAead(timing: CryptoTiming, name: AeadName, key: Uint8Array): AeadKey {
  checkLength(`a key of ${name}`, key, AEAD_KEY_LENGTH[name]);
  const constant = createNodeAead(name, key);
  if (name !== 'chacha20-poly1305') return constant;
  return createFastAead(key, constant, timing === 'constant' ? 'wiped' : 'kept');
}

const CIPHER_OPTIONS = { authTagLength: TAG_LENGTH };

/**
 * Makes a cipher object for each packet, because Node cannot restart a cipher object with another
 * nonce.
 */
function createNodeAead(name: AeadName, key: Uint8Array): AeadKey {
  const copy = new Uint8Array(key);
  // A single literal type for the three names, because the overloads in Node's types differ only in
  // the name.
  const algorithm = name as 'chacha20-poly1305';
  return {
    seal(nonce, associatedData, plaintext, target): number {
      checkLength('a nonce', nonce, NONCE_LENGTH);
      const length = plaintext.length + TAG_LENGTH;
      checkTargetRoom(target, length);
      const cipher = createCipheriv(algorithm, copy, nonce, CIPHER_OPTIONS);
      cipher.setAAD(associatedData, { plaintextLength: plaintext.length });
      target.set(cipher.update(plaintext));
      cipher.final();
      target.set(cipher.getAuthTag(), plaintext.length);
      return length;
    },
    open(nonce, associatedData, sealed, target): number {
      checkLength('a nonce', nonce, NONCE_LENGTH);
      const length = sealed.length - TAG_LENGTH;
      if (length < 0) return -1;
      checkTargetRoom(target, length);
      const decipher = createDecipheriv(algorithm, copy, nonce, CIPHER_OPTIONS);
      decipher.setAAD(associatedData, { plaintextLength: length });
      decipher.setAuthTag(sealed.subarray(length));
      target.set(decipher.update(sealed.subarray(0, length)));
      try {
        decipher.final();
        return length;
      } catch {
        // Node throws if the tag is wrong.
        return -1;
      }
    },
    wipe: () => wipe(copy),
  };
}

function createConstantCmac(key: Uint8Array): MacKey {
  return createCmac(createVectorAes(key) ?? createNodeAes(key));
}

/**
 * Makes one ECB cipher for the lifetime of the key; a cipher per call would cost three times as much.
 */
function createNodeAes(key: Uint8Array): BlockFunction {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  return (input, output): void => {
    const block = cipher.update(input);
    for (let index = 0; index < block.length; index++) output[index] = block[index] as number;
  };
}

/** The initial value of AES key wrap, by which an unwrapped key is recognised as intact (RFC 3394 section 2.2.3.1). */
const WRAP_INITIAL_VALUE = new Uint8Array(8).fill(0xa6);

function wrapKey(wrappingKey: Uint8Array, key: Uint8Array): Uint8Array {
  checkWrappingKey(wrappingKey);
  checkWrappableKey(key);
  const algorithm = `id-aes${wrappingKey.length * 8}-wrap`;
  return bytesOf(createCipheriv(algorithm, wrappingKey, WRAP_INITIAL_VALUE).update(key));
}

function unwrapKey(wrappingKey: Uint8Array, wrapped: Uint8Array): Uint8Array | undefined {
  checkWrappingKey(wrappingKey);
  if (!isWrappedLength(wrapped.length)) return undefined;
  const algorithm = `id-aes${wrappingKey.length * 8}-wrap`;
  const decipher = createDecipheriv(algorithm, wrappingKey, WRAP_INITIAL_VALUE);
  try {
    return bytesOf(decipher.update(wrapped));
  } catch {
    // OpenSSL has compared the initial value in constant time and refuses.
    return undefined;
  }
}

/** The ChaCha20 key stream XOR `data`, by OpenSSL; the caller has checked the lengths. */
function chacha20Stream(
  key: Uint8Array,
  nonce: Uint8Array,
  counter: number,
  data: Uint8Array,
): Uint8Array {
  // OpenSSL's 16-byte IV is the counter, little-endian, and the nonce of RFC 8439.
  const initial = new Uint8Array(16);
  new DataView(initial.buffer).setUint32(0, counter, true);
  initial.set(nonce, 4);
  return bytesOf(createCipheriv('chacha20', key, initial).update(data));
}
