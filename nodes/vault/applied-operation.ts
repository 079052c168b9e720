/**
 * Vault: an operation that a replica has applied.
 *
 * @module
 */
import type { Stamp } from './crdt/stamp.ts';

/** See the module. */
export interface AppliedOperation {
  /** As it was signed. */
  readonly signed: Uint8Array;
  readonly actor: string;
  readonly sequence: number;
  readonly stamp: Stamp;
  /** Name of the entry with its value (see `operation.ts`); null if it has none. */
  readonly entry: string | null;
  /** Id in that value, under which its key was wrapped; null if it has none. */
  readonly entryId: Uint8Array | null;
  /** The wrapped key of its value, while the value is part of the state and the key is known. */
  wrappedKey: Uint8Array | null;
}
