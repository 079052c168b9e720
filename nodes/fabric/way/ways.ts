/**
 * Fabric: the ways (carriers) to one peer: chooses one, and sends packets over it.
 *
 * A chooser (nodes/_kit/way-chooser.ts) says over which way the next message leaves: without another rule, over the
 * first, in the order of preference, over which the peer answers. Better ways over which the peer does not answer are
 * tried again at growing intervals while messages wait.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { PeerReachability } from '../../../engine/host/transport.ts';
import { BackOff, withJitter } from '../../_kit/back-off.ts';
import { equalBytes } from '../../_kit/bytes.ts';
import { PreferredWay, type WayChoice, type WayChooser } from '../../_kit/way-chooser.ts';
import type { PeerEffect, PeerInput } from '../effects.ts';
import {
  CHALLENGE_NONCE_BYTES,
  FIRST_RETRY_NS,
  HANDLED_NEWS_DELAY_NS,
  PRIORITY_TO_CARRIER_PRIORITY,
  RETRY_NS_MAX,
} from '../geometry.ts';
import type { Outbox } from '../outgoing/outbox.ts';
import type { PeerMachineContext } from '../peer-parts.ts';
import type { ResendReason } from '../peer-watch.ts';
import {
  CHALLENGE_PACKET_BYTES,
  HANDLED_NEWS_BYTES_MAX,
  type HandledNews,
  PACKET_HEAD_BYTES,
  type PacketAcknowledgement,
  PacketWriter,
  type PeerChallenge,
  PIECE_HEAD_BYTES,
} from '../wire.ts';
import { type PacketContent, PeerWay, type SentPiece } from './lane.ts';

/** Largest number of bytes beside the message in a packet over a carrier that promises delivery. */
const ENTRUSTED_HEAD =
  PACKET_HEAD_BYTES + HANDLED_NEWS_BYTES_MAX + CHALLENGE_NONCE_BYTES + PIECE_HEAD_BYTES;
/**
 * Carrier priority of packets without messages: the same as that of usual messages. If these packets were urgent,
 * messages would starve after an overload, since a carrier sends and repeats urgent packets first.
 */
const NEWS_PRIORITY = 1;
/** Number of consecutive time-outs after which a packet with news alone is not repeated any more. */
const NEWS_TIMEOUTS_MAX = 10;

/** Where a {@link WaySelector} gets the messages and news that it sends. */
export interface WaySelectorSources<Request> {
  readonly outbox: Outbox<Request>;
  readonly news: () => HandledNews;
}

/** Chooses among the ways to one peer, and sends packets over the chosen one. */
export class WaySelector<Request> {
  readonly #shared: PeerMachineContext<Request>;
  readonly #sources: WaySelectorSources<Request>;
  readonly #lanes: readonly PeerWay<Request>[];
  readonly #writers: readonly PacketWriter[];
  readonly #chooser: WayChooser;
  #choice: WayChoice | undefined;
  /** The way of the last packet; undefined while no way may be used. */
  #active: PeerWay<Request> | undefined;
  #peerLife = 0;
  /** Latest instant at which to send the peer the list of handled messages; Infinity if it has the newest list. */
  #newsAt: Nanoseconds = Number.POSITIVE_INFINITY;
  /** Number of message bytes in the packet that is being written, and how many of these had been sent before. */
  #pieceBytes = 0;
  #repeatedBytes = 0;
  /** When the pacing of the active way lets the next packet leave. */
  #roomAt: Nanoseconds = Number.POSITIVE_INFINITY;
  /** When to ask the peer which of its complete messages it has handled; Infinity if it need not be asked. */
  #askAt: Nanoseconds = Number.POSITIVE_INFINITY;
  /** The challenge to be sent to the peer, and over which way. */
  #challenge: { readonly lane: PeerWay<Request>; readonly challenge: PeerChallenge } | undefined;
  /** The nonce that every packet brings back to the peer, until the peer is known to have it. */
  #nonce: Uint8Array | undefined;
  readonly #asking = new BackOff({ firstNs: FIRST_RETRY_NS, mostNs: RETRY_NS_MAX });

