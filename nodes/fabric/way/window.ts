/**
 * How many bytes may be under way: a model of rate and least round trip in the style of BBR
 * (draft-ietf-ccwg-bbr), since a window that halves at each loss starves at 1 % random loss.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

/** What the window knew when a packet left (draft-ietf-ccwg-bbr, delivery rate samples). */
export interface Departure {
  readonly sentAt: Nanoseconds;
  readonly delivered: number;
  readonly deliveredAt: Nanoseconds;
  readonly isLimited: boolean;
}

const INITIAL_PACKETS = 10; // RFC 9002 section 7.2
const LEAST_PACKETS = 2;
/** Acknowledgements come for ten packets at once (received.ts). */
const EXTRA_PACKETS = 10;
const RATE_ROUNDS = 10;
const STARTUP_GAIN = 2.89;
const CRUISE_GAIN = 1.25;
const PROBE_GAIN = 1.5;
const PROBE_EVERY = 8;
const DRAIN_GAIN = 0.5;
const DRAIN_ROUNDS = 2;
/** More loss in a round is taken for a full queue; 5 % of chance losses must not be. */
const LOSS_BOUND = 0.1;
const LOSS_LEAST_PACKETS = 8;
const SWELL_FACTOR = 1.75;
const SWELL_NS = 5_000_000;
const CUT = 0.8;
const REGROW = 1.25;

/** The window of one way to one peer. */
export class Window {
  bytes: number;
  #delivered = 0;
  #deliveredAt: Nanoseconds = 0;
  #limitedUntil = 0;
  readonly #rates = Array.from({ length: RATE_ROUNDS }, () => 0);
  #slot = 0;
  #rounds = 0;
  #roundEnd = 0;
  #roundStart = 0;
  #roundLost = 0;
  #roundLeastNs = Number.POSITIVE_INFINITY;
  #isRoundMeasured = false;
  #isStarting = true;
  #fullRate = 0;
  #fullRounds = 0;
  #ceiling = Number.POSITIVE_INFINITY;
  #drainUntil = 0;
  readonly #packetBytes: number;
  readonly #isFixed: boolean;

  constructor(packetBytes: number, isFixed: boolean) {
    this.#packetBytes = packetBytes;
    this.#isFixed = isFixed;
    this.bytes = INITIAL_PACKETS * packetBytes;
  }

  /** A packet leaves; `inFlight` is what was under way before it. */
  departure(now: Nanoseconds, inFlight: number): Departure {
    if (inFlight === 0) this.#deliveredAt = now; // idle time is no delivery time
    return {
      sentAt: now,
      delivered: this.#delivered,
      deliveredAt: this.#deliveredAt,
      isLimited: this.#delivered < this.#limitedUntil,
    };
  }

  /** Room was left unused: samples of what is under way say nothing about the wire. */
  limited(inFlight: number): void {
    this.#limitedUntil = this.#delivered + inFlight;
  }

  /** The least round trip is stale: drain for two rounds to see it again. */
  drain(): void {
    if (!this.#isStarting) this.#drainUntil = this.#rounds + DRAIN_ROUNDS;
  }

  lost(bytes: number): void {
    this.#roundLost += bytes;
  }

  /** A round trip was measured. */
  roundTrip(ns: number): void {
    this.#roundLeastNs = Math.min(this.#roundLeastNs, ns);
  }

  /** `bytes` were acknowledged, the latest of them sent at `departure`. */
  acknowledged(now: Nanoseconds, bytes: number, departure: Departure, leastNs: number): void {
    this.#delivered += bytes;
    this.#deliveredAt = now;
    this.#sample(now, departure, leastNs);
    if (departure.delivered >= this.#roundEnd) this.#endRound(leastNs);
    this.#resize(bytes, leastNs);
  }

  #sample(now: Nanoseconds, departure: Departure, leastNs: number): void {
    const interval = now - departure.deliveredAt;
    if (interval <= 0 || interval < leastNs) return;
    const rate = (this.#delivered - departure.delivered) / interval;
    if (departure.isLimited && rate <= this.#rate()) return;
    if (!departure.isLimited) this.#isRoundMeasured = true;
    this.#rates[this.#slot] = Math.max(this.#rates[this.#slot] ?? 0, rate);
  }

  #rate(): number {
    let most = 0;
    for (const rate of this.#rates) if (rate > most) most = rate;
    return most;
  }

  #endRound(leastNs: number): void {
    const sum = this.#delivered - this.#roundStart + this.#roundLost;
    const isLossy =
      this.#roundLost > LOSS_BOUND * sum &&
      this.#roundLost >= LOSS_LEAST_PACKETS * this.#packetBytes;
    const isSwollen =
      this.#roundLeastNs < Number.POSITIVE_INFINITY &&
      this.#roundLeastNs > SWELL_FACTOR * leastNs + SWELL_NS;
    if (isLossy || isSwollen) this.#cut();
    else this.#ceiling *= REGROW;
    if (this.#isRoundMeasured) this.#measured();
    this.#rounds += 1;
    this.#roundStart = this.#delivered;
    this.#roundEnd = this.#delivered;
    this.#roundLost = 0;
    this.#roundLeastNs = Number.POSITIVE_INFINITY;
    this.#isRoundMeasured = false;
  }

  #cut(): void {
    this.#isStarting = false;
    this.#ceiling = Math.max(LEAST_PACKETS * this.#packetBytes, CUT * this.bytes);
  }

  /** A round that the wire bounded: is the start over, and which rates are too old? */
  #measured(): void {
    const rate = this.#rate();
    if (rate >= 1.25 * this.#fullRate) {
      this.#fullRate = rate;
      this.#fullRounds = 0;
    } else this.#fullRounds += 1;
    if (this.#fullRounds >= 3) this.#isStarting = false;
    this.#slot = (this.#slot + 1) % RATE_ROUNDS;
    this.#rates[this.#slot] = 0;
  }

  #resize(ackedBytes: number, leastNs: number): void {
    const product = this.#rate() * leastNs;
    const extra = EXTRA_PACKETS * this.#packetBytes;
    if (this.#isFixed) {
      this.bytes += ackedBytes;
      return;
    }
    if (this.#isStarting) {
      const most = Math.max(STARTUP_GAIN * product + extra, this.bytes);
      this.bytes = Math.min(this.bytes + ackedBytes, most);
      return;
    }
    const target = Math.min(this.#gain() * product + extra, this.#ceiling);
    // Grows by no more than what was delivered, so that no burst leaves at once.
    const next = Math.min(target, this.bytes + ackedBytes);
    this.bytes = Math.max(LEAST_PACKETS * this.#packetBytes, Math.floor(next));
    if (this.#ceiling > 2 * target) this.#ceiling = Number.POSITIVE_INFINITY;
  }

  #gain(): number {
    if (this.#rounds < this.#drainUntil) return DRAIN_GAIN;
    return this.#rounds % PROBE_EVERY === 0 ? PROBE_GAIN : CRUISE_GAIN;
  }
}
