/**
 * Puts fragments together (RFC 9171 section 5.9): a set of fragments of one bundle, in any order,
 * overlapping or repeated; the first byte wins.
 *
 * @module
 */
import { ByteRanges } from './byte-ranges.ts';

/**
 * Most separate pieces: with more gaps than this, somebody sends them to make us look for gaps, and
 * no honest sender cuts a bundle that small.
 */
const RANGES_MAX = 16_384;

/** The payload of one bundle while fragments of it are missing. */
export class PartialPayload {
  /** Length of the whole payload, bytes. */
  readonly total: number;
  readonly #payload: Uint8Array;
  readonly #arrived = new ByteRanges();

  /** @param total As all fragments of the bundle say; the caller bounds it before. */
  constructor(total: number) {
    this.total = total;
    this.#payload = new Uint8Array(total);
  }

  /** The payload when it is complete. */
  get payload(): Uint8Array | undefined {
    const isWhole = this.total > 0 && this.#arrived.covers(0, this.total);
    return isWhole ? this.#payload : undefined;
  }

  /** Number of bytes that have arrived. */
  get arrived(): number {
    return this.#arrived.bytes;
  }

  /**
   * Adds the bytes of one fragment.
   * @param offset Where they begin in the whole payload.
   * @returns false if they are beyond it, or in too many separate pieces, and so not added.
   */
  add(offset: number, bytes: Uint8Array): boolean {
    const isBeyond = offset + bytes.length > this.total;
    if (isBeyond || this.#arrived.all.length >= RANGES_MAX) return false;
    for (const gap of this.#arrived.gaps(offset, offset + bytes.length)) {
      this.#payload.set(bytes.subarray(gap.start - offset, gap.end - offset), gap.start);
    }
    this.#arrived.add(offset, offset + bytes.length);
    return true;
  }
}
