/**
 * Bulk: cuts the bytes of a stream into packets. Bytes in, packets out; it sees neither port nor time.
 *
 * A reader holds at most one packet. After a length that no packet has it takes nothing more, since the
 * place of the next length is unknown.
 *
 * @module
 */
import { LENGTH_BYTES, PACKET_MAX } from './geometry.ts';
import { decodeLength } from './wire.ts';

/** Puts pieces of one length together: a hello, or numbers that come one after the other. */
export class PieceReader {
  readonly #kept: Uint8Array;
  readonly #onPiece: (piece: Uint8Array) => void;
  #keptBytes = 0;

  /**
   * @param length Of a piece, bytes.
   * @param onPiece Called for each piece; the bytes are the reader's own.
   */
  constructor(length: number, onPiece: (piece: Uint8Array) => void) {
    this.#kept = new Uint8Array(length);
    this.#onPiece = onPiece;
  }

  /** Takes bytes up to the end of one piece; returns how many. */
  readOne(buffer: Uint8Array, offset: number, length: number): number {
    const taken = Math.min(length, this.#kept.length - this.#keptBytes);
    this.#kept.set(buffer.subarray(offset, offset + taken), this.#keptBytes);
    this.#keptBytes += taken;
    if (this.#keptBytes === this.#kept.length) {
      this.#keptBytes = 0;
      this.#onPiece(this.#kept);
    }
    return taken;
  }

  /** Takes all bytes. */
  read(buffer: Uint8Array, offset: number, length: number): void {
    for (let at = 0; at < length; ) at += this.readOne(buffer, offset + at, length - at);
  }
}

/** Gets a packet; the bytes belong to the receiver during the call only. */
export type PacketHandler = (buffer: Uint8Array, offset: number, length: number) => void;

/** See the module. */
export class PacketReader {
  readonly #onPacket: PacketHandler;
  /** The length and the packet that are being put together. */
  readonly #kept = new Uint8Array(LENGTH_BYTES + PACKET_MAX);
  #keptBytes = 0;
  #isBroken = false;

  /** @param onPacket Called for each packet, within {@link read}. */
  constructor(onPacket: PacketHandler) {
    this.#onPacket = onPacket;
  }

  /** True when the stream may end here: no packet has begun. */
  get isBetweenPackets(): boolean {
    return this.#keptBytes === 0 && !this.#isBroken;
  }

  /**
   * Takes the next bytes of the stream.
   * @returns false when they hold a length that no packet has.
   */
  read(buffer: Uint8Array, offset: number, length: number): boolean {
    const end = offset + length;
    let at = offset;
    while (at < end && !this.#isBroken) {
      at += this.#keptBytes === 0 ? this.#whole(buffer, at, end) : this.#part(buffer, at, end);
    }
    return !this.#isBroken;
  }

  /** A packet that lies in the buffer as a whole is not copied. */
  #whole(buffer: Uint8Array, at: number, end: number): number {
    if (end - at < LENGTH_BYTES) return this.#keep(buffer, at, end);
    const length = this.#length(buffer, at);
    if (length === 0) return 0;
    if (end - at < LENGTH_BYTES + length) return this.#keep(buffer, at, end);
    this.#onPacket(buffer, at + LENGTH_BYTES, length);
    return LENGTH_BYTES + length;
  }

  /** Fills up the length first, then the packet. */
  #part(buffer: Uint8Array, at: number, end: number): number {
    if (this.#keptBytes < LENGTH_BYTES) {
      return this.#keep(buffer, at, Math.min(end, at + LENGTH_BYTES - this.#keptBytes));
    }
    const length = this.#length(this.#kept, 0);
    if (length === 0) return 0;
    const missing = LENGTH_BYTES + length - this.#keptBytes;
    const taken = this.#keep(buffer, at, Math.min(end, at + missing));
    if (taken === missing) {
      this.#keptBytes = 0;
      this.#onPacket(this.#kept, LENGTH_BYTES, length);
    }
    return taken;
  }

  /** Copies `buffer[at .. end)` behind what is kept; returns the bytes taken. */
  #keep(buffer: Uint8Array, at: number, end: number): number {
    this.#kept.set(buffer.subarray(at, end), this.#keptBytes);
    this.#keptBytes += end - at;
    return end - at;
  }

  /** The length at `at`; 0 breaks the reader. */
  #length(buffer: Uint8Array, at: number): number {
    const length = decodeLength(buffer, at);
    if (length === undefined) this.#isBroken = true;
    return length ?? 0;
  }
}
