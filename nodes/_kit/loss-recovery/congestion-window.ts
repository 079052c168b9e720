/**
 * Decides how many bytes may be in flight over one path: the bytes that the path delivers in its shortest round trip,
 * plus a quarter, so that a higher rate is noticed when the path offers it. Also decides how fast packets are sent, so
 * that packets after a pause do not overfill the first queue (after draft-ietf-ccwg-bbr).
 *
 * A single loss may be random, so it does not reduce the window. A round with many losses
 * does, and so does a round trip that has grown, because the queue of the path is then filled.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { RoundTrip } from './round-trip.ts';

/** Number of packets that may be in flight before the path is measured (RFC 9002 section 7.2). */
const FIRST_PACKETS = 10;
/** Number of packets that may always be in flight. */
const LEAST_PACKETS = 4;
/** Factor by which bytes in flight may exceed those that the path delivers in a round trip. */
const GAIN = 1.25;
/** Number of further packets that may be in flight, since an acknowledgement may be for several at a time. */
const EXTRA_PACKETS = 12;
/** Number of rounds of which the highest rate is the rate of the path. */
const RATE_ROUNDS = 10;
/** The start phase ends when the rate has grown by less than this factor for {@link ROUNDS_WITHOUT_GROWTH} rounds. */
const GROWTH = 1.25;
const ROUNDS_WITHOUT_GROWTH = 3;
/** Share of a round's bytes above which losses reduce the window: well above random loss. */
const LOSS_BOUND = 0.08;
/** Least number of lost packets in a round that reduces the window, in addition to {@link LOSS_BOUND}. */
const LOSSES_MIN = 4;
/** Factor by which a round with many losses or a filled queue reduces the window. */
const CUT = 0.7;
/** Factor by which the limit of the window grows in a round with few losses. */
const RELIEF = 1.1;
/** The path's queue counts as filled if a round trip exceeds this multiple of the shortest, plus {@link SWOLLEN_NS}. */
const SWOLLEN = 2;
const SWOLLEN_NS = 2_000_000;
/** Number of consecutive rounds with a filled queue after which the path counts as longer than before. */
const SWOLLEN_ROUNDS = 8;
/** Time between two rounds in which less is sent, so that the queue empties and the round trip is shortest, ns. */
const DRAIN_NS = 4_000_000_000;
const DRAIN_GAIN = 0.75;
/** The pace is the rate at which the path delivers, times this factor; times {@link START_PACE} in the start phase. */
const PACE = 1.25;
const START_PACE = 2.5;
/** Largest number of bytes in flight in the start phase, as a multiple of those delivered in a round trip. */
const START_GAIN = 3;
/** Largest burst: this many packets or, if that is more, the bytes of {@link BURST_NS} at the pace. */
const BURST_PACKETS = 16;
const BURST_NS = 1_000_000;

/** The state that a sender keeps for each packet in flight. */
export interface SentPacketState {
  readonly bytes: number;
  readonly atNs: Nanoseconds;
  /** Number of bytes that had been delivered when this packet was sent. */
  readonly delivered: number;
  /** The instant at which the last of these bytes were delivered. */
  readonly deliveredNs: Nanoseconds;
}

/** The congestion window of one path, and the pace at which packets are sent. */
export class CongestionWindow {
  /** Number of bytes that may be in flight. */
  bytes: number;
  readonly #packetBytes: number;
  readonly #isFixed: boolean;
  #isStarting = true;
  #delivered = 0;
  #deliveredNs: Nanoseconds = 0;
  /** The highest rate of each of the last {@link RATE_ROUNDS} rounds, bytes/ns. */
  readonly #rates = new Float64Array(RATE_ROUNDS);
  #round = 0;
  /** The round ends when a packet that was sent after this many bytes were delivered is acknowledged. */
  #roundEnd = 0;
  #roundLeastNs = Number.POSITIVE_INFINITY;
  #roundLost = 0;
  #roundLosses = 0;
  #roundAcked = 0;
  #isFilled = false;
  /** The rate when it last grew in the start phase, bytes/ns, and the number of rounds since. */
  #startRate = 0;
  #flatRounds = 0;
  #limit = Number.POSITIVE_INFINITY;
  #swollenRounds = 0;
  #drainedNs: Nanoseconds = 0;
  #isDraining = false;
  /** Number of bytes that the pace allowed to send at `#allowedNs`; negative after a larger packet. */
  #allowance: number;
  #allowedNs: Nanoseconds = 0;

