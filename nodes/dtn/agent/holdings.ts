/**
 * What a node holds, and what it remembers of bundles with which it is done.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { REMEMBERED_MAX } from '../geometry.ts';
import type { EffectSink } from './effects.ts';
import type { HeldBundle } from './held-bundle.ts';
import { MemoryStore, type StoreLimits } from './memory-store.ts';
import { Remembered } from './remembered.ts';

/** The bundles of one node. */
export class Holdings {
  readonly #effects: EffectSink;
  readonly #store: MemoryStore;
  readonly #remembered = new Remembered(REMEMBERED_MAX);

  constructor(limits: StoreLimits, effects: EffectSink) {
    this.#effects = effects;
    this.#store = new MemoryStore(limits);
  }

  /** Number of bundles. */
  get size(): number {
    return this.#store.size;
  }

  /** All bundles, oldest first. */
  values(): Iterable<HeldBundle> {
    return this.#store.values();
  }

  /** True if this very bundle is here. */
  has(bundle: HeldBundle): boolean {
    return this.#store.get(bundle.key) === bundle;
  }

  /** True if a bundle with this identity is here, or was. */
  knows(key: string, now: Nanoseconds): boolean {
    return this.#store.get(key) !== undefined || this.#remembered.has(key, now);
  }

  /** @returns false if there is no room. */
  add(bundle: HeldBundle): boolean {
    const isAdded = this.#store.add(bundle);
    if (isAdded) this.#tell();
    return isAdded;
  }

  /** The node is done with the bundle: copies that come now are duplicates. */
  end(bundle: HeldBundle): void {
    this.#store.remove(bundle);
    this.remember(bundle);
    this.#tell();
  }

  /** Copies that come from now on are duplicates. */
  remember({ key, deadlineNs }: HeldBundle): void {
    this.#remembered.add(key, deadlineNs);
  }

  /** The next bundle that is of no use after `now`; undefined if there is none yet. */
  nextExpired(now: Nanoseconds): HeldBundle | undefined {
    return this.#store.nextExpired(now);
  }

  /** When the next bundle expires; Infinity if none does. */
  nextAt(): Nanoseconds {
    return this.#store.nextAt();
  }

  #tell(): void {
    this.#effects.push({ kind: 'stored', bytes: this.#store.bytes });
  }
}
