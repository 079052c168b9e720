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
 * The first byte of the decrypted Noise message is its mark ({@link FRAME_CONTENT_KIND}), the rest is
 * a piece of a message. This module only splits and joins bytes; it neither decrypts nor trusts them.
 *
 * @module
 */
import { readUint16, writeUint16 } from '../../../nodes/_kit/bytes.ts';
import { FrameReader } from '../../../nodes/_kit/frame-reader.ts';
import { MESSAGE_LENGTH_MAX, TAG_LENGTH } from '../../../nodes/noise/index.ts';

/** Length of the header of a frame, bytes: the length of its Noise message. */
const HEADER_LENGTH = 2;

/** The kinds of content of a sealed frame; these values are the marks on the wire. */
export const FRAME_CONTENT_KIND = {
  /** The last piece of a message, or all of it. */
  last: 0,
  /** A piece of a message that continues in the next frame. */
  more: 1,
  /** The sender will send nothing more; the frame has no piece. */
  close: 2,
  /**
   * The first frame of the dialling side, which proves that its handshake is not a replay; the frame
   * has no piece.
   */
  confirm: 3,
} as const;

/** Largest piece in a frame, bytes: a Noise message minus its tag and the mark. */
export const FRAME_PIECE_BYTES_MAX: number = MESSAGE_LENGTH_MAX - TAG_LENGTH - 1;

const EMPTY = new Uint8Array(0);

/** Makes a frame of a Noise message: its length, then the message. */
export function encodeNoiseFrame(noiseMessage: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_LENGTH + noiseMessage.length);
  writeUint16(frame, 0, noiseMessage.length);
  frame.set(noiseMessage, HEADER_LENGTH);
  return frame;
}

/** Makes the plaintext of one frame: the mark, then the piece. */
export function encodeFramePlaintext(mark: number, piece: Uint8Array = EMPTY): Uint8Array {
  const marked = new Uint8Array(1 + piece.length);
  marked[0] = mark;
  marked.set(piece, 1);
  return marked;
}

/** Splits the bytes that a socket receives into Noise messages. */
export class NoiseMessageReader {
  /** Receives each message, which is valid during the call only. */
  onMessage: (noiseMessage: Uint8Array) => void;
  /** The only length that the next messages may have, bytes; undefined if any length is allowed. */
  expected: number | undefined;
  readonly #frames = new FrameReader(
    {
      headerBytes: HEADER_LENGTH,
      bodyBytes: (bytes, at): number | undefined => this.#lengthAt(bytes, at),
    },
    (bytes, at, length) => this.onMessage(bytes.subarray(at + HEADER_LENGTH, at + length)),
  );

  constructor(expected: number, onMessage: (noiseMessage: Uint8Array) => void) {
    this.expected = expected;
    this.onMessage = onMessage;
  }

  /** @returns false as soon as a message states another length than the expected one. */
  read(chunk: Uint8Array): boolean {
    return this.#frames.read(chunk, 0, chunk.length);
  }

  #lengthAt(bytes: Uint8Array, at: number): number | undefined {
    const length = readUint16(bytes, at);
    return length === (this.expected ?? length) ? length : undefined;
  }
}
