/**
 * The bundles of a node, in memory: bounded by bytes and number, with the order of their deadlines.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { Deadlines } from '../../_kit/deadlines.ts';
import type { HeldBundle } from './held-bundle.ts';

/** How much a store keeps. */
export interface StoreLimits {
  readonly bytes: number;
  readonly bundles: number;
}

/** Bundles by identity. */
export class MemoryStore {
  readonly #limits: StoreLimits;
  readonly #bundles = new Map<string, HeldBundle>();
  readonly #deadlines = new Deadlines<HeldBundle>();
  #bytes = 0;

  constructor(limits: StoreLimits) {
    this.#limits = limits;
  }

  /** Number of bundles. */
  get size(): number {
    return this.#bundles.size;
  }

  /** Their bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): HeldBundle | undefined {
    return this.#bundles.get(key);
  }

  /** All bundles, oldest first. */
  values(): Iterable<HeldBundle> {
    return this.#bundles.values();
  }

  /** @returns false if there is no room. */
  add(bundle: HeldBundle): boolean {
    const { bytes, bundles } = this.#limits;
    const isFull = this.#bundles.size >= bundles || this.#bytes + bundle.bytes.length > bytes;
    if (isFull) return false;
    this.#bundles.set(bundle.key, bundle);
    this.#bytes += bundle.bytes.length;
    if (Number.isFinite(bundle.deadlineNs)) this.#deadlines.add(bundle.deadlineNs, bundle);
    return true;
  }

  remove({ key }: HeldBundle): void {
    const bundle = this.#bundles.get(key);
    if (bundle === undefined) return;
    this.#bundles.delete(key);
    this.#bytes -= bundle.bytes.length;
  }

  /** The next bundle that is of no use after `now`; undefined if there is none yet. */
  nextExpired(now: Nanoseconds): HeldBundle | undefined {
    this.#skipGone();
    const at = this.#deadlines.nextAt;
    // RFC 9171 section 5.5: a bundle expires when its age exceeds its lifetime.
    return at !== undefined && at < now ? this.#deadlines.takeDue(now) : undefined;
  }

  /** When the next bundle expires; Infinity if none does. */
  nextAt(): Nanoseconds {
    this.#skipGone();
    const at = this.#deadlines.nextAt;
    return at === undefined ? Number.POSITIVE_INFINITY : at + 1;
  }

  /** Forgets deadlines of bundles that are no longer here. */
  #skipGone(): void {
    for (;;) {
      const first = this.#deadlines.first;
      if (first === undefined || this.#bundles.get(first.key) === first) return;
      this.#deadlines.takeDue(Number.POSITIVE_INFINITY);
    }
  }
}
