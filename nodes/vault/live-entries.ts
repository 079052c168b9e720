/**
 * Vault: the entries whose values are part of the state, and their wrapped keys as far as they are known. No other key
 * is kept.
 *
 * @module
 */
import { equalBytes } from '../_kit/bytes.ts';
import type { AppliedOperation } from './applied-operation.ts';
import type { EntryKeys } from './entry-keys.ts';

/** See the module. */
export class LiveEntries {
  readonly #byName = new Map<string, AppliedOperation>();
  readonly #keys: EntryKeys;

  constructor(keys: EntryKeys) {
    this.#keys = keys;
  }

  get(entry: string): AppliedOperation | undefined {
    return this.#byName.get(entry);
  }

  /** The known operation of an entry if its signed bytes are the same as these; undefined otherwise. */
  same(entry: string | null, signed: Uint8Array): AppliedOperation | undefined {
    const known = entry === null ? undefined : this.#byName.get(entry);
    return known !== undefined && equalBytes(known.signed, signed) ? known : undefined;
  }

  /**
   * Adds an operation whose value is part of the state. If its actor has signed two operations with one number, the
   * entry keeps the first.
   */
  add(operation: AppliedOperation): void {
    const { entry } = operation;
    if (entry !== null && !this.#byName.has(entry)) this.#byName.set(entry, operation);
  }

  /** Keeps the wrapped key of an operation that was added. @returns false if it does not open. */
  keep(operation: AppliedOperation, wrappedKey: Uint8Array): boolean {
    const { entry, entryId } = operation;
    if (entry === null || entryId === null) return false;
    if (this.#byName.get(entry) !== operation) return false;
    if (!this.#keys.opens(entryId, wrappedKey)) return false;
    operation.wrappedKey = wrappedKey.slice();
    return true;
  }

  /** Removes an operation whose value is no longer part of the state. @returns its entry if its key was kept. */
  drop(operation: AppliedOperation): string | undefined {
    const { entry, wrappedKey } = operation;
    if (entry === null || this.#byName.get(entry) !== operation) return undefined;
    this.#byName.delete(entry);
    operation.wrappedKey = null;
    return wrappedKey === null ? undefined : entry;
  }
}
