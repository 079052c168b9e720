/**
 * Fabric: a message on its way to a peer.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { RangeSet } from '../../../engine/pure/range-set.ts';
import type { MessageKind } from '../envelope.ts';

/** The content and wishes that an outgoing message is made from. */
export interface OutgoingMessageParts<Request> {
  readonly number: number;
  readonly kind: MessageKind;
  /** 0 (bulk) to 3 (urgent). */
  readonly priority: number;
  /** From this instant on the message is of no use. */
  readonly deadlineNs: Nanoseconds;
  /** When the message was accepted; after a restart, when it was found on the disk. */
  readonly sinceNs: Nanoseconds;
  /** The encoded envelope. */
  readonly bytes: Uint8Array;
  /** Bytes of the payload within the envelope. */
  readonly payloadBytes: number;
  /** The id of the call that the message answers; null if it is no answer. */
  readonly correlation: Uint8Array | null;
  /** Who waits for the outcome; absent for replies, and after a restart. */
  readonly request?: Request | undefined;
}

/** A message, and the state of its bytes: those that are neither in `todo` nor in `there` are under way. */
export class OutgoingMessage<Request> {
  readonly number: number;
  readonly kind: MessageKind;
  readonly priority: number;
  readonly deadlineNs: Nanoseconds;
  readonly sinceNs: Nanoseconds;
  readonly bytes: Uint8Array;
  readonly payloadBytes: number;
  readonly correlation: Uint8Array | null;
  readonly request: Request | undefined;
  /** Bytes to be sent, for the first time or again. */
  readonly todo = new RangeSet();
  /** Bytes that the peer has, or that a carrier has promised to deliver. */
  readonly there = new RangeSet();
  /** Bytes that the peer has acknowledged since its last restart; for measurements only. */
  readonly acknowledged = new RangeSet();
  /**
   * `open`: not handled yet, as far as is known here. `handled`: a call that waits for its answer.
   * `over`: nothing more happens.
   */
  state: 'open' | 'handled' | 'over' = 'open';
  /** True while the message is in a queue. */
  isQueued = false;
  /** End of the bytes that have been sent at least once. */
  sentEnd = 0;

  constructor(parts: OutgoingMessageParts<Request>) {
    this.number = parts.number;
    this.kind = parts.kind;
    this.priority = parts.priority;
    this.deadlineNs = parts.deadlineNs;
    this.sinceNs = parts.sinceNs;
    this.bytes = parts.bytes;
    this.payloadBytes = parts.payloadBytes;
    this.correlation = parts.correlation;
    this.request = parts.request;
    this.todo.add(0, this.bytes.length);
  }

  /** Called when bytes were lost on the way: they are sent again, unless they have come after all. */
  lost(start: number, end: number): void {
    if (this.state !== 'open') return;
    for (const gap of this.there.gaps(start, end)) this.todo.add(gap.start, gap.end);
  }

  /** Called when a carrier that delivers whatever it takes has taken bytes. */
  entrusted(start: number, end: number): void {
    this.there.add(start, end);
    this.todo.remove(start, end);
  }

  /** A carrier that took bytes will not deliver them after all. */
  refused(start: number, end: number): void {
    this.there.remove(start, end);
    this.lost(start, end);
  }

  /** Called when bytes have arrived. */
  arrived(start: number, end: number): void {
    if (this.state !== 'open') return;
    this.acknowledged.add(start, end);
    this.entrusted(start, end);
  }

  /** Called when the peer has lost the bytes that it had: all are sent again. */
  restart(): void {
    this.acknowledged.clear();
    this.repeat();
  }

  /** Sends the whole message again, whatever has arrived. */
  repeat(): void {
    this.there.clear();
    this.todo.clear();
    this.todo.add(0, this.bytes.length);
  }

  /** True if the peer has all bytes of the message, or a carrier has promised to deliver them. */
  get isWhole(): boolean {
    return this.there.size === this.bytes.length;
  }
}
