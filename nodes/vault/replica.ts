/**
 * Vault: a replica of the data: applies operations of its own application and of other replicas, and
 * says what is to be stored. It knows no clock, no disk and no network.
 *
 * @module
 */
import type { Change, Equivocation, Item, Joined, Received, VaultRefusal } from './changes.ts';
import type { ReplicaSetup } from './replica-setup.ts';
import type { Snapshot } from './snapshot.ts';

const later = (): never => {
  throw new Error('not yet');
};

/** See the module. Times are Unix ms of the local clock. */
export class Replica {
  constructor(_setup: ReplicaSetup) {
    later();
  }

  /** Number of operations in the log. */
  get size(): number {
    return later();
  }

  /** Writes a register. */
  put(_key: string, _value: Uint8Array, _nowMs: number): Change | VaultRefusal {
    return later();
  }
  /** Writes null to a register; a concurrent later write survives. */
  delete(_key: string, _nowMs: number): Change | VaultRefusal {
    return later();
  }
  /** Adds a safe integer, positive or negative, to a counter. */
  increment(_key: string, _by: number, _nowMs: number): Change | VaultRefusal {
    return later();
  }
  /** Adds a text to a set. */
  add(_key: string, _element: string, _nowMs: number): Change | VaultRefusal {
    return later();
  }
  /** Removes a text from a set; a concurrent addition survives. */
  remove(_key: string, _element: string, _nowMs: number): Change | VaultRefusal {
    return later();
  }
  /** Writes a field of a map. */
  putField(
    _key: string,
    _write: { readonly field: string; readonly value: Uint8Array },
    _nowMs: number,
  ): Change | VaultRefusal {
    return later();
  }
  /** Removes a field of a map; a concurrent write of it survives. */
  removeField(_key: string, _field: string, _nowMs: number): Change | VaultRefusal {
    return later();
  }
  /** Erases a register and all fields of a map; the erasure wins over each write that has not seen it. */
  erase(_key: string, _nowMs: number): Change | VaultRefusal {
    return later();
  }

  /** The value of a register; `erased` if it was erased, or its key is lost; null if there is none. */
  get(_key: string): Uint8Array | null | 'erased' {
    return later();
  }
  /** The value of a counter. */
  count(_key: string): number {
    return later();
  }
  /** The texts in a set, sorted. */
  elements(_key: string): readonly string[] {
    return later();
  }
  /** The fields of a map, sorted, with values; null for a value whose key is lost. */
  fields(_key: string): ReadonlyMap<string, Uint8Array | null> {
    return later();
  }
  /** True if the register or map was ever erased. */
  hasErased(_key: string): boolean {
    return later();
  }

  /** Checks and applies an operation of another replica. */
  receive(_item: Item, _nowMs: number): Received {
    return later();
  }
  /** Applies an operation from the own disk, in the order in which it was stored. @returns false if it does not fit. */
  restore(_item: Item): boolean {
    return later();
  }
  /** Joins a snapshot of the own disk, before any operation. @returns false if it does not fit. */
  restoreSnapshot(_snapshot: Snapshot): boolean {
    return later();
  }

  /** For each actor the sequence number of its last operation here. */
  clock(): ReadonlyMap<string, number> {
    return later();
  }
  /**
   * Operations that are here and not at a replica with this clock, in the order of actors, then of numbers:
   * at least one if there is one, then as many as fit into `bytesMax`.
   * @returns `cut` if the log no longer has them all.
   */
  itemsFor(_clock: ReadonlyMap<string, number>, _bytesMax: number): readonly Item[] | 'cut' {
    return later();
  }
  /** The state, for a replica to which the log no longer reaches back. */
  snapshot(): Snapshot {
    return later();
  }
  /** Checks and joins a snapshot of another replica. */
  join(_snapshot: Snapshot, _nowMs: number): Joined {
    return later();
  }
  /** Drops operations that all replicas have from the log. @returns the number dropped. */
  cut(_stable: ReadonlyMap<string, number>): number {
    return later();
  }

  /** The operations in the log, in the order of actors, then of numbers. */
  items(): Iterable<Item> {
    return later();
  }
  /** The wrapped key of an entry; undefined if none is kept. */
  keyOf(_entry: string): Uint8Array | undefined {
    return later();
  }
  /** Proofs that actors have signed two operations with the same number, one per actor. */
  equivocations(): readonly Equivocation[] {
    return later();
  }
  /** The state in canonical CBOR; equal in replicas that have applied the same operations. */
  stateBytes(): Uint8Array {
    return later();
  }
  /** SHA-256 of {@link stateBytes}. */
  digest(): Uint8Array {
    return later();
  }
}
