/**
 * Primitives that a protocol may use. No function draws randomness by itself: secrets, ephemeral secrets
 * and coins are arguments. `engine/crypto` implements the interface three times (noble, node,
 * sodium), all tested by one conformance suite, and once as a model without cryptography.
 *
 * @module
 */
import type { Edwards25519, MlKem768 } from './crypto-groups.ts';
import type { BlockCipher, CtrStream, LegacyHashes, RunningHashes } from './crypto-states.ts';
import type { MlDsa65, SigningKey, VerifyingKey } from './signatures.ts';

/** AEAD algorithms. Keys are 32 bytes (16 for AES-128-GCM), nonces 12, tags 16. */
export type AeadName = 'chacha20-poly1305' | 'aes-128-gcm' | 'aes-256-gcm';

/** An AEAD key with its schedule; make it once per key, not per packet. */
export interface AeadKey {
  /**
   * Encrypts `plaintext` into the start of `target`, followed by the 16-byte tag. `target` must not overlap
   * `plaintext`.
   * @returns the bytes written: plaintext.length + 16.
   */
  seal(
    nonce: Uint8Array,
    associatedData: Uint8Array,
    plaintext: Uint8Array,
    target: Uint8Array,
  ): number;
  /**
   * Decrypts `sealed` (ciphertext and tag) into the start of `target`, which must not overlap it.
   * @returns the plaintext's length, or -1 when authentication fails (target is then garbage).
   */
  open(
    nonce: Uint8Array,
    associatedData: Uint8Array,
    sealed: Uint8Array,
    target: Uint8Array,
  ): number;
  /**
   * Overwrites the key, which must not be used afterwards: it no longer opens what it has sealed.
   */
  wipe(): void;
}

/** A message authentication key with its schedule (AES-CMAC, RFC 4493). */
export interface MacKey {
  /** Writes the 16-byte tag of `message` to the start of `out`. */
  tag(message: Uint8Array, out: Uint8Array): void;
}

/**
 * A cipher over whole byte strings: it preserves the length, and every bit of the output depends on all bits of the
 * input.
 */
export interface WideBlockCipher {
  /**
   * Enciphers `text` in place.
   * @param nonce 16 bytes.
   */
  encipher(nonce: Uint8Array, text: Uint8Array): void;
  /** Undoes {@link encipher} in place. */
  decipher(nonce: Uint8Array, text: Uint8Array): void;
  /** Overwrites the key; the cipher must not be used afterwards. */
  wipe(): void;
}

/** An opened X25519 secret, for secrets that are used more than once. */
export interface X25519Key {
  readonly publicKey: Uint8Array;
  /** Shared secret; undefined if it is all zero, or if `publicKey` is not 32 bytes. */
  sharedSecret(publicKey: Uint8Array): Uint8Array | undefined;
  /** Wipes the secret; afterwards no shared secrets can be computed. */
  wipe(): void;
}

/** Inputs of HKDF (RFC 5869); `length` in bytes. */
export interface HkdfInput {
  readonly key: Uint8Array;
  readonly salt?: Uint8Array;
  readonly info?: Uint8Array;
  readonly length: number;
}

/** Inputs of PBKDF2 (RFC 8018 section 5.2); `length` in bytes. */
export interface Pbkdf2Input {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly length: number;
}

