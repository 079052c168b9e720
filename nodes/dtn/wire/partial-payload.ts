/**
 * Puts fragments together (RFC 9171 section 5.9): a set of fragments of one bundle, in any order,
 * overlapping or repeated; the first byte wins.
 *
 * @module
 */

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
  #ranges: readonly Range[] = [];

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
   * @returns number of bytes that were missing until now.
   */
  add(offset: number, bytes: Uint8Array): number {
    const before = this.arrived;
    for (const gap of this.#gaps(offset, offset + bytes.length)) {
      this.#payload.set(bytes.subarray(gap.start - offset, gap.end - offset), gap.start);
    }
    this.#cover(offset, offset + bytes.length);
    return this.arrived - before;
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

  #cover(start: number, end: number): void {
    if (start === end) return;
    const apart = this.#ranges.filter((range) => range.end < start || range.start > end);
    const joined = this.#ranges.filter((range) => range.end >= start && range.start <= end);
    const merged = {
      start: Math.min(start, ...joined.map((range) => range.start)),
      end: Math.max(end, ...joined.map((range) => range.end)),
    };
    this.#ranges = [...apart, merged].sort((left, right) => left.start - right.start);
  }
}
