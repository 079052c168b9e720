/**
 * Vault: a replica of the data. It applies operations of its own application and of other replicas, and returns what
 * has to be stored. It has no clock, disk or network.
 *
 * Operations of one actor are applied without gaps, in the order of their numbers; those of different
 * actors in any order. Replicas that have applied the same operations have the same state, byte by byte.
 *
 * @module
 */
import { equalBytes } from '../_kit/bytes.ts';
import type { Change, Equivocation, Item, Joined, Received, VaultRefusal } from './changes.ts';
import { CoseSigner, decodeCoseSign1 } from './cose-sign1.ts';
import { HybridClock } from './crdt/hybrid-clock.ts';
import { compareNames, type Stamp } from './crdt/stamp.ts';
import { encodeState } from './crdt/state-bytes.ts';
import type { VaultDropReason } from './drop-reasons.ts';
import { EntryKeys, encodeSealed } from './entry-keys.ts';
import {
  COSE_BYTES_MAX,
  DATA_KEY_BYTES,
  ENTRY_ID_BYTES,
  LOG_MAX_DEFAULT,
  STAMP_AHEAD_MS_MAX,
  VALUE_BYTES_MAX,
} from './geometry.ts';
import { itemOf, Ledger, type OpenSnapshot, withoutActors } from './ledger.ts';
import { bodyFor, type Intent, isVaultText } from './new-operations.ts';
import { encodeOperation, nameOf, type Operation } from './operation.ts';
import type { ReplicaSetup } from './replica-setup.ts';
import { ReplicaValues } from './replica-values.ts';
import { hasRoom, hasRoomForSnapshot } from './room.ts';
import {
  decodeSigned,
  OPERATION_AAD,
  OperationVerifier,
  type SignedOperation,
} from './signed-operation.ts';
import type { SeenDots, Snapshot } from './snapshot.ts';

/** See the module. Times are Unix ms of the local clock. */
export class Replica {
  readonly #setup: ReplicaSetup;
  readonly #keys: EntryKeys;
  readonly #ledger: Ledger;
  readonly #values: ReplicaValues;
  readonly #verifier: OperationVerifier;
  readonly #signer: CoseSigner;
  readonly #hybrid = new HybridClock();
  readonly #equivocations = new Map<string, Equivocation>();
  #sharedDataKey: Uint8Array | undefined;