/** The cryptographic primitives that a node may use. All byte arrays returned are fresh and belong to the caller. */
export interface CryptoProvider {
  /** Name of the provider: noble, node, sodium, or `modelled`, which is not secure and is named in the verdict line. */
  readonly name: string;
  sha256(data: Uint8Array): Uint8Array;
  /** SHA-384 (FIPS 180-4), a digest of 48 bytes. */
  sha384(data: Uint8Array): Uint8Array;
  sha512(data: Uint8Array): Uint8Array;
  /** SHA3-256 (FIPS 202), a digest of 32 bytes. */
  sha3_256(data: Uint8Array): Uint8Array;
  /** SHAKE256 (FIPS 202 section 6.2), `length` 1 … 2^31-1 bytes. */
  shake256(data: Uint8Array, length: number): Uint8Array;
  /** BLAKE2b, `length` 1..64 bytes, optional key of up to 64 bytes (RFC 7693). */
  blake2b(data: Uint8Array, length: number, key?: Uint8Array): Uint8Array;
  /** SHA-512/256 (FIPS 180-4 section 5.3.6.2), 32 bytes; not SHA-512 cut short. */
  sha512Over256(data: Uint8Array): Uint8Array;
  /** BLAKE2Xb (BLAKE2X draft, 2016), `length` 1 … 2^32-2 bytes, key of up to 64 bytes. */
  blake2xb(data: Uint8Array, length: number, key?: Uint8Array): Uint8Array;
  /** BLAKE2s, a digest of 32 bytes, which Noise's test vectors need. */
  blake2s(data: Uint8Array): Uint8Array;
  /** The BLAKE3 hash with an output of `length` bytes. */
  blake3(data: Uint8Array, length: number): Uint8Array;
  /**
   * BLAKE3 in key derivation mode (BLAKE3 specification, section 2.3), `length` bytes.
   * @param context Unique to the application and purpose, fixed in the source; not a secret.
   * @param material The key; a salt of fixed length may precede the key.
   */
  blake3DeriveKey(context: string, material: Uint8Array, length: number): Uint8Array;
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
  hmacSha384(key: Uint8Array, data: Uint8Array): Uint8Array;
  hmacSha512(key: Uint8Array, data: Uint8Array): Uint8Array;
  hkdfSha256(input: HkdfInput): Uint8Array;
  hkdfSha512(input: HkdfInput): Uint8Array;
  /**
   * HKDF-Expand alone (RFC 5869 section 2.3), for secrets that already are pseudo-random keys: 32
   * bytes or more, else a RangeError. No salt.
   */
  hkdfExpandSha256(input: Omit<HkdfInput, 'salt'>): Uint8Array;
  /** PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2). @throws RangeError for no iterations or no length. */
  pbkdf2Sha256(input: Pbkdf2Input): Uint8Array;
  /** Computes the public key of a 32-byte X25519 secret. */
  x25519PublicKey(secret: Uint8Array): Uint8Array;
  /** Shared secret; undefined if it is all zero (low-order point, RFC 7748 section 6.1). */
  x25519(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined;
  /** Opens a 32-byte X25519 secret; each exchange is then cheaper than {@link x25519}. */
  x25519Key(secret: Uint8Array): X25519Key;
  ed25519PublicKey(secret: Uint8Array): Uint8Array;
  ed25519Sign(secret: Uint8Array, message: Uint8Array): Uint8Array;
  /**
   * Verifies (RFC 8032 section 5.1.7) by the strictest reading, which all providers share: S below
   * the order of the base point; key and R canonical (section 5.1.3) and not of small order; and
   * the equation without the cofactor, [S]B = R + [k]A, as OpenSSL computes it. The RFC also allows
   * the weaker equation, multiplied by 8, which accepts some signatures that other implementations
   * reject: "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko, SSR 2020), section 3.
   */
  ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** Opens a 32-byte Ed25519 secret; signs the same bytes as {@link ed25519Sign}. */
  ed25519Key(secret: Uint8Array): SigningKey;
  /** Opens a public key; accepts the same signatures as {@link ed25519Verify}. */
  ed25519Verifier(publicKey: Uint8Array): VerifyingKey;
  /**
   * Uncompressed public key (65 bytes) of a 32-byte P-256 secret.
   * @throws RangeError unless the secret is above 0 and below the order of the base point.
   */
  p256PublicKey(secret: Uint8Array): Uint8Array;
  /** ECDSA over SHA-256 with the deterministic nonce of RFC 6979; 64 bytes, r then s. */
  p256Sign(secret: Uint8Array, message: Uint8Array): Uint8Array;
  /** Accepts any s from 1 to the order less 1, and uncompressed keys only. */
  p256Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** Opens a P-256 secret; signs the same bytes as {@link p256Sign}. */
  p256Key(secret: Uint8Array): SigningKey;
  /** Opens a public key, which costs as much as a verification; accepts the same signatures as {@link p256Verify}. */
  p256Verifier(publicKey: Uint8Array): VerifyingKey;
  /** Opens a public key of P-384 (97 bytes) for signatures over SHA-384, 96 bytes; otherwise as {@link p256Verifier}. */
  p384Verifier(publicKey: Uint8Array): VerifyingKey;
  /** Opens a public key of P-521 (133 bytes) for signatures over SHA-512, 132 bytes; otherwise as {@link p256Verifier}. */
  p521Verifier(publicKey: Uint8Array): VerifyingKey;
  /** The group that Ed25519 uses, for verifiable random functions (RFC 9381). */
  readonly edwards25519: Edwards25519;
  /** Key encapsulation with ML-KEM-768 (FIPS 203). */
  readonly mlKem768: MlKem768;
  /** Signatures with ML-DSA-65 (FIPS 204). */
  readonly mlDsa65: MlDsa65;
  aead(name: AeadName, key: Uint8Array): AeadKey;
  /** Opens a 16-byte key for AES-CMAC. */
  aesCmac(key: Uint8Array): MacKey;
  /** AEZ v5 without associated data and without a tag; the key is 48 bytes. */
  aez(key: Uint8Array): WideBlockCipher;
  /**
   * AES key wrap (RFC 3394), 8 bytes longer than the key.
   * @param wrappingKey 16, 24 or 32 bytes.
   * @param key 16 … 4,096 bytes, a multiple of 8.
   */
  aesKeyWrap(wrappingKey: Uint8Array, key: Uint8Array): Uint8Array;
  /**
   * Undoes {@link aesKeyWrap}. The integrity check value is compared in constant time.
   * @returns the key; undefined if `wrapped` has a length that no wrapped key has, or was not made
   *   with `wrappingKey`.
   */
  aesKeyUnwrap(wrappingKey: Uint8Array, wrapped: Uint8Array): Uint8Array | undefined;
  /** AES-CTR key stream over `data`; `counter` is the initial 16-byte block. */
  aesCtr(key: Uint8Array, counter: Uint8Array, data: Uint8Array): Uint8Array;
  /**
   * The key stream of {@link aesCtr} for data that come in pieces (SP 800-38A section 6.5).
   * @param key 16 or 32 bytes; copied.
   * @param counter The initial block, 16 bytes, counted up as one number modulo 2^128; copied.
   * @throws RangeError for any other length.
   */
  aesCtrStream(key: Uint8Array, counter: Uint8Array): CtrStream;
  /** AES (FIPS 197) with a key of 16 or 32 bytes, copied. @throws RangeError for another length. */
  aesBlock(key: Uint8Array): BlockCipher;
  /**
   * POLYVAL (RFC 8452 section 3), constant time in both arguments. It is linear, so results must
   * stay secret: encrypt or mask them.
   * @param key H, 16 bytes.
   * @param blocks X_1 … X_s, a multiple of 16 bytes, also none.
   * @returns 16 bytes.
   * @throws RangeError for other lengths.
   */
  polyval(key: Uint8Array, blocks: Uint8Array): Uint8Array;
  readonly running: RunningHashes;
  readonly legacy: LegacyHashes;
  /**
   * ChaCha20 (RFC 8439 section 2.4) over `data`, 12-byte nonce, initial block counter.
   * @throws RangeError when a block counter would reach 2^32-1: libraries differ in what they do then, since the RFC
   * leaves it open.
   */
  chacha20(key: Uint8Array, nonce: Uint8Array, counter: number, data: Uint8Array): Uint8Array;
  /** Compares in constant time for equal lengths; different lengths are unequal. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
}
