/**
 * Which bytes of something have arrived, or were acknowledged: ranges that are sorted, disjoint and
 * not adjacent.
 *
 * @module
 */

/** Bytes from `start` to before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A set of bytes. */
export class ByteRanges {
  readonly #ranges: ByteRange[] = [];

  /** The ranges in order. */
  get all(): readonly ByteRange[] {
    return this.#ranges;
  }

  /** Number of bytes in the set. */
  get bytes(): number {
    return this.#ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  /** True if all bytes from `start` to before `end` are in the set. */
  covers(start: number, end: number): boolean {
    return start === end || this.#ranges.some((range) => range.start <= start && range.end >= end);
  }

  /** What is missing from `start` to `end`. */
  gaps(start: number, end: number): readonly ByteRange[] {
    const gaps: ByteRange[] = [];
    let at = start;
    for (const range of this.#ranges) {
      if (range.end <= at) continue;
      if (range.start >= end) break;
      if (range.start > at) gaps.push({ start: at, end: range.start });
      at = range.end;
    }
    if (at < end) gaps.push({ start: at, end });
    return gaps;
  }

  /** What is there from `start` to `end`. */
  within(start: number, end: number): readonly ByteRange[] {
    return this.#ranges
      .filter((range) => range.start < end && range.end > start)
      .map((range) => ({ start: Math.max(start, range.start), end: Math.min(end, range.end) }));
  }

  /** Joins what touches; ranges stay in order, so that pieces in order cost nothing. */
  add(start: number, end: number): void {
    if (start === end) return;
    const ranges = this.#ranges;
    let first = ranges.length;
    while (first > 0 && (ranges[first - 1] as ByteRange).end >= start) first -= 1;
    let after = first;
    let merged: ByteRange = { start, end };
    for (; after < ranges.length && (ranges[after] as ByteRange).start <= end; after += 1) {
      const range = ranges[after] as ByteRange;
      merged = { start: Math.min(merged.start, range.start), end: Math.max(merged.end, range.end) };
    }
    ranges.splice(first, after - first, merged);
  }
}
