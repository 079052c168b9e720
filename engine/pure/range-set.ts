/**
 * A set of integers, such as the bytes of a message that have arrived, kept as ranges in ascending
 * order that neither touch nor overlap. Memory grows with the ranges; their owner bounds them.
 *
 * @module
 */

/** A range: the integers from `start` to before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * A set of integers, kept as ascending ranges that neither touch nor overlap. Arguments are safe
 * integers; in queries `start` is below `end`.
 */
export class RangeSet {
  /** Start and end of each range, one after the other. */
  readonly #bounds: number[] = [];
  #size = 0;

  /** Number of integers in the set. */
  get size(): number {
    return this.#size;
  }

  /** Number of ranges. */
  get count(): number {
    return this.#bounds.length / 2;
  }

  /** Where the first range starts; 0 if the set is empty. */
  get firstStart(): number {
    return this.#bounds[0] ?? 0;
  }

  /** Where the first range ends, exclusive; 0 if the set is empty. */
  get firstEnd(): number {
    return this.#bounds[1] ?? 0;
  }

  // hot: once per packet of a fabric, and per early segment of a stream.
  /** Adds the integers from `start` to before `end`. @returns how many of them were not in the set. */
  add(start: number, end: number): number {
    if (start >= end) return 0;
    const bounds = this.#bounds;
    const from = this.#endingBehind(start - 1);
    let to = from;
    let low = start;
    let high = end;
    let had = 0;
    for (; to < bounds.length && (bounds[to] as number) <= end; to += 2) {
      low = Math.min(low, bounds[to] as number);
      high = Math.max(high, bounds[to + 1] as number);
      had += (bounds[to + 1] as number) - (bounds[to] as number);
    }
    if (to === from + 2) {
      // The usual case: one range grows, and no other has to move.
      bounds[from] = low;
      bounds[from + 1] = high;
    } else bounds.splice(from, to - from, low, high);
    const added = high - low - had;
    this.#size += added;
    return added;
  }

  /** Removes the integers from `start` to before `end`. @returns how many of them were in the set. */
  remove(start: number, end: number): number {
    if (start >= end) return 0;
    const bounds = this.#bounds;
    const from = this.#endingBehind(start);
    const rest: number[] = [];
    let to = from;
    let removed = 0;
    for (; to < bounds.length && (bounds[to] as number) < end; to += 2) {
      const low = bounds[to] as number;
      const high = bounds[to + 1] as number;
      if (low < start) rest.push(low, start);
      if (high > end) rest.push(end, high);
      removed += Math.min(high, end) - Math.max(low, start);
    }
    // biome-ignore lint/plugin: at most four
    bounds.splice(from, to - from, ...rest);
    this.#size -= removed;
    return removed;
  }

  clear(): void {
    this.#bounds.length = 0;
    this.#size = 0;
  }

  /** The range that `integer` is in; undefined if it is not in the set. */
  rangeOf(integer: number): Range | undefined {
    const at = this.#endingBehind(integer);
    const start = this.#bounds[at];
    if (start === undefined || start > integer) return undefined;
    return { start, end: this.#bounds[at + 1] as number };
  }

  /** True if all integers from `start` to before `end` are in the set. */
  covers(start: number, end: number): boolean {
    return start >= end || (this.rangeOf(start)?.end ?? start) >= end;
  }

  /** True if any integer from `start` to before `end` is in the set. */
  hasAny(start: number, end: number): boolean {
    return (this.#bounds[this.#endingBehind(start)] ?? end) < end;
  }

  /** The ranges of the set, cut to the integers from `start` to before `end`. */
  within(start: number, end: number): readonly Range[] {
    const bounds = this.#bounds;
    const ranges: Range[] = [];
    let at = this.#endingBehind(start);
    for (; at < bounds.length && (bounds[at] as number) < end; at += 2) {
      const [low, high] = [bounds[at] as number, bounds[at + 1] as number];
      ranges.push({ start: Math.max(start, low), end: Math.min(end, high) });
    }
    return ranges;
  }

  /** The ranges of integers from `start` to before `end` that are not in the set. */
  gaps(start: number, end: number): readonly Range[] {
    const gaps: Range[] = [];
    let from = start;
    for (const range of this.within(start, end)) {
      if (range.start > from) gaps.push({ start: from, end: range.start });
      from = range.end;
    }
    if (from < end) gaps.push({ start: from, end });
    return gaps;
  }

  /** Index into the bounds of the first range that ends after a position. */
  #endingBehind(position: number): number {
    const bounds = this.#bounds;
    let low = 0;
    let high = bounds.length / 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((bounds[2 * middle + 1] as number) <= position) low = middle + 1;
      else high = middle;
    }
    return 2 * low;
  }
}
