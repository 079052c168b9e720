/**
 * Fabric: the ways (carriers) to one peer: chooses one, and sends packets over it.
 *
 * A chooser (nodes/_kit/way-chooser.ts) decides over which way the next message leaves. The default is the first way,
 * in the order of preference, over which the peer answers. Better ways over which the peer does not answer are tried
 * again at growing intervals while messages wait.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { PeerReachability } from '../../../engine/host/transport.ts';
import { BackOff, withJitter } from '../../_kit/back-off.ts';
import {
  PreferredWay,
  type WayChoice,
  type WayChooser,
  type WayWishes,
} from '../../_kit/way-chooser.ts';
import type { PeerInput } from '../effects.ts';
import { FIRST_RETRY_NS, HANDLED_NEWS_DELAY_NS, RETRY_NS_MAX } from '../geometry.ts';
import type { PeerMachineContext } from '../peer-parts.ts';
import type { ResendReason } from '../peer-watch.ts';
import type { PacketAcknowledgement, PeerChallenge } from '../wire.ts';
import { PacketSender, type PacketSources } from './packet-sender.ts';
import { type PacketContent, PeerWay, type SentPiece } from './peer-way.ts';

/** Number of consecutive time-outs after which a packet with news alone is not repeated any more. */
const NEWS_TIMEOUTS_MAX = 10;

/** Chooses among the ways to one peer, and has packets sent over the chosen one. */
export class WaySelector<Request> {
  readonly #shared: PeerMachineContext<Request>;
  readonly #sources: PacketSources<Request>;
  readonly #lanes: readonly PeerWay<Request>[];
  readonly #packets: PacketSender<Request>;
  readonly #chooser: WayChooser;
  #choice: WayChoice | undefined;
  /** The last way that was lost, until a message leaves over another one, and when its first unanswered packet left. */
  #left: { readonly lane: PeerWay<Request>; readonly sinceNs: Nanoseconds | undefined } | undefined;
  /** The way of the last packet; undefined while no way may be used. */
  #active: PeerWay<Request> | undefined;
  /** Whether the peer answers over some way, as last told to the protocols above. */
  #isReached = true;
  /** When the pacing of the active way lets the next packet leave. */
  #roomAt: Nanoseconds = Number.POSITIVE_INFINITY;
  /** When to ask the peer which of its complete messages it has handled; Infinity if it need not be asked. */
  #askAt: Nanoseconds = Number.POSITIVE_INFINITY;
  readonly #asking = new BackOff({ firstNs: FIRST_RETRY_NS, mostNs: RETRY_NS_MAX });

