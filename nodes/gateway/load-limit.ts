/**
 * Limits what applications may send: when more is offered than the path to the peer carries, the
 * path gets what it can carry and the excess is refused here, before any work is spent on it.
 *
 * Receiver reports measure what the path carries, wherever the bottleneck is: a link, a router, the
 * peer, or a machine that all of them share. A report names the highest data frame that has
 * arrived; the time since that frame left, less the path's base round trip, is the queueing delay.
 * While queues are short, everything is admitted. When queues have exceeded `delayNs` in three
 * consecutive checks, 100 ms apart, and less arrived than was sent, the frames under way are limited to
 * what the path delivers in its base round trip plus one report interval plus the queue it may
 * keep: BBR's window (draft-cardwell-iccrg-bbr-congestion-control, "BBR.max_inflight") with the
 * highest delivery rate of the last 2 s. On a machine that pauses from time to time this window would
 * leave the path idle, so the limit grows while the queue is short at least once between two checks.
 * After one second in which nothing had to be refused, everything is admitted again.
 *
 * Loss alone sets no limit. Nor does a longer delay alone, since everything sent still arrives on a
 * path that has become longer. Pure: time and events in. One object per peer.
 *
 * @module
 */
import { WindowedMin } from './multipath/windowed-min.ts';

const NS_PER_SECOND = 1_000_000_000;
/** Interval of the checks, ns: four report intervals. */
const CHECK_NS = 100_000_000;
/**
 * Number of consecutive checks that must find the path crowded, because one jump of the delay
 * affects two checks.
 */
const CROWDED_CHECKS = 3;
/** If a smaller share of the frames sent since the last check arrived, a queue grows or drops frames. */
const ARRIVED_SHARE = 0.97;
/** The highest rate within this time counts as the rate that the path carries, ns. */
const RATE_WINDOW_NS = 2_000_000_000;
/**
 * The limit is cut when queues exceed this multiple of `delayNs`, and grows when they are below
 * `delayNs`.
 */
const CUT_ABOVE = 2;
/** The limit ends after this time without a rejected packet, ns. */
const CALM_NS = 1_000_000_000;
/** Factor by which a limit grows per check while queues are short. */
const GROWTH = 1.25;
const CUT = 0.7;
/** The limit grows to at most this multiple of rate times base round trip. */
const GROWN_MAX = 8;
/** After this time without a report, frames under way count as lost, ns: ten report intervals. */
const SILENCE_NS = 250_000_000;
/** This many frames may always be under way. */
const FRAMES_MIN = 32;
/** Number of send times kept: of the last 16,384 frames, one for each {@link KEPT_EVERY} frames. */
const KEPT = 4_096;
/** Number of consecutive frames that share one send time. */
const KEPT_EVERY = 4;

/** Limits on admission; times in ns. */
export interface LoadLimiterOptions {
  /** If false, everything is admitted, whatever the queues. */
  readonly isEnabled: boolean;
  /** Largest allowed queueing delay, ns. */
  readonly delayNs: number;
  readonly reportIntervalNs: number;
}

/** The content of a report, and the base round trip of the path in use, ns; -1 when unknown. */
export interface ReceiverReportWithRtt {
  readonly highest: number;
  readonly count: number;
  readonly baseRttNs: number;
}

interface QueueCheck {
  readonly baseRttNs: number;
  /** Smallest queueing delay since the last check, ns. */
  readonly queueNs: number;
}

/** Limits the load that applications offer to one peer. */
export class LoadLimiter {
  #options: LoadLimiterOptions;
  readonly #sentAtNs = new Float64Array(KEPT);
  readonly #sentSequence = new Float64Array(KEPT).fill(-1);
  /** Delivery rates, negated, so that the minimum filter gives the highest. */
  readonly #rates = new WindowedMin(RATE_WINDOW_NS);
  #highestSent = -1;
  #highestReported = -1;
  #sentFrames = 0;
  /** Largest number of frames that may be under way; Infinity while everything is admitted. */
  #window = Number.POSITIVE_INFINITY;
  #crowdedChecks = 0;
  #shedNs = Number.NEGATIVE_INFINITY;
  /** When the last report arrived, or when frames under way were last counted as lost. */
  #heardNs = Number.NEGATIVE_INFINITY;
  #lastCheck: { readonly atNs: number; readonly count: number; readonly sent: number } | undefined;
  #leastQueueNs = Number.POSITIVE_INFINITY;

  constructor(options: LoadLimiterOptions) {
    this.#options = options;
  }

  /** Replaces the limits from now on. */
  change(options: Omit<LoadLimiterOptions, 'reportIntervalNs'>): void {
    this.#options = { ...this.#options, ...options };
    if (options.isEnabled) return;
    this.#window = Number.POSITIVE_INFINITY;
    this.#crowdedChecks = 0;
  }

