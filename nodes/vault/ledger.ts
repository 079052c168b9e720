/**
 * Vault: what a replica has applied: its state, its log, the last operation of each actor, and the wrapped keys of the
 * values in the state. Its caller checks operations first; nothing is checked here.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { AppliedOperation } from './applied-operation.ts';
import type { Change, Item } from './changes.ts';
import { compareNames } from './crdt/stamp.ts';
import { VaultState } from './crdt/vault-state.ts';
import type { EntryKeys } from './entry-keys.ts';
import { HASH_BYTES, ITEM_OVERHEAD_BYTES_MAX } from './geometry.ts';
import { LiveEntries } from './live-entries.ts';
import { entryIdOf, entryOf, nameOf, type Operation } from './operation.ts';
import type { DotName } from './operation-body.ts';
import { changeOf, erasuresIn } from './operation-effects.ts';
import { OperationLog } from './operation-log.ts';
import type { SignedOperation } from './signed-operation.ts';
import { contextOf, type Snapshot, seenDotsOf } from './snapshot.ts';

/** The last operation of an actor. */
export interface Head {
  readonly sequence: number;
  /** SHA-256 of its payload. */
  readonly hash: Uint8Array;
  readonly operation: AppliedOperation;
}

/** A decoded snapshot whose operations are decoded, too. */
export interface OpenSnapshot {
  readonly items: readonly (SignedOperation & { readonly wrappedKey: Uint8Array | null })[];
  readonly proofs: readonly SignedOperation[];
  readonly sets: Snapshot['sets'];
  readonly maps: Snapshot['maps'];
}

/** What a ledger is created from. */
export interface LedgerSetup {
  readonly actors: ReadonlyMap<string, unknown>;
  readonly logMax: number;
  readonly keys: EntryKeys;
  readonly crypto: CryptoProvider;
  /** The actor of this replica. */
  readonly own: string;
  /** See `ReplicaBehaviour`. */
  readonly dedupesByMillisecond: boolean;
}

const NO_HASH = new Uint8Array(HASH_BYTES);

/** See the module. */
export class Ledger {
  readonly state: VaultState<AppliedOperation> = new VaultState({
    bytesOf: ({ signed }) => itemBytes(signed.length),
  });
  readonly log: OperationLog;
  readonly live: LiveEntries;
  readonly heads = new Map<string, Head>();
  readonly #setup: LedgerSetup;

  constructor(setup: LedgerSetup) {
    this.#setup = setup;
    this.log = new OperationLog(setup.actors.keys(), setup.logMax);
    this.live = new LiveEntries(setup.keys);
  }

  /** Upper bound on the length of a snapshot without its CBOR heads, bytes. */
  get bytes(): number {
    let { bytes } = this.state;
    for (const { operation } of this.heads.values()) bytes += itemBytes(operation.signed.length);
    return bytes;
  }

  /** The operations that a snapshot would contain, and those in the log, by name. */
  operations(): ReadonlyMap<string, AppliedOperation> {
    const byName = new Map<string, AppliedOperation>();
    const add = (one: AppliedOperation): unknown => byName.set(nameOf(one), one);
    for (const one of this.state.sources()) add(one);
    for (const one of this.state.erasureSources()) add(one);
    for (const { operation } of this.heads.values()) add(operation);
    for (const one of this.log.after(new Map())) add(one);
    return byName;
  }

  /** Number and hash of an actor's last operation, which the next one must follow. */
  headOf(actor: string): Pick<Head, 'sequence' | 'hash'> {
    return this.heads.get(actor) ?? { sequence: 0, hash: NO_HASH };
  }

  /** Applies the next operation of its actor. */
  apply(
    { operation, message, signed }: SignedOperation,
    wrappedKey: Uint8Array | null,
  ): { readonly change: Change; readonly isKeyBad: boolean } {
    const applied = appliedFrom(operation, signed);
    const dropped = new Set<AppliedOperation>();
    if (!this.#isSkipped(operation)) {
      this.state.merge(changeOf(operation, applied), (one) => dropped.add(one));
    }
    this.log.append(applied);
    this.#setHead(applied, message.payload);
    const forgotten = this.#forget(dropped);
    const isKeyBad = !dropped.has(applied) && this.#keep(applied, wrappedKey) === false;
    return { change: changeFrom(applied, forgotten), isKeyBad };
  }

  /**
   * Keeps the wrapped key of an operation that was applied without it.
   * @returns the change; undefined if the value is not part of the state, or its key is known.
   */
  fillIn({ signed, operation }: SignedOperation, wrappedKey: Uint8Array): Change | undefined {
    const applied = this.live.same(entryOf(operation), signed);
    if (applied === undefined || applied.wrappedKey !== null) return undefined;
    return this.live.keep(applied, wrappedKey) ? changeFrom(applied, []) : undefined;
  }

