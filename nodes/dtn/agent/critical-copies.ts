/**
 * Copies of critical bundles (CCSDS 734.3-B-1 section 3.2.7): a neighbour gets a copy if a route begins
 * with that neighbour. The bundle itself stays in the store until all its copies have left.
 *
 * @module
 */
import type { HeldBundle } from './held-bundle.ts';

interface Copies {
  /** Copies that wait or are under way, by neighbour. */
  readonly here: Map<string, HeldBundle>;
  /** `given`: neighbours that have a copy. `refused`: neighbours that get none. */
  readonly given: Set<string>;
  readonly refused: Set<string>;
}

/**
 * For each critical bundle: the neighbours that have a copy, that will get one, and that must not get
 * one.
 */
export class CriticalBundleCopies {
  readonly #copies = new Map<HeldBundle, Copies>();

  /** Makes a copy for a neighbour, which the caller has to {@link add}. */
  static of(original: HeldBundle, neighbour: string): HeldBundle {
    return { ...original, key: `${original.key} to ${neighbour}`, copyOf: original };
  }

  /** True if the neighbour has a copy, if a copy waits for it, or if it must not get a copy. */
  isTaken(original: HeldBundle, neighbour: string): boolean {
    const copies = this.#copies.get(original);
    if (copies === undefined) return false;
    const { here, given, refused } = copies;
    return here.has(neighbour) || given.has(neighbour) || refused.has(neighbour);
  }

  add(original: HeldBundle, neighbour: string, copy: HeldBundle): void {
    const copies = this.#copies.get(original) ?? {
      here: new Map(),
      given: new Set(),
      refused: new Set(),
    };
    copies.here.set(neighbour, copy);
    this.#copies.set(original, copies);
  }

  /** Copies that wait or are under way. */
  here(original: HeldBundle): readonly HeldBundle[] {
    return [...(this.#copies.get(original)?.here.values() ?? [])];
  }

  /** True if at least one neighbour has a copy, and no copy waits or is under way. */
  isComplete(original: HeldBundle): boolean {
    const copies = this.#copies.get(original);
    return copies !== undefined && copies.given.size > 0 && copies.here.size === 0;
  }

  /**
   * True if no neighbour has a copy, and no copy waits or is under way, because all were refused.
   */
  isLost(original: HeldBundle): boolean {
    const copies = this.#copies.get(original);
    if (copies === undefined || copies.refused.size === 0) return false;
    return copies.given.size === 0 && copies.here.size === 0;
  }

  /** True if this copy object waits or is under way. */
  has(copy: HeldBundle): boolean {
    return copy.copyOf !== undefined && this.here(copy.copyOf).includes(copy);
  }

  /** Called when the neighbour has the copy. */
  given(copy: HeldBundle): void {
    const neighbour = this.#remove(copy);
    if (neighbour !== undefined && copy.copyOf !== undefined)
      this.#copies.get(copy.copyOf)?.given.add(neighbour);
  }

  /** Called when the copy must not go to its neighbour. */
  refused(copy: HeldBundle): void {
    const neighbour = this.#remove(copy);
    if (neighbour !== undefined && copy.copyOf !== undefined)
      this.#copies.get(copy.copyOf)?.refused.add(neighbour);
  }

  /** Called when the copy was withdrawn before it was sent: the neighbour may get another one. */
  takenBack(copy: HeldBundle): void {
    this.#remove(copy);
  }

  /** Called when the bundle itself has left the store: forgets its copies. */
  end(original: HeldBundle): void {
    this.#copies.delete(original);
  }

  /** Forgets a copy. @returns the neighbour for which it waited, or to which it was under way. */
  #remove(copy: HeldBundle): string | undefined {
    const here = copy.copyOf && this.#copies.get(copy.copyOf)?.here;
    for (const [neighbour, each] of here ?? []) {
      if (each !== copy) continue;
      here?.delete(neighbour);
      return neighbour;
    }
    return undefined;
  }
}
