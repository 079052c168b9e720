/**
 * Splits a TCPCL stream into its contact header and messages, in whatever pieces the bytes come.
 *
 * The heads of messages have several lengths, so that the reader of frames in `_kit`, for heads of one
 * length, is of no use here. A reader keeps one message, of bounded length, and all bytes that come
 * after it while reading is paused.
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
  /** Not enough octets yet. */
  | { readonly kind: 'nothing' }
  /** Nothing can be read any more. `type`: first octet of the message. */
  | {
      readonly kind: 'bad';
      readonly why: 'no-contact' | 'unknown-type' | 'too-long' | 'malformed';
      readonly type: number;
    };

/** Reads one direction of a session. */
export class TcpclReader {
  readonly #dataMax: number;
  #kept = new Uint8Array(TCPCL_CONTACT_HEADER_BYTES);
  /** Where in `#kept` the bytes that wait begin and end. */
  #start = 0;
  #end = 0;
  #hasContact = false;
  #bad: TcpclReadResult | undefined;

  /** @param dataMax Longest data of a segment, octets: our segment MRU. */
  constructor(dataMax: number) {
    this.#dataMax = dataMax;
  }

  /** Octets that wait. */
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

  /** Forgets all octets that wait. */
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
