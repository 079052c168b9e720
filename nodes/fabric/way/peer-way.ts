/**
 * Fabric: one way to one peer: a carrier, and the packets that are under way over it.
 *
 * Over a carrier that may lose messages, packets are acknowledged and losses are detected
 * (nodes/_kit/loss-recovery). A carrier that promises delivery, or reports it, answers for each packet,
 * so no acknowledgements are sent.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { CarrierGuarantees } from '../../../engine/host/transport.ts';
import { BackOff, withJitter } from '../../_kit/back-off.ts';
import { LossRecovery } from '../../_kit/loss-recovery/loss-recovery.ts';
import { ReceivedPackets } from '../../_kit/loss-recovery/received-packets.ts';
import { MEASUREMENT_AGE_MAX_NS, type WayFacts } from '../../_kit/way-chooser.ts';
import type { Behaviour } from '../behaviour.ts';
import { CARRIER_BYTES_IN_FLIGHT_MAX, FIRST_RETRY_NS, RETRY_NS_MAX } from '../geometry.ts';
import type { OutgoingMessage } from '../outgoing/outgoing-message.ts';
import type { PeerChallenge } from '../wire.ts';

/** Weight of one packet in {@link PeerWay.loss}. */
const LOSS_GAIN = 1 / 32;

/** Weight of one answer in {@link PeerWay.roundTripNs}. */
const ROUND_TRIP_GAIN = 1 / 8;

/** The bytes of one message that are in one packet. */
export interface SentPiece<Request> {
  readonly message: OutgoingMessage<Request>;
  readonly start: number;
  /** Offset after the last byte. */
  readonly end: number;
}

/** What a packet under way contains: this is sent again if the packet is lost. */
export interface PacketContent<Request> {
  readonly pieces: readonly SentPiece<Request>[];
  readonly hasNews: boolean;
  readonly challenge?: PeerChallenge;
}

/** What a {@link PeerWay} is made from. */
export interface PeerWayParts {
  /** Index of the way in the order of preference, from 0. */
  readonly index: number;
  readonly terms: CarrierGuarantees;
  /** Name of the carrier. */
  readonly carrier: string;
  /** Largest packet over a carrier that may lose packets, bytes. */
  readonly packetBytes: number;
  readonly random: Random;
  /** Whether the congestion window never changes. */
  readonly isFixedWindow: boolean;
  /** Whether a way is given up, see {@link Behaviour.isLost}. */
  readonly isLost: Behaviour['isLost'];
}

/** One way to one peer: its carrier, and the packets that are under way over it. */
export class PeerWay<Request> implements WayFacts {
  readonly index: number;
  readonly carrier: string;
  readonly hides: boolean;
  /** Share of lost packets, as an exponential moving average with the weight {@link LOSS_GAIN}. */
  loss = 0;
  roundTripNs: Nanoseconds | undefined;
  measuredNs: Nanoseconds | undefined;
  heardNs: Nanoseconds | undefined;
  /** Largest packet that may leave over this way, bytes. */
  readonly packetBytes: number;
  /** Absent over a carrier that promises delivery or reports it. */
  readonly recovery: LossRecovery<PacketContent<Request>> | undefined;
  #received = new ReceivedPackets();
  isClosed = false;
  /** True after the way was left because it is down, until the peer answers over it or it opens. */
  isLeft = false;
  /** When the first packet left over this way that the peer has not answered; undefined if no answer is missing. */
  waitingSinceNs: Nanoseconds | undefined;
  readonly #random: Random;
  readonly #isLost: Behaviour['isLost'];
  readonly #retry = new BackOff({ firstNs: FIRST_RETRY_NS, mostNs: RETRY_NS_MAX });
  /** Packets that the carrier has not answered for yet, by token. */
  readonly #unanswered = new Map<number, PacketContent<Request> & { readonly bytes: number }>();
  #unansweredBytes = 0;
  #token = 0;
  #retryAt: Nanoseconds = Number.POSITIVE_INFINITY;

  constructor({ index, terms, carrier, packetBytes, random, isFixedWindow, isLost }: PeerWayParts) {
    this.index = index;
    this.carrier = carrier;
    this.hides = terms.hides === true;
    this.#random = random;
    this.#isLost = isLost;
    const isLossy = terms.delivery === 'best-effort';
    this.packetBytes = isLossy ? Math.min(terms.maxBytes, packetBytes) : terms.maxBytes;
    if (!isLossy) return;
    const parts = { packetBytes: this.packetBytes, random, isFixedWindow };
    this.recovery = new LossRecovery({ ...parts, waitNsMax: RETRY_NS_MAX });
  }

