/**
 * Fabric: sets of bytes of a message, as ranges in ascending order that neither touch nor overlap.
 *
 * @module
 */

/** A set of bytes. */
export class ByteRanges {
  /** Start and end (exclusive) of each range, ascending. */
  readonly #bounds: number[] = [];
  #size = 0;

  /** How many bytes are in the set. */
  get size(): number {
    return this.#size;
  }

  /** How many ranges there are. */
  get count(): number {
    return this.#bounds.length / 2;
  }

  /** Where the first range starts; undefined if the set is empty. */
  get first(): number | undefined {
    return this.#bounds[0];
  }

  /** The length of the first range. */
  get firstLength(): number {
    const [start = 0, end = 0] = this.#bounds;
    return end - start;
  }

  /** Adds the bytes from `start` to before `end`. @returns how many were not in the set. */
  add(start: number, end: number): number {
    const from = this.#touching(start);
    let to = from;
    let low = start;
    let high = end;
    let had = 0;
    const bounds = this.#bounds;
    while (to < bounds.length && (bounds[to] as number) <= end) {
      low = Math.min(low, bounds[to] as number);
      high = Math.max(high, bounds[to + 1] as number);
      had += (bounds[to + 1] as number) - (bounds[to] as number);
      to += 2;
    }
    bounds.splice(from, to - from, low, high);
    const added = high - low - had;
    this.#size += added;
    return added;
  }

  /** Removes the bytes from `start` to before `end`. @returns how many were in the set. */
  remove(start: number, end: number): number {
    const bounds = this.#bounds;
    let removed = 0;
    for (let at = this.#touching(start); at < bounds.length; ) {
      const low = bounds[at] as number;
      const high = bounds[at + 1] as number;
      if (low >= end) break;
      const left = Math.max(low, start);
      const right = Math.min(high, end);
      const rest = [...(low < left ? [low, left] : []), ...(right < high ? [right, high] : [])];
      if (right > left) removed += right - left;
      // biome-ignore lint/plugin: at most four
      bounds.splice(at, 2, ...(right > left ? rest : [low, high]));
      at += right > left ? rest.length : 2;
    }
    this.#size -= removed;
    return removed;
  }

  /** True if any byte from `start` to before `end` is in the set. */
  hasAny(start: number, end: number): boolean {
    for (let at = this.#touching(start); at < this.#bounds.length; at += 2) {
      const low = this.#bounds[at] as number;
      if (low >= end) return false;
      if ((this.#bounds[at + 1] as number) > start) return true;
    }
    return false;
  }

  /** The ranges, ascending; ends are exclusive. */
  *ranges(): Generator<readonly [start: number, end: number]> {
    for (let at = 0; at < this.#bounds.length; at += 2) {
      yield [this.#bounds[at] as number, this.#bounds[at + 1] as number];
    }
  }

  clear(): void {
    this.#bounds.length = 0;
    this.#size = 0;
  }

  /** Index of the first range that ends at `start` or later. */
  #touching(start: number): number {
    const bounds = this.#bounds;
    let low = 0;
    let high = bounds.length / 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((bounds[2 * middle + 1] as number) < start) low = middle + 1;
      else high = middle;
    }
    return 2 * low;
  }
}
