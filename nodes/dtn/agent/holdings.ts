/**
 * The bundles that a node holds, and the identities of bundles that it held before, against duplicates; with a
 * durable store both survive a crash.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { REMEMBERED_BUNDLES_MAX } from '../geometry.ts';
import {
  BundleStore,
  type EvictionCallbacks,
  type NoRoomReason,
  type StoreLimits,
} from './bundle-store.ts';
import type { BundleFate, CustodyLedger } from './custody-ledger.ts';
import type { EffectSink } from './effects.ts';
import type { HeldBundle } from './held-bundle.ts';
import {
  BUNDLE_KEY_PREFIX,
  encodeBundleRecord,
  encodeTombstone,
  recordKey,
  TOMBSTONE_KEY_PREFIX,
} from './records.ts';
import { type EndedBundle, EndedBundleMemory } from './remembered.ts';

const NS_PER_MS = 1_000_000;

/** Writes records to a durable store; the next sync includes them. */
export interface RecordWriter {
  put(now: Nanoseconds, key: string, value: Uint8Array): void;
  erase(now: Nanoseconds, key: string): void;
}

/** What a {@link HeldBundles} is made from. */
export interface HeldBundlesParts {
  readonly limits: StoreLimits;
  readonly effects: EffectSink;
  /** Absent if the store is in memory. */
  readonly journal: RecordWriter | undefined;
  readonly custody: CustodyLedger | undefined;
  /**
   * `lifeMs`: total time for which the node has run since its first start (`uptime-clock.ts`), ms. `dtnMs`:
   * calendar time, ms since the DTN epoch.
   */
  readonly lifeMs: (now: Nanoseconds) => number;
  readonly dtnMs: () => number;
  readonly remembersDelivered: boolean;
}

/** The two numbers of a held bundle: that of its record on disk, and that in the custody ledger. */
interface Numbers {
  readonly record: number;
  readonly custody: number;
}

/** The bundles that a node holds, in memory and on disk, and the tombstones (marks) of delivered bundles. */
export class HeldBundles {
  readonly #parts: HeldBundlesParts;
  readonly #store: BundleStore;
  readonly #remembered = new EndedBundleMemory(REMEMBERED_BUNDLES_MAX);
  readonly #numbers = new Map<string, Numbers>();
  /** Record numbers of the tombstones on disk, by identity of the delivered bundle. */
  readonly #tombstones = new Map<string, number>();
  #nextRecord = 0;

  constructor(parts: HeldBundlesParts) {
    this.#parts = parts;
    this.#store = new BundleStore(parts.limits);
  }

  /** Number of bundles. */
  get size(): number {
    return this.#store.size;
  }

  /** Largest number of fragments by which one held bundle may be replaced. */
  get room(): number {
    return this.#parts.limits.bundles - this.size + 1;
  }

  /** All bundles, oldest first. */
  values(): Iterable<HeldBundle> {
    return this.#store.values();
  }

