/**
 * The bundles that a node stores: their bytes and number are limited, in total and for each source;
 * they are also ordered by deadline.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { PruningDeadlineHeap } from '../../_kit/live-deadlines.ts';
import type { HeldBundle } from './held-bundle.ts';
import { type EvictionPolicy, evictionOrder } from './store-policy.ts';

/** Size of a store, and what it does when it is full. */
export interface StoreLimits {
  readonly bytes: number;
  readonly bundles: number;
  readonly policy: EvictionPolicy;
  /**
   * Share of both limits, 0 to 1, that the bundles of one source may take; the node's own
   * applications have no such limit.
   */
  readonly perSource: number;
}

/** Why there is no room for a bundle. */
export type NoRoomReason = 'no-storage' | 'source-share';

/** What a full store needs from its node to choose bundles that make room. */
export interface EvictionCallbacks {
  /** True if the bundle may be deleted to make room: no transfer of it is under way. */
  readonly isFree: (bundle: HeldBundle) => boolean;
  /** Draws a uniform integer from 0 to `bound` - 1. */
  readonly below: (bound: number) => number;
}

/** Total bytes and number of some bundles. */
interface Load {
  bytes: number;
  bundles: number;
}

/** The bundles that one node stores, by identity, within {@link StoreLimits}. */
export class BundleStore {
  readonly #limits: StoreLimits;
  readonly #bundles = new Map<string, HeldBundle>();
  readonly #deadlines = new PruningDeadlineHeap<HeldBundle>((one) => this.get(one.key) === one);
  readonly #all: Load = { bytes: 0, bundles: 0 };
  readonly #bySource = new Map<string, Load>();

  constructor(limits: StoreLimits) {
    this.#limits = limits;
  }

  /** Number of bundles. */
  get size(): number {
    return this.#bundles.size;
  }

  /** Bytes of all bundles. */
  get bytes(): number {
    return this.#all.bytes;
  }

  get(key: string): HeldBundle | undefined {
    return this.#bundles.get(key);
  }

  /** All bundles, oldest first. */
  values(): Iterable<HeldBundle> {
    return this.#bundles.values();
  }

  /**
   * Looks for room for `bundle`. @returns the bundles to delete for it, none if it fits; or why no
   * room can be made.
   */
  roomFor(bundle: HeldBundle, questions: EvictionCallbacks): readonly HeldBundle[] | NoRoomReason {
    if (this.#hasRoom(bundle)) return [];
    const share = this.#shareLeft(bundle);
    const room = roomLeft(this.#limits, this.#all);
    if (this.#limits.policy === 'reject-new')
      return fits(bundle, share) ? 'no-storage' : 'source-share';
    const candidates = [...this.#bundles.values()].filter(
      (each) => each.from !== undefined && questions.isFree(each),
    );
    const { below } = questions;
    const leavers = evictionOrder(this.#limits.policy, { candidates, newcomer: bundle, below });
    const gone = new Set<HeldBundle>();
    const leave = (each: HeldBundle): void => {
      gone.add(each);
      free(room, each);
      if (each.source === bundle.source) free(share, each);
    };
    // If the share of the bundle's source is full, bundles of that source are deleted first;
    // afterwards, bundles of any source.
    for (const each of leavers) {
      if (each.source === bundle.source && !fits(bundle, share)) leave(each);
    }
    if (!fits(bundle, share)) return 'source-share';
    for (const each of leavers) if (!gone.has(each) && !fits(bundle, room)) leave(each);
    return fits(bundle, room) ? [...gone] : 'no-storage';
  }

  /** Takes in a bundle, for which there must be room. */
  add(bundle: HeldBundle): void {
    this.#bundles.set(bundle.key, bundle);
    this.#count(bundle, 1);
    // RFC 9171 section 5.5: a bundle expires when its age exceeds its lifetime.
    if (Number.isFinite(bundle.deadlineNs)) this.#deadlines.add(bundle.deadlineNs + 1, bundle);
  }

  remove({ key }: HeldBundle): void {
    const bundle = this.#bundles.get(key);
    if (bundle === undefined) return;
    this.#bundles.delete(key);
    this.#count(bundle, -1);
  }

  /** Takes out the next bundle that has expired by `now`; undefined if there is none. */
  nextExpired(now: Nanoseconds): HeldBundle | undefined {
    return this.#deadlines.takeDue(now);
  }

  /** When the next bundle expires; Infinity if none does. */
  nextAt(): Nanoseconds {
    return this.#deadlines.nextAt();
  }

  #count(bundle: HeldBundle, sign: 1 | -1): void {
    const { source, from, bytes } = bundle;
    const byteCount = sign * bytes.length;
    this.#all.bytes += byteCount;
    this.#all.bundles += sign;
    if (from === undefined) return;
    const load = this.#bySource.get(source);
    if (load === undefined) {
      this.#bySource.set(source, { bytes: byteCount, bundles: sign });
      return;
    }
    load.bytes += byteCount;
    load.bundles += sign;
    if (load.bundles === 0) this.#bySource.delete(source);
  }

  /** True if there is room for the bundle without deleting another. */
  #hasRoom({ source, from, bytes }: HeldBundle): boolean {
    const limits = this.#limits;
    const all = this.#all;
    const isFull = all.bundles + 1 > limits.bundles || all.bytes + bytes.length > limits.bytes;
    if (isFull || from === undefined) return !isFull;
    const used = this.#bySource.get(source) ?? NOTHING;
    const share = limits.perSource;
    return (
      limits.bundles * share - used.bundles >= 1 &&
      limits.bytes * share - used.bytes >= bytes.length
    );
  }

  /** Room left for the source of the bundle; the node's own applications may fill the whole store. */
  #shareLeft({ from, source }: HeldBundle): Load {
    const { bytes, bundles, perSource } = this.#limits;
    if (from === undefined) return { bytes, bundles };
    const share = { bytes: bytes * perSource, bundles: bundles * perSource };
    return roomLeft(share, this.#bySource.get(source) ?? NOTHING);
  }
}

const NOTHING: Readonly<Load> = { bytes: 0, bundles: 0 };

function roomLeft(limits: Readonly<Load>, used: Readonly<Load>): Load {
  return { bytes: limits.bytes - used.bytes, bundles: limits.bundles - used.bundles };
}

function fits({ bytes }: HeldBundle, room: Readonly<Load>): boolean {
  return room.bundles >= 1 && room.bytes >= bytes.length;
}

function free(room: Load, { bytes }: HeldBundle): void {
  room.bytes += bytes.length;
  room.bundles += 1;
}
