/**
 * The limit of what applications may send: a way to the peer that is asked for more than it carries gets what
 * it carries, and the rest is turned away here, before anything has been spent on it.
 *
 * What the way carries is measured by receiver reports, wherever the bottleneck is: a link, a router,
 * the peer, or the machine that all of them share. A report tells the highest data frame that has
 * arrived; the time since that frame left, less the base round trip of the path, is what its queues
 * hold. While queues hold little, everything is admitted. When they have held more than `delayNs`
 * for three looks of 100 ms, and less arrived than was sent, frames under way are limited to what the way
 * delivers in its base round trip, a report's interval and the queue that is left to it: the window of BBR
 * (draft-cardwell-iccrg-bbr-congestion-control, "BBR.max_inflight") with the highest rate of delivery
 * of 2 s. On a machine that stands still now and then that leaves the way idle, so the limit grows while each look
 * finds the queue short once. After a second in which nothing had to be turned away everything is admitted again.
 *
 * Loss alone limits nothing, nor does a path that has become longer: all of what is sent arrives there.
 * Pure: time and events in. One object per peer.
 *
 * @module
 */
import { WindowedMin } from './multipath/windowed-min.ts';

const NS_PER_SECOND = 1_000_000_000;
/** Time between two looks, ns: four reports. */
const LOOK_NS = 100_000_000;
/** Looks in a row that must find the way crowded: a step of delay spoils two. */
const CROWDED_LOOKS = 3;
/** Of what was sent less than this share arrived: a queue grows or drops. */
const ARRIVED_SHARE = 0.97;
/** The highest rate of so much time is what the way carries, ns. */
const RATE_WINDOW_NS = 2_000_000_000;
/** A limit is cut when queues hold more than this multiple of `delayNs`, and grows below `delayNs`. */
const CUT_ABOVE = 2;
/** After so much time in which all was admitted the limit ends, ns. */
const CALM_NS = 1_000_000_000;
/** A limit that leaves queues short grows by this factor with each look, one that does not is cut. */
const GROWTH = 1.25;
const CUT = 0.7;
/** It grows to this multiple of what the rate and the base round trip ask for. */
const GROWN_MAX = 8;
/** Without a report for so long, what is under way is taken for lost, ns: ten reports' intervals. */
const SILENCE_NS = 250_000_000;
/** Fewer frames under way than this are always allowed. */
const FRAMES_MIN = 32;
/** Instants kept of frames sent: one in four of the last 16,384. */
const KEPT = 4_096;
const KEPT_EVERY = 4;

/** How packets are admitted; times in ns. */
export interface LoadLimitOptions {
  /** False: everything is admitted, whatever waits. */
  readonly isEnabled: boolean;
  /** Queues may hold this much. */
  readonly delayNs: number;
  readonly reportIntervalNs: number;
}

/** What a report says, and the base round trip of the path in use, ns; -1 when it is not known. */
export interface LoadReport {
  readonly highest: number;
  readonly count: number;
  readonly baseRttNs: number;
}

interface Look {
  readonly baseRttNs: number;
  /** The least that queues held since the last look, ns. */
  readonly queueNs: number;
}

/** See the module. */
export class LoadLimit {
  readonly #options: LoadLimitOptions;
  readonly #sentAtNs = new Float64Array(KEPT);
  readonly #sentSequence = new Float64Array(KEPT).fill(-1);
  /** Rates of delivery, negative, so that the least is the highest. */
  readonly #rates = new WindowedMin(RATE_WINDOW_NS);
  #highestSent = -1;
  #highestReported = -1;
  #sentFrames = 0;
  /** Frames that may be under way; Infinity while everything is admitted. */
  #window = Number.POSITIVE_INFINITY;
  #crowdedLooks = 0;
  #shedNs = Number.NEGATIVE_INFINITY;
  /** When a report came last, or what was under way was given up. */
  #heardNs = Number.NEGATIVE_INFINITY;
  #look: { readonly atNs: number; readonly count: number; readonly sent: number } | undefined;
  #leastQueueNs = Number.POSITIVE_INFINITY;

  constructor(options: LoadLimitOptions) {
    this.#options = options;
  }

  /** True while packets may be turned away. */
  get isLimited(): boolean {
    return this.#window !== Number.POSITIVE_INFINITY;
  }

