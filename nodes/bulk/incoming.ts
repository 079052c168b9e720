/**
 * Bulk: the state machine of the packets from one peer, over all streams that it opens in turn.
 *
 * A packet's number is written to disk before the packet is delivered and confirmed: after a restart
 * the peer continues with the next number, so that no packet is delivered twice. A packet is lost if
 * the node stops after the write and before the delivery.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import { concatBytes, equalBytes } from '../_kit/bytes.ts';
import type { StateMachine, TimerDue } from '../_kit/machine.ts';
import {
  OUTBOX_NAME_BYTES,
  RETRY_NS_MIN,
  UNCONFIRMED_PACKETS_MAX,
  UNSYNCED_BYTES_MAX,
} from './geometry.ts';
import { SyncScheduler } from './sync-scheduler.ts';
import { decodePacketNumber, encodePacketNumber, type Hello } from './wire.ts';

/** Events that the receiving end handles. The machine compares streams, and never looks into them. */
export type IncomingInput<Stream> =
  /** The peer has begun a stream, which replaces an earlier one. */
  | { readonly kind: 'greeted'; readonly stream: Stream; readonly hello: Hello }
  /** A packet of the stream; an empty one marks a packet that was withdrawn. */
  | { readonly kind: 'packet'; readonly stream: Stream; readonly packet: Uint8Array }
  /** `full`: the stream accepts nothing until `drained`, because the peer does not read. */
  | { readonly kind: 'full' | 'drained' | 'closed'; readonly stream: Stream }
  | { readonly kind: 'synced' | 'sync-failed' };

/** Actions that the receiving end asks of its node. */
export type IncomingEffect<Stream> =
  | { readonly kind: 'write'; readonly stream: Stream; readonly bytes: Uint8Array }
  | { readonly kind: 'reset' | 'pause' | 'resume'; readonly stream: Stream }
  /** Make this record of the peer durable: `synced` or `sync-failed` follows. */
  | { readonly kind: 'sync'; readonly record: Uint8Array }
  | { readonly kind: 'deliver'; readonly packet: Uint8Array }
  /** Number of packets that were delivered in one step. */
  | { readonly kind: 'delivered'; readonly packets: number }
  /** Reports a packet for the account of messages. */
  | { readonly kind: 'taken'; readonly packet: Uint8Array; readonly how: 'held' | 'dropped' };

