/**
 * The state machine of a client of a mixnet, without sockets and timers: what it sends and when,
 * and how it handles retrieved messages (docs/spec/mixnet.md, "Traffic"; Clients and providers).
 *
 * ```
 * process   instants (own random stream)              sends
 * payload   Poisson, lambdaP                          head of the queue, or drop cover
 * loop      Poisson, lambdaL                          a loop to itself
 * drop      Poisson, lambdaD                          drop cover
 * retrieve  Poisson or fixed                          a retrieval to the provider
 * ```
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { toHex } from '../../_kit/bytes.ts';
import type { StateMachine, TimerDue } from '../../_kit/machine.ts';
import { PoissonProcess } from '../../_kit/poisson-process.ts';
import type { Descriptor, DirectoryDocument } from '../directory/index.ts';
import { Composer } from './composer.ts';
import type { ClientDropReason, SubmitRefusal } from './drops.ts';
import { Inbox } from './inbox.ts';
import { type LoopCounts, LoopWatch } from './loop-watch.ts';
import {
  Outbox,
  type OutboxCounts,
  type OutboxSendOptions,
  type OutgoingFragment,
  type OutgoingItem,
} from './outbox.ts';
import type {
  ClientEffect,
  ClientInput,
  ClientParts,
  PacketCause,
  RetrievedMessage,
} from './parts.ts';
import { type MeanIntervalNs, toMeanIntervalNs } from './rates.ts';
import { Reassembly, splitMessage } from './reassembly.ts';
import { fragmentDataBytesMax, LOOP_ID_LENGTH, MESSAGE_ID_LENGTH } from './wire.ts';

/**
 * Largest number of missed sending instants that a traffic process makes up for; after a longer
 * pause, the process starts again.
 */
const CATCH_UP_MAX = 16;
/**
 * An acknowledgement may take, besides its delays, this many mean intervals of retrievals plus as
 * many of payload packets.
 */
const WAITS = 4;

/** The counts of a client, for status pages and conservation tests. */
export interface ClientCounts {
  readonly messages: OutboxCounts;
  readonly loops: LoopCounts;
  /** Number of messages that wait for fragments. */
  readonly incomplete: number;
}

