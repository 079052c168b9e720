/**
 * CipherState of the Noise protocol framework, revision 34, section 5.1: one key and its counter.
 *
 * The caller decides when to rekey. Messages must be opened in the order in which they were sealed, because
 * each counter is used once.
 *
 * @module
 */

import type { AeadKey } from '../../engine/host/crypto.ts';
import { wipe } from '../_kit/secrets.ts';
import { KEY_LENGTH, NONCE_COUNTER_MAX, NONCE_LENGTH, TAG_LENGTH } from './geometry.ts';
import { type Suite, writeNonce } from './suite.ts';

const EMPTY = new Uint8Array(0);

/** A key with its counter. Its fields are private, so that no key reaches a log or a report. */
export class CipherState {
  readonly #suite: Suite;
  readonly #nonce = new Uint8Array(NONCE_LENGTH);
  #key: Uint8Array;
  #aead: AeadKey;
  #counter: number;

  /**
   * @param key The key, 32 bytes; it is copied.
   */
  constructor(suite: Suite, key: Uint8Array, counter = 0) {
    this.#suite = suite;
    this.#key = new Uint8Array(key);
    this.#aead = suite.crypto.aead(suite.aead, this.#key);
    this.#counter = counter;
  }

  /** Seals `plaintext` under the next counter. @throws RangeError when no counters are left. */
  encrypt(associatedData: Uint8Array, plaintext: Uint8Array): Uint8Array {
    if (this.#counter >= NONCE_COUNTER_MAX)
      throw new RangeError('the counters of this key are used up');
    writeNonce(this.#suite, this.#nonce, this.#counter);
    const sealed = new Uint8Array(plaintext.length + TAG_LENGTH);
    this.#aead.seal(this.#nonce, associatedData, plaintext, sealed);
    this.#counter++;
    return sealed;
  }

  /**
   * Opens `sealed` under the next counter.
   * @returns the plaintext, or undefined when authentication fails; the counter then stays, as
   * section 5.1 requires of DecryptWithAd.
   */
  decrypt(associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    if (sealed.length < TAG_LENGTH) return undefined;
    // Also the case after wipe(), which marks all counters as used: a late message must not throw.
    if (this.#counter >= NONCE_COUNTER_MAX) return undefined;
    writeNonce(this.#suite, this.#nonce, this.#counter);
    const plaintext = new Uint8Array(sealed.length - TAG_LENGTH);
    if (this.#aead.open(this.#nonce, associatedData, sealed, plaintext) < 0) return undefined;
    this.#counter++;
    return plaintext;
  }

  /** REKEY of section 4.2: the first 32 bytes of 32 zero bytes sealed under counter 2^64-1. */
  rekey(): void {
    this.#nonce.fill(0, 0, 4);
    this.#nonce.fill(0xff, 4);
    const sealed = new Uint8Array(KEY_LENGTH + TAG_LENGTH);
    this.#aead.seal(this.#nonce, EMPTY, new Uint8Array(KEY_LENGTH), sealed);
    wipe(this.#key);
    this.#key = sealed.slice(0, KEY_LENGTH);
    wipe(sealed);
    this.#aead.wipe();
    // Section 5.1: the counter is not reset by a rekey.
    this.#aead = this.#suite.crypto.aead(this.#suite.aead, this.#key);
  }

  /** A second state with the same key and counter. */
  clone(): CipherState {
    return new CipherState(this.#suite, this.#key, this.#counter);
  }

  /** Overwrites the key; the state must not be used afterwards. */
  wipe(): void {
    wipe(this.#key);
    this.#aead.wipe();
    this.#counter = NONCE_COUNTER_MAX;
  }
}
