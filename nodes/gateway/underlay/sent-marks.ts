/**
 * What was sent on one path within the last second: a few ciphertext bytes of each frame, or at
 * high rates of one frame in four milliseconds, so that a quoted packet can be recognised as ours
 * and as recent (SCION specification, "SCMP": an error quotes the packet that caused it).
 *
 * The bytes are part of a ciphertext or tag: without having seen the packet, nobody can guess them.
 *
 * @module
 */
import { readUint32 } from '../../_kit/bytes.ts';
import { UDP_LENGTH } from '../../scion/index.ts';
import {
  MARK_SPACING_NS,
  QUOTE_AGE_NS_MAX,
  QUOTE_MARK_BYTES,
  QUOTE_MARK_OFFSET,
  QUOTE_MARKS_MAX,
} from '../geometry.ts';

/**
 * Offset of HdrLen, which counts units of four bytes (SCION header specification, "Common Header").
 */
const HEADER_LENGTH_AT = 5;
const HEADER_UNIT = 4;

/** Marks of the packets sent on one path. */
export class SentMarks {
  readonly #sentNs = new Float64Array(QUOTE_MARKS_MAX).fill(Number.NEGATIVE_INFINITY);
  readonly #high = new Uint32Array(QUOTE_MARKS_MAX);
  readonly #low = new Uint32Array(QUOTE_MARKS_MAX);
  #next = 0;
  #lastNs = Number.NEGATIVE_INFINITY;

  /** True when the next data frame is to be recorded: at high rates one in four milliseconds is. */
  // hot: once per data frame.
  isDue(now: number): boolean {
    return now - this.#lastNs >= MARK_SPACING_NS;
  }

  /** Records a packet that leaves now, with a frame of `length` bytes at `frameAt`. */
  note(now: number, packet: Uint8Array, frameAt: number, length: number): void {
    if (length < QUOTE_MARK_OFFSET + QUOTE_MARK_BYTES) return;
    this.#sentNs[this.#next] = now;
    this.#high[this.#next] = readUint32(packet, frameAt + QUOTE_MARK_OFFSET);
    this.#low[this.#next] = readUint32(packet, frameAt + QUOTE_MARK_OFFSET + 4);
    this.#next = (this.#next + 1) % QUOTE_MARKS_MAX;
    this.#lastNs = now;
  }

  /** True when the quote is of a packet recorded here within the last second. */
  has(now: number, quote: Uint8Array): boolean {
    const header = (quote[HEADER_LENGTH_AT] ?? 0) * HEADER_UNIT;
    const at = header + UDP_LENGTH + QUOTE_MARK_OFFSET;
    if (header === 0 || at + QUOTE_MARK_BYTES > quote.length) return false;
    const high = readUint32(quote, at);
    const low = readUint32(quote, at + 4);
    for (let k = 0; k < QUOTE_MARKS_MAX; k += 1) {
      if (this.#high[k] !== high || this.#low[k] !== low) continue;
      if (now - (this.#sentNs[k] as number) <= QUOTE_AGE_NS_MAX) return true;
    }
    return false;
  }
}
