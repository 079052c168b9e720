/**
 * Splits the bytes of a TCPCL stream into its contact header and messages; the bytes may come in
 * pieces of any length.
 *
 * The reader of frames in `_kit` cannot be used, since the heads of TCPCL messages differ in length. A
 * reader stores at most one message, whose length is limited, and, while reading is paused, all bytes
 * that come after it.
 *
 * @module
 */
import {
  decodeContactHeader,
  decodeTcpclMessage,
  messageLength,
  TCPCL_CONTACT_HEADER_BYTES,
  type TcpclMessage,
} from './tcpcl-wire.ts';

/** The next message of a TCPCL stream, or why there is none yet. */
export type TcpclReadResult =
  | { readonly kind: 'contact'; readonly version: number; readonly canTls: boolean }
  | { readonly kind: 'message'; readonly message: TcpclMessage }
  /** The next message is incomplete. */
  | { readonly kind: 'nothing' }
  /**
   * The stream is malformed, and nothing more can be read. `type`: first octet of the bad message.
   */
  | {
      readonly kind: 'bad';
      readonly why: 'no-contact' | 'unknown-type' | 'too-long' | 'malformed';
      readonly type: number;
    };

/** Reads the contact header and messages that one end of a session sent. */
export class TcpclReader {
  readonly #dataMax: number;
  #kept = new Uint8Array(TCPCL_CONTACT_HEADER_BYTES);
  /** Offsets in `#kept` at which the unread bytes begin and end. */
  #start = 0;
  #end = 0;
  #hasContact = false;
  #bad: TcpclReadResult | undefined;

  /** @param dataMax Longest data of a segment, octets: the segment MRU that this node states. */
  constructor(dataMax: number) {
    this.#dataMax = dataMax;
  }

  /** Number of unread octets. */
  get kept(): number {
    return this.#end - this.#start;
  }

  /** Adds octets; they are copied. */
  add(bytes: Uint8Array): void {
    const length = this.kept + bytes.length;
    const isShort = length > this.#kept.length;
    const room = isShort ? new Uint8Array(Math.max(length, 2 * this.#kept.length)) : this.#kept;
    room.set(this.#kept.subarray(this.#start, this.#end));
    room.set(bytes, this.kept);
    this.#kept = room;
    this.#start = 0;
    this.#end = length;
  }

  /** Reads the next message; its data are a copy. */
  next(): TcpclReadResult {
    const read = this.#bad ?? (this.#hasContact ? this.#message() : this.#contact());
    if (read.kind === 'bad') {
      this.#bad = read;
      this.clear();
    }
    return read;
  }

  /** Drops all unread octets. */
  clear(): void {
    this.#kept = new Uint8Array(TCPCL_CONTACT_HEADER_BYTES);
    this.#start = 0;
    this.#end = 0;
  }

  #contact(): TcpclReadResult {
    if (this.kept < TCPCL_CONTACT_HEADER_BYTES) return { kind: 'nothing' };
    const contact = decodeContactHeader(this.#taken(TCPCL_CONTACT_HEADER_BYTES));
    this.#hasContact = true;
    if (contact === undefined) return { kind: 'bad', why: 'no-contact', type: 0 };
    return { kind: 'contact', ...contact };
  }

  #message(): TcpclReadResult {
    if (this.kept === 0) return { kind: 'nothing' };
    const waiting = this.#kept.subarray(this.#start, this.#end);
    const type = waiting[0] as number;
    const length = messageLength(waiting, waiting.length, this.#dataMax);
    if (length.kind === 'part') return { kind: 'nothing' };
    if (length.kind !== 'whole') return { kind: 'bad', why: length.kind, type };
    const message = decodeTcpclMessage(this.#taken(length.bytes));
    if (message === undefined) return { kind: 'bad', why: 'malformed', type };
    return { kind: 'message', message };
  }

  #taken(length: number): Uint8Array {
    const taken = this.#kept.slice(this.#start, this.#start + length);
    this.#start += length;
    return taken;
  }
}
