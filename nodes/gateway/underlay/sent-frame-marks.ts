/**
 * Records of what was sent on one path within the last second: a few ciphertext bytes of each frame
 * (at high rates, of one frame every four milliseconds), so that a quoted packet can be recognised as
 * ours and as recent (SCION specification, "SCMP": an error quotes the packet that caused it).
 *
 * The bytes are part of a ciphertext or tag: without having seen the packet, nobody can guess them.
 *
 * @module
 */
import { readUint32 } from '../../_kit/bytes.ts';
import { UDP_HEADER_LENGTH } from '../../scion/index.ts';
import {
  SCMP_QUOTE_AGE_NS_MAX,
  SCMP_QUOTE_ID_BYTES,
  SCMP_QUOTE_ID_OFFSET,
  SCMP_QUOTE_ID_SPACING_NS,
  SCMP_QUOTE_IDS_PER_PATH_MAX,
} from '../geometry.ts';

/**
 * Offset of HdrLen, which counts units of four bytes (SCION header specification, "Common Header").
 */
const HEADER_LENGTH_AT = 5;
const HEADER_UNIT = 4;

/**
 * Bytes of the frames sent on one path within the last second: an SCMP error counts only if it quotes
 * one of them.
 */
export class SentFrameMarks {
  readonly #sentNs = new Float64Array(SCMP_QUOTE_IDS_PER_PATH_MAX).fill(Number.NEGATIVE_INFINITY);
  readonly #high = new Uint32Array(SCMP_QUOTE_IDS_PER_PATH_MAX);
  readonly #low = new Uint32Array(SCMP_QUOTE_IDS_PER_PATH_MAX);
  #next = 0;
  #lastNs = Number.NEGATIVE_INFINITY;

  /** True when the next data frame is to be recorded: at high rates, one frame every four milliseconds. */
  // hot: once per data frame.
  isDue(now: number): boolean {
    return now - this.#lastNs >= SCMP_QUOTE_ID_SPACING_NS;
  }

  /** Records a packet that leaves now, with a frame of `length` bytes at `frameAt`. */
  note(now: number, packet: Uint8Array, frameAt: number, length: number): void {
    if (length < SCMP_QUOTE_ID_OFFSET + SCMP_QUOTE_ID_BYTES) return;
    this.#sentNs[this.#next] = now;
    this.#high[this.#next] = readUint32(packet, frameAt + SCMP_QUOTE_ID_OFFSET);
    this.#low[this.#next] = readUint32(packet, frameAt + SCMP_QUOTE_ID_OFFSET + 4);
    this.#next = (this.#next + 1) % SCMP_QUOTE_IDS_PER_PATH_MAX;
    this.#lastNs = now;
  }

  /** True when the quoted packet was recorded here within the last second. */
  has(now: number, quote: Uint8Array): boolean {
    const header = (quote[HEADER_LENGTH_AT] ?? 0) * HEADER_UNIT;
    const at = header + UDP_HEADER_LENGTH + SCMP_QUOTE_ID_OFFSET;
    if (header === 0 || at + SCMP_QUOTE_ID_BYTES > quote.length) return false;
    const high = readUint32(quote, at);
    const low = readUint32(quote, at + 4);
    for (let k = 0; k < SCMP_QUOTE_IDS_PER_PATH_MAX; k += 1) {
      if (this.#high[k] !== high || this.#low[k] !== low) continue;
      if (now - (this.#sentNs[k] as number) <= SCMP_QUOTE_AGE_NS_MAX) return true;
    }
    return false;
  }
}
