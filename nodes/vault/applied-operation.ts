/**
 * Vault: an operation that a replica has applied.
 *
 * @module
 */
import type { Stamp } from './crdt/stamp.ts';

/** See the module. */
export interface AppliedOperation {
  /** The COSE_Sign1 message that the actor signed. */
  readonly signed: Uint8Array;
  readonly actor: string;
  readonly sequence: number;
  readonly stamp: Stamp;
  /** Name of the entry that holds the operation's value (see `operation.ts`); null without a value. */
  readonly entry: string | null;
  /** Id of that entry, from which its wrapping key is derived; null without a value. */
  readonly entryId: Uint8Array | null;
  /** Wrapped key of the value; null unless the value is part of the state and its key is known. */
  wrappedKey: Uint8Array | null;
}
