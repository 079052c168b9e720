/**
 * Frames of a channel on its TCP stream: a length of two bytes and one Noise message.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |            length             |      Noise message ...        |
 * +-------------------------------+-------------------------------+
 * ```
 *
 * Inside the sealed part, the first byte is the {@link Mark}, the rest a piece of a message. Cuts
 * and joins bytes; decrypts nothing and trusts nothing.
 *
 * @module
 */
import { readUint16, writeUint16 } from '../../../nodes/_kit/bytes.ts';
import { MESSAGE_LENGTH_MAX, TAG_LENGTH } from '../../../nodes/noise/index.ts';

/** Bytes of a frame before its Noise message. */
const HEADER_LENGTH = 2;

/** The kinds of content of a sealed frame; the values are sent over the wire. */
export const MARK = {
  /** The last piece of a message, or all of it. */
  last: 0,
  /** A piece of a message that continues in the next frame. */
  more: 1,
  /** The sender is done; no piece. */
  close: 2,
  /**
   * The first frame of the dialling side, which proves that its handshake is not a copy; no piece.
   */
  confirm: 3,
} as const;

/** Bytes of a message per frame: a Noise message less its tag and the mark. */
export const PIECE_LENGTH_MAX: number = MESSAGE_LENGTH_MAX - TAG_LENGTH - 1;

const EMPTY = new Uint8Array(0);

/** Puts its length before a Noise message. */
export function frameOf(noiseMessage: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_LENGTH + noiseMessage.length);
  writeUint16(frame, 0, noiseMessage.length);
  frame.set(noiseMessage, HEADER_LENGTH);
  return frame;
}

/** Makes the plaintext of one frame. */
export function markedPiece(mark: number, piece: Uint8Array = EMPTY): Uint8Array {
  const marked = new Uint8Array(1 + piece.length);
  marked[0] = mark;
  marked.set(piece, 1);
  return marked;
}

/** Splits a stream of bytes into Noise messages; keeps at most one unfinished frame. */
export class FrameReader {
  #bytes: Uint8Array = EMPTY;
  #offset = 0;

  /** Adds bytes received from the socket. */
  push(chunk: Uint8Array): void {
    const rest = this.#bytes.length - this.#offset;
    if (rest === 0) {
      this.#bytes = chunk;
    } else {
      const joined = new Uint8Array(rest + chunk.length);
      joined.set(this.#bytes.subarray(this.#offset));
      joined.set(chunk, rest);
      this.#bytes = joined;
    }
    this.#offset = 0;
  }

  /** Length of the next Noise message; undefined until its header is there. */
  get announced(): number | undefined {
    if (this.#bytes.length - this.#offset < HEADER_LENGTH) return undefined;
    return readUint16(this.#bytes, this.#offset);
  }

  /** The next Noise message, valid until the next push; undefined if it is not complete. */
  next(): Uint8Array | undefined {
    const length = this.announced;
    if (length === undefined) return undefined;
    const start = this.#offset + HEADER_LENGTH;
    if (this.#bytes.length - start < length) return undefined;
    this.#offset = start + length;
    return this.#bytes.subarray(start, this.#offset);
  }
}