  /** Joins a snapshot, whose operations are in ascending order of actors and numbers. */
  join({ items, proofs, sets, maps }: OpenSnapshot): {
    readonly entries: readonly string[];
    readonly forgotten: readonly string[];
    readonly isKeyBad: boolean;
  } {
    const dropped = new Set<AppliedOperation>();
    const drop = (one: AppliedOperation): unknown => dropped.add(one);
    const other = new VaultState<AppliedOperation>();
    const brought = items.map((item) => {
      const { operation, signed, message, wrappedKey } = item;
      const known = this.live.same(entryOf(operation), signed);
      const applied = known ?? appliedFrom(operation, signed);
      other.merge(changeOf(operation, applied), drop);
      this.#advance(applied, message.payload);
      return { applied, wrappedKey };
    });
    for (const { operation, signed, message } of proofs) {
      const applied = appliedFrom(operation, signed);
      other.merge(erasuresIn(operation, applied), drop);
      this.#advance(applied, message.payload);
    }
    for (const [key, seen] of sets) other.setOf(key).context.merge(contextOf(seen));
    for (const [key, seen] of maps) other.mapOf(key).context.merge(contextOf(seen));
    this.state.merge(other, drop);
    const forgotten = this.#forget(dropped);
    const kept = brought
      .filter(({ applied }) => !dropped.has(applied) && applied.wrappedKey === null)
      .map(({ applied, wrappedKey }) => ({ applied, isKept: this.#keep(applied, wrappedKey) }));
    return {
      entries: kept.flatMap(({ applied, isKept }) => (isKept ? [applied.entry ?? ''] : [])),
      forgotten,
      isKeyBad: kept.some(({ isKept }) => isKept === false),
    };
  }

  /** A snapshot: the state, with all signed operations that support it. */
  snapshot(): Snapshot {
    const items = new Set(this.state.sources());
    const proofs = new Set(this.state.erasureSources());
    for (const { operation } of this.heads.values()) proofs.add(operation);
    return {
      items: inOrder(items).map(itemOf),
      proofs: inOrder([...proofs].filter((one) => !items.has(one))).map(({ signed }) => signed),
      sets: new Map([...this.state.sets].map(([key, set]) => [key, seenDotsOf(set.context)])),
      maps: new Map([...this.state.maps].map(([key, map]) => [key, seenDotsOf(map.context)])),
    };
  }

  #isSkipped({ actor, stamp }: Operation): boolean {
    const last = this.heads.get(actor)?.operation.stamp;
    const { own, dedupesByMillisecond } = this.#setup;
    return dedupesByMillisecond && actor !== own && last?.[0] === stamp[0];
  }

  /** Adds an operation to the entries. @returns false if its key does not open, undefined if it came without a key. */
  #keep(applied: AppliedOperation, wrappedKey: Uint8Array | null): boolean | undefined {
    this.live.add(applied);
    return wrappedKey === null ? undefined : this.live.keep(applied, wrappedKey);
  }

  #forget(dropped: ReadonlySet<AppliedOperation>): readonly string[] {
    return [...dropped].flatMap((one) => this.live.drop(one) ?? []);
  }

  /** Makes an operation of a snapshot the head of its actor if it is newer; the actor's log restarts after it. */
  #advance(applied: AppliedOperation, payload: Uint8Array): void {
    const { actor, sequence } = applied;
    if (sequence <= this.headOf(actor).sequence) return;
    this.#setHead(applied, payload);
    this.log.restart(actor, sequence);
  }

  #setHead(operation: AppliedOperation, payload: Uint8Array): void {
    const hash = this.#setup.crypto.sha256(payload);
    this.heads.set(operation.actor, { sequence: operation.sequence, hash, operation });
  }
}

/** The snapshot without the operations and dots of these actors. */
export function withoutActors(
  { items, proofs, sets, maps }: OpenSnapshot,
  actors: ReadonlySet<string>,
): OpenSnapshot {
  const isOther = ({ operation }: SignedOperation): boolean => !actors.has(operation.actor);
  const seen = (all: Snapshot['sets']): Snapshot['sets'] =>
    new Map(
      Array.from(all, ([key, { clock, cloud }]) => {
        const others = (dots: readonly DotName[]): readonly DotName[] =>
          dots.filter(([actor]) => !actors.has(actor));
        return [key, { clock: others(clock), cloud: others(cloud) }];
      }),
    );
  return {
    items: items.filter(isOther),
    proofs: proofs.filter(isOther),
    sets: seen(sets),
    maps: seen(maps),
  };
}

/** Largest number of bytes that an operation of this length takes in a snapshot. */
export function itemBytes(length: number): number {
  return length + ITEM_OVERHEAD_BYTES_MAX;
}

/** An operation in the form that is sent to other replicas. */
export function itemOf({ signed, wrappedKey }: AppliedOperation): Item {
  return { operation: signed, wrappedKey };
}

function changeFrom(applied: AppliedOperation, forgotten: readonly string[]): Change {
  const entry = applied.wrappedKey === null ? null : applied.entry;
  return { item: itemOf(applied), entry, forgotten };
}

function appliedFrom(operation: Operation, signed: Uint8Array): AppliedOperation {
  const { actor, sequence, stamp, body } = operation;
  const entry = entryOf(operation);
  return { signed, actor, sequence, stamp, entry, entryId: entryIdOf(body), wrappedKey: null };
}

function inOrder(operations: Iterable<AppliedOperation>): readonly AppliedOperation[] {
  return [...operations].sort(
    (left, right) => compareNames(left.actor, right.actor) || left.sequence - right.sequence,
  );
}
