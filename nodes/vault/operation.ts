/**
 * Vault: operations.
 *
 * @module
 */

/** Id of the entry with the value in an operation, 32 hexadecimal digits; null if it has none. */
export function entryOfOperation(_operation: Uint8Array): string | null {
  throw new Error('not yet');
}