  constructor(shared: PeerMachineContext<Request>, sources: WaySelectorSources<Request>) {
    this.#shared = shared;
    this.#sources = sources;
    const { carriers, carrierNames, chooser, options, behaviour, random } = shared.parts;
    const { packet: packetBytes } = options;
    const { isFixedWindow } = behaviour;
    this.#lanes = carriers.map((terms, index) => {
      const carrier = carrierNames?.[index] ?? '';
      const parts = { index, terms, carrier, packetBytes, random, isFixedWindow };
      return new PeerWay<Request>(parts);
    });
    this.#chooser = chooser ?? new PreferredWay(carriers.length);
    this.#writers = this.#lanes.map(
      ({ recovery, packetBytes: limit }) => new PacketWriter(recovery === undefined ? 0 : limit),
    );
    this.#active = this.lane(0);
  }

  lane(index: number): PeerWay<Request> {
    return this.#lanes[index] as PeerWay<Request>;
  }

  /** Why a new message cannot be accepted; undefined if it can. */
  get refusal(): string | undefined {
    return this.#chooser.refusal(this.#lanes);
  }

  /** Called when the peer has restarted: packet numbers of its earlier life are forgotten. */
  meet(life: number): void {
    this.#peerLife = life;
    for (const lane of this.#lanes) lane.forgetReceived();
  }

  /** Forgets all packets under way; no loss is reported for them. */
  abandon(): void {
    for (const { recovery } of this.#lanes) recovery?.abandon();
  }

  /** Asks that the list of handled messages be sent to the peer at `at` at the latest. */
  newsAt(at: Nanoseconds): void {
    if (at < this.#newsAt) this.#newsAt = at;
  }

  /** Sends this challenge to the peer over the way on which the doubtful packet came. */
  challenge(way: number, challenge: PeerChallenge): void {
    this.#challenge = { lane: this.lane(way), challenge };
  }

  /**
   * Puts this nonce, which answers a challenge, into every packet, until the peer sends news that
   * name this node's memory.
   * @returns false if the packets have this nonce already.
   */
  confirm(nonce: Uint8Array): boolean {
    if (this.#nonce !== undefined && equalBytes(this.#nonce, nonce)) return false;
    this.#nonce = nonce.slice();
    return true;
  }

  /** Called when the peer has sent its list of handled messages. */
  heard(_now: Nanoseconds): void {
    this.#nonce = undefined;
    this.#asking.reset();
    this.#askAt = Number.POSITIVE_INFINITY;
  }

  /** Handles an acknowledgement that came over a way. @returns false if it names a packet that was never sent. */
  acknowledged(
    now: Nanoseconds,
    lane: PeerWay<Request>,
    acknowledgement: PacketAcknowledgement,
  ): boolean {
    const outcome = lane.recovery?.acknowledged(now, acknowledgement);
    if (outcome === undefined) return false;
    for (const { pieces } of outcome.acked) {
      for (const { message, start, end } of pieces) message.arrived(start, end);
    }
    for (const content of outcome.lost) this.#again(now, content, 'lost');
    lane.measured(now, { acked: outcome.acked.length, lost: outcome.lost.length });
    if (outcome.acked.length > 0) lane.waitingSinceNs = undefined;
    this.#watch(now, lane);
    return true;
  }

  /** Called when a carrier reports whether it took a packet. */
  answered(now: Nanoseconds, answer: Extract<PeerInput<Request>, { kind: 'answered' }>): void {
    const { way, token, outcome } = answer;
    const lane = this.lane(way);
    const content = lane.answered(now, token, outcome === 'ok');
    if (content === undefined || outcome === 'ok') return;
    this.#shared.emit({ kind: 'count', of: 'refusals', amount: 1 });
    const { challenge } = content;
    if (challenge !== undefined) this.#challenge ??= { lane, challenge };
    this.#again(now, content, 'refused');
  }

  /** Called when a carrier reports a way as open or closed. */
  turn(now: Nanoseconds, way: number, state: PeerReachability): void {
    const lane = this.lane(way);
    lane.turn(now, state === 'open');
    // The next choice leaves the way in use; another one may have messages under way whose class chose it.
    const isUnderWay = lane.recovery !== undefined && lane.recovery.inFlight > 0;
    if (lane.isClosed && isUnderWay && lane !== this.#active) this.#leave(now, lane, this.#active);
    this.#watch(now, lane);
  }

  nextAt(): Nanoseconds {
    // While the active way takes no packets, nothing can be sent before an answer over it or its time-out.
    let at = this.#roomAt;
    if (this.#active?.isTaking === true) at = Math.min(at, this.#newsAt, this.#askAt);
    for (const lane of this.#lanes) at = Math.min(at, lane.nextAt());
    return at;
  }

  /** Ends pauses that are over, and handles the time-outs that are due. */
  due(now: Nanoseconds): void {
    for (const lane of this.#lanes) {
      lane.endWait(now);
      if ((lane.recovery?.nextAt() ?? Number.POSITIVE_INFINITY) <= now) this.#timeOut(now, lane);
    }
  }

  /** Sends all packets that may leave now. */
  send(now: Nanoseconds): void {
    const { outbox } = this.#sources;
    let lane = this.#choose(now);
    this.#roomAt = Number.POSITIVE_INFINITY;
    if (lane === undefined) {
      this.#acknowledge(now);
      return;
    }
    this.#shared.parts.behaviour.leaving(lane.index, outbox);
    while (lane.hasRoom(now) && outbox.next() !== undefined) {
      if (lane.recovery === undefined) this.#entrust(now, lane);
      else this.#sendPacket(now, lane);
      // The next message may wish for another way; if none may be used, it waits.
      const next = this.#choose(now);
      if (next === undefined) break;
      lane = next;
    }
    const isLeft = lane.recovery !== undefined && outbox.next() !== undefined;
    this.#roomAt = isLeft ? (lane.recovery?.roomAt(now) ?? now) : Number.POSITIVE_INFINITY;
    const isDue = this.#newsAt <= now || this.#askAt <= now;
    if (isDue && lane.isTaking) this.#sendShort(now, lane);
    this.#sendChallenge();
    this.#askLater(now, lane);
    this.#tryOthers(now);
    this.#acknowledge(now);
  }

  /** While messages wait, sends a probe over each better way that is down, to learn whether the peer answers again. */
  #tryOthers(now: Nanoseconds): void {
    if (!this.#sources.outbox.isWaiting) return;
    for (const index of this.#choice?.probes ?? []) {
      const lane = this.lane(index);
      if (lane.recovery?.inFlight === 0 && !lane.isClosed) this.#sendPacket(now, lane, []);
    }
  }

  /** Makes the way of the next message the active one. @returns it; undefined if no way may be used. */
  #choose(now: Nanoseconds): PeerWay<Request> | undefined {
    const choice = this.#chooser.choose(now, this.#lanes, this.#sources.outbox.next());
    if (choice.why !== this.#choice?.why) this.#shared.parts.watch?.chosen(now, choice.why);
    this.#choice = choice;
    const [first] = choice.order;
    const former = this.#active;
    const best = first === undefined ? undefined : this.lane(first);
    this.#active = best;
    if (best === former || best === undefined || former === undefined) return best;
    // A former way that is still up delivers its packets; those over a way that is down are sent again.
    if (!former.isUp) this.#leave(now, former, best);
    this.#watch(now, former);
    this.#watch(now, best);
    return best;
  }

  /** Queues what is under way over a way that is down, to be sent over another way. */
  #leave(now: Nanoseconds, former: PeerWay<Request>, best?: PeerWay<Request>): void {
    for (const content of former.recovery?.abandon() ?? []) this.#again(now, content, 'other-way');
    if (best === undefined || best.index <= former.index) return;
    const afterNs = now - (former.waitingSinceNs ?? now);
    this.#shared.emit({ kind: 'switched', to: best.index, afterNs });
  }

  #timeOut(now: Nanoseconds, lane: PeerWay<Request>): void {
    const { recovery } = lane;
    if (recovery === undefined) return;
    const { lost, probe } = recovery.due(now);
    for (const content of lost) this.#again(now, content, 'lost');
    if (probe === undefined) return;
    this.#shared.emit({ kind: 'count', of: 'timeouts', amount: 1 });
    this.#watch(now, lane);
    const pieces = probe.pieces.filter(isOpen);
    // After too many time-outs the news are not repeated: a peer that returns asks for them.
    if (probe.hasNews && recovery.timeouts <= NEWS_TIMEOUTS_MAX) this.newsAt(now);
    if (pieces.length > 0) {
      for (const { message } of pieces) this.#shared.parts.watch?.again(now, message, 'time-out');
      this.#sendPacket(now, lane, pieces);
    } else if (this.#sources.outbox.isWaiting || this.#newsAt <= now) {
      this.#sendPacket(now, lane, lane === this.#active ? undefined : []);
    } else recovery.abandon();
  }

  /** Queues the content of a lost packet to be sent again. */
  #again(now: Nanoseconds, content: PacketContent<Request>, why: ResendReason): void {
    const { pieces, hasNews } = content;
    const { outbox } = this.#sources;
    for (const { message, start, end } of pieces) {
      if (message.state !== 'open') continue;
      if (why === 'refused') message.refused(start, end);
      else message.lost(start, end);
      this.#shared.parts.behaviour.lost(message);
      outbox.queue(message);
      this.#shared.parts.watch?.again(now, message, why);
    }
    if (hasNews) this.newsAt(now);
  }

  /**
   * Sends a packet with the given pieces or, without any given, the next ones; a packet with neither pieces nor news
   * asks for news.
   */
  #sendPacket(
    now: Nanoseconds,
    lane: PeerWay<Request>,
    given?: readonly SentPiece<Request>[],
  ): void {
    const writer = this.#writers[lane.index] as PacketWriter;
    const hasNews = this.#begin(now, lane, writer);
    const pieces: SentPiece<Request>[] = [];
    for (const { message, start, end } of given ?? []) {
      const length = Math.min(end - start, writer.pieceRoom);
      if (length > 0)
        pieces.push(this.#write(now, lane, writer, { message, start, end: start + length }));
    }
    if (given === undefined) this.#fill(now, lane, writer, pieces);
    if (pieces.length === 0 && !hasNews) writer.askNews();
    writer.elicit();
    lane.waitingSinceNs ??= now;
    const content = { pieces, hasNews };
    const number = lane.recovery?.sent(now, writer.length, content) ?? 0;
    this.#emit(lane, writer.end(number).slice(), { priority: priorityOf(pieces) });
  }

  #fill(
    now: Nanoseconds,
    lane: PeerWay<Request>,
    writer: PacketWriter,
    pieces: SentPiece<Request>[],
  ): void {
    const { outbox } = this.#sources;
    let way: number | undefined;
    while (writer.pieceRoom > 0) {
      const message = outbox.next();
      if (message === undefined) return;
      const [own] = this.#chooser.choose(now, this.#lanes, message).order;
      if (pieces.length === 0) way = own;
      else if (own !== way) return;
      const { firstStart: start, firstEnd } = message.todo;
      const end = Math.min(firstEnd, start + writer.pieceRoom);
      // A message of at most half a packet is not cut to fill the rest of this packet: it goes whole into the next
      // one.
      const isCut = end < firstEnd;
      if (isCut && pieces.length > 0 && message.bytes.length <= lane.packetBytes / 2) return;
      pieces.push(this.#write(now, lane, writer, { message, start, end }));
    }
  }

  /** Gives the next message, or as much of it as fits, to a carrier that promises delivery or reports it. */
  #entrust(now: Nanoseconds, lane: PeerWay<Request>): void {
    const message = this.#sources.outbox.next();
    if (message === undefined) return;
    const { firstStart: start, firstEnd } = message.todo;
    const length = Math.min(firstEnd - start, lane.packetBytes - ENTRUSTED_HEAD);
    const writer = new PacketWriter(ENTRUSTED_HEAD + length);
    const hasNews = this.#begin(now, lane, writer);
    const pieces = [this.#write(now, lane, writer, { message, start, end: start + length })];
    // The carrier delivers these bytes, so they are not sent again unless it refuses them.
    message.entrusted(start, start + length);
    const token = lane.entrust({ pieces, hasNews }, writer.length);
    const lifetime = Math.max(1, message.deadlineNs - now);
    const priority = PRIORITY_TO_CARRIER_PRIORITY[message.priority] ?? 1;
    this.#emit(lane, writer.end(0), { lifetime, priority, tolerant: true }, token);
  }

  /** Sends a packet without pieces: with news, or with the question for the peer's news. */
  #sendShort(now: Nanoseconds, lane: PeerWay<Request>): void {
    const asks = this.#askAt <= now;
    if (asks) this.#askAt = Number.POSITIVE_INFINITY;
    if (lane.recovery !== undefined) {
      this.#sendPacket(now, lane, []);
      return;
    }
    const writer = new PacketWriter(ENTRUSTED_HEAD);
    const hasNews = this.#begin(now, lane, writer);
    const token = lane.entrust({ pieces: [], hasNews }, writer.length);
    this.#emit(lane, writer.end(0), { priority: NEWS_PRIORITY, tolerant: true }, token);
  }

  #sendChallenge(): void {
    if (this.#challenge === undefined) return;
    const { lane, challenge } = this.#challenge;
    if (lane.recovery === undefined && !lane.isTaking) return;
    this.#challenge = undefined;
    const { life, memory } = this.#shared.parts;
    const writer = new PacketWriter(CHALLENGE_PACKET_BYTES);
    writer.begin(life, memory, this.#sources.outbox.floor);
    writer.challenge(challenge);
    const bytes = writer.end(0);
    const content = { pieces: [], hasNews: false, challenge };
    const token = lane.recovery === undefined ? lane.entrust(content, bytes.length) : undefined;
    this.#emit(lane, bytes, { priority: NEWS_PRIORITY, tolerant: true }, token);
  }

  /**
   * Sets when to ask the peer for its news, if it has whole messages and has not said by then that it handled them.
   */
  #askLater(now: Nanoseconds, lane: PeerWay<Request>): void {
    const { recovery } = lane;
    const { outbox } = this.#sources;
    if (recovery === undefined || this.#askAt !== Number.POSITIVE_INFINITY) return;
    if (recovery.inFlight > 0 || !outbox.isWaiting || outbox.next() !== undefined) return;
    this.#askAt =
      now + HANDLED_NEWS_DELAY_NS + withJitter(this.#asking.next(), this.#shared.parts.random);
  }

  /** Sends acknowledgements that are due and found no other packet to travel in. */
  #acknowledge(now: Nanoseconds): void {
    for (const lane of this.#lanes) {
      if (lane.recovery === undefined || lane.received.nextAt() > now) continue;
      const writer = this.#writers[lane.index] as PacketWriter;
      this.#begin(now, lane, writer, 'acknowledgement-only');
      this.#emit(lane, writer.end(0).slice(), { priority: NEWS_PRIORITY });
    }
  }

  /**
   * Begins a packet with what goes into every packet: acknowledgement, news, nonce. @returns true if it has news.
   */
  #begin(
    now: Nanoseconds,
    lane: PeerWay<Request>,
    writer: PacketWriter,
    what: 'all' | 'acknowledgement-only' = 'all',
  ): boolean {
    const { life, memory } = this.#shared.parts;
    writer.begin(life, memory, this.#sources.outbox.floor);
    if (lane.recovery !== undefined && lane.received.isOwed) {
      const acknowledgement = lane.received.take(now);
      if (acknowledgement !== undefined) writer.acknowledge(this.#peerLife, acknowledgement);
    }
    const hasNews = what === 'all' && this.#newsAt !== Number.POSITIVE_INFINITY;
    if (hasNews) {
      this.#newsAt = Number.POSITIVE_INFINITY;
      writer.news(this.#sources.news());
    }
    if (this.#nonce !== undefined) writer.confirm(this.#nonce);
    return hasNews;
  }

  #write(
    now: Nanoseconds,
    lane: PeerWay<Request>,
    writer: PacketWriter,
    piece: SentPiece<Request>,
  ): SentPiece<Request> {
    const { message, start, end } = piece;
    const { emit, parts } = this.#shared;
    if (message.way !== lane.index) this.#chooser.used(lane);
    message.way = lane.index;
    this.#pieceBytes += end - start;
    this.#repeatedBytes += Math.max(0, Math.min(end, message.sentEnd) - start);
    if (message.acknowledged.hasAny(start, end))
      emit({ kind: 'count', of: 'resent_acknowledged', amount: end - start });
    writer.piece(message.number, message.bytes, start, end - start);
    message.todo.remove(start, end);
    if (end > message.sentEnd) message.sentEnd = end;
    parts.watch?.sent(now, piece, lane.index);
    return piece;
  }

  #emit(
    lane: PeerWay<Request>,
    bytes: Uint8Array,
    wishes: Extract<PeerEffect<Request>, { kind: 'send' }>['wishes'],
    token?: number,
  ): void {
    const pieceBytes = this.#pieceBytes;
    const repeatedBytes = this.#repeatedBytes;
    this.#pieceBytes = 0;
    this.#repeatedBytes = 0;
    const sizes = { pieceBytes, repeatedBytes };
    this.#shared.emit({ kind: 'send', way: lane.index, bytes, wishes, ...sizes, token });
  }

  #watch(now: Nanoseconds, lane: PeerWay<Request>): void {
    const { recovery, index, isUp } = lane;
    this.#shared.parts.watch?.way(now, index, {
      isUp,
      windowBytes: recovery?.window ?? 0,
      inFlightBytes: recovery?.inFlight ?? 0,
      roundTripNs: recovery?.smoothedNs,
      isActive: lane === this.#active,
    });
  }
}

function isOpen({ message, start, end }: SentPiece<unknown>): boolean {
  return message.state === 'open' && !message.there.hasAny(start, end);
}

function priorityOf(pieces: readonly SentPiece<unknown>[]): 0 | 1 | 2 {
  let highest: 0 | 1 | 2 = pieces.length === 0 ? NEWS_PRIORITY : 0;
  for (const { message } of pieces) {
    const priority = PRIORITY_TO_CARRIER_PRIORITY[message.priority] ?? 1;
    if (priority > highest) highest = priority;
  }
  return highest;
}
