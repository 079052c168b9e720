/**
 * Opened keys of signatures: bytes that are imported once, for keys that are used more than once;
 * and signatures that withstand quantum computers. They are parts of the {@link CryptoProvider} of
 * `crypto.ts`.
 *
 * @module
 */

/** An opened secret that signs; every signature depends on secret and message alone. */
export interface SigningKey {
  readonly publicKey: Uint8Array;
  /**
   * Signs a message.
   * @returns 64 bytes.
   * @throws RangeError after {@link wipe}.
   */
  sign(message: Uint8Array): Uint8Array;
  /** Wipes the secret; afterwards the key signs nothing. */
  wipe(): void;
}

/** An opened public key; if it was made from bytes that are not a public key, it accepts no signature. */
export interface VerifyingKey {
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/** The input of an ML-DSA signature: a message, and a context. */
export interface MlDsaInput {
  readonly message: Uint8Array;
  /** The context, 0 to 255 bytes that separate uses of a key (FIPS 204 section 5.2); empty if absent. */
  readonly context?: Uint8Array;
}

/** An opened secret of ML-DSA-65. */
export interface MlDsaKey {
  /** The public key of the secret, 1,952 bytes. */
  readonly publicKey: Uint8Array;
  /**
   * Signs (FIPS 204 section 5.2).
   * @param coins 32 random bytes; zeros for the deterministic variant (section 3.4).
   * @returns 3,309 bytes.
   * @throws RangeError for coins or a context of wrong length, and after {@link wipe}.
   */
  sign(input: MlDsaInput, coins: Uint8Array): Uint8Array;
  /** Wipes the secret; afterwards the key signs nothing. */
  wipe(): void;
}

/** ML-DSA-65 (FIPS 204), without pre-hashing. */
export interface MlDsa65 {
  /**
   * Opens a secret.
   * @param seed xi, 32 bytes (FIPS 204 section 6.1).
   * @throws RangeError for another length.
   */
  openKey(seed: Uint8Array): MlDsaKey;
  /**
   * Verifies (FIPS 204 section 5.3); key and signature may have any length.
   * @throws RangeError for a context of more than 255 bytes.
   */
  verify(publicKey: Uint8Array, input: MlDsaInput, signature: Uint8Array): boolean;
}
