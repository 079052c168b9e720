/**
 * Bulk: sends packets to one peer over one stream, which is opened for the first packet and
 * reopened if it ends before the peer has confirmed everything.
 *
 * A packet is answered `ok` when it is on disk: from then on it reaches the peer exactly once,
 * whatever restarts. The number of kept packets is limited, so that a sender that waits for the
 * answer proceeds at the pace of the network.
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { Endpoint } from '../../engine/host/socket.ts';
import type { Store } from '../../engine/host/store.ts';
import type { SecureOptions, Stream } from '../../engine/host/stream.ts';
import type { Timer } from '../../engine/host/time.ts';
import type { Way } from '../../engine/host/transport.ts';
import { BackOff } from '../_kit/back-off.ts';
import type { PacketAccount } from './account.ts';
import { LENGTH_BYTES, NUMBER_BYTES, RETRY_NS_MAX, RETRY_NS_MIN, WAITING_MAX } from './geometry.ts';
import { PieceReader } from './machine.ts';
import { Outbox } from './outbox.ts';
import { Syncing } from './syncing.ts';
import { decodeNumber, encodeHello, encodePacket } from './wire.ts';

/** The peer, and how to reach it. */
export interface OutgoingSetup {
  readonly host: Host;
  readonly peer: string;
  readonly to: Endpoint;
  /** Stores packets until the peer has confirmed them. */
  readonly store: Store;
  /** Absent when packets are sent unencrypted. */
  readonly secure: SecureOptions | undefined;
  /** Defect for tests: the node forgets everything on restart. */
  readonly isCareless: boolean;
  /** Absent when packets are not accounted for. */
  readonly account: PacketAccount | undefined;
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly respond: NodeRequest['respond'];
  /** From this instant on it is of no use. */
  readonly endsNs: number;
}

/** Sends packets to one peer. */
export class Outgoing {
  readonly #setup: OutgoingSetup;
  readonly #outbox: Outbox;
  readonly #writes: Syncing;
  /** Packets for which there is no room yet. */
  #waiting: Waiting[] = [];
  /** Requests to be answered when the packet is on disk, by its number. */
  readonly #unanswered = new Map<number, NodeRequest['respond']>();
  #state: 'closed' | 'opening' | 'greeting' | 'open' | 'full' = 'closed';
  #stream: Stream | undefined;
  /** Number of the last packet sent on this stream. */
  #sent = 0;
  #writingUpTo = 0;
  readonly #reconnecting = new BackOff({ firstNs: RETRY_NS_MIN, mostNs: RETRY_NS_MAX });
  #retry: Timer | undefined;
  #ending: Timer | undefined;
  #way: Way = 'closed';
  #isStopped = false;