  // hot: once per packet of an application.
  /** True when a packet may be sent. */
  admit(now: number): boolean {
    if (this.#highestSent - this.#highestReported < this.#window) return true;
    // A path that was cut has lost them all, and without a frame there is never a report.
    if (now - this.#heardNs > SILENCE_NS) {
      this.#heardNs = now;
      this.moved();
      return true;
    }
    this.#shedNs = now;
    return false;
  }

  /** Packets take another path: what is under way counts no more, and a few ask for a report. */
  moved(): void {
    this.#highestReported = this.#highestSent;
    if (this.isLimited) this.#window = FRAMES_MIN;
  }

  // hot: once per data frame.
  /** A data frame has left. Sequences grow, and begin anew with each epoch. */
  sent(now: number, sequence: number): void {
    if (!this.#options.isEnabled) return;
    if (sequence <= this.#highestSent) this.#beginEpoch(sequence);
    this.#highestSent = sequence;
    this.#sentFrames += 1;
    const slot = slotOf(sequence);
    // Of four frames the last one counts: its report is the one that comes.
    this.#sentAtNs[slot] = now;
    this.#sentSequence[slot] = sequence;
  }

  /** A receiver report has come. */
  reported(now: number, report: LoadReport): void {
    const { highest, count, baseRttNs } = report;
    if (!this.#options.isEnabled || highest > this.#highestSent) return;
    this.#highestReported = Math.max(this.#highestReported, highest);
    this.#heardNs = now;
    const sentNs = this.#sentNs(highest);
    if (sentNs < 0 || baseRttNs < 0) return;
    this.#leastQueueNs = Math.min(this.#leastQueueNs, now - sentNs - baseRttNs);
    const last = this.#look;
    if (last !== undefined && count >= last.count && now - last.atNs < LOOK_NS) return;
    this.#look = { atNs: now, count, sent: this.#sentFrames };
    const queueNs = this.#leastQueueNs;
    this.#leastQueueNs = Number.POSITIVE_INFINITY;
    if (last === undefined || count < last.count) return;
    const arrived = count - last.count;
    this.#rates.add(now, -(arrived * NS_PER_SECOND) / (now - last.atNs));
    const isShort = arrived < ARRIVED_SHARE * (this.#sentFrames - last.sent);
    const isCrowded = queueNs > this.#options.delayNs && isShort;
    this.#crowdedLooks = isCrowded ? this.#crowdedLooks + 1 : 0;
    this.#judge(now, { baseRttNs, queueNs });
  }

  #judge(now: number, { baseRttNs, queueNs }: Look): void {
    const { delayNs, reportIntervalNs } = this.#options;
    if (!this.isLimited && this.#crowdedLooks < CROWDED_LOOKS) return;
    if (!this.isLimited) this.#shedNs = now;
    if (now - this.#shedNs > CALM_NS) {
      this.#window = Number.POSITIVE_INFINITY;
      this.#crowdedLooks = 0;
      return;
    }
    const aloneNs = baseRttNs + reportIntervalNs + delayNs;
    const frames = Math.ceil((-this.#rates.value * aloneNs) / NS_PER_SECOND);
    const least = Math.max(FRAMES_MIN, frames);
    if (!this.isLimited) this.#window = least;
    // A queue that was short once in the look is no standing one (RFC 8289): there is room for more.
    else if (queueNs < delayNs) this.#window *= GROWTH;
    else if (queueNs > CUT_ABOVE * delayNs) this.#window *= CUT;
    this.#window = Math.min(GROWN_MAX * least, Math.max(least, this.#window));
  }

  /** When a frame left, or at the latest, where that is forgotten; -1 when nothing is known of it. */
  #sentNs(sequence: number): number {
    const slot = slotOf(sequence);
    const kept = this.#sentSequence[slot] as number;
    if (kept >= sequence && kept - sequence < KEPT_EVERY) return this.#sentAtNs[slot] as number;
    // Overwritten: it is older than the oldest frame that is remembered.
    const oldest = slotOf(this.#highestSent + KEPT_EVERY);
    const isOlder = (this.#sentSequence[oldest] as number) > sequence;
    return isOlder ? (this.#sentAtNs[oldest] as number) : -1;
  }

  #beginEpoch(sequence: number): void {
    this.#highestReported = sequence - 1;
    this.#sentSequence.fill(-1);
    this.#look = undefined;
  }
}

/** Sequences have 53 bits: no bit operations before they are small. */
function slotOf(sequence: number): number {
  return Math.floor((sequence % (KEPT * KEPT_EVERY)) / KEPT_EVERY);
}
