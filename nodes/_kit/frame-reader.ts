/**
 * Splits the bytes of a stream into frames. A frame is a header that states the length of the body, and the body.
 *
 * A reader holds at most one incomplete frame. After an invalid header it reads nothing more, since the position
 * of the next header is unknown.
 *
 * @module
 */

/** The length of the header of a frame, and how the header gives the length of the body. */
export interface FrameLayout {
  /** Length of the header, bytes, >= 1. */
  readonly headerBytes: number;
  /**
   * Length of the body that a header announces, bytes, >= 0; undefined when the header is invalid or
   * the length exceeds what the reader may hold. Called once for each frame.
   */
  readonly bodyBytes: (buffer: Uint8Array, offset: number) => number | undefined;
}

/**
 * Receives a frame.
 * @param offset Start of the header; the body begins `headerBytes` later.
 * @param length Length of header and body, bytes. The bytes are valid during the call only.
 */
export type FrameHandler = (buffer: Uint8Array, offset: number, length: number) => void;

/** Splits the bytes of a stream into frames. */
export class FrameReader {
  readonly #form: FrameLayout;
  readonly #onFrame: FrameHandler;
  /** The bytes of the incomplete frame so far; room for its header and, once that is complete, for the whole frame. */
  #kept: Uint8Array;
  #keptBytes = 0;
  /** Length of the incomplete frame, bytes; undefined while its header is incomplete. */
  #frameBytes: number | undefined;
  #isBroken = false;

  /** @param onFrame Called for each frame, within {@link read}. */
  constructor(form: FrameLayout, onFrame: FrameHandler) {
    this.#form = form;
    this.#onFrame = onFrame;
    this.#kept = new Uint8Array(form.headerBytes);
  }

  /** True when the stream may end here: no frame is incomplete. */
  get isBetweenFrames(): boolean {
    return this.#keptBytes === 0 && !this.#isBroken;
  }

  /**
   * Reads the next bytes of the stream.
   * @returns false when the bytes contain an invalid header, or come after one.
   */
  read(buffer: Uint8Array, offset: number, length: number): boolean {
    const end = offset + length;
    let at = offset;
    while (at < end && !this.#isBroken) {
      at += this.#keptBytes === 0 ? this.#whole(buffer, at, end) : this.#part(buffer, at, end);
    }
    return !this.#isBroken;
  }

  /** Reads bytes that begin with a frame; does not copy a complete frame. @returns the number of bytes consumed. */
  #whole(buffer: Uint8Array, at: number, end: number): number {
    const { headerBytes } = this.#form;
    if (end - at < headerBytes) return this.#keep(buffer, at, end);
    const length = this.#lengthAt(buffer, at);
    if (length === undefined) return 0;
    if (end - at < length) {
      this.#begin(length);
      return this.#keep(buffer, at, end);
    }
    this.#onFrame(buffer, at, length);
    return length;
  }

  /** Continues the incomplete frame, first its header, then its body. @returns the number of bytes consumed. */
  #part(buffer: Uint8Array, at: number, end: number): number {
    const { headerBytes } = this.#form;
    const whole = this.#frameBytes ?? headerBytes;
    const taken = this.#keep(buffer, at, Math.min(end, at + whole - this.#keptBytes));
    if (this.#keptBytes < whole) return taken;
    if (this.#frameBytes === undefined) {
      const length = this.#lengthAt(this.#kept, 0);
      if (length === undefined) return taken;
      const header = this.#kept;
      this.#begin(length);
      if (length > headerBytes) {
        this.#kept.set(header);
        return taken;
      }
    }
    const frame = this.#kept;
    const length = this.#keptBytes;
    this.#kept = new Uint8Array(headerBytes);
    this.#keptBytes = 0;
    this.#frameBytes = undefined;
    this.#onFrame(frame, 0, length);
    return taken;
  }

  #begin(length: number): void {
    this.#frameBytes = length;
    if (length > this.#form.headerBytes) this.#kept = new Uint8Array(length);
  }

  /** Appends `buffer[at .. end)` to the incomplete frame. @returns the number of bytes consumed. */
  #keep(buffer: Uint8Array, at: number, end: number): number {
    this.#kept.set(buffer.subarray(at, end), this.#keptBytes);
    this.#keptBytes += end - at;
    return end - at;
  }

  #lengthAt(buffer: Uint8Array, at: number): number | undefined {
    const body = this.#form.bodyBytes(buffer, at);
    if (body === undefined) this.#isBroken = true;
    return body === undefined ? undefined : this.#form.headerBytes + body;
  }
}
