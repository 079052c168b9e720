/**
 * Bundles that wait to leave: by priority, then in the order in which they came.
 *
 * @module
 */
import type { HeldBundle, Priority } from './held-bundle.ts';

const PRIORITIES: readonly Priority[] = [2, 1, 0];

/** A queue by priority; any bundle can be removed in constant time. */
export class BundleQueue {
  readonly #queues: Readonly<Record<Priority, Set<HeldBundle>>> = {
    0: new Set(),
    1: new Set(),
    2: new Set(),
  };
  readonly #bytes: Record<Priority, number> = { 0: 0, 1: 0, 2: 0 };

  // hot: asked several times for each bundle of a node.
  get isEmpty(): boolean {
    const queues = this.#queues;
    return queues[2].size === 0 && queues[1].size === 0 && queues[0].size === 0;
  }

  /** The next bundle to leave; undefined if the queue is empty. */
  get first(): HeldBundle | undefined {
    for (const level of PRIORITIES) {
      const queue = this.#queues[level];
      if (queue.size > 0) return queue.values().next().value;
    }
    return undefined;
  }

  /** Total length of the bundles of this priority or a higher one, bytes. */
  bytes(priority: number): number {
    let bytes = 0;
    for (const level of PRIORITIES) if (level >= priority) bytes += this.#bytes[level];
    return bytes;
  }

  /** All bundles, in the order in which they will leave. */
  all(): readonly HeldBundle[] {
    return PRIORITIES.flatMap((level) => [...this.#queues[level]]);
  }

  add(bundle: HeldBundle): void {
    this.#queues[bundle.priority].add(bundle);
    this.#bytes[bundle.priority] += bundle.bytes.length;
  }

  /** Takes a bundle out, if it is there. */
  delete(bundle: HeldBundle): void {
    if (!this.#queues[bundle.priority].delete(bundle)) return;
    this.#bytes[bundle.priority] -= bundle.bytes.length;
  }

  /** Takes all bundles out. @returns them in the order in which they would have left. */
  takeAll(): readonly HeldBundle[] {
    const all = this.all();
    for (const bundle of all) this.delete(bundle);
    return all;
  }
}