  /**
   * Identities of the bundles that are held, and then of those that were held and have not expired; each newest
   * first.
   */
  *known(now: Nanoseconds): Generator<string> {
    for (const { key } of [...this.#store.values()].reverse()) yield key;
    yield* this.#remembered.newest(now);
  }

  /** True if this bundle object is held, and not just another one with the same identity. */
  has(bundle: HeldBundle): boolean {
    return this.#store.get(bundle.key) === bundle;
  }

  /** The bundle with this identity. */
  get(key: string): HeldBundle | undefined {
    return this.#store.get(key);
  }

  /**
   * Hop count of the bundle with this identity when it last came to this node. Undefined if it never came, or has
   * expired; Infinity if no further copy is of use.
   */
  hopsOf(key: string, now: Nanoseconds): number | undefined {
    const here = this.#store.get(key);
    if (here === undefined) return this.#remembered.hopsOf(key, now);
    return here.hops ?? Number.POSITIVE_INFINITY;
  }

  /** @returns the bundles to delete so that `bundle` has room, or why it cannot have room. */
  roomFor(bundle: HeldBundle, questions: EvictionCallbacks): readonly HeldBundle[] | NoRoomReason {
    return this.#store.roomFor(bundle, questions);
  }

  /** Takes in a bundle, for which there must be room. */
  add(now: Nanoseconds, bundle: HeldBundle): void {
    const numbers = { record: this.#nextRecord, custody: this.#parts.custody?.next() ?? 0 };
    this.#nextRecord += 1;
    this.#insert(bundle, numbers);
    this.#parts.journal?.put(
      now,
      recordKey(BUNDLE_KEY_PREFIX, numbers.record),
      encodeBundleRecord({
        bytes: bundle.bytes,
        from: bundle.from,
        priority: bundle.priority,
        sinceLifeMs: this.#parts.lifeMs(now),
        sinceDtnMs: Math.max(0, this.#parts.dtnMs()),
        remainingMs: Math.floor((bundle.deadlineNs - now) / NS_PER_MS),
        observerNumber: bundle.observerNumber,
        custody: numbers.custody,
      }),
    );
  }

  /** Takes in a bundle that was found on disk. */
  restore(bundle: HeldBundle, numbers: Numbers): void {
    this.#nextRecord = Math.max(this.#nextRecord, numbers.record + 1);
    this.#insert(bundle, numbers);
  }

  /** Takes in a tombstone that was found on disk. */
  restoreTombstone(now: Nanoseconds, { key, deadlineNs }: Delivered, record: number): void {
    this.#nextRecord = Math.max(this.#nextRecord, record + 1);
    this.#tombstones.set(key, record);
    this.#remember(now, { key, deadlineNs, hops: Number.POSITIVE_INFINITY });
  }

  /** Called when the node has taken custody of the bundle, since it is on disk and acknowledged. */
  acceptCustody(bundle: HeldBundle): void {
    // Meanwhile another copy may have replaced `bundle`; the node has not taken custody of that copy.
    const numbers = this.has(bundle) ? this.#numbers.get(bundle.key) : undefined;
    if (numbers !== undefined) this.#parts.custody?.taken(numbers.custody, bundle.key);
  }

  /**
   * Removes a bundle, and remembers its identity: a copy that comes later is a duplicate unless its hop count is
   * larger.
   */
  end(now: Nanoseconds, bundle: HeldBundle, fate: BundleFate): void {
    const { key, deadlineNs, hops = Number.POSITIVE_INFINITY } = bundle;
    const numbers = this.#numbers.get(key);
    this.#numbers.delete(key);
    this.#store.remove(bundle);
    const isOver = fate === 'over';
    this.#remember(now, { key, deadlineNs, hops: isOver ? Number.POSITIVE_INFINITY : hops });
    if (numbers !== undefined) {
      const isLost = this.#parts.custody?.ended(numbers.custody, key, fate) === true;
      if (isLost) this.#parts.effects.count('dtn.custody.lost');
      this.#parts.journal?.erase(now, recordKey(BUNDLE_KEY_PREFIX, numbers.record));
    }
    this.#tell();
  }

  /**
   * Called when the bundle was delivered: writes its tombstone, so that no further copy is delivered, not even
   * after a crash.
   */
  markDelivered(now: Nanoseconds, { key, deadlineNs }: Delivered): void {
    const { journal, lifeMs, remembersDelivered } = this.#parts;
    this.#parts.custody?.over(key);
    if (!remembersDelivered) return;
    this.#remember(now, { key, deadlineNs, hops: Number.POSITIVE_INFINITY });
    if (journal === undefined) return;
    const record = this.#nextRecord;
    this.#nextRecord += 1;
    this.#tombstones.set(key, record);
    const untilLifeMs = lifeMs(now) + Math.ceil((deadlineNs - now) / NS_PER_MS);
    const tombstone = encodeTombstone({ identity: key, untilLifeMs });
    journal.put(now, recordKey(TOMBSTONE_KEY_PREFIX, record), tombstone);
  }

  /** Takes out the next bundle that has expired by `now`; undefined if there is none. */
  nextExpired(now: Nanoseconds): HeldBundle | undefined {
    return this.#store.nextExpired(now);
  }

  /** When the next bundle expires; Infinity if none does. */
  nextAt(): Nanoseconds {
    return this.#store.nextAt();
  }

  #insert(bundle: HeldBundle, numbers: Numbers): void {
    this.#numbers.set(bundle.key, numbers);
    this.#store.add(bundle);
    this.#tell();
  }

  #remember(now: Nanoseconds, ended: EndedBundle): void {
    for (const key of this.#remembered.add(now, ended)) {
      const record = this.#tombstones.get(key);
      if (record === undefined) continue;
      this.#tombstones.delete(key);
      this.#parts.journal?.erase(now, recordKey(TOMBSTONE_KEY_PREFIX, record));
    }
  }

  #tell(): void {
    this.#parts.effects.push({ kind: 'stored', bytes: this.#store.bytes });
  }
}

/** A delivered bundle: the fields that its tombstone needs. */
type Delivered = Pick<HeldBundle, 'key' | 'deadlineNs'>;
