/**
 * Fabric: writes the packets to one peer: their pieces of messages, and the news, challenges and confirmations that are
 * due. It does not choose the way.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { equalBytes } from '../../_kit/bytes.ts';
import type { WayChooser } from '../../_kit/way-chooser.ts';
import type { PeerEffect } from '../effects.ts';
import { CHALLENGE_NONCE_BYTES, PRIORITY_TO_CARRIER_PRIORITY } from '../geometry.ts';
import type { Outbox } from '../outgoing/outbox.ts';
import type { PeerMachineContext } from '../peer-parts.ts';
import {
  CHALLENGE_PACKET_BYTES,
  HANDLED_NEWS_BYTES_MAX,
  type HandledNews,
  PACKET_HEAD_BYTES,
  PacketWriter,
  type PeerChallenge,
  PIECE_HEAD_BYTES,
} from '../wire.ts';
import type { PeerWay, SentPiece } from './peer-way.ts';

/** Largest number of bytes beside the message in a packet over a carrier that promises delivery. */
const ENTRUSTED_HEAD =
  PACKET_HEAD_BYTES + HANDLED_NEWS_BYTES_MAX + CHALLENGE_NONCE_BYTES + PIECE_HEAD_BYTES;
/**
 * Carrier priority of packets without messages: the same as that of usual messages. If these packets were urgent,
 * messages would starve after an overload, since a carrier sends and repeats urgent packets first.
 */
const NEWS_PRIORITY = 1;

/** Where packets get the messages and news that they bring. */
export interface PacketSources<Request> {
  readonly outbox: Outbox<Request>;
  readonly news: () => HandledNews;
}

/** What a {@link PacketSender} is made from. */
export interface PacketSenderParts<Request> {
  readonly shared: PeerMachineContext<Request>;
  readonly sources: PacketSources<Request>;
  readonly lanes: readonly PeerWay<Request>[];
  readonly chooser: WayChooser;
}

/** Writes the packets to one peer. */
export class PacketSender<Request> {
  /** Latest instant at which to send the peer the list of handled messages; Infinity if it has the newest list. */
  newsAt: Nanoseconds = Number.POSITIVE_INFINITY;
  /** Number of the peer's present life. */
  peerLife = 0;
  readonly #shared: PeerMachineContext<Request>;
  readonly #sources: PacketSources<Request>;
  readonly #lanes: readonly PeerWay<Request>[];
  readonly #chooser: WayChooser;
  readonly #writers: readonly PacketWriter[];
  /** Number of message bytes in the packet that is being written, and how many of these had been sent before. */
  #pieceBytes = 0;
  #repeatedBytes = 0;
  /** The challenge to be sent to the peer, and over which way. */
  #challenge: { readonly lane: PeerWay<Request>; readonly challenge: PeerChallenge } | undefined;
  /** The nonce that every packet brings back to the peer, until the peer is known to have it. */
  #nonce: Uint8Array | undefined;

  constructor({ shared, sources, lanes, chooser }: PacketSenderParts<Request>) {
    this.#shared = shared;
    this.#sources = sources;
    this.#lanes = lanes;
    this.#chooser = chooser;
    this.#writers = lanes.map(
      ({ recovery, packetBytes: limit }) =>
        new PacketWriter(recovery === undefined ? 0 : limit, shared.parts),
    );
  }

  /** Sends this challenge to the peer over the way on which the doubtful packet came. */
  challenge(lane: PeerWay<Request>, challenge: PeerChallenge): void {
    this.#challenge = { lane, challenge };
  }

  /** Called when a carrier has refused the packet with this challenge: it is sent again, unless a newer one waits. */
  challengeAgain(lane: PeerWay<Request>, challenge: PeerChallenge): void {
    this.#challenge ??= { lane, challenge };
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
  heard(): void {
    this.#nonce = undefined;
  }

  /**
   * Sends a packet with the given pieces or, without any given, the next ones; a packet with neither pieces nor news
   * asks for news.
   */
  send(now: Nanoseconds, lane: PeerWay<Request>, given?: readonly SentPiece<Request>[]): void {
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
  entrust(now: Nanoseconds, lane: PeerWay<Request>): void {
    const message = this.#sources.outbox.next();
    if (message === undefined) return;
    const { firstStart: start, firstEnd } = message.todo;
    const length = Math.min(firstEnd - start, lane.packetBytes - ENTRUSTED_HEAD);
    const writer = new PacketWriter(ENTRUSTED_HEAD + length, this.#shared.parts);
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
  sendShort(now: Nanoseconds, lane: PeerWay<Request>): void {
    if (lane.recovery !== undefined) {
      this.send(now, lane, []);
      return;
    }
    const writer = new PacketWriter(ENTRUSTED_HEAD, this.#shared.parts);
    const hasNews = this.#begin(now, lane, writer);
    const token = lane.entrust({ pieces: [], hasNews }, writer.length);
    this.#emit(lane, writer.end(0), { priority: NEWS_PRIORITY, tolerant: true }, token);
  }

  /** Sends the challenge that waits, if its way takes packets. */
  sendChallenge(): void {
    if (this.#challenge === undefined) return;
    const { lane, challenge } = this.#challenge;
    if (lane.recovery === undefined && !lane.isTaking) return;
    this.#challenge = undefined;
    const { life, memory } = this.#shared.parts;
    const writer = new PacketWriter(CHALLENGE_PACKET_BYTES, this.#shared.parts);
    writer.begin(life, memory, this.#sources.outbox.floor);
    writer.challenge(challenge);
    const bytes = writer.end(0);
    const content = { pieces: [], hasNews: false, challenge };
    const token = lane.recovery === undefined ? lane.entrust(content, bytes.length) : undefined;
    this.#emit(lane, bytes, { priority: NEWS_PRIORITY, tolerant: true }, token);
  }

  /** Sends acknowledgements that are due and found no other packet to travel in. */
  acknowledge(now: Nanoseconds): void {
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
      if (acknowledgement !== undefined) writer.acknowledge(this.peerLife, acknowledgement);
    }
    const hasNews = what === 'all' && this.newsAt !== Number.POSITIVE_INFINITY;
    if (hasNews) {
      this.newsAt = Number.POSITIVE_INFINITY;
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
    if (message.way !== lane.index) this.#chooser.used(lane, message);
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
}

function priorityOf(pieces: readonly SentPiece<unknown>[]): 0 | 1 | 2 {
  let highest: 0 | 1 | 2 = pieces.length === 0 ? NEWS_PRIORITY : 0;
  for (const { message } of pieces) {
    const priority = PRIORITY_TO_CARRIER_PRIORITY[message.priority] ?? 1;
    if (priority > highest) highest = priority;
  }
  return highest;
}
