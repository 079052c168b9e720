/**
 * SymmetricState of the Noise protocol framework, revision 34, section 5.2: the chaining key, the
 * handshake hash and the cipher between two messages of a handshake.
 *
 * @module
 */

import { concatBytes } from '../_kit/bytes.ts';
import { wipe } from '../_kit/secrets.ts';
import { CipherState } from './cipher-state.ts';
import { KEY_LENGTH } from './geometry.ts';
import { hkdf, type Suite } from './suite.ts';

/** The two keys from Split (section 5.2): the initiator sends with `first`. */
export interface SplitKeys {
  readonly first: Uint8Array;
  readonly second: Uint8Array;
}

/** The chaining key, handshake hash and cipher of a handshake; all fields are private. */
export class SymmetricState {
  readonly #suite: Suite;
  #chainingKey: Uint8Array;
  #hash: Uint8Array;
  #cipher: CipherState | undefined;

  /** InitializeSymmetric with the suite's protocol name, or a copy of `source`. */
  constructor(suite: Suite, source?: SymmetricState) {
    this.#suite = suite;
    const hash = source === undefined ? hashOfName(suite) : source.#hash;
    this.#hash = hash.slice();
    this.#chainingKey = (source === undefined ? hash : source.#chainingKey).slice();
    this.#cipher = source === undefined ? undefined : source.#cipher?.clone();
  }

  /** True when messages and static keys are encrypted from here on. */
  get hasKey(): boolean {
    return this.#cipher !== undefined;
  }

  /** A copy of the handshake hash h (GetHandshakeHash). */
  get handshakeHash(): Uint8Array {
    return this.#hash.slice();
  }

  /** MixKey: derives the next chaining key and cipher key from a shared secret. */
  mixKey(material: Uint8Array): void {
    const [chainingKey, key] = this.#derive(material, 2) as [Uint8Array, Uint8Array];
    this.#setChainingKey(chainingKey);
    this.#setCipherKey(key);
  }

  /** MixHash: binds `data` into the handshake hash. */
  mixHash(data: Uint8Array): void {
    this.#hash = this.#suite.hash.hash(concatBytes(this.#hash, data));
  }

  /** MixKeyAndHash: mixes a pre-shared key into chaining key, hash and cipher key. */
  mixKeyAndHash(material: Uint8Array): void {
    const [chainingKey, hash, key] = this.#derive(material, 3) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    this.#setChainingKey(chainingKey);
    this.mixHash(hash);
    wipe(hash);
    this.#setCipherKey(key);
  }

  /** EncryptAndHash: returns the plaintext unchanged while there is no key. */
  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const ciphertext = this.#cipher?.encrypt(this.#hash, plaintext) ?? plaintext.slice();
    this.mixHash(ciphertext);
    return ciphertext;
  }

  /** DecryptAndHash. @returns undefined when authentication fails. */
  decryptAndHash(ciphertext: Uint8Array): Uint8Array | undefined {
    const plaintext =
      this.#cipher === undefined
        ? ciphertext.slice()
        : this.#cipher.decrypt(this.#hash, ciphertext);
    if (plaintext === undefined) return undefined;
    this.mixHash(ciphertext);
    return plaintext;
  }

  /** Split: the two keys of the session; the caller must still wipe this state. */
  split(): SplitKeys {
    const [first, second] = this.#derive(new Uint8Array(0), 2) as [Uint8Array, Uint8Array];
    // Section 5.2: outputs of a 64-byte hash are truncated to 32 bytes.
    const keys = { first: first.slice(0, KEY_LENGTH), second: second.slice(0, KEY_LENGTH) };
    wipe(first, second);
    return keys;
  }

  /** Overwrites the secrets; the state must not be used afterwards. */
  wipe(): void {
    wipe(this.#chainingKey);
    this.#cipher?.wipe();
  }

  #derive(material: Uint8Array, count: 2 | 3): readonly Uint8Array[] {
    return hkdf(this.#suite.hash, this.#chainingKey, material, count);
  }

  #setChainingKey(chainingKey: Uint8Array): void {
    wipe(this.#chainingKey);
    this.#chainingKey = chainingKey;
  }

  #setCipherKey(key: Uint8Array): void {
    this.#cipher?.wipe();
    this.#cipher = new CipherState(this.#suite, key.subarray(0, KEY_LENGTH));
    wipe(key);
  }
}

/**
 * The first handshake hash: a name not longer than HASHLEN is padded with zeros, a longer one is
 * hashed (section 5.2).
 */
function hashOfName(suite: Suite): Uint8Array {
  const name = Uint8Array.from(suite.name, (character) => character.charCodeAt(0));
  if (name.length > suite.hash.length) return suite.hash.hash(name);
  const padded = new Uint8Array(suite.hash.length);
  padded.set(name);
  return padded;
}