  /** True while packets may be rejected. */
  get isLimited(): boolean {
    return this.#window !== Number.POSITIVE_INFINITY;
  }

  // hot: once per packet of an application.
  /** True when a packet may be sent. */
  admit(now: number): boolean {
    if (this.#highestSent - this.#highestReported < this.#window) return true;
    // A path that was cut has lost the frames under way. Unless new frames leave, no report comes,
    // and the limit would stay.
    if (now - this.#heardNs > SILENCE_NS) {
      this.#heardNs = now;
      this.moved();
      return true;
    }
    this.#shedNs = now;
    return false;
  }

  /**
   * Called when packets take another path: frames under way no longer count, and the next few will
   * cause a report.
   */
  moved(): void {
    this.#highestReported = this.#highestSent;
    if (this.isLimited) this.#window = FRAMES_MIN;
  }

  // hot: once per data frame.
  /** Called when a data frame has left. Sequences grow, and restart with each epoch. */
  sent(now: number, sequence: number): void {
    if (!this.#options.isEnabled) return;
    if (sequence <= this.#highestSent) this.#beginEpoch(sequence);
    this.#highestSent = sequence;
    this.#sentFrames += 1;
    const slot = slotOf(sequence);
    // Of every four frames, only the time of the last one remains: it overwrites the earlier ones.
    this.#sentAtNs[slot] = now;
    this.#sentSequence[slot] = sequence;
  }

  /** Processes a receiver report. */
  reported(now: number, report: ReceiverReportWithRtt): void {
    const { highest, count, baseRttNs } = report;
    if (!this.#options.isEnabled || highest > this.#highestSent) return;
    this.#highestReported = Math.max(this.#highestReported, highest);
    this.#heardNs = now;
    const sentNs = this.#sentNs(highest);
    if (sentNs < 0 || baseRttNs < 0) return;
    this.#leastQueueNs = Math.min(this.#leastQueueNs, now - sentNs - baseRttNs);
    const last = this.#lastCheck;
    if (last !== undefined && count >= last.count && now - last.atNs < CHECK_NS) return;
    this.#lastCheck = { atNs: now, count, sent: this.#sentFrames };
    const queueNs = this.#leastQueueNs;
    this.#leastQueueNs = Number.POSITIVE_INFINITY;
    if (last === undefined || count < last.count) return;
    const arrived = count - last.count;
    this.#rates.add(now, -(arrived * NS_PER_SECOND) / (now - last.atNs));
    const isShort = arrived < ARRIVED_SHARE * (this.#sentFrames - last.sent);
    const isCrowded = queueNs > this.#options.delayNs && isShort;
    this.#crowdedChecks = isCrowded ? this.#crowdedChecks + 1 : 0;
    this.#judge(now, { baseRttNs, queueNs });
  }

  #judge(now: number, { baseRttNs, queueNs }: QueueCheck): void {
    const { delayNs, reportIntervalNs } = this.#options;
    if (!this.isLimited && this.#crowdedChecks < CROWDED_CHECKS) return;
    if (!this.isLimited) this.#shedNs = now;
    if (now - this.#shedNs > CALM_NS) {
      this.#window = Number.POSITIVE_INFINITY;
      this.#crowdedChecks = 0;
      return;
    }
    const aloneNs = baseRttNs + reportIntervalNs + delayNs;
    const frames = Math.ceil((-this.#rates.value * aloneNs) / NS_PER_SECOND);
    const least = Math.max(FRAMES_MIN, frames);
    if (!this.isLimited) this.#window = least;
    // If the queue was short even once in this interval, it is not a standing queue (RFC 8289), so
    // there is room for more.
    else if (queueNs < delayNs) this.#window *= GROWTH;
    else if (queueNs > CUT_ABOVE * delayNs) this.#window *= CUT;
    this.#window = Math.min(GROWN_MAX * least, Math.max(least, this.#window));
  }

  /**
   * When a frame left. If that is no longer known, the latest possible time; -1 if nothing is
   * known.
   */
  #sentNs(sequence: number): number {
    const slot = slotOf(sequence);
    const kept = this.#sentSequence[slot] as number;
    if (kept >= sequence && kept - sequence < KEPT_EVERY) return this.#sentAtNs[slot] as number;
    // The time was overwritten: this frame is older than the oldest frame that is remembered.
    const oldest = slotOf(this.#highestSent + KEPT_EVERY);
    const isOlder = (this.#sentSequence[oldest] as number) > sequence;
    return isOlder ? (this.#sentAtNs[oldest] as number) : -1;
  }

  #beginEpoch(sequence: number): void {
    this.#highestReported = sequence - 1;
    this.#sentSequence.fill(-1);
    this.#lastCheck = undefined;
  }
}

/** Slot of a frame's send time; computed without bit operations, since sequences have 53 bits. */
function slotOf(sequence: number): number {
  return Math.floor((sequence % (KEPT * KEPT_EVERY)) / KEPT_EVERY);
}
