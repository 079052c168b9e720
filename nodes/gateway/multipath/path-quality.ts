/**
 * Measurements of one path: smoothed RTT and its variation, jitter, loss over the last probes, and
 * the path's own baseline.
 *
 * The gain of the smoothed RTT is configurable; jitter is the standard
 * deviation of the last ten RTTs; the baseline is the least RTT of a sliding 60 s window. The base
 * round trip, by which paths are compared, is the least RTT of 10 s
 * (draft-cardwell-iccrg-bbr-congestion-control, MinRTTFilterLen): rare delays of a machine do not
 * affect it. This module only measures.
 *
 * @module
 */
import { RoundTripEstimator } from '../../../engine/pure/round-trip-estimator.ts';
import { WindowedMin } from './windowed-min.ts';

/** Number of probes over which loss is measured. */
const LOSS_WINDOW = 100;
/** With fewer probes, it cannot be decided whether the loss exceeds a threshold of 10 %. */
export const LOSS_ESTIMATE_PROBES_MIN = 20;
const JITTER_WINDOW = 10;
const BASELINE_BUCKET_NS = 5_000_000_000;
/** The 60 s window consists of 12 buckets of 5 s. */
const BASELINE_BUCKETS = 12;
/** Window of the base round trip, ns: MinRTTFilterLen of BBR. */
const BASE_WINDOW_NS = 10_000_000_000;

/** Measurements of one path. All durations in ns. */
export class PathQuality {
  readonly roundTrip: RoundTripEstimator;
  lastAnswerNs = -1;
  /** Round trip of the last answer, and when its probe left; -1 before the first. */
  lastRttNs = -1;
  lastAskedNs = -1;
  /** When the last answer within its time-out arrived; -1 before the first. */
  lastTimelyNs = -1;
  consecutiveMisses = 0;
  consecutiveAnswers = 0;
  readonly #rtts: number[] = [];
  readonly #outcomes = new Uint8Array(LOSS_WINDOW);
  #outcomeCount = 0;
  #lost = 0;
  readonly #bucketMin: number[] = new Array<number>(BASELINE_BUCKETS).fill(-1);
  #bucketIndex = -1;
  readonly #base = new WindowedMin(BASE_WINDOW_NS);

  /** @param gain Weight of a new round trip in the smoothed RTT, 0..1. */
  constructor(gain: number) {
    this.roundTrip = new RoundTripEstimator(gain);
  }

  /** Smoothed RTT; -1 before the first answer. */
  get srttNs(): number {
    return this.roundTrip.srttNs;
  }

  /** Records an answer with its round-trip time, and whether it arrived in time. */
  answer(now: number, rttNs: number, isTimely = true): void {
    this.lastAnswerNs = now;
    if (isTimely) this.lastTimelyNs = now;
    this.lastRttNs = rttNs;
    this.lastAskedNs = now - rttNs;
    this.consecutiveMisses = 0;
    this.consecutiveAnswers += 1;
    this.#note(0);
    this.roundTrip.sample(rttNs);
    if (this.#rtts.length === JITTER_WINDOW) this.#rtts.shift();
    this.#rtts.push(rttNs);
    this.#base.add(now, rttNs);
    this.#lowerBaseline(now, rttNs);
  }

  /** Records a probe that was not answered in time. */
  miss(): void {
    this.consecutiveMisses += 1;
    this.consecutiveAnswers = 0;
    this.#note(1);
  }

  /** Forgets losses, because an outage that is over says nothing about the recovered path. */
  forgetLosses(): void {
    // biome-ignore lint/plugin: no secret, outcomes of probes
    this.#outcomes.fill(0);
    this.#outcomeCount = 0;
    this.#lost = 0;
    this.consecutiveMisses = 0;
  }

  /**
   * Called for a late answer: its miss no longer counts, because the probe was slow but not lost.
   */
  unmiss(): void {
    const n = Math.min(this.#outcomeCount, LOSS_WINDOW);
    for (let back = 1; back <= n; back += 1) {
      const index = (this.#outcomeCount - back) % LOSS_WINDOW;
      if (this.#outcomes[index] !== 1) continue;
      this.#outcomes[index] = 0;
      this.#lost -= 1;
      return;
    }
  }

  /** Share of the last 100 probes that were lost, 0..1. */
  get loss(): number {
    const n = Math.min(this.#outcomeCount, LOSS_WINDOW);
    return n === 0 ? 0 : this.#lost / n;
  }

  /**
   * The loss before the misses since the last answer. It is the state before an outage, so that an
   * outage does not raise the number of misses that are needed to detect it.
   */
  get lossBeforeMisses(): number {
    const n = Math.min(this.#outcomeCount, LOSS_WINDOW);
    const recent = Math.min(this.consecutiveMisses, n);
    return n === recent ? 0 : (this.#lost - recent) / (n - recent);
  }

  /** Number of probes on which {@link loss} is based. */
  get lossSamples(): number {
    return Math.min(this.#outcomeCount, LOSS_WINDOW);
  }

  /** Standard deviation of the last ten RTTs, ns. */
  get jitterNs(): number {
    const n = this.#rtts.length;
    if (n < 2) return 0;
    let sum = 0;
    for (const rtt of this.#rtts) sum += rtt;
    const mean = sum / n;
    let squares = 0;
    for (const rtt of this.#rtts) squares += (rtt - mean) * (rtt - mean);
    return Math.sqrt(squares / (n - 1));
  }

  /** Stability, 0..1: ((1 - jitter/RTT) + (1 - loss)) / 2 (docs/spec/multipath.md, "Choice of a path"). */
  get stability(): number {
    if (this.srttNs <= 0) return 0;
    const steady = 1 - Math.min(1, this.jitterNs / this.srttNs);
    return (steady + (1 - this.loss)) / 2;
  }

  /** Minimum RTT of the 10 s before the last answer, or -1, ns: the path without queueing delay. */
  get baseRttNs(): number {
    return this.#base.value;
  }

  /** Smallest RTT of the last 60 s, or -1. */
  baselineNs(now: number): number {
    this.#turnBuckets(now);
    let least = -1;
    for (const value of this.#bucketMin) {
      if (value >= 0 && (least < 0 || value < least)) least = value;
    }
    return least;
  }

  /**
   * Time to wait for an answer: srtt + 4 rttvar + margin (RFC 6298 section 2), at least the floor.
   */
  timeoutNs(marginNs: number, floorNs: number, unknownNs: number): number {
    if (!this.roundTrip.isKnown) return unknownNs;
    return Math.max(floorNs, Math.floor(this.roundTrip.waitNs(0) + marginNs));
  }

  #note(outcome: 0 | 1): void {
    const index = this.#outcomeCount % LOSS_WINDOW;
    if (this.#outcomeCount >= LOSS_WINDOW) this.#lost -= this.#outcomes[index] ?? 0;
    this.#outcomes[index] = outcome;
    this.#lost += outcome;
    this.#outcomeCount += 1;
  }

  #turnBuckets(now: number): void {
    const index = Math.floor(now / BASELINE_BUCKET_NS);
    const first = Math.max(this.#bucketIndex + 1, index - BASELINE_BUCKETS + 1);
    for (let i = first; i <= index; i += 1) this.#bucketMin[i % BASELINE_BUCKETS] = -1;
    this.#bucketIndex = index;
  }

  #lowerBaseline(now: number, rttNs: number): void {
    this.#turnBuckets(now);
    const index = this.#bucketIndex % BASELINE_BUCKETS;
    const old = this.#bucketMin[index] ?? -1;
    if (old < 0 || rttNs < old) this.#bucketMin[index] = rttNs;
  }
}
