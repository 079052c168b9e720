/**
 * Vault: the state of a replica as another one can check it, for a replica to which the log no longer
 * reaches back.
 *
 * @module
 */
import type { Item } from './changes.ts';

/** What a set or map has seen, without its elements. */
export interface SeenDots {
  /** For each actor the number up to which all of its dots were seen. */
  readonly clock: ReadonlyMap<string, number>;
  /** Dots that were seen beyond a gap. */
  readonly cloud: readonly (readonly [actor: string, count: number])[];
}

/** A state whose every value is in an operation that its actor has signed. */
export interface Snapshot {
  /** Operations whose values, counts or dots are part of the state. */
  readonly items: readonly Item[];
  /**
   * Operations that prove how far an actor has come, or what was erased: they count for nothing else.
   */
  readonly proofs: readonly Uint8Array[];
  /** Dots that sets have seen, by key: what is seen and in no item was removed. */
  readonly sets: ReadonlyMap<string, SeenDots>;
  /** The same for maps. */
  readonly maps: ReadonlyMap<string, SeenDots>;
}

/** Encodes a snapshot in deterministic CBOR. */
export function encodeSnapshot(_snapshot: Snapshot): Uint8Array {
  throw new Error('not yet');
}

/** Decodes a snapshot; undefined if it is malformed or larger than `SNAPSHOT_BYTES_MAX`. */
export function decodeSnapshot(_bytes: Uint8Array): Snapshot | undefined {
  throw new Error('not yet');
}