/** Receives packets from one peer. */
export class IncomingMachine<Stream>
  implements StateMachine<IncomingInput<Stream>, IncomingEffect<Stream>>
{
  readonly #syncing = new SyncScheduler();
  #memory: Uint8Array | undefined;
  /** Number of the last packet received. */
  #last = 0;
  /** Number of the last packet delivered. */
  #handed = 0;
  /**
   * The number that is being written to the store; undefined if none is, or if the sender's memory
   * has changed meanwhile.
   */
  #noted: number | undefined;
  /** Packets to deliver once their numbers are on disk. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** How many of the waiting packets the current write covers. */
  #writing = 0;
  #stream: Stream | undefined;
  #isFull = false;
  /** When the disk is tried again after a failure. */
  #retryNs: Nanoseconds = Number.POSITIVE_INFINITY;
  #effects: IncomingEffect<Stream>[] = [];

  /** @param record What the last complete {@link IncomingEffect} `sync` has written, if any. */
  constructor(record: Uint8Array | undefined) {
    if (record === undefined) return;
    this.#memory = record.slice(0, OUTBOX_NAME_BYTES);
    this.#last = decodePacketNumber(record.subarray(OUTBOX_NAME_BYTES));
    this.#handed = this.#last;
  }

  /** Number of packets that wait for the disk. */
  get holding(): number {
    return this.#held.length;
  }

  /** Number of the last packet handed over, as recorded on disk. */
  get handed(): number {
    return this.#handed;
  }

  nextAt(): Nanoseconds {
    return this.#retryNs;
  }

  step(
    now: Nanoseconds,
    input: IncomingInput<Stream> | TimerDue,
  ): readonly IncomingEffect<Stream>[] {
    this.#effects = [];
    this.#take(now, input);
    return this.#effects;
  }

  #take(now: Nanoseconds, input: IncomingInput<Stream> | TimerDue): void {
    switch (input.kind) {
      case 'greeted':
        this.#greeted(input.stream, input.hello);
        return;
      case 'packet':
        this.#hold(input.stream, input.packet);
        return;
      case 'closed':
        if (this.#stream === input.stream) this.#stream = undefined;
        return;
      case 'full':
        if (this.#stream === input.stream) this.#isFull = true;
        return;
      case 'drained':
        if (this.#stream === input.stream) this.#drained(input.stream);
        return;
      case 'synced':
        this.#synced();
        return;
      case 'sync-failed':
        // A full disk is no reason to lose packets: the write is retried.
        this.#retryNs = now + RETRY_NS_MIN;
        return;
      case 'timer':
        this.#retryNs = Number.POSITIVE_INFINITY;
        this.#syncing.repeat();
        this.#write();
    }
  }

  #greeted(stream: Stream, { memory, confirmed }: Hello): void {
    if (this.#stream !== undefined) this.#effects.push({ kind: 'reset', stream: this.#stream });
    this.#stream = stream;
    this.#isFull = false;
    // On the new stream the sender continues after the number that is being written: later packets come again.
    for (const packet of this.#held.splice(this.#writing)) {
      this.#effects.push({ kind: 'taken', packet, how: 'dropped' });
    }
    const isKnown = this.#memory !== undefined && equalBytes(this.#memory, memory);
    if (!isKnown) {
      this.#memory = memory;
      this.#handed = 0;
      this.#noted = undefined;
    }
    this.#handed = Math.max(this.#handed, confirmed);
    this.#last = Math.max(this.#handed, this.#noted ?? 0);
    // While a write is in progress, its completion sends the confirmation.
    if (!this.#syncing.isBusy) this.#confirm(stream);
  }

  /** Sends nothing to a peer that does not read: the next number confirms all before it. */
  #confirm(stream: Stream): void {
    if (this.#isFull) return;
    this.#effects.push({ kind: 'write', stream, bytes: encodePacketNumber(this.#handed) });
  }

  #drained(stream: Stream): void {
    this.#isFull = false;
    this.#confirm(stream);
  }

  #hold(stream: Stream, packet: Uint8Array): void {
    // A stream that a newer one has replaced is ignored.
    if (this.#stream !== stream) return;
    this.#last += 1;
    if (packet.length > 0) this.#holdBytes(stream, packet);
    if (this.#syncing.ask()) this.#write();
  }

  #holdBytes(stream: Stream, packet: Uint8Array): void {
    this.#held.push(packet);
    this.#effects.push({ kind: 'taken', packet, how: 'held' });
    this.#heldBytes += packet.length;
    if (this.#isHolding) this.#effects.push({ kind: 'pause', stream });
  }

  /** True while so many bytes or packets wait for the disk that the stream is paused. */
  get #isHolding(): boolean {
    return this.#heldBytes > UNSYNCED_BYTES_MAX || this.#held.length > UNCONFIRMED_PACKETS_MAX;
  }

  #write(): void {
    this.#writing = this.#held.length;
    this.#noted = this.#last;
    const memory = this.#memory ?? new Uint8Array(OUTBOX_NAME_BYTES);
    this.#effects.push({
      kind: 'sync',
      record: concatBytes(memory, encodePacketNumber(this.#last)),
    });
  }

  #synced(): void {
    const packets = this.#held.slice(0, this.#writing);
    this.#held = this.#held.slice(this.#writing);
    this.#heldBytes = this.#held.reduce((sum, { length }) => sum + length, 0);
    this.#handed = this.#noted ?? this.#handed;
    this.#noted = undefined;
    this.#writing = 0;
    for (const packet of packets) this.#effects.push({ kind: 'deliver', packet });
    this.#effects.push({ kind: 'delivered', packets: packets.length });
    const stream = this.#stream;
    if (stream !== undefined) {
      this.#confirm(stream);
      if (!this.#isHolding) this.#effects.push({ kind: 'resume', stream });
    }
    if (this.#syncing.done()) this.#write();
  }
}
