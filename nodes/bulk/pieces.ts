/**
 * Bulk: splits the bytes of a stream into a hello, numbers and packets.
 *
 * @module
 */
import { FrameReader } from '../_kit/frame-reader.ts';
import { HELLO_BYTES, LENGTH_FIELD_BYTES } from './geometry.ts';
import { decodeHello, decodePacketLength, type Hello } from './wire.ts';

/** Collects pieces of a fixed length: a hello, or consecutive numbers. */
export class FixedLengthReader {
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

  /** Reads all given bytes, which may end within a piece. */
  read(buffer: Uint8Array, offset: number, length: number): void {
    for (let at = 0; at < length; ) at += this.readOne(buffer, offset + at, length - at);
  }
}

/** Receives a packet; the bytes are valid during the call only. */
export type PacketHandler = (buffer: Uint8Array, offset: number, length: number) => void;

/** Reads packets from the bytes of a stream. */
export function createPacketReader(onPacket: PacketHandler): FrameReader {
  return new FrameReader(
    { headerBytes: LENGTH_FIELD_BYTES, bodyBytes: decodePacketLength },
    (buffer, offset, length) =>
      onPacket(buffer, offset + LENGTH_FIELD_BYTES, length - LENGTH_FIELD_BYTES),
  );
}

/** Reads what a peer writes on one stream: its hello, and then packets. */
export class IncomingStreamReader {
  readonly #hello: FixedLengthReader;
  readonly #packets: FrameReader;
  #greetedBytes = 0;

  /** @param onPacket Receives each packet, and owns its bytes. */
  constructor(onHello: (hello: Hello) => void, onPacket: (packet: Uint8Array) => void) {
    this.#hello = new FixedLengthReader(HELLO_BYTES, (piece) => onHello(decodeHello(piece)));
    this.#packets = createPacketReader((buffer, offset, length) =>
      onPacket(buffer.slice(offset, offset + length)),
    );
  }

  /** True when the stream may end here: nothing is incomplete. */
  get mayEnd(): boolean {
    if (this.#greetedBytes < HELLO_BYTES) return this.#greetedBytes === 0;
    return this.#packets.isBetweenFrames;
  }

  /** Reads bytes of the stream. @returns false after a length that no packet has. */
  read(buffer: Uint8Array, offset: number, length: number): boolean {
    let at = 0;
    if (this.#greetedBytes < HELLO_BYTES) {
      at = this.#hello.readOne(buffer, offset, length);
      this.#greetedBytes += at;
    }
    return this.#packets.read(buffer, offset + at, length - at);
  }
}