  /** @throws RangeError for too many actors, or if `actor` is none of them or has another public key. */
  constructor(setup: ReplicaSetup) {
    const { crypto, vaultKey, secretKey, actors, behaviour = {} } = setup;
    const { believesCarriedKey = false, dedupesByMillisecond = false } = behaviour;
    this.#setup = setup;
    this.#keys = new EntryKeys(vaultKey, crypto);
    this.#verifier = new OperationVerifier({ ...setup, believesCarriedKey });
    this.#signer = new CoseSigner(secretKey, OPERATION_AAD, crypto);
    const publicKey = actors.get(setup.actor);
    if (publicKey === undefined || !equalBytes(publicKey, this.#signer.publicKey)) {
      throw new RangeError(`the key of ${setup.actor} is not that of the list of actors`);
    }
    const logMax = setup.logMax ?? LOG_MAX_DEFAULT;
    this.#ledger = new Ledger({
      own: setup.actor,
      actors,
      crypto,
      keys: this.#keys,
      logMax,
      dedupesByMillisecond,
    });
    this.#values = new ReplicaValues(this.#ledger.state, this.#keys, setup.vaultId);
  }

  /** Number of operations in the log. */
  get size(): number {
    return this.#ledger.log.size;
  }

  /** Writes a register. */
  put(key: string, value: Uint8Array, nowMs: number): Change | VaultRefusal {
    return this.#seal(value, { key }, (sealed) => {
      return this.#perform(key, { kind: 'write', value: sealed.value }, { ...sealed, nowMs });
    });
  }

  /** Writes null to a register; a concurrent later write survives. */
  delete(key: string, nowMs: number): Change | VaultRefusal {
    return this.#perform(key, { kind: 'write', value: null }, { nowMs });
  }

  /** Adds a safe integer, positive or negative, to a counter. */
  increment(key: string, by: number, nowMs: number): Change | VaultRefusal {
    return this.#perform(key, { kind: 'increment', by }, { nowMs });
  }

  /** Adds a text to a set. */
  add(key: string, element: string, nowMs: number): Change | VaultRefusal {
    return this.#perform(key, { kind: 'add', element }, { nowMs });
  }

  /** Removes a text from a set; a concurrent addition survives. */
  remove(key: string, element: string, nowMs: number): Change | VaultRefusal {
    return this.#perform(key, { kind: 'remove', element }, { nowMs });
  }

  /** Writes a field of a map. */
  putField(
    key: string,
    { field, value }: { readonly field: string; readonly value: Uint8Array },
    nowMs: number,
  ): Change | VaultRefusal {
    return this.#seal(value, { key, field }, (sealed) => {
      const intent = { kind: 'write-field', element: field, value: sealed.value } as const;
      return this.#perform(key, intent, { ...sealed, nowMs });
    });
  }

  /** Removes a field of a map; a concurrent write of it survives. */
  removeField(key: string, field: string, nowMs: number): Change | VaultRefusal {
    return this.#perform(key, { kind: 'remove-field', element: field }, { nowMs });
  }

  /**
   * Erases a register and all fields of a map. The erasure wins over each write that has not seen it, whatever its
   * stamp; the keys of such writes are deleted and never accepted again.
   */
  erase(key: string, nowMs: number): Change | VaultRefusal {
    return this.#perform(key, { kind: 'erase' }, { nowMs });
  }

  /** See {@link ReplicaValues.get}. */
  get(key: string): Uint8Array | null | 'erased' {
    return this.#values.get(key);
  }

  /** See {@link ReplicaValues.count}. */
  count(key: string): number {
    return this.#values.count(key);
  }

  /** See {@link ReplicaValues.elements}. */
  elements(key: string): readonly string[] {
    return this.#values.elements(key);
  }

  /** See {@link ReplicaValues.fields}. */
  fields(key: string): ReadonlyMap<string, Uint8Array | null> {
    return this.#values.fields(key);
  }

  /** See {@link ReplicaValues.hasErased}. */
  hasErased(key: string): boolean {
    return this.#values.hasErased(key);
  }

  /** Checks an operation of another replica, and applies it if it is the next one of its actor. */
  receive(item: Item, nowMs: number): Received {
    // A copy, since a view would keep the buffer of the whole message in memory.
    const opened = decodeSigned(item.operation.slice());
    if (opened === undefined) return { outcome: 'malformed' };
    const { operation } = opened;
    const about = { actor: operation.actor, kind: operation.body.kind, key: operation.key };
    const wrong = this.#verifier.checkNames(operation);
    if (wrong !== undefined) return { outcome: wrong, ...about };
    const { sequence } = this.#ledger.headOf(operation.actor);
    if (operation.sequence <= sequence) return { ...this.#receiveKnown(opened, item), ...about };
    if (operation.sequence > sequence + 1) return { outcome: 'gap', ...about };
    const drop =
      this.#verifier.checkSignature(opened) ??
      this.#checkChain(operation) ??
      checkStamp(operation.stamp, nowMs) ??
      this.#checkCounter(operation) ??
      this.#checkRoom(operation, item.operation.length);
    if (drop !== undefined) return { outcome: drop, ...about };
    this.#hybrid.receive(operation.stamp, nowMs);
    const { change, isKeyBad } = this.#ledger.apply(opened, item.wrappedKey);
    return { outcome: isKeyBad ? 'bad-key' : 'applied', change, ...about };
  }

  /**
   * Applies the next operation from disk, in the order in which operations were stored.
   * @returns false, without any change, if it is not the next one of its actor.
   */
  restore(item: Item): boolean {
    const opened = decodeSigned(item.operation);
    if (opened === undefined || this.#verifier.checkNames(opened.operation)) return false;
    const { sequence } = this.#ledger.headOf(opened.operation.actor);
    if (opened.operation.sequence !== sequence + 1) return false;
    if (this.#checkChain(opened.operation) !== undefined) return false;
    this.#hybrid.receive(opened.operation.stamp, 0);
    this.#ledger.apply(opened, item.wrappedKey);
    return true;
  }

  /** Joins a snapshot from disk, before any operation. @returns false if it is malformed. */
  restoreSnapshot(snapshot: Snapshot): boolean {
    const opened = this.#open(snapshot);
    if (typeof opened === 'string') return false;
    this.#join(opened, 0);
    return true;
  }

  /** The number of the last operation here, by actor; actors without one are absent. */
  clock(): ReadonlyMap<string, number> {
    const heads = [...this.#ledger.heads].sort(([left], [right]) => compareNames(left, right));
    return new Map(heads.map(([actor, { sequence }]) => [actor, sequence]));
  }

  /**
   * Operations that a replica with this clock lacks, in the order of actors, then of numbers: at least one if there are
   * any, and as many as fit into `bytesMax`. The cost is proportional to their number.
   * @returns `cut` if the log no longer has them all.
   */
  itemsFor(clock: ReadonlyMap<string, number>, bytesMax: number): readonly Item[] | 'cut' {
    if (!this.#ledger.log.reachesBackTo(clock)) return 'cut';
    const items: Item[] = [];
    let bytes = 0;
    for (const operation of this.#ledger.log.after(clock)) {
      const item = itemOf(operation);
      bytes += item.operation.length + (item.wrappedKey?.length ?? 0);
      if (items.length > 0 && bytes > bytesMax) break;
      items.push(item);
    }
    return items;
  }

  /** The state, for a replica to which the log no longer reaches back, or for the own disk. */
  snapshot(): Snapshot {
    return this.#ledger.snapshot();
  }

  /**
   * Checks a snapshot of another replica, and joins it unless something in it is wrong. If an actor has signed two
   * different operations with one number, one here and one in the snapshot, all its operations in the snapshot are
   * ignored.
   */
  join(snapshot: Snapshot, nowMs: number): Joined {
    const refused = (outcome: VaultDropReason): Joined => ({ outcome, entries: [], forgotten: [] });
    const opened = this.#open(snapshot);
    if (typeof opened === 'string') return refused(opened);
    const drop = this.#checkSnapshot(opened, nowMs);
    if (drop !== undefined) return refused(drop);
    const forked = this.#forkedIn(opened);
    const usable = forked.size === 0 ? opened : withoutActors(opened, forked);
    if (!hasRoomForSnapshot(this.#ledger, usable)) return refused('state-full');
    const { isKeyBad, ...joined } = this.#join(usable, nowMs);
    return { outcome: isKeyBad ? 'bad-key' : 'applied', ...joined };
  }

  /** Drops operations that all replicas have from the log. @returns the number dropped. */
  cut(stable: ReadonlyMap<string, number>): number {
    return this.#ledger.log.cut(stable);
  }

  /** The operations in the log, in the order of actors, then of numbers. */
  *items(): Generator<Item> {
    for (const operation of this.#ledger.log.after(new Map())) yield itemOf(operation);
  }

  /** The wrapped key of an entry; undefined if none is kept. */
  keyOf(entry: string): Uint8Array | undefined {
    return this.#ledger.live.get(entry)?.wrappedKey ?? undefined;
  }

  /** Proofs that actors have signed two operations with the same number, one per actor. */
  equivocations(): readonly Equivocation[] {
    return [...this.#equivocations.values()];
  }

  /** The state in canonical CBOR; equal in replicas that have applied the same operations. */
  stateBytes(): Uint8Array {
    return encodeState(this.#ledger.state);
  }

  /** SHA-256 of {@link stateBytes}. */
  digest(): Uint8Array {
    return this.#setup.crypto.sha256(this.stateBytes());
  }

  /** Wipes the key of the vault and the signing key; afterwards the replica must not be used. */
  wipe(): void {
    this.#keys.wipe();
    this.#signer.wipe();
  }

  #seal(
    value: Uint8Array,
    place: { readonly key: string; readonly field?: string },
    then: (sealed: {
      readonly value: Uint8Array;
      readonly wrappedKey: Uint8Array;
    }) => Change | VaultRefusal,
  ): Change | VaultRefusal {
    const { field = place.key } = place;
    if (value.length > VALUE_BYTES_MAX || !isVaultText(field)) return 'invalid';
    const { randomBytes, vaultId, actor, behaviour } = this.#setup;
    if (behaviour?.oneNonce) this.#sharedDataKey ??= randomBytes(DATA_KEY_BYTES);
    const dataKey = this.#sharedDataKey?.slice() ?? randomBytes(DATA_KEY_BYTES);
    this.#setup.sealing?.(dataKey);
    const version = this.#ledger.headOf(actor).sequence + 1;
    const entryId = randomBytes(ENTRY_ID_BYTES);
    const entry = this.#keys.seal(value, { ...place, vaultId, version }, { dataKey, entryId });
    return then({ value: encodeSealed(entry), wrappedKey: entry.wrappedKey });
  }

  #perform(
    key: string,
    intent: Intent,
    {
      nowMs,
      wrappedKey = null,
    }: { readonly nowMs: number; readonly wrappedKey?: Uint8Array | null },
  ): Change | VaultRefusal {
    const { actor, vaultId } = this.#setup;
    if (!isVaultText(key) || ('element' in intent && !isVaultText(intent.element)))
      return 'invalid';
    const body = bodyFor(this.#ledger.state, { actor, key }, intent);
    if (typeof body === 'string') return body;
    const { sequence, hash } = this.#ledger.headOf(actor);
    const [physicalMs, logical] = this.#hybrid.send(nowMs);
    const stamp: Stamp = [physicalMs, logical, actor];
    const place = { vaultId, actor, sequence: sequence + 1, previousHash: hash };
    const operation: Operation = { ...place, stamp, key, body };
    const payload = encodeOperation(operation);
    if (!hasRoom(this.#ledger, operation, payload.length + COSE_BYTES_MAX)) return 'state-full';
    const signed = this.#signer.sign(payload);
    const message = decodeCoseSign1(signed);
    // Unreachable: a message that was just encoded can be decoded.
    if (message === undefined) return 'invalid';
    return this.#ledger.apply({ signed, message, operation }, wrappedKey).change;
  }

  /** Handles an operation whose number is known: it may bring a missing key, or differ from the one here. */
  #receiveKnown(
    opened: SignedOperation,
    { wrappedKey }: Item,
  ): Pick<Received, 'outcome' | 'change'> {
    const { actor, sequence } = opened.operation;
    const known = this.#ledger.log.get(actor, sequence);
    if (known !== undefined && !equalBytes(known.signed, opened.signed)) {
      return { outcome: this.#compare(opened, known.signed) };
    }
    const change = wrappedKey === null ? undefined : this.#ledger.fillIn(opened, wrappedKey);
    return change === undefined ? { outcome: 'known' } : { outcome: 'known', change };
  }

  /** Keeps the proof if an actor has signed two different operations with the same number. */
  #compare(opened: SignedOperation, first: Uint8Array): 'known' | VaultDropReason {
    const drop = this.#verifier.checkSignature(opened);
    if (drop !== undefined) return drop;
    const payload = decodeCoseSign1(first)?.payload;
    // The hash chain does not cover signatures: two signatures of one payload are no equivocation.
    if (payload !== undefined && equalBytes(payload, opened.message.payload)) return 'known';
    const { actor, sequence } = opened.operation;
    if (!this.#equivocations.has(actor)) {
      this.#equivocations.set(actor, { actor, sequence, first, second: opened.signed });
    }
    return 'equivocation';
  }

  #checkChain({ actor, previousHash }: Operation): VaultDropReason | undefined {
    return equalBytes(this.#ledger.headOf(actor).hash, previousHash) ? undefined : 'broken-chain';
  }

  #checkCounter({ actor, key, body }: Operation): VaultDropReason | undefined {
    if (body.kind !== 'increment') return undefined;
    const last = this.#ledger.state.counters.get(key)?.totals.get(actor);
    if (last === undefined || (last.added <= body.added && last.taken <= body.taken))
      return undefined;
    return 'counter-backwards';
  }

  #checkRoom(operation: Operation, length: number): VaultDropReason | undefined {
    return hasRoom(this.#ledger, operation, length) ? undefined : 'state-full';
  }

  #open({ items, proofs, sets, maps }: Snapshot): OpenSnapshot | VaultDropReason {
    const opened = items.map(({ operation, wrappedKey }) => {
      const signed = decodeSigned(operation.slice());
      return signed === undefined ? undefined : { ...signed, wrappedKey };
    });
    const openedItems = opened.filter((one) => one !== undefined);
    const openedProofs = proofs
      .map((proof) => decodeSigned(proof.slice()))
      .filter((one) => one !== undefined);
    const isWhole = openedItems.length === items.length && openedProofs.length === proofs.length;
    if (!isWhole || !isAscending(openedItems) || !isAscending(openedProofs)) return 'bad-snapshot';
    for (const { operation } of [...openedItems, ...openedProofs]) {
      const wrong = this.#verifier.checkNames(operation);
      if (wrong !== undefined) return wrong;
    }
    for (const seen of [...sets.values(), ...maps.values()]) {
      if (!this.#verifier.knows(actorsOf(seen))) return 'unknown-actor';
    }
    return { items: openedItems, proofs: openedProofs, sets, maps };
  }

  #checkSnapshot(snapshot: OpenSnapshot, nowMs: number): VaultDropReason | undefined {
    for (const opened of [...snapshot.items, ...snapshot.proofs]) {
      const drop =
        this.#verifier.checkSignature(opened) ?? checkStamp(opened.operation.stamp, nowMs);
      if (drop !== undefined) return drop;
    }
    return undefined;
  }

  /**
   * Keeps proofs of the actors that have signed two operations with one number, one here and one in the snapshot.
   * @returns these actors.
   */
  #forkedIn({ items, proofs }: OpenSnapshot): ReadonlySet<string> {
    const known = this.#ledger.operations();
    const forked = new Set<string>();
    for (const opened of [...items, ...proofs]) {
      const ours = known.get(nameOf(opened.operation));
      if (ours === undefined || equalBytes(ours.signed, opened.signed)) continue;
      if (this.#compare(opened, ours.signed) !== 'known') forked.add(opened.operation.actor);
    }
    return forked;
  }

  #join(snapshot: OpenSnapshot, nowMs: number): ReturnType<Ledger['join']> {
    for (const { operation } of [...snapshot.items, ...snapshot.proofs]) {
      this.#hybrid.receive(operation.stamp, nowMs);
    }
    return this.#ledger.join(snapshot);
  }
}

function checkStamp([physicalMs]: Stamp, nowMs: number): VaultDropReason | undefined {
  return physicalMs > nowMs + STAMP_AHEAD_MS_MAX ? 'stamp-in-future' : undefined;
}

function isAscending(operations: readonly SignedOperation[]): boolean {
  return operations.every(({ operation }, index) => {
    const before = operations[index - 1]?.operation;
    const order = before === undefined ? -1 : compareNames(before.actor, operation.actor);
    return order < 0 || (order === 0 && (before?.sequence ?? 0) < operation.sequence);
  });
}

function actorsOf({ clock, cloud }: SeenDots): readonly string[] {
  return [...clock, ...cloud].map(([actor]) => actor);
}