  constructor(setup: OutgoingSetup) {
    this.#setup = setup;
    const { host, store, peer, isCareless } = setup;
    const randomBytes = (length: number): Uint8Array => host.randomBytes(length);
    this.#outbox = new Outbox({ store, peer, randomBytes, isCareless });
    this.#writes = new Syncing(host, store, {
      begin: (): void => {
        this.#writingUpTo = this.#outbox.last;
      },
      done: (): void => this.#written(),
    });
  }

  /** Packets not confirmed by the peer. */
  get open(): number {
    return this.#outbox.count;
  }

  /** Packets held: unconfirmed ones, and those waiting for room. */
  get holding(): number {
    return this.#outbox.count + this.#waiting.length;
  }

  /** Sends what is left from before a restart. */
  start(): void {
    for (const { bytes } of this.#outbox.kept) this.#setup.account?.accepted(packetIn(bytes));
    if (this.#outbox.count > 0) this.#open();
  }

  /** Sends a packet, now or when there is room. */
  send(request: NodeRequest): void {
    const bytes = encodePacket(request.body);
    const respond = (outcome: string): void => request.respond(outcome);
    const { lifetime = Number.POSITIVE_INFINITY } = request.wishes ?? {};
    const endsNs = this.#setup.host.now() + lifetime;
    if (this.#waiting.length === 0 && this.#outbox.hasRoom)
      this.#accept({ bytes, respond, endsNs });
    else if (this.#waiting.length < WAITING_MAX) this.#wait({ bytes, respond, endsNs });
    else {
      request.respond('queue-full');
      return;
    }
    this.#setup.account?.accepted(request.body);
  }

  #wait(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#watchLifetimes();
  }

  /** Refuses what has waited for room until it was of no use. On disk a packet has no end. */
  #endLifetimes(): void {
    const now = this.#setup.host.now();
    const ended = this.#waiting.filter(({ endsNs }) => endsNs <= now);
    this.#waiting = this.#waiting.filter(({ endsNs }) => endsNs > now);
    for (const { bytes, respond } of ended) {
      this.#setup.account?.settled(packetIn(bytes), 'abandoned');
      respond('lifetime-over');
    }
    this.#watchLifetimes();
  }

  #watchLifetimes(): void {
    this.#ending?.cancel();
    this.#ending = undefined;
    const endsNs = Math.min(...this.#waiting.map((waiting) => waiting.endsNs));
    if (!Number.isFinite(endsNs)) return;
    const { host } = this.#setup;
    this.#ending = host.after(Math.max(0, endsNs - host.now()), () => this.#endLifetimes());
  }

  #tellWay(way: Way): void {
    if (way === this.#way) return;
    this.#way = way;
    this.#setup.host.way(this.#setup.peer, way);
  }

  /** Ends the stream after everything sent on it; unconfirmed packets stay on disk. */
  stop(): void {
    this.#isStopped = true;
    this.#retry?.cancel();
    this.#ending?.cancel();
    this.#stream?.end();
    for (const { bytes, respond } of this.#waiting.splice(0)) {
      this.#setup.account?.settled(packetIn(bytes), 'abandoned');
      respond('stopped');
    }
  }

  #accept({ bytes, respond }: Waiting): void {
    this.#unanswered.set(this.#outbox.add(bytes), respond);
    this.#setup.host.meter.counter('bulk.accepted').add(1);
    this.#writes.ask();
  }

  #written(): void {
    const upTo = this.#writingUpTo;
    this.#outbox.written(upTo);
    for (const [number, respond] of this.#unanswered) {
      if (number > upTo) break;
      this.#unanswered.delete(number);
      respond('ok');
    }
    if (this.#state === 'closed' && this.#retry === undefined) this.#open();
    else this.#flush();
  }

  #open(): void {
    const { host, to, secure } = this.#setup;
    this.#retry = undefined;
    if (this.#isStopped) return;
    this.#state = 'opening';
    host.meter.counter('bulk.connects').add(1);
    host.connect({ to }, (stream) => {
      if (stream === undefined) {
        this.#closed(undefined);
        return;
      }
      this.#stream = stream;
      const numbers = new PieceReader(NUMBER_BYTES, (piece) =>
        this.#confirmed(decodeNumber(piece)),
      );
      stream.handle({
        onData: (buffer, offset, length) => numbers.read(buffer, offset, length),
        onEnd: () => stream.end(),
        onDrain: () => this.#drained(),
        onClose: (reason) => this.#closed(reason),
      });
      if (secure === undefined) this.#greet(stream);
      else stream.secure(secure, (failure) => failure === undefined && this.#greet(stream));
    });
  }

  #greet(stream: Stream): void {
    const { memory, confirmed } = this.#outbox;
    this.#state = 'greeting';
    stream.write(encodeHello({ memory, confirmed }));
  }

  /**
   * Called when the peer reports what it has delivered; on a new stream, sending continues from
   * there.
   */
  #confirmed(number: number): void {
    const isGreeting = this.#state === 'greeting';
    if (this.#state === 'closed' || this.#state === 'opening') return;
    if (!isGreeting && number > this.#sent) {
      this.#setup.host.drop('bad-number');
      this.#stream?.reset();
      return;
    }
    const news = this.#outbox.confirm(number);
    this.#setup.host.meter.counter('bulk.confirmed').add(news.length);
    for (const { bytes } of news) this.#setup.account?.settled(packetIn(bytes), 'acknowledged');
    if (isGreeting) {
      this.#sent = this.#outbox.confirmed;
      this.#state = 'open';
      this.#reconnecting.reset();
      this.#tellWay('open');
    }
    while (this.#outbox.hasRoom) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#accept(next);
    }
    this.#flush();
  }

  #drained(): void {
    if (this.#state === 'full') this.#state = 'open';
    this.#flush();
  }

  #flush(): void {
    while (this.#state === 'open' && this.#sent < this.#outbox.durable) {
      const next = this.#outbox.packet(this.#sent + 1);
      if (next === undefined) return;
      this.#sent = next.number;
      if (this.#stream?.write(next.bytes) === 'full') this.#state = 'full';
    }
  }

  #closed(reason: string | undefined): void {
    const { host } = this.#setup;
    if (reason !== undefined) host.meter.counter('bulk.resets').add(1);
    this.#stream = undefined;
    this.#state = 'closed';
    if (!this.#isStopped) this.#tellWay('closed');
    if (this.#isStopped || (this.#outbox.count === 0 && this.#waiting.length === 0)) return;
    const waitNs = this.#reconnecting.nextDrawn(host.random('reconnect'));
    this.#retry = host.after(waitNs, () => this.#open());
  }
}

function packetIn(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(LENGTH_BYTES);
}
