/**
 * Fabric: a message that this node sends to a peer, and which of its bytes have left and arrived.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { RangeSet } from '../../../engine/pure/range-set.ts';
import type { MessageKind } from '../envelope.ts';

/** What an {@link OutgoingMessage} is made from. */
export interface OutgoingMessageParts<Request> {
  readonly number: number;
  readonly kind: MessageKind;
  /** 0 (bulk) to 3 (urgent). */
  readonly priority: number;
  /** True if the message may leave only over ways that hide who writes to whom. */
  readonly private: boolean;
  /** Deadline: from this instant on the message is dropped. */
  readonly deadlineNs: Nanoseconds;
  /** When the message was accepted; after a restart, when it was found on the disk. */
  readonly sinceNs: Nanoseconds;
  /** The encoded envelope. */
  readonly bytes: Uint8Array;
  /** Bytes of the payload within the envelope. */
  readonly payloadBytes: number;
  /** The id of the call that the message answers; null if it is no answer. */
  readonly correlation: Uint8Array | null;
  /** The application's request that waits for the outcome; absent for replies, and after a restart. */
  readonly request?: Request | undefined;
}

/** A message, and the state of its bytes: those that are neither in `todo` nor in `there` are under way. */
export class OutgoingMessage<Request> {
  readonly number: number;
  readonly kind: MessageKind;
  readonly priority: number;
  readonly private: boolean;
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
   * `open`: the peer has not reported it as handled. `handled`: the peer handled this call, and its answer
   * is awaited. `over`: delivered, answered or given up.
   */
  state: 'open' | 'handled' | 'over' = 'open';
  /** True while the message is in a queue. */
  isQueued = false;
  /** All bytes before this offset have been sent at least once. */
  sentEnd = 0;
  /** Index of the way over which its last bytes left; undefined before. */
  way: number | undefined;

  constructor(parts: OutgoingMessageParts<Request>) {
    this.number = parts.number;
    this.kind = parts.kind;
    this.priority = parts.priority;
    this.private = parts.private;
    this.deadlineNs = parts.deadlineNs;
    this.sinceNs = parts.sinceNs;
    this.bytes = parts.bytes;
    this.payloadBytes = parts.payloadBytes;
    this.correlation = parts.correlation;
    this.request = parts.request;
    this.todo.add(0, this.bytes.length);
  }

  /** Called when bytes were lost on the way: those that the peer does not have are sent again. */
  lost(start: number, end: number): void {
    if (this.state !== 'open') return;
    for (const gap of this.there.gaps(start, end)) this.todo.add(gap.start, gap.end);
  }

  /** Called when a carrier that promises delivery has taken bytes. */
  entrusted(start: number, end: number): void {
    this.there.add(start, end);
    this.todo.remove(start, end);
  }

  /** Called when a carrier reports that it will not deliver bytes that it took. */
  refused(start: number, end: number): void {
    this.there.remove(start, end);
    this.lost(start, end);
  }

  /** Called when the peer has acknowledged bytes. */
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
