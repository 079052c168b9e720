/**
 * Primitives that only some protocols need: the group behind Ed25519, for verifiable random
 * functions, and a key encapsulation that withstands quantum computers. They are parts of the
 * {@link CryptoProvider} of `crypto.ts`; every result depends on the arguments alone.
 *
 * @module
 */

/**
 * The group of edwards25519 (RFC 8032 section 5.1), as ECVRF (RFC 9381) uses it.
 *
 * Points are 32 bytes, decoded strictly (RFC 8032 section 5.1.3): a non-canonical y, or x = 0 with
 * the sign bit set, is not a point. Anything that is not a point, or has another length, gives
 * undefined. Points of small order and the identity are points. Scalars are 32 bytes,
 * little-endian, any value below 2^256; another length is the caller's mistake and throws a
 * RangeError.
 */
export interface Edwards25519 {
  /** True for 32 bytes that decode to a point of the curve, in any subgroup. */
  isPoint(point: Uint8Array): boolean;
  /** Multiplies the base point by a scalar. */
  scalarMultBase(scalar: Uint8Array): Uint8Array;
  /** A point times a scalar; exact also for points with a component of small order. */
  scalarMult(point: Uint8Array, scalar: Uint8Array): Uint8Array | undefined;
  add(a: Uint8Array, b: Uint8Array): Uint8Array | undefined;
  /** Computes the difference a - b of two points. */
  subtract(a: Uint8Array, b: Uint8Array): Uint8Array | undefined;
  /** Eight times a point; the identity, 01 00 … 00, if the point is of small order. */
  clearCofactor(point: Uint8Array): Uint8Array | undefined;
  /**
   * `encode_to_curve` of suite edwards25519_XMD:SHA-512_ELL2_NU_ (RFC 9380 section 8.5), cofactor
   * cleared.
   * @param domain the domain separation tag, 1 … 255 bytes.
   */
  encodeToCurve(message: Uint8Array, domain: Uint8Array): Uint8Array;
  /** True for 32 bytes that are below the order of the base point. */
  isReducedScalar(scalar: Uint8Array): boolean;
  /** A little-endian number of up to 64 bytes, modulo the order of the base point. */
  reduceScalar(number: Uint8Array): Uint8Array;
  /** a * b + c modulo the order of the base point. */
  multiplyAdd(a: Uint8Array, b: Uint8Array, c: Uint8Array): Uint8Array;
}

/** A decapsulation key of ML-KEM-768, opened once and used for many ciphertexts. */
export interface MlKemKey {
  /** The encapsulation key, 1,184 bytes. */
  readonly publicKey: Uint8Array;
  /**
   * The shared secret, 32 bytes. A ciphertext that was not made for this key gives a secret that
   * nobody else has (implicit rejection). Undefined only if the ciphertext does not have 1,088 bytes.
   */
  decapsulate(ciphertext: Uint8Array): Uint8Array | undefined;
  /** Overwrites the secret; the key is of no use after that. */
  wipe(): void;
}

/** ML-KEM-768 (FIPS 203). Arguments of any other length give undefined, never an exception. */
export interface MlKem768 {
  /** Opens a key. @param seed d and z, 32 bytes each (FIPS 203 section 7.1). */
  openKey(seed: Uint8Array): MlKemKey | undefined;
  /**
   * Makes a secret, and the ciphertext that conveys it to the holder of a key.
   * @param publicKey 1,184 bytes; undefined is returned if they fail the modulus check (section 7.2).
   * @param coins 32 random bytes.
   */
  encapsulate(
    publicKey: Uint8Array,
    coins: Uint8Array,
  ): { readonly secret: Uint8Array; readonly ciphertext: Uint8Array } | undefined;
}
