/**
 * Fabric: the machine of one peer: messages to it and from it, over one or several ways.
 *
 * Sending: a message gets a number and is written to disk. Its bytes leave in packets over the first way on which
 * the peer answers. The message ends when the peer says that it has handled it, or at its deadline. Receiving:
 * messages are put together from pieces, and each is handed to its handler once. The peer is told that a message was
 * handled once this is recorded on disk. The answer to a call is a message of its own; its record on disk also marks
 * the call as handled, so that after a crash both are there or neither.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import { equalBytes } from '../_kit/bytes.ts';
import type { StateMachine, TimerDue } from '../_kit/machine.ts';
import { DiskWriteScheduler } from './disk-write-scheduler.ts';
import type { FabricDropReason, PeerEffect, PeerInput } from './effects.ts';
import { HANDLED_NEWS_DELAY_NS } from './geometry.ts';
import { PeerChallenges } from './incoming/challenges.ts';
import { Receiver } from './incoming/receiver.ts';
import { encodeCallNumbers, Sender } from './outgoing/sender.ts';
import {
  type AwaitingWriteItem,
  conversationName,
  type PeerMachineContext,
  type PeerMachineParts,
} from './peer-parts.ts';
import type { PeerWay } from './way/peer-way.ts';
import { WaySelector } from './way/ways.ts';
import { decodePacket, type FabricPacket, type HandledNews, type PeerChallenge } from './wire.ts';

type PacketInput = Extract<PeerInput<unknown>, { kind: 'packet' }>;
type HandledInput = Extract<PeerInput<unknown>, { kind: 'handled' }>;

/** The state machine that a node keeps for one peer. */
export class PeerMachine<Request> implements StateMachine<PeerInput<Request>, PeerEffect<Request>> {
  readonly #parts: PeerMachineParts;
  readonly #journal = new DiskWriteScheduler<AwaitingWriteItem<Request>>(
    (item) => item.kind === 'answered' || item.message.state !== 'over',
  );
  readonly #sender: Sender<Request>;
  readonly #receiver: Receiver<Request>;
  readonly #ways: WaySelector<Request>;
  readonly #challenges: PeerChallenges;
  #effects: PeerEffect<Request>[] = [];
  /** Number of the peer's present life (its count of starts); 0 before its first packet. */
  #peerLife = 0;

  constructor(parts: PeerMachineParts, now: Nanoseconds) {
    this.#parts = parts;
    const emit = (effect: PeerEffect<Request>): void => {
      this.#effects.push(effect);
    };
    const shared: PeerMachineContext<Request> = { parts, journal: this.#journal, emit };
    this.#sender = new Sender(shared);
    this.#challenges = new PeerChallenges(parts.random);
    this.#receiver = new Receiver(shared, (at, envelope) => this.#sender.answered(at, envelope));
    const { inbox } = this.#receiver;
    this.#ways = new WaySelector(shared, {
      outbox: this.#sender.outbox,
      news: (): HandledNews => inbox.news(),
    });
    const { remembersHandled } = parts.behaviour;
    this.#sender.restore(now, (memory, number) => {
      if (remembersHandled) inbox.recallHandled(memory, number);
    });
    // After a restart, a peer that had sent messages is told which were handled: this node has lost the pieces of
    // all others.
    if (inbox.memory.length > 0) this.#ways.newsAt(now);
  }

  /** Number of messages to the peer that are not over. */
  get holding(): number {
    return this.#sender.size;
  }

  /** Why a new message with this priority cannot be accepted; undefined if it can. */
  refusal(priority: number): string | undefined {
    return this.#ways.refusal({ priority, private: this.#parts.isPrivate });
  }

  /** Number of whole messages of the peer that wait to be handed over. */
  get held(): number {
    return this.#receiver.held;
  }

  step(now: Nanoseconds, input: PeerInput<Request> | TimerDue): readonly PeerEffect<Request>[] {
    this.#take(now, input);
    this.#sender.expire(now);
    this.#write(now);
    this.#ways.send(now);
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  nextAt(): Nanoseconds {
    return Math.min(this.#sender.nextAt(), this.#ways.nextAt(), this.#journal.nextAt);
  }

  #take(now: Nanoseconds, input: PeerInput<Request> | TimerDue): void {
    switch (input.kind) {
      case 'submit':
        this.#sender.submit(now, input.message);
        return;
      case 'packet':
        this.#packet(now, input);
        return;
      case 'answered':
        this.#ways.answered(now, input);
        return;
      case 'way':
        this.#ways.turn(now, input.way, input.state);
        return;
      case 'synced':
        this.#synced(now, input.isDurable);
        return;
      case 'numbers':
        this.#sender.numbers();
        return;
      case 'handled':
        this.#handled(now, input);
        return;
      case 'timer':
        this.#ways.due(now);
    }
  }

  #packet(now: Nanoseconds, { way, bytes }: PacketInput): void {
    const packet = decodePacket(bytes);
    if (typeof packet === 'string') {
      this.#drop(packet);
      return;
    }
    if (packet.challenge !== undefined) this.#challenged(now, packet.challenge);
    const doubt = this.#meet(now, packet);
    if (doubt !== undefined) {
      this.#drop(doubt);
      this.#challenge(now, way, packet);
      return;
    }
    const lane = this.#ways.lane(way);
    if (packet.pieces.length > 0 || packet.asksNews) lane.heardNs = now;
    this.#acknowledged(now, lane, packet);
    if (packet.news !== undefined && this.#sender.news(now, packet.news)) this.#ways.heard(now);
    this.#receiver.raise(packet.floor);
    // A packet from an earlier life of the peer can come late, over a slow carrier; its messages are still valid.
    const isOfThisLife = packet.life === this.#peerLife;
    const isToldOf = packet.isEliciting && isOfThisLife;
    if (packet.isEliciting && !isOfThisLife) this.#challenge(now, way, packet);
    if (!isToldOf || this.#isFirst(now, lane, packet)) this.#pieces(now, packet);
  }

  /**
   * Notes that a packet came. @returns false if it came before, or is left unacknowledged so that it is sent again.
   */
  #isFirst(now: Nanoseconds, lane: PeerWay<Request>, { number, pieces }: FabricPacket): boolean {
    if (!this.#receiver.inbox.hasRoomFor(pieces)) {
      this.#drop('no-room');
      return false;
    }
    return lane.received.note(now, number, true);
  }

  #pieces(now: Nanoseconds, packet: FabricPacket): void {
    const outcome = this.#receiver.take(now, packet);
    if (packet.asksNews || outcome === 'known') this.#ways.newsAt(now);
  }

  #acknowledged(now: Nanoseconds, lane: PeerWay<Request>, { acknowledgement }: FabricPacket): void {
    // An acknowledgement of packets from an earlier life of this node is ignored: none of them counts as under way.
    if (acknowledgement === undefined || acknowledgement.life !== this.#parts.life) return;
    if (!this.#ways.acknowledged(now, lane, acknowledgement)) this.#drop('never-sent');
  }

  /**
   * Compares the memory and life that a packet names with those known of the peer, and adopts new ones.
   * @returns why the peer has to confirm the packet first; undefined if it is believed.
   */
  #meet(now: Nanoseconds, packet: FabricPacket): FabricDropReason | undefined {
    const { memory, life, floor } = packet;
    const { inbox } = this.#receiver;
    const met = inbox.meet(memory);
    const isConfirmed = this.#challenges.isConfirmed(packet);
    if (met === 'other' && !isConfirmed) return 'unconfirmed-memory';
    if (met === 'same' && !isConfirmed && !inbox.isNear(floor)) return 'unconfirmed-floor';
    // Another memory means that the peer has restarted, even if this node knows the former memory only from its
    // disk.
    const isRestart = this.#peerLife > 0 || met === 'other';
    const isOtherLife = isConfirmed ? life !== this.#peerLife : life > this.#peerLife;
    if (met !== 'same') {
      inbox.adopt(memory);
      this.#receiver.reset();
      // Written before any answer to the new memory: a torn write may store only the first records of a step.
      this.#put(inboxRecordKey(conversationName(this.#parts)), inbox.memoryRecord());
      if (isRestart) this.#effects.push({ kind: 'forgotten' });
    } else if (!isOtherLife) return undefined;
    this.#peerLife = life;
    this.#ways.meet(life);
    if (isRestart) {
      this.#effects.push({ kind: 'count', of: 'restarts', amount: 1 });
      this.#startAnew(now);
    }
    return undefined;
  }

  /** Called when the peer has none of the bytes of open messages: they are sent anew. */
  #startAnew(now: Nanoseconds): void {
    this.#ways.abandon();
    this.#sender.restart(now);
  }

  /** Asks the peer whether it sent a packet with this memory and life. */
  #challenge(now: Nanoseconds, way: number, packet: FabricPacket): void {
    const challenge = this.#challenges.doubt(now, packet);
    if (challenge !== undefined) this.#ways.challenge(way, challenge);
  }

  /** Called when the peer asks whether packets with this memory and life come from this node. */
  #challenged(now: Nanoseconds, { memory, life, nonce }: PeerChallenge): void {
    const parts = this.#parts;
    if (life !== parts.life || !equalBytes(memory, parts.memory)) {
      this.#drop('foreign-challenge');
      return;
    }
    // The peer ignored what was sent so far: it is sent anew, and every packet now carries the nonce back.
    if (this.#ways.confirm(nonce)) this.#startAnew(now);
    this.#ways.newsAt(now);
  }

  #handled(now: Nanoseconds, { number, answer }: HandledInput): void {
    // The peer gave the message up, or has a new memory: the number may belong to another message now.
    if (!this.#receiver.inbox.isInHand(number)) return;
    const call = this.#receiver.call(number);
    if (answer === undefined || call === undefined) this.#receiver.handled(number);
    else this.#sender.answer(now, call, answer, () => this.#receiver.handled(number));
  }

  /** Begins a write to disk if one was requested and none runs. */
  #write(now: Nanoseconds): void {
    if (!this.#journal.begins(now)) return;
    const name = conversationName(this.#parts);
    const { inbox } = this.#receiver;
    const calls = this.#journal.writing.flatMap((item) =>
      item.kind === 'answered' ? item.settlement.number : [],
    );
    // Written before the calls are erased: otherwise a torn write could leave neither the call nor the note of its
    // answer.
    if (calls.length > 0) this.#put(answeredCallsKey(name), encodeCallNumbers(calls));
    if (inbox.isDirty) this.#put(inboxRecordKey(name), inbox.record());
    this.#sender.eraseCalls(calls);
    this.#effects.push({ kind: 'sync' });
  }

  #put(key: string, value: Uint8Array): void {
    this.#effects.push({ kind: 'put', key, value });
  }

  #synced(now: Nanoseconds, isDurable: boolean): void {
    const { inbox } = this.#receiver;
    if (!isDurable) {
      inbox.notWritten();
      this.#journal.failed(now);
      return;
    }
    const numbers = inbox.written();
    if (numbers.length > 0) {
      this.#effects.push({ kind: 'remembered', memory: inbox.memory, numbers });
      this.#ways.newsAt(now + HANDLED_NEWS_DELAY_NS);
    }
    for (const item of this.#journal.done()) {
      if (item.kind === 'answered')
        this.#effects.push({ kind: 'settled', settlement: item.settlement });
      else this.#sender.written(item.message);
    }
    this.#receiver.drain();
  }

  #drop(reason: FabricDropReason): void {
    this.#effects.push({ kind: 'drop', reason });
  }
}

/**
 * Key of the record that lists our calls, by message number, whose answers the last write stored. After a crash, the
 * stored copies of these calls are erased, so that they are not made again.
 */
export function answeredCallsKey(conversation: string): string {
  return `answered/${conversation}`;
}

/** Key of the record that says which messages of a conversation this node has handled. */
export function inboxRecordKey(conversation: string): string {
  return `in/${conversation}`;
}
