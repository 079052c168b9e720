/**
 * Puts fragments together (RFC 9171 section 5.9): a set of fragments of one bundle, in any order,
 * overlapping or repeated; the first byte wins.
 *
 * @module
 */

/**
 * Most separate pieces: with more gaps than this, somebody sends them to make us look for gaps, and
 * no honest sender cuts a bundle that small.
 */
const RANGES_MAX = 16_384;

/** Bytes of the whole payload that have arrived: sorted, disjoint, not adjacent. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** The payload of one bundle while fragments of it are missing. */
export class PartialPayload {
  /** Length of the whole payload, bytes. */
  readonly total: number;
  readonly #payload: Uint8Array;
  readonly #ranges: Range[] = [];

  /** @param total As all fragments of the bundle say; the caller bounds it before. */
  constructor(total: number) {
    this.total = total;
    this.#payload = new Uint8Array(total);
  }

  /** The payload when it is complete. */
  get payload(): Uint8Array | undefined {
    const [first] = this.#ranges;
    const isWhole = first !== undefined && first.start === 0 && first.end === this.total;
    return isWhole ? this.#payload : undefined;
  }

  /** Number of bytes that have arrived. */
  get arrived(): number {
    return this.#ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  /**
   * Adds the bytes of one fragment.
   * @param offset Where they begin in the whole payload; `offset + bytes.length <= total`.
   * @returns false if there are too many separate pieces; the bytes are not added then.
   */
  add(offset: number, bytes: Uint8Array): boolean {
    if (this.#ranges.length >= RANGES_MAX) return false;
    for (const gap of this.#gaps(offset, offset + bytes.length)) {
      this.#payload.set(bytes.subarray(gap.start - offset, gap.end - offset), gap.start);
    }
    this.#cover(offset, offset + bytes.length);
    return true;
  }

  /** What is missing from `start` to `end`. */
  #gaps(start: number, end: number): readonly Range[] {
    const gaps: Range[] = [];
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

  /** Joins what touches; ranges stay in order, so that pieces in order cost nothing. */
  #cover(start: number, end: number): void {
    if (start === end) return;
    const ranges = this.#ranges;
    let first = ranges.length;
    while (first > 0 && (ranges[first - 1] as Range).end >= start) first -= 1;
    let after = first;
    let merged: Range = { start, end };
    for (; after < ranges.length && (ranges[after] as Range).start <= end; after += 1) {
      const range = ranges[after] as Range;
      merged = { start: Math.min(merged.start, range.start), end: Math.max(merged.end, range.end) };
    }
    ranges.splice(first, after - first, merged);
  }
}
