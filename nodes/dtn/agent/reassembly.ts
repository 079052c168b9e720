/**
 * Fragments of bundles for this node, until they are whole (RFC 9171 section 5.9). The fragments are
 * held in the store as other bundles are; here is what has arrived of their payloads.
 *
 * @module
 */
import type { DtnDrop } from '../drops.ts';
import { PartialPayload } from '../wire/partial-payload.ts';
import type { BundleView } from '../wire/view.ts';
import type { HeldBundle } from './held-bundle.ts';

/** Bounds of what is put together at a time. */
export interface ReassemblyLimits {
  /** Number of bundles. */
  readonly open: number;
  /** Bytes of their whole payloads, for each source. */
  readonly bytes: number;
  /** And for all of them. */
  readonly allBytes: number;
}

/** A bundle of which fragments are missing. */
interface Open {
  readonly source: string;
  readonly payload: PartialPayload;
  readonly fragments: Set<HeldBundle>;
}

/** A bundle that is whole. */
export interface Whole {
  readonly payload: Uint8Array;
  readonly fragments: readonly HeldBundle[];
}

/** All bundles of a node of which fragments are missing. */
export class Reassembly {
  readonly #limits: ReassemblyLimits;
  /** By the identity of the whole bundle. */
  readonly #open = new Map<string, Open>();
  readonly #identities = new Map<HeldBundle, string>();

  constructor(limits: ReassemblyLimits) {
    this.#limits = limits;
  }

  /** Number of bundles of which fragments are missing. */
  get size(): number {
    return this.#open.size;
  }

  /** @returns why a fragment cannot be taken in. */
  refusal(identity: string, source: string, { totalLength }: BundleView): DtnDrop | undefined {
    const open = this.#open.get(identity);
    if (open !== undefined) return open.payload.total === totalLength ? undefined : 'bad-fragment';
    let bytes = totalLength;
    let allBytes = totalLength;
    for (const each of this.#open.values()) {
      allBytes += each.payload.total;
      if (each.source === source) bytes += each.payload.total;
    }
    const isFull = this.#open.size >= this.#limits.open;
    const isLong = bytes > this.#limits.bytes || allBytes > this.#limits.allBytes;
    return isFull || isLong ? 'reassembly-full' : undefined;
  }

  /** Takes in a fragment that is held. @returns the bundle if it is whole now. */
  add(identity: string, fragment: HeldBundle, view: BundleView): Whole | undefined {
    const open = this.#open.get(identity) ?? {
      source: fragment.source,
      payload: new PartialPayload(view.totalLength),
      fragments: new Set<HeldBundle>(),
    };
    this.#open.set(identity, open);
    open.fragments.add(fragment);
    this.#identities.set(fragment, identity);
    open.payload.add(view.fragmentOffset, view.bytes.subarray(view.payloadStart, view.payloadEnd));
    const { payload } = open.payload;
    if (payload === undefined) return undefined;
    const fragments = [...open.fragments];
    this.#open.delete(identity);
    for (const one of fragments) this.#identities.delete(one);
    return { payload, fragments };
  }

  /** A fragment has gone before its bundle was whole: what there is of it is of no use. */
  remove(fragment: HeldBundle): void {
    const identity = this.#identities.get(fragment);
    if (identity === undefined) return;
    const open = this.#open.get(identity);
    this.#identities.delete(fragment);
    open?.fragments.delete(fragment);
    if (open?.fragments.size === 0) this.#open.delete(identity);
  }
}
