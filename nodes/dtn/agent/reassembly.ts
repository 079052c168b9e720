/**
 * Puts bundles for this node together from fragments (RFC 9171 section 5.9). The fragments are in the store like
 * other bundles; this module records which payload bytes have arrived.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { DtnDropReason } from '../drops.ts';
import { REASSEMBLY_EVICTABLE_AFTER_NS, REASSEMBLY_TIMEOUT_NS } from '../geometry.ts';
import { PartialPayload } from '../wire/partial-payload.ts';
import type { BundleView } from '../wire/view.ts';
import type { HeldBundle } from './held-bundle.ts';

/** Limits of the unfinished bundles, of which fragments are missing. */
export interface ReassemblyLimits {
  /** Number of bundles. */
  readonly open: number;
  /** Share of `open`, 0 to 1, that bundles of one source may take. */
  readonly perSource: number;
  /** Total payload length that the unfinished bundles of one source will have when whole, bytes. */
  readonly bytes: number;
  /** Total payload length that the unfinished bundles of all sources will have when whole, bytes. */
  readonly allBytes: number;
}

/** A fragment for this node. */
export interface Fragment {
  /** Identity of the whole bundle. */
  readonly identity: string;
  readonly bundle: HeldBundle;
  /** The fragment, opened. */
  readonly view: BundleView;
}

/** A bundle of which fragments are missing. */
interface Open {
  readonly source: string;
  readonly payload: PartialPayload;
  readonly fragments: Set<HeldBundle>;
  /** When the last fragment came. */
  lastNs: Nanoseconds;
}

/** Number and bytes of unfinished bundles. */
interface Load {
  open: number;
  bytes: number;
}

/** A bundle of which all fragments have come. */
export interface ReassembledBundle {
  readonly payload: Uint8Array;
  readonly fragments: readonly HeldBundle[];
}

/** Reassembles all bundles for one node. */
export class BundleReassembler {
  readonly #limits: ReassemblyLimits;
  /** Unfinished bundles by identity; first the one that has waited longest for a fragment. */
  readonly #open = new Map<string, Open>();
  readonly #identities = new Map<HeldBundle, string>();

  constructor(limits: ReassemblyLimits) {
    this.#limits = limits;
  }

  /** Number of bundles of which fragments are missing. */
  get size(): number {
    return this.#open.size;
  }

  /** When the next unfinished bundle is given up; Infinity if there is none. */
  nextAt(): Nanoseconds {
    for (const { lastNs } of this.#open.values()) return lastNs + REASSEMBLY_TIMEOUT_NS;
    return Number.POSITIVE_INFINITY;
  }

  /** All fragments of unfinished bundles that got no fragment for {@link REASSEMBLY_TIMEOUT_NS}. */
  overdue(now: Nanoseconds): readonly HeldBundle[] {
    if (this.nextAt() > now) return [];
    const late = [...this.#open.values()].filter(
      ({ lastNs }) => lastNs + REASSEMBLY_TIMEOUT_NS <= now,
    );
    return late.flatMap(({ fragments }) => [...fragments]);
  }

  /**
   * Looks for room for a fragment. An unfinished bundle that gets no fragments may be displaced long before it
   * expires, since its source may have chosen any lifetime. A fragment without room is sent again later.
   * @returns the fragments to delete first, of the unfinished bundles that have been without a new fragment for
   * longest; or why no room can be made.
   */
  roomFor(now: Nanoseconds, fragment: Fragment): readonly HeldBundle[] | DtnDropReason {
    const { totalLength } = fragment.view;
    const { source } = fragment.bundle;
    const open = this.#open.get(fragment.identity);
    if (open !== undefined) return open.payload.total === totalLength ? [] : 'bad-fragment';
    const limits = this.#limits;
    const share = Math.max(1, Math.floor(limits.open * limits.perSource));
    const gone = new Set<Open>();
    const isOwn = (each: Open): boolean => each.source === source;
    const hasRoom =
      this.#makeRoom(now, gone, { isOne: isOwn, most: share, bytes: limits.bytes - totalLength }) &&
      this.#makeRoom(now, gone, {
        isOne: () => true,
        most: limits.open,
        bytes: limits.allBytes - totalLength,
      });
    return hasRoom ? [...gone].flatMap(({ fragments }) => [...fragments]) : 'reassembly-full';
  }

  /**
   * Adds unfinished bundles without recent fragments to `gone` until one more bundle fits. @returns false if it
   * still does not fit.
   */
  #makeRoom(now: Nanoseconds, gone: Set<Open>, { isOne, most, bytes }: Room): boolean {
    const staying = [...this.#open.values()].filter((each) => isOne(each) && !gone.has(each));
    const load: Load = { open: staying.length, bytes: 0 };
    for (const { payload } of staying) load.bytes += payload.total;
    for (const each of staying) {
      const isIdle = each.lastNs + REASSEMBLY_EVICTABLE_AFTER_NS <= now;
      if (!isIdle || (load.open < most && load.bytes <= bytes)) break;
      gone.add(each);
      load.open -= 1;
      load.bytes -= each.payload.total;
    }
    return load.open < most && load.bytes <= bytes;
  }

  /** Called when a fragment for which there is room has come; {@link add} adds its payload once it is on disk. */
  expect(now: Nanoseconds, { identity, bundle, view }: Fragment): void {
    const open = this.#open.get(identity) ?? {
      source: bundle.source,
      payload: new PartialPayload(view.totalLength),
      fragments: new Set<HeldBundle>(),
      lastNs: now,
    };
    open.lastNs = now;
    this.#open.delete(identity);
    this.#open.set(identity, open);
    open.fragments.add(bundle);
    this.#identities.set(bundle, identity);
  }

  /** Adds the payload of an expected fragment. @returns the bundle if it is whole now. */
  add({ identity, bundle, view }: Fragment): ReassembledBundle | undefined {
    const open = this.#open.get(identity);
    if (open?.fragments.has(bundle) !== true) return undefined;
    open.payload.add(view.fragmentOffset, view.bytes.subarray(view.payloadStart, view.payloadEnd));
    const { payload } = open.payload;
    if (payload === undefined) return undefined;
    const fragments = [...open.fragments];
    this.#open.delete(identity);
    for (const one of fragments) this.#identities.delete(one);
    return { payload, fragments };
  }

  /** Called when a fragment left the store before its bundle was whole; a bundle without fragments is forgotten. */
  remove(fragment: HeldBundle): void {
    const identity = this.#identities.get(fragment);
    if (identity === undefined) return;
    const open = this.#open.get(identity);
    this.#identities.delete(fragment);
    open?.fragments.delete(fragment);
    if (open?.fragments.size === 0) this.#open.delete(identity);
  }
}

/**
 * A limit on the unfinished bundles for which `isOne` is true: their largest number, and their largest total length
 * in bytes.
 */
interface Room {
  readonly isOne: (each: Open) => boolean;
  readonly most: number;
  readonly bytes: number;
}
