/**
 * Remembers the masking keys that a client has used, so that none is used twice. Two sessions with the
 * same keys have the same masks if their names are equal too, and the difference of two masked inputs
 * is then the difference of the inputs.
 *
 * @module
 */
import { toHex } from '../../_kit/bytes.ts';
import { assert } from './assert.ts';

/**
 * Number of sessions whose keys a client remembers: enough to detect a random generator that repeats
 * itself.
 */
const REMEMBERED = 1_024;

/** Keys of the last sessions of one client. */
export class UsedKeyLedger {
  readonly #keys = new Set<string>();

  /**
   * Notes a public key.
   * @throws Error when an earlier session had it.
   */
  take(publicKey: Uint8Array): void {
    const key = toHex(publicKey);
    assert(!this.#keys.has(key), 'a masking key of an earlier session');
    this.#keys.add(key);
    if (this.#keys.size <= REMEMBERED) return;
    const [oldest] = this.#keys;
    if (oldest !== undefined) this.#keys.delete(oldest);
  }
}
