/**
 * Vault: the inputs and results of a replica.
 *
 * @module
 */
import type { VaultDropReason } from './drop-reasons.ts';

/** A signed operation as replicas exchange it. */
export interface Item {
  /** A COSE_Sign1 message (see `operation.ts`). */
  readonly operation: Uint8Array;
  /**
   * The wrapped data key of the value in the operation, 48 bytes; null if it has no value, or if its key was deleted.
   * The signature does not cover the key, so that it can be deleted.
   */
  readonly wrappedKey: Uint8Array | null;
}

/** An operation that a replica has applied. */
export interface Change {
  /** The operation, with the wrapped key only if the replica keeps it. */
  readonly item: Item;
  /** Name of the entry whose wrapped key is kept (see `operation.ts`); null if there is none. */
  readonly entry: string | null;
  /** Names of entries whose wrapped keys are to be deleted wherever they are stored. */
  readonly forgotten: readonly string[];
}

/** Reasons for which a replica does not execute a request of its own application. */
export type VaultRefusal =
  /** A key, field, element or value is too long, empty or not well-formed, or a number is no safe integer. */
  | 'invalid'
  /** The vault holds as many keys, elements and dots as it may. */
  | 'state-full'
  /** The counter cannot count further. */
  | 'counter-full';

/** How a replica handled an operation of another one. */
export interface Received {
  /**
   * `known`: the operation was applied before; `change` is present if it brought a missing key. `gap`: earlier
   * operations of its actor are missing. `bad-key`: the operation was applied, without its key.
   */
  readonly outcome: 'applied' | 'known' | 'gap' | VaultDropReason;
  readonly change?: Change;
  /** The actor that the operation names; absent if it could not be read. */
  readonly actor?: string;
  readonly kind?: OperationKind;
  readonly key?: string;
}

/** Kinds of operations, in the order of their numbers. A deletion is a `write` of null. */
export const OPERATION_KINDS = [
  'write',
  'increment',
  'add',
  'remove',
  'write-field',
  'remove-field',
  'erase',
] as const;
/** See {@link OPERATION_KINDS}. */
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** How a replica handled a snapshot. */
export interface Joined {
  /** With `bad-key` the snapshot has been joined, without the keys that do not open. */
  readonly outcome: 'applied' | VaultDropReason;
  /** Names of entries whose wrapped keys are now kept and were not before. */
  readonly entries: readonly string[];
  /** See {@link Change.forgotten}. */
  readonly forgotten: readonly string[];
}

/** Proof that an actor has signed two different operations with the same number. */
export interface Equivocation {
  readonly actor: string;
  readonly sequence: number;
  /** The operation that was applied. */
  readonly first: Uint8Array;
  readonly second: Uint8Array;
}