/** The state machine of one client. */
export class MixnetClientStateMachine<Request>
  implements StateMachine<ClientInput<Request>, ClientEffect<Request>>
{
  readonly #parts: ClientParts;
  readonly #outbox: Outbox;
  readonly #reassembly: Reassembly;
  readonly #inbox: Inbox;
  readonly #loops: LoopWatch;
  readonly #payload: PoissonProcess;
  readonly #loop: PoissonProcess;
  readonly #drop: PoissonProcess;
  readonly #retrieve: PoissonProcess;
  #composer: Composer | undefined;
  #delayMeanNs: MeanIntervalNs = 0;
  #replyWaitNs: Nanoseconds = 0;
  /** The effects of the present step. */
  #effects: ClientEffect<Request>[] = [];

  constructor(parts: ClientParts) {
    const { host, options } = parts;
    const { tries } = options.acknowledgements;
    this.#parts = parts;
    this.#outbox = new Outbox({ capacity: options.queue, tries }, (message, how) =>
      this.#emit({ kind: 'settled', message, how }),
    );
    this.#reassembly = new Reassembly(options.reassembly);
    this.#loops = new LoopWatch(options.loopAlarm);
    this.#inbox = new Inbox(parts, {
      outbox: this.#outbox,
      reassembly: this.#reassembly,
      loops: this.#loops,
      emit: (effect): void => this.#emit(effect),
    });
    for (const { name, until } of parts.remembered) this.#reassembly.remember(name, until);
    // Each process has its own random stream, so that one process cannot shift the instants of
    // another.
    this.#payload = new PoissonProcess(host.random('client.payload'));
    this.#loop = new PoissonProcess(host.random('client.loop'));
    this.#drop = new PoissonProcess(host.random('client.drop'));
    this.#retrieve = new PoissonProcess(host.random('client.retrieve'), options.retrieve.law);
  }

  get counts(): ClientCounts {
    return {
      messages: this.#outbox.counts,
      loops: this.#loops.counts,
      incomplete: this.#reassembly.size,
    };
  }

  /**
   * Number of unsettled messages that this client sends, plus number of received fragments that
   * wait for the rest of their message or for the disk.
   */
  get holding(): number {
    return this.#outbox.open + this.#reassembly.parts + this.#inbox.pendingParts;
  }

  /** True while more loops are missing than packet loss explains. */
  get isAlarmed(): boolean {
    return this.#loops.isAlarmed;
  }

  step(now: Nanoseconds, input: ClientInput<Request> | TimerDue): readonly ClientEffect<Request>[] {
    this.#effects = [];
    switch (input.kind) {
      case 'timer':
        this.#tick(now);
        break;
      case 'submit':
        this.#submit(now, input);
        this.#sendAtOnce(now);
        break;
      case 'document':
        this.#useDocument(now, input.document);
        break;
      case 'retrieved':
        this.#retrieved(now, input.message);
        this.#sendAtOnce(now);
        break;
      case 'stored':
        this.#inbox.stored(input.name, input.error);
        this.#sendAtOnce(now);
    }
    return this.#effects;
  }

  nextAt(): Nanoseconds {
    let next = Number.POSITIVE_INFINITY;
    for (const at of [
      this.#payload.nextAt,
      this.#loop.nextAt,
      this.#drop.nextAt,
      this.#retrieve.nextAt,
      this.#outbox.nextAt,
      this.#reassembly.nextAt,
      this.#loops.nextAt,
    ]) {
      if (at !== undefined && at < next) next = at;
    }
    return next;
  }

  /** Names a violated invariant of the state, or undefined. */
  invariant(): string | undefined {
    return this.#outbox.invariant();
  }

  #useDocument(now: Nanoseconds, document: DirectoryDocument): void {
    const { options } = this.#parts;
    const { rates } = document;
    this.#delayMeanNs = options.delay ?? toMeanIntervalNs(rates.mu);
    this.#payload.setMean(now, options.payload ?? toMeanIntervalNs(rates.lambdaP));
    // The recipient is assumed to retrieve and send at the same rates as this client.
    this.#replyWaitNs = WAITS * (options.retrieve.interval + this.#payload.meanNs);
    const times = { delayMeanNs: this.#delayMeanNs, replyWaitNs: this.#replyWaitNs };
    const pathDrawn = (mixes: readonly Descriptor[]): void => this.#emit({ kind: 'path', mixes });
    this.#composer = new Composer({ ...this.#parts, pathDrawn }, document, times);
    this.#loop.setMean(now, options.cover ? (options.loop ?? toMeanIntervalNs(rates.lambdaL)) : 0);
    this.#drop.setMean(now, options.cover ? (options.drop ?? toMeanIntervalNs(rates.lambdaD)) : 0);
    this.#retrieve.setMean(now, options.retrieve.interval);
  }

  #submit(now: Nanoseconds, input: ClientInput<Request> & { readonly kind: 'submit' }): void {
    const { request, wishes = {} } = input;
    const { lifetime, priority } = wishes;
    const endsNs = lifetime === undefined ? undefined : now + lifetime;
    const result = this.#queue(input.to, input.body, { priority, endsNs });
    if ('message' in result) {
      this.#emit({ kind: 'accept', request, message: result.message });
      return;
    }
    this.#count(result.refusal);
    this.#emit({ kind: 'refuse', request, reason: result.refusal });
  }

  #queue(
    to: string,
    body: Uint8Array,
    terms: OutboxSendOptions,
  ): { readonly message: number } | { readonly refusal: SubmitRefusal } {
    const { contacts, format, host, options, self } = this.#parts;
    const contact = contacts.byName(to);
    if (contact === undefined) return { refusal: 'contact-unknown' };
    const room = fragmentDataBytesMax(format.geometry.userForwardPayloadLength);
    const parts = splitMessage(body, room);
    if (parts.length > options.reassembly.fragments) return { refusal: 'message-too-long' };
    const messageId = host.randomBytes(MESSAGE_ID_LENGTH);
    const sender = self.recipientId;
    const fragments = parts.map((data, index) => {
      return { kind: 'fragment' as const, messageId, index, count: parts.length, sender, data };
    });
    const message = this.#outbox.addMessage(contact, fragments, terms);
    return message === undefined ? { refusal: 'send-queue-full' } : { message };
  }

  #retrieved(now: Nanoseconds, message: RetrievedMessage): void {
    if (message.surbId === undefined) this.#inbox.packet(now, message.payload, message.copy);
    else this.#inbox.reply(message.surbId, message.payload);
  }

  /** Does everything due at `now`, in time order. */
  #tick(now: Nanoseconds): void {
    this.#expire(now);
    this.#run(this.#payload, now, () => this.#sendPayload(now));
    this.#run(this.#loop, now, () => this.#sendLoop(now));
    this.#run(this.#drop, now, () => this.#sendCover(now));
    this.#run(this.#retrieve, now, () => this.#emit({ kind: 'retrieve' }));
  }

  #sendAtOnce(now: Nanoseconds): void {
    if (this.#parts.sendsAtOnce !== true) return;
    const outgoing = this.#outbox.take();
    if (outgoing !== undefined) this.#sendOutgoing(now, outgoing);
  }

  #expire(now: Nanoseconds): void {
    const ended = this.#outbox.endLifetimes(now);
    const abandoned = this.#outbox.repeatDue(now);
    const incomplete = this.#reassembly.expire(now);
    const { overdue, raisedAfter } = this.#loops.expire(now);
    for (let count = 0; count < ended; count++) this.#count('lifetime-over');
    for (let count = 0; count < abandoned; count++) this.#count('message-abandoned');
    for (const copies of incomplete) {
      this.#count('reassembly-timeout');
      for (const copy of copies) this.#emit({ kind: 'taken', copy, how: 'dropped' });
    }
    for (let count = 0; count < overdue; count++) this.#emit({ kind: 'loop-overdue' });
    if (raisedAfter !== undefined) this.#emit({ kind: 'alarm' });
  }

  #run(process: PoissonProcess, now: Nanoseconds, act: () => void): void {
    for (let count = 0; count < CATCH_UP_MAX; count++) {
      if (process.nextAt === undefined || process.nextAt > now) return;
      process.advance();
      act();
    }
    if (process.nextAt !== undefined && process.nextAt <= now) process.resume(now);
  }

  /**
   * Sends the first packet of the queue, or a drop packet if the queue is empty; only the last hop
   * can tell them apart.
   */
  #sendPayload(now: Nanoseconds): void {
    const outgoing = this.#outbox.take();
    if (outgoing !== undefined && this.#sendOutgoing(now, outgoing)) return;
    if (this.#parts.options.cover) this.#sendCover(now);
  }

  /** @returns false when no packet could be made. */
  #sendOutgoing(now: Nanoseconds, outgoing: OutgoingItem): boolean {
    if (outgoing.kind === 'fragment') return this.#sendFragment(now, outgoing);
    const { surb, messageId, index, recipient } = outgoing;
    const reply = this.#composer?.reply(surb, { kind: 'ack', messageId, index });
    if (reply === undefined) return false;
    if ('drop' in reply) {
      this.#count(reply.drop);
      return false;
    }
    this.#send(reply, { kind: 'ack', recipient });
    return true;
  }

  #sendFragment(now: Nanoseconds, outgoing: OutgoingFragment): boolean {
    const { fragment, sending } = outgoing;
    const { enabled } = this.#parts.options.acknowledgements;
    const packet = enabled
      ? this.#packWithSurb(now, outgoing)
      : this.#composer?.toContact(now, sending.to, fragment)?.packet;
    if (packet === undefined) {
      this.#count('path-unavailable');
      if (this.#outbox.failed(outgoing)) this.#count('message-abandoned');
      return false;
    }
    const { number: message, to } = sending;
    this.#send(packet, { kind: 'payload', recipient: to.name, message });
    if (!enabled) this.#outbox.sentForGood(outgoing);
    return true;
  }

  #packWithSurb(now: Nanoseconds, outgoing: OutgoingFragment): Uint8Array | undefined {
    const { factor, slop } = this.#parts.options.acknowledgements;
    const { sending, fragment } = outgoing;
    const composed = this.#composer?.withSurb(now, sending.to, fragment);
    if (composed === undefined) return undefined;
    // The round trip according to the drawn delays, plus a margin for what the sender cannot know.
    const wait = Math.floor(factor * composed.roundTripNs) + slop + this.#replyWaitNs;
    const surb = { id: composed.surbId, keys: composed.surbKeys };
    this.#outbox.sent(outgoing, surb, now + wait);
    return composed.packet;
  }

  #sendCover(now: Nanoseconds): void {
    const composed = this.#composer?.toNobody(now);
    if (composed === undefined) this.#count('path-unavailable');
    else this.#send(composed.packet, { kind: 'drop-cover', recipient: '' });
  }

  #sendLoop(now: Nanoseconds): void {
    const { host, self } = this.#parts;
    const loopId = host.randomBytes(LOOP_ID_LENGTH);
    const composed = this.#composer?.toContact(now, self, { kind: 'loop', loopId });
    if (composed === undefined) {
      this.#count('path-unavailable');
      return;
    }
    const delays = { hops: composed.delayingHops, meanNs: this.#delayMeanNs };
    this.#loops.sent(now, toHex(loopId), delays);
    this.#send(composed.packet, { kind: 'loop', recipient: '' });
  }

  #send(packet: Uint8Array, cause: PacketCause): void {
    this.#emit({ kind: 'send', packet, cause });
  }

  #count(reason: ClientDropReason): void {
    this.#emit({ kind: 'drop', reason });
  }

  #emit(effect: ClientEffect<Request>): void {
    this.#effects.push(effect);
  }
}
