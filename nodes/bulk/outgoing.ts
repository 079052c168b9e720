/**
 * Bulk: the state machine that sends packets to one peer over one stream, which is opened for the
 * first packet and reopened if it ends before the peer has confirmed everything.
 *
 * A packet is answered `ok` when it is on disk: from then on it reaches the peer exactly once,
 * whatever restarts. The number of kept packets is limited, so that a sender that waits for the
 * answer proceeds at the pace of the network.
 *
 * @module
 */
import type { Random } from '../../engine/host/random.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { PeerReachability } from '../../engine/host/transport.ts';
import { BackOff } from '../_kit/back-off.ts';
import type { StateMachine, TimerDue } from '../_kit/machine.ts';
import { TimerTable } from '../_kit/timer-table.ts';
import {
  LENGTH_FIELD_BYTES,
  PEER_SILENCE_NS_MAX,
  PEER_SILENCE_NS_MIN,
  RETRY_NS_MAX,
  RETRY_NS_MIN,
  WAITING_PACKETS_MAX,
} from './geometry.ts';
import { isWithdrawn, type Outbox, type UnconfirmedPacket } from './outbox.ts';
import { SyncScheduler } from './sync-scheduler.ts';
import { encodeHello } from './wire.ts';

/** Events that the sending end handles. `Request` is what the node needs to answer; the machine hands it back. */
export type OutgoingInput<Request> =
  /** Send the packets that were unconfirmed before a restart. */
  | { readonly kind: 'start' }
  /** Send a packet, which is preceded by its length, now or when the outbox has room. */
  | {
      readonly kind: 'request';
      readonly bytes: Uint8Array;
      /** Lifetime: a packet not sent by then is refused or withdrawn. Infinity for none. */
      readonly lifetimeNs: Nanoseconds;
      readonly request: Request;
    }
  | { readonly kind: 'synced' | 'sync-failed' }
  /** The stream is open, after its TLS handshake if there is one. */
  | { readonly kind: 'opened' }
  /** The peer reports the number of the last packet that it has delivered. */
  | { readonly kind: 'confirmed'; readonly number: number }
  /** The stream has accepted what was written, and accepts more. */
  | { readonly kind: 'room' }
  /** The stream has accepted what was written; `drained` follows when it accepts more. */
  | { readonly kind: 'full' }
  | { readonly kind: 'drained' }
  /** The stream has ended, or could not be opened. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'stop' };

/** Actions that the sending end asks of its node. */
export type OutgoingEffect<Request> =
  | { readonly kind: 'respond'; readonly request: Request; readonly outcome: string }
  /** Make the store durable: `synced` or `sync-failed` follows. */
  | { readonly kind: 'sync' }
  /** Open a stream: `opened` or `closed` follows. */
  | { readonly kind: 'connect' }
  /** Write to the stream: `room` or `full` follows. */
  | { readonly kind: 'write'; readonly bytes: Uint8Array }
  | { readonly kind: 'reset' | 'end' }
  | { readonly kind: 'way'; readonly way: PeerReachability }
  | { readonly kind: 'drop'; readonly reason: 'bad-number' | 'lifetime-over' }
  | { readonly kind: 'count'; readonly of: 'taken' | 'confirmed'; readonly packets: number }
  /** Reports a packet for the account of messages. */
  | { readonly kind: 'accepted'; readonly packet: Uint8Array }
  | {
      readonly kind: 'settled';
      readonly packet: Uint8Array;
      readonly how: 'acknowledged' | 'abandoned';
    };

/**
 * `sync`: the disk is tried again. `reconnect`: the stream is opened again. `ending`: the lifetime
 * of an unsent packet is over. `silence`: the peer has not answered what was sent.
 */
type OutgoingTimer = 'sync' | 'reconnect' | 'ending' | 'silence';

interface Waiting<Request> {
  readonly bytes: Uint8Array;
  readonly request: Request;
  /** End of the packet's lifetime. */
  readonly endsNs: Nanoseconds;
}

