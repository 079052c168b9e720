/**
 * Puts fragments together (RFC 9171 section 5.9): a set of fragments of one bundle, in any order,
 * overlapping or repeated; of a byte that comes more than once, the first copy counts.
 *
 * @module
 */
import { RangeSet } from '../../../engine/pure/range-set.ts';

/**
 * Largest number of separate ranges of bytes that have arrived: no honest sender cuts a bundle into
 * that many fragments, but an attacker may, to make this node search for gaps.
 */
const RANGES_MAX = 16_384;
/** Memory that a piece takes beside its data, bytes: its object, and its entry among the ranges. */
const PIECE_COST = 128;

interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** The payload of one bundle while fragments of it are missing. */
export class PartialPayload {
  /** Length of the whole payload, bytes. */
  readonly total: number;
  /** The pieces that have arrived. A total length that a sender merely claims takes no memory. */
  readonly #pieces: Piece[] = [];
  readonly #arrived = new RangeSet();
  #cost = 0;

  /**
   * @param total Total length that all fragments of the bundle state; the caller has to limit it.
   */
  constructor(total: number) {
    this.total = total;
  }

  /** The payload, put together into a new array; undefined while bytes are missing. */
  get payload(): Uint8Array | undefined {
    const isWhole = this.total > 0 && this.#arrived.covers(0, this.total);
    if (!isWhole) return undefined;
    const payload = new Uint8Array(this.total);
    for (const { offset, bytes } of this.#pieces) payload.set(bytes, offset);
    return payload;
  }

  /** Memory that the arrived pieces take, bytes. */
  get cost(): number {
    return this.#cost;
  }

  /** Number of bytes that have arrived. */
  get arrived(): number {
    return this.#arrived.size;
  }

  /**
   * Adds the bytes of one fragment.
   * @param offset Where they begin in the whole payload.
   * @returns false if they are beyond it, or in too many separate pieces, and so not added.
   */
  add(offset: number, bytes: Uint8Array): boolean {
    const isBeyond = offset + bytes.length > this.total;
    if (isBeyond || this.#arrived.count >= RANGES_MAX) return false;
    for (const gap of this.#arrived.gaps(offset, offset + bytes.length)) {
      const piece = bytes.slice(gap.start - offset, gap.end - offset);
      this.#pieces.push({ offset: gap.start, bytes: piece });
      this.#cost += piece.length + PIECE_COST;
    }
    this.#arrived.add(offset, offset + bytes.length);
    return true;
  }
}