  /** Record of the packets that came over this way in the present life of the peer. */
  get received(): ReceivedPackets {
    return this.#received;
  }

  /** Called when the peer has restarted: it numbers its packets from 0 again. */
  forgetReceived(): void {
    this.#received = new ReceivedPackets();
  }

  /** False while the peer does not answer over this way, or the carrier reports it as closed. */
  get isUp(): boolean {
    const { recovery, isClosed } = this;
    return recovery === undefined || !this.#isLost({ isClosed, timeouts: recovery.timeouts });
  }

  /** Forgets all packets under way: no answer is missing any more. @returns what they contain. */
  abandon(): readonly PacketContent<Request>[] {
    this.waitingSinceNs = undefined;
    return this.recovery?.abandon() ?? [];
  }

  /** Counts packets that the peer acknowledged, or that were lost. */
  measured(now: Nanoseconds, { acked, lost }: Readonly<Record<'acked' | 'lost', number>>): void {
    // Old measurements say nothing about the present state of the way.
    if (now - (this.measuredNs ?? now) > MEASUREMENT_AGE_MAX_NS) {
      this.loss = 0;
      this.roundTripNs = undefined;
    }
    this.loss *= (1 - LOSS_GAIN) ** (acked + lost);
    this.loss += 1 - (1 - LOSS_GAIN) ** lost;
    if (acked === 0) return;
    const { lastNs = 0 } = this.recovery ?? {};
    this.roundTripNs ??= lastNs;
    this.roundTripNs += (lastNs - this.roundTripNs) * ROUND_TRIP_GAIN;
    this.measuredNs = now;
  }

  /** True if the congestion window, or the carrier, allows a full packet now. */
  hasRoom(now: Nanoseconds): boolean {
    return this.recovery === undefined ? this.isTaking : this.recovery.room(now) > 0;
  }

  /**
   * False while the congestion window is full, after a refusal by the carrier, or while the carrier
   * owes too many answers. While it is false, not even short packets leave: otherwise a peer that asks
   * for news and acknowledges none could make this node store ever more packets.
   */
  get isTaking(): boolean {
    const { recovery } = this;
    if (recovery !== undefined) return recovery.inFlight < recovery.window;
    const isRetrying = this.#retryAt !== Number.POSITIVE_INFINITY;
    return !isRetrying && this.#unansweredBytes < CARRIER_BYTES_IN_FLIGHT_MAX;
  }

  nextAt(): Nanoseconds {
    if (this.recovery === undefined) return this.#retryAt;
    return Math.min(this.recovery.nextAt(), this.received.nextAt());
  }

  /**
   * Notes a packet that goes to a carrier that promises delivery or reports it. @returns the token of
   * the carrier's answer.
   */
  entrust(content: PacketContent<Request>, bytes: number): number {
    const token = this.#token++;
    this.#unanswered.set(token, { ...content, bytes });
    this.#unansweredBytes += bytes;
    return token;
  }

  /** Called when the carrier has answered for a packet. @returns the content of the packet. */
  answered(now: Nanoseconds, token: number, isTaken: boolean): PacketContent<Request> | undefined {
    const content = this.#unanswered.get(token);
    if (content === undefined) return undefined;
    this.#unanswered.delete(token);
    this.#unansweredBytes -= content.bytes;
    if (isTaken) {
      this.#retry.reset();
      this.#retryAt = Number.POSITIVE_INFINITY;
    } else if (this.#retryAt === Number.POSITIVE_INFINITY) {
      this.#retryAt = now + withJitter(this.#retry.next(), this.#random);
    }
    return content;
  }

  /** Ends the pause after a refusal by the carrier if it is over at `now`. */
  endWait(now: Nanoseconds): void {
    if (this.#retryAt <= now) this.#retryAt = Number.POSITIVE_INFINITY;
  }

  /** Called when the carrier reports this way as open or closed. */
  turn(now: Nanoseconds, isOpen: boolean): void {
    this.isClosed = !isOpen;
    if (!isOpen) return;
    this.isLeft = false;
    this.recovery?.opened(now);
    this.#retry.reset();
    this.#retryAt = Number.POSITIVE_INFINITY;
  }
}