/** Sends packets to one peer. */
export class OutgoingMachine<Request>
  implements StateMachine<OutgoingInput<Request>, OutgoingEffect<Request>>
{
  readonly #outbox: Outbox;
  readonly #random: Random;
  readonly #timers = new TimerTable<OutgoingTimer>();
  readonly #reconnecting = new BackOff({ firstNs: RETRY_NS_MIN, mostNs: RETRY_NS_MAX });
  readonly #silence = new BackOff({ firstNs: PEER_SILENCE_NS_MIN, mostNs: PEER_SILENCE_NS_MAX });
  readonly #syncing = new SyncScheduler();
  /** Packets that wait for room in the outbox. */
  #waiting: Waiting<Request>[] = [];
  /** Requests that are answered once their packet is on disk, by the packet's number. */
  readonly #unanswered = new Map<number, Request>();
  #state: 'closed' | 'opening' | 'greeting' | 'open' | 'writing' | 'full' = 'closed';
  /**
   * Number of the last packet sent on this stream. On a new stream, until the peer reports what it
   * has, number of the last one that may have arrived.
   */
  #sent: number;
  /** Packets withdrawn since the write of the store under way began, and before it began. */
  #withdrawn: UnconfirmedPacket[] = [];
  #withdrawing: UnconfirmedPacket[] = [];
  /** Number of the last packet in the write of the store that is under way. */
  #writingUpTo = 0;
  #way: PeerReachability = 'closed';
  /** Whether any packet has a lifetime that ends. */
  #hasLifetimes = false;
  #isStopped = false;
  #effects: OutgoingEffect<Request>[] = [];

  /** @param random Draws the waits before the stream is opened again. */
  constructor(outbox: Outbox, random: Random) {
    this.#outbox = outbox;
    this.#sent = outbox.last;
    this.#random = random;
  }

  /** Number of packets not confirmed by the peer. */
  get open(): number {
    return this.#outbox.count;
  }

  /** Number of packets held: unconfirmed ones, and those waiting for room. */
  get holding(): number {
    return this.#outbox.count + this.#untold + this.#waiting.length;
  }

  /** Number of packets whose withdrawal is not on disk yet. */
  get #untold(): number {
    return this.#withdrawn.length + this.#withdrawing.length;
  }

  nextAt(): Nanoseconds {
    return this.#timers.nextAt();
  }

  step(
    now: Nanoseconds,
    input: OutgoingInput<Request> | TimerDue,
  ): readonly OutgoingEffect<Request>[] {
    this.#effects = [];
    this.#take(now, input);
    return this.#effects;
  }

  #take(now: Nanoseconds, input: OutgoingInput<Request> | TimerDue): void {
    switch (input.kind) {
      case 'start':
        this.#start();
        return;
      case 'request':
        this.#request(now, input);
        return;
      case 'synced':
        this.#synced(now);
        return;
      case 'sync-failed':
        // A full disk is no reason to lose accepted packets: the write is retried.
        this.#timers.set('sync', now + RETRY_NS_MIN);
        return;
      case 'opened':
        this.#greet(now);
        return;
      case 'confirmed':
        this.#confirmed(now, input.number);
        return;
      case 'room':
      case 'full':
        this.#wrote(now, input.kind);
        return;
      case 'drained':
        this.#drained(now);
        return;
      case 'closed':
        this.#closed(now);
        return;
      case 'stop':
        this.#stop();
        return;
      case 'timer':
        this.#onTimer(now);
    }
  }

  #onTimer(now: Nanoseconds): void {
    switch (this.#timers.takeDue(now)) {
      case 'sync':
        this.#syncing.repeat();
        this.#write();
        return;
      case 'reconnect':
        this.#open();
        return;
      case 'ending':
        this.#endLifetimes(now);
        return;
      case 'silence':
        // The peer may have dropped the connection without notice to this end (RFC 9293, 3.5.1, half-open
        // connections); only a new stream can show it.
        this.#effects.push({ kind: 'reset' });
        return;
      case undefined:
    }
  }

  #start(): void {
    const { kept } = this.#outbox;
    for (const packet of kept) {
      if (isWithdrawn(packet)) continue;
      this.#effects.push({ kind: 'accepted', packet: packetIn(packet.bytes) });
      this.#hasLifetimes ||= Number.isFinite(packet.endsNs);
    }
    if (kept.length > 0) this.#open();
  }

  #request(now: Nanoseconds, input: OutgoingInput<Request> & { readonly kind: 'request' }): void {
    const { bytes, lifetimeNs, request } = input;
    const waiting = { bytes, request, endsNs: now + lifetimeNs };
    this.#hasLifetimes ||= Number.isFinite(lifetimeNs);
    if (this.#waiting.length === 0 && this.#outbox.hasRoom) this.#accept(now, waiting);
    else if (this.#waiting.length < WAITING_PACKETS_MAX) {
      this.#waiting.push(waiting);
      this.#watchLifetimes();
    } else {
      this.#effects.push({ kind: 'respond', request, outcome: 'queue-full' });
      return;
    }
    this.#effects.push({ kind: 'accepted', packet: packetIn(bytes) });
  }

  /** Ends lifetimes: refuses packets that wait for room, withdraws accepted ones that were not sent. */
  #endLifetimes(now: Nanoseconds): void {
    const ended = this.#waiting.filter(({ endsNs }) => endsNs <= now);
    this.#waiting = this.#waiting.filter(({ endsNs }) => endsNs > now);
    this.#abandon(ended, 'lifetime-over');
    this.#withdraw(now);
    this.#watchLifetimes();
  }

  /** Withdraws unsent packets on disk; since they were answered `ok`, a mark is sent under each number. */
  #withdraw(now: Nanoseconds): void {
    const ended = this.#unsent().filter(({ endsNs }) => endsNs <= now);
    if (ended.length === 0) return;
    for (const packet of ended) this.#outbox.withdraw(packet);
    for (const one of ended) this.#withdrawn.push(one);
    if (this.#syncing.ask()) this.#write();
  }

  /** Packets on disk that have certainly not arrived. */
  #unsent(): readonly UnconfirmedPacket[] {
    const { kept, durable } = this.#outbox;
    return kept.filter(({ number }) => number > this.#sent && number <= durable);
  }

  #watchLifetimes(): void {
    if (!this.#hasLifetimes) return;
    let endsNs = Number.POSITIVE_INFINITY;
    for (const waiting of this.#waiting) endsNs = Math.min(endsNs, waiting.endsNs);
    for (const packet of this.#unsent()) endsNs = Math.min(endsNs, packet.endsNs);
    if (Number.isFinite(endsNs)) this.#timers.set('ending', endsNs);
    else this.#timers.clear('ending');
  }

  #abandon(packets: readonly Waiting<Request>[], outcome: string): void {
    for (const { bytes, request } of packets) {
      this.#effects.push({ kind: 'settled', packet: packetIn(bytes), how: 'abandoned' });
      this.#effects.push({ kind: 'respond', request, outcome });
    }
  }

  /** Ends the stream after everything sent on it; unconfirmed packets stay on disk. */
  #stop(): void {
    this.#isStopped = true;
    this.#timers.clear('reconnect');
    this.#timers.clear('ending');
    this.#timers.clear('silence');
    this.#effects.push({ kind: 'end' });
    this.#abandon(this.#waiting.splice(0), 'stopped');
  }

  #accept(now: Nanoseconds, { bytes, request, endsNs }: Waiting<Request>): void {
    this.#unanswered.set(this.#outbox.add(bytes, now, endsNs), request);
    this.#effects.push({ kind: 'count', of: 'taken', packets: 1 });
    if (this.#syncing.ask()) this.#write();
  }

  #write(): void {
    this.#writingUpTo = this.#outbox.last;
    for (const one of this.#withdrawn.splice(0)) this.#withdrawing.push(one);
    this.#effects.push({ kind: 'sync' });
  }

  #synced(now: Nanoseconds): void {
    for (const { bytes } of this.#withdrawing.splice(0)) {
      this.#effects.push({ kind: 'settled', packet: packetIn(bytes), how: 'abandoned' });
      this.#effects.push({ kind: 'drop', reason: 'lifetime-over' });
    }
    const upTo = this.#writingUpTo;
    this.#outbox.written(upTo);
    this.#watchLifetimes();
    for (const [number, request] of this.#unanswered) {
      if (number > upTo) break;
      this.#unanswered.delete(number);
      this.#effects.push({ kind: 'respond', request, outcome: 'ok' });
    }
    if (this.#state === 'closed' && !this.#timers.isSet('reconnect')) this.#open();
    else this.#flush(now);
    if (this.#syncing.done()) this.#write();
  }

  #open(): void {
    if (this.#isStopped) return;
    this.#state = 'opening';
    this.#effects.push({ kind: 'connect' });
  }

  #greet(now: Nanoseconds): void {
    const { memory, confirmed } = this.#outbox;
    this.#state = 'greeting';
    this.#timers.set('silence', now + this.#silence.next());
    this.#effects.push({ kind: 'write', bytes: encodeHello({ memory, confirmed }) });
  }

  /** Called on a report of the peer; the first one on a new stream says from where sending continues. */
  #confirmed(now: Nanoseconds, number: number): void {
    const isGreeting = this.#state === 'greeting';
    if (this.#state === 'closed' || this.#state === 'opening') return;
    if (!isGreeting && number > this.#sent) {
      this.#effects.push({ kind: 'drop', reason: 'bad-number' }, { kind: 'reset' });
      return;
    }
    this.#timers.clear('silence');
    const news = this.#outbox.confirm(number).filter((packet) => !isWithdrawn(packet));
    if (!isGreeting && news.length > 0) this.#silence.reset();
    this.#effects.push({ kind: 'count', of: 'confirmed', packets: news.length });
    for (const { bytes } of news) {
      this.#effects.push({ kind: 'settled', packet: packetIn(bytes), how: 'acknowledged' });
    }
    if (isGreeting) {
      this.#sent = this.#outbox.confirmed;
      if (this.#hasLifetimes) this.#endLifetimes(now);
      this.#state = 'open';
      this.#reconnecting.reset();
      this.#tellWay('open');
    }
    while (this.#outbox.hasRoom) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#accept(now, next);
    }
    this.#flush(now);
  }

  #wrote(now: Nanoseconds, answer: 'room' | 'full'): void {
    // In any other state, the completed write was the hello, or the stream has failed meanwhile.
    if (this.#state !== 'writing') return;
    this.#state = answer === 'room' ? 'open' : 'full';
    this.#flush(now);
  }

  #drained(now: Nanoseconds): void {
    if (this.#state === 'full') this.#state = 'open';
    this.#flush(now);
  }

  /** Sends the next packet that is on disk, and waits for the peer to confirm what was sent. */
  #flush(now: Nanoseconds): void {
    this.#sendNext();
    const isOpen = !this.#isStopped && this.#state !== 'closed' && this.#state !== 'opening';
    if (isOpen && this.#sent > this.#outbox.confirmed && !this.#timers.isSet('silence')) {
      this.#timers.set('silence', now + this.#silence.next());
    }
  }

  #sendNext(): void {
    if (this.#state !== 'open' || this.#sent >= this.#outbox.durable) return;
    const next = this.#outbox.packet(this.#sent + 1);
    // The mark of a withdrawn packet is sent only once it is on disk.
    if (next === undefined || (isWithdrawn(next) && this.#untold > 0)) return;
    this.#sent = next.number;
    this.#state = 'writing';
    this.#effects.push({ kind: 'write', bytes: next.bytes });
  }

  #closed(now: Nanoseconds): void {
    this.#state = 'closed';
    this.#timers.clear('silence');
    if (this.#isStopped) return;
    this.#tellWay('closed');
    if (this.#outbox.kept.length + this.#waiting.length === 0) return;
    this.#timers.set('reconnect', now + this.#reconnecting.nextDrawn(this.#random));
  }

  #tellWay(way: PeerReachability): void {
    if (way === this.#way) return;
    this.#way = way;
    this.#effects.push({ kind: 'way', way });
  }
}

function packetIn(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(LENGTH_FIELD_BYTES);
}
