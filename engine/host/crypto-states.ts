/**
 * Primitives that keep a state between calls: key streams and hashes that continue from message to
 * message, and a block cipher. They are parts of the {@link CryptoProvider} of `crypto.ts`.
 *
 * A state belongs to the node that made it and ends with that node. After `wipe`, every other
 * call is the caller's mistake and throws an InvariantError: a wiped stream that did nothing would let
 * plaintext pass.
 *
 * @module
 */

/** A key stream: each call continues where the previous call ended. */
export interface CtrStream {
  /**
   * XORs the next `length` bytes of the key stream into `buffer`, in place, from `offset` on.
   * @throws RangeError if these bytes are not all in the buffer.
   */
  apply(buffer: Uint8Array, offset: number, length: number): void;
  /** Ends the stream and overwrites or releases its key. */
  wipe(): void;
}

/** A keyed permutation of single blocks of 16 bytes, without a mode of operation. */
export interface BlockCipher {
  /** Encrypts a block in place. @throws RangeError unless it has 16 bytes. */
  encrypt(block: Uint8Array): void;
  /** Undoes {@link encrypt} in place. @throws RangeError unless the block has 16 bytes. */
  decrypt(block: Uint8Array): void;
  /** Overwrites or releases the key. */
  wipe(): void;
}

/** A hash that takes in bytes call by call and can give a digest at any time. */
export interface RunningHash {
  /** Takes in the next bytes, any number of them. */
  update(data: Uint8Array): void;
  /** The digest of the bytes so far, in a fresh array; the state does not change and can take in more. */
  digest(): Uint8Array;
  /** A second hash in the same state, independent from here on. */
  copy(): RunningHash;
  /** Overwrites or releases the state; copies are not affected. */
  wipe(): void;
}

/** Makes running hashes: each call returns a new one that has taken in nothing. */
export interface RunningHashes {
  /** SHA-256 (FIPS 180-4), digests of 32 bytes. */
  sha256(): RunningHash;
  /** SHA3-256 (FIPS 202), digests of 32 bytes. */
  sha3_256(): RunningHash;
}

/**
 * Hashes whose collisions are published, for protocols that are defined with them. A new protocol
 * must not use them.
 */
export interface LegacyHashes {
  /** SHA-1 (FIPS 180-4 section 6.1), digests of 20 bytes. */
  sha1(): RunningHash;
  /** MD5 (RFC 1321), digests of 16 bytes. */
  md5(): RunningHash;
}