  constructor(packetBytes: number, isFixed: boolean) {
    this.#packetBytes = packetBytes;
    this.#isFixed = isFixed;
    this.bytes = FIRST_PACKETS * packetBytes;
    this.#allowance = BURST_PACKETS * packetBytes;
  }

  /** Number of bytes that the pace allows to be sent at this instant. */
  allowance(now: Nanoseconds): number {
    const pace = this.#pace;
    if (pace === 0) return Number.POSITIVE_INFINITY;
    const burst = Math.max(BURST_PACKETS * this.#packetBytes, pace * BURST_NS);
    this.#allowance = Math.min(burst, this.#allowance + pace * (now - this.#allowedNs));
    this.#allowedNs = now;
    return this.#allowance;
  }

  /**
   * The instant at which the pace allows sending again, ns. Packets are not sent one by one at
   * their instants, but a few at a time.
   */
  allowedAt(now: Nanoseconds): Nanoseconds {
    const pace = this.#pace;
    const missing =
      Math.min((BURST_PACKETS / 2) * this.#packetBytes, pace * BURST_NS) - this.#allowance;
    return pace === 0 || missing <= 0 ? now : now + Math.ceil(missing / pace);
  }

  /** Rate at which packets are sent, bytes/ns; 0 if the rate of the path is not known. */
  get #pace(): number {
    return this.#rate * (this.#isStarting ? START_PACE : PACE);
  }

  /** The present state, to be kept with a packet that is sent now. */
  get facts(): Pick<SentPacketState, 'delivered' | 'deliveredNs'> {
    return { delivered: this.#delivered, deliveredNs: this.#deliveredNs };
  }

  /** Called when a packet is sent. @param isFirst True if none is in flight: the rate is measured from now on. */
  leaving(now: Nanoseconds, bytes: number, isFirst: boolean): void {
    if (isFirst) this.#deliveredNs = now;
    this.#allowance -= bytes;
  }

  /** Called when more would have been sent if window and pace had allowed it. */
  wasFilled(): void {
    this.#isFilled = true;
  }

  /** Called when a packet was lost. */
  lost(bytes: number): void {
    this.#roundLost += bytes;
    this.#roundLosses += 1;
  }

  /** Begins the start phase again; called when there was no answer for a while, as the path may have changed. */
  restart(): void {
    if (this.#isFixed) return;
    this.bytes = Math.min(this.bytes, FIRST_PACKETS * this.#packetBytes);
    this.#isStarting = true;
    this.#startRate = 0;
    this.#flatRounds = 0;
    for (let at = 0; at < RATE_ROUNDS; at += 1) this.#rates[at] = 0;
    this.#rate = 0;
    this.#limit = Number.POSITIVE_INFINITY;
  }

  /** Called when packets were acknowledged; of these, `newest` was sent last, and its round trip was `sampleNs`. */
  acknowledged(
    now: Nanoseconds,
    bytes: number,
    { newest, sampleNs }: { readonly newest: SentPacketState; readonly sampleNs: Nanoseconds },
    roundTrip: RoundTrip,
  ): void {
    this.#delivered += bytes;
    this.#deliveredNs = now;
    this.#roundAcked += bytes;
    if (sampleNs < this.#roundLeastNs) this.#roundLeastNs = sampleNs;
    const elapsedNs = Math.max(now - newest.deliveredNs, now - newest.atNs, 1);
    this.#noteRate((this.#delivered - newest.delivered) / elapsedNs);
    if (this.#isStarting && this.#isFilled) this.#grow(bytes, roundTrip.leastNs);
    if (newest.delivered < this.#roundEnd) return;
    this.#endRound(now, roundTrip);
    this.#roundEnd = this.#delivered;
  }

  /**
   * Widens the window in the start phase, up to {@link START_GAIN}: more bytes would only fill queues.
   */
  #grow(bytes: number, leastNs: Nanoseconds): void {
    const most = START_GAIN * this.#rate * leastNs + EXTRA_PACKETS * this.#packetBytes;
    if (this.#isFixed || this.bytes < most) this.bytes += bytes;
  }

  #noteRate(rate: number): void {
    const place = this.#round % RATE_ROUNDS;
    if (rate > (this.#rates[place] as number)) this.#rates[place] = rate;
    if (rate > this.#rate) this.#rate = rate;
  }

  /** The highest rate of the last {@link RATE_ROUNDS} rounds, bytes/ns. */
  #rate = 0;

  #findRate(): void {
    this.#rate = 0;
    for (const rate of this.#rates) if (rate > this.#rate) this.#rate = rate;
  }

  #endRound(now: Nanoseconds, roundTrip: RoundTrip): void {
    const isFilled = this.#isFilled;
    const lostShare = this.#roundLost / Math.max(1, this.#roundLost + this.#roundAcked);
    const isLossy = lostShare > LOSS_BOUND && this.#roundLosses >= LOSSES_MIN;
    const isSwollen = this.#roundLeastNs > SWOLLEN * roundTrip.leastNs + SWOLLEN_NS;
    this.#isFilled = false;
    this.#roundLost = 0;
    this.#roundLosses = 0;
    this.#roundAcked = 0;
    const roundLeastNs = this.#roundLeastNs;
    this.#roundLeastNs = Number.POSITIVE_INFINITY;
    if (this.#isStarting && isFilled) this.#leaveStart(isLossy, isSwollen);
    this.#bound(isLossy, isSwollen);
    this.#swollenRounds = isSwollen ? this.#swollenRounds + 1 : 0;
    if (this.#swollenRounds >= SWOLLEN_ROUNDS) {
      // Few bytes are in flight by now, so a queue of them cannot explain the long round trips: the
      // path itself is longer.
      roundTrip.restartLeast(roundLeastNs);
      this.#swollenRounds = 0;
    }
    this.#drain(now);
    if (!this.#isStarting) this.#model(roundTrip.leastNs);
    // If less was sent in a round than was allowed, the round says nothing about the rate of the
    // path.
    if (!isFilled) return;
    this.#round += 1;
    this.#rates[this.#round % RATE_ROUNDS] = 0;
    this.#findRate();
  }

  #leaveStart(isLossy: boolean, isSwollen: boolean): void {
    const rate = this.#rate;
    if (rate >= GROWTH * this.#startRate) {
      this.#startRate = rate;
      this.#flatRounds = 0;
    } else this.#flatRounds += 1;
    if (isLossy || isSwollen || this.#flatRounds >= ROUNDS_WITHOUT_GROWTH) this.#isStarting = false;
  }

  /** Lowers the limit of the window after many losses or with a filled queue; raises it otherwise. */
  #bound(isLossy: boolean, isSwollen: boolean): void {
    const least = LEAST_PACKETS * this.#packetBytes;
    if (isLossy || isSwollen)
      this.#limit = Math.max(least, CUT * Math.min(this.#limit, this.bytes));
    else this.#limit = Math.max(this.#limit * RELIEF, this.#limit + this.#packetBytes);
  }

  #drain(now: Nanoseconds): void {
    this.#isDraining = !this.#isDraining && now - this.#drainedNs >= DRAIN_NS;
    if (this.#isDraining) this.#drainedNs = now;
  }

  #model(leastNs: Nanoseconds): void {
    if (this.#isFixed) return;
    const gain = this.#isDraining ? DRAIN_GAIN : GAIN;
    const extra = this.#isDraining ? 0 : EXTRA_PACKETS * this.#packetBytes;
    const wanted = gain * this.#rate * leastNs + extra;
    this.bytes = Math.max(LEAST_PACKETS * this.#packetBytes, Math.min(wanted, this.#limit));
  }
}
