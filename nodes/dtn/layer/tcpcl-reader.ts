/**
 * Splits a TCPCL stream into its contact header and messages, whatever pieces it comes in.
 *
 * The lengths of messages are spread over their heads, so that the frames of the kit, whose heads
 * have one length, do not fit. A reader holds one message, of bounded length, and what came behind it
 * while it is paused.
 *
 * @module
 */
import {
  decodeContact,
  decodeTcpcl,
  messageLength,
  TCPCL_CONTACT_BYTES,
  type TcpclMessage,
} from './tcpcl-wire.ts';

/** What comes next in a stream. */
export type TcpclRead =
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
  #kept = new Uint8Array(TCPCL_CONTACT_BYTES);
  /** Where what waits begins and ends. */
  #start = 0;
  #end = 0;
  #hasContact = false;
  #bad: TcpclRead | undefined;

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

  /** The next message; what it refers to is copied. */
  next(): TcpclRead {
    const read = this.#bad ?? (this.#hasContact ? this.#message() : this.#contact());
    if (read.kind === 'bad') {
      this.#bad = read;
      this.clear();
    }
    return read;
  }

  /** Forgets what waits. */
  clear(): void {
    this.#kept = new Uint8Array(TCPCL_CONTACT_BYTES);
    this.#start = 0;
    this.#end = 0;
  }

  #contact(): TcpclRead {
    if (this.kept < TCPCL_CONTACT_BYTES) return { kind: 'nothing' };
    const contact = decodeContact(this.#taken(TCPCL_CONTACT_BYTES));
    this.#hasContact = true;
    if (contact === undefined) return { kind: 'bad', why: 'no-contact', type: 0 };
    return { kind: 'contact', ...contact };
  }

  #message(): TcpclRead {
    if (this.kept === 0) return { kind: 'nothing' };
    const waiting = this.#kept.subarray(this.#start, this.#end);
    const type = waiting[0] as number;
    const length = messageLength(waiting, waiting.length, this.#dataMax);
    if (length.kind === 'part') return { kind: 'nothing' };
    if (length.kind !== 'whole') return { kind: 'bad', why: length.kind, type };
    const message = decodeTcpcl(this.#taken(length.bytes));
    if (message === undefined) return { kind: 'bad', why: 'malformed', type };
    return { kind: 'message', message };
  }

  #taken(length: number): Uint8Array {
    const taken = this.#kept.slice(this.#start, this.#start + length);
    this.#start += length;
    return taken;
  }
}