  constructor(shared: PeerMachineContext<Request>, sources: PacketSources<Request>) {
    this.#shared = shared;
    this.#sources = sources;
    const { carriers, carrierNames, chooser, options, behaviour, random } = shared.parts;
    const { packet: packetBytes } = options;
    const { isFixedWindow, isLost } = behaviour;
    this.#lanes = carriers.map((terms, index) => {
      const carrier = carrierNames?.[index] ?? '';
      const parts = { index, terms, carrier, packetBytes, random, isFixedWindow, isLost };
      return new PeerWay<Request>(parts);
    });
    this.#chooser = chooser ?? new PreferredWay(carriers.length);
    const lanes = this.#lanes;
    this.#packets = new PacketSender({ shared, sources, lanes, chooser: this.#chooser });
    this.#active = this.lane(0);
  }

  lane(index: number): PeerWay<Request> {
    return this.#lanes[index] as PeerWay<Request>;
  }

  /** Why a new message with these wishes cannot be accepted; undefined if it can. */
  refusal(wishes: WayWishes): string | undefined {
    return this.#chooser.refusal(this.#lanes, wishes);
  }

  /** Called when the peer has restarted: packet numbers of its earlier life are forgotten. */
  meet(life: number): void {
    this.#packets.peerLife = life;
    for (const lane of this.#lanes) lane.forgetReceived();
  }

  /** Forgets all packets under way; no loss is reported for them. */
  abandon(): void {
    for (const lane of this.#lanes) lane.abandon();
  }

  /** Asks that the list of handled messages be sent to the peer at `at` at the latest. */
  newsAt(at: Nanoseconds): void {
    if (at < this.#packets.newsAt) this.#packets.newsAt = at;
  }

  /** Sends this challenge to the peer over the way on which the doubtful packet came. */
  challenge(way: number, challenge: PeerChallenge): void {
    this.#packets.challenge(this.lane(way), challenge);
  }

  /** Lets every packet answer a challenge with this nonce. @returns false if they already do. */
  confirm(nonce: Uint8Array): boolean {
    return this.#packets.confirm(nonce);
  }

  /** Called when the peer has sent its list of handled messages. */
  heard(_now: Nanoseconds): void {
    this.#packets.heard();
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
    if (outcome.acked.length > 0) {
      lane.waitingSinceNs = undefined;
      lane.isLeft = false;
    }
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
    if (challenge !== undefined) this.#packets.challengeAgain(lane, challenge);
    this.#again(now, content, 'refused');
  }

  /** Called when a carrier reports a way as open or closed. */
  turn(now: Nanoseconds, way: number, state: PeerReachability): void {
    const lane = this.lane(way);
    lane.turn(now, state === 'open');
    // `#choose` leaves only the active way. Any other way is left here if packets of earlier messages are under way
    // over it.
    const isUnderWay = lane.recovery !== undefined && lane.recovery.inFlight > 0;
    if (lane.isClosed && isUnderWay && lane !== this.#active) this.#leave(now, lane);
    this.#watch(now, lane);
  }

  nextAt(): Nanoseconds {
    // While the active way takes no packets, nothing can be sent before an answer over it or its time-out.
    let at = this.#roomAt;
    if (this.#active?.isTaking === true) at = Math.min(at, this.#packets.newsAt, this.#askAt);
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
      this.#packets.acknowledge(now);
      return;
    }
    this.#shared.parts.behaviour.beforeSending(lane.index, outbox);
    for (let message = outbox.next(); lane.hasRoom(now) && message !== undefined; ) {
      this.#switched(now, lane, message.sinceNs);
      if (lane.recovery === undefined) this.#packets.entrust(now, lane);
      else this.#packets.send(now, lane);
      // The next message may wish for another way; if none may be used, it waits.
      const next = this.#choose(now);
      if (next === undefined) break;
      lane = next;
      message = outbox.next();
    }
    const isLeft = lane.recovery !== undefined && outbox.next() !== undefined;
    this.#roomAt = isLeft ? (lane.recovery?.roomAt(now) ?? now) : Number.POSITIVE_INFINITY;
    const isDue = this.#packets.newsAt <= now || this.#askAt <= now;
    if (isDue && lane.isTaking) this.#sendShort(now, lane);
    this.#packets.sendChallenge();
    this.#askLater(now, lane);
    this.#tryOthers(now);
    this.#packets.acknowledge(now);
  }

  /** While messages wait, sends a probe over each better way that is down, to learn whether the peer answers again. */
  #tryOthers(now: Nanoseconds): void {
    if (!this.#sources.outbox.isWaiting) return;
    for (const index of this.#choice?.probes ?? []) {
      const lane = this.lane(index);
      if (lane.recovery?.inFlight === 0 && !lane.isClosed) this.#packets.send(now, lane, []);
    }
  }

  /** Makes the way of the next message the active one. @returns it; undefined if no way may be used. */
  #choose(now: Nanoseconds): PeerWay<Request> | undefined {
    const message = this.#sources.outbox.next();
    const choice = this.#chooser.choose(now, this.#lanes, message);
    if (message !== undefined && choice.why !== this.#choice?.why)
      this.#shared.parts.watch?.chosen(now, choice);
    this.#choice = choice;
    const [first] = choice.order;
    const former = this.#active;
    const best = first === undefined ? undefined : this.lane(first);
    this.#active = best;
    if (best === former || best === undefined || former === undefined) return best;
    // A former way that is still up delivers its packets; those over a way that is down are sent again.
    if (!former.isUp) this.#leave(now, former);
    this.#watch(now, former);
    this.#watch(now, best);
    // Leaving may have queued messages again, for which no way was chosen yet.
    return message === undefined && this.#sources.outbox.next() !== undefined
      ? this.#choose(now)
      : best;
  }

  /** Queues what is under way over a way that is down, to be sent over another way. */
  #leave(now: Nanoseconds, former: PeerWay<Request>): void {
    if (!former.isLeft) this.#left = { lane: former, sinceNs: former.waitingSinceNs };
    former.isLeft = true;
    for (const content of former.abandon()) this.#again(now, content, 'other-way');
  }

  /** Called before a message leaves over a way. The first message over another way than the lost one ends a switch. */
  #switched(now: Nanoseconds, { index }: PeerWay<Request>, acceptedNs: Nanoseconds): void {
    if (this.#left === undefined) return;
    const { lane, sinceNs } = this.#left;
    if (lane.index === index && !lane.isUp) return;
    this.#left = undefined;
    if (lane.isUp) return;
    // Time in which no message waited does not count.
    const afterNs = now - Math.max(sinceNs ?? 0, acceptedNs);
    this.#shared.emit({ kind: 'switched', to: index, afterNs });
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
    const active = this.#active;
    // `#choose` leaves only the active way. This one ceased to be active when another way, or none, was chosen for a
    // later message.
    if (pieces.length > 0 && !lane.isUp && lane !== active && active?.isUp === true)
      this.#leave(now, lane);
    else if (pieces.length > 0) {
      for (const { message } of pieces) this.#shared.parts.watch?.again(now, message, 'time-out');
      this.#packets.send(now, lane, pieces);
    } else if (this.#sources.outbox.isWaiting || this.#packets.newsAt <= now) {
      this.#packets.send(now, lane, lane === this.#active ? undefined : []);
    } else lane.abandon();
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

  #sendShort(now: Nanoseconds, lane: PeerWay<Request>): void {
    if (this.#askAt <= now) this.#askAt = Number.POSITIVE_INFINITY;
    this.#packets.sendShort(now, lane);
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

  #watch(now: Nanoseconds, lane: PeerWay<Request>): void {
    const isReached = this.#lanes.some(({ isUp: isLaneUp }) => isLaneUp);
    if (isReached !== this.#isReached) {
      this.#isReached = isReached;
      this.#shared.emit({ kind: 'reach', state: isReached ? 'open' : 'closed' });
    }
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
