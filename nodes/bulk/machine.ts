/**
 * Bulk: splits the bytes of a stream into packets. Bytes in, packets out; it sees neither port nor
 * time.
 *
 * A reader holds at most one packet. After an invalid length it reads nothing more, since the
 * position of the next length is unknown.
 *
 * @module
 */
import { LENGTH_BYTES, PACKET_MAX } from './geometry.ts';
import { decodeLength } from './wire.ts';

/** Collects pieces of a fixed length: a hello, or consecutive numbers. */
export class PieceReader {
  readonly #kept: Uint8Array;
  readonly #onPiece: (piece: Uint8Array) => void;
  #keptBytes = 0;

  /**
   * @param length Length of a piece, bytes.
   * @param onPiece Called for each piece; the reader owns the bytes.
   */
  constructor(length: number, onPiece: (piece: Uint8Array) => void) {
    this.#kept = new Uint8Array(length);
    this.#onPiece = onPiece;
  }

  /** Reads bytes up to the end of one piece; returns how many. */
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

  /** Reads all bytes. */
  read(buffer: Uint8Array, offset: number, length: number): void {
    for (let at = 0; at < length; ) at += this.readOne(buffer, offset + at, length - at);
  }
}

/** Receives a packet; the bytes are valid during the call only. */
export type PacketHandler = (buffer: Uint8Array, offset: number, length: number) => void;

/** Reads packets from the bytes of a stream. */
export class PacketReader {
  readonly #onPacket: PacketHandler;
  /** The length and packet being assembled. */
  readonly #kept = new Uint8Array(LENGTH_BYTES + PACKET_MAX);
  #keptBytes = 0;
  #isBroken = false;

  /** @param onPacket Called for each packet, within {@link read}. */
  constructor(onPacket: PacketHandler) {
    this.#onPacket = onPacket;
  }

  /** True when the stream may end here: no packet is incomplete. */
  get isBetweenPackets(): boolean {
    return this.#keptBytes === 0 && !this.#isBroken;
  }

  /**
   * Reads the next bytes of the stream.
   * @returns false when they contain an invalid length.
   */
  read(buffer: Uint8Array, offset: number, length: number): boolean {
    const end = offset + length;
    let at = offset;
    while (at < end && !this.#isBroken) {
      at += this.#keptBytes === 0 ? this.#whole(buffer, at, end) : this.#part(buffer, at, end);
    }
    return !this.#isBroken;
  }

  /** A packet that is completely in the buffer is not copied. */
  #whole(buffer: Uint8Array, at: number, end: number): number {
    if (end - at < LENGTH_BYTES) return this.#keep(buffer, at, end);
    const length = this.#length(buffer, at);
    if (length === 0) return 0;
    if (end - at < LENGTH_BYTES + length) return this.#keep(buffer, at, end);
    this.#onPacket(buffer, at + LENGTH_BYTES, length);
    return LENGTH_BYTES + length;
  }

  /** Completes the length first, then the packet. */
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

  /** Appends `buffer[at .. end)` to what is kept; returns the bytes consumed. */
  #keep(buffer: Uint8Array, at: number, end: number): number {
    this.#kept.set(buffer.subarray(at, end), this.#keptBytes);
    this.#keptBytes += end - at;
    return end - at;
  }

  /** The length at `at`; 0 when it is invalid. */
  #length(buffer: Uint8Array, at: number): number {
    const length = decodeLength(buffer, at);
    if (length === undefined) this.#isBroken = true;
    return length ?? 0;
  }
}
