/**
 * Counts the loops that returned, and judges whether more are missing than packet loss explains:
 * the detection of (n-1) attacks (Loopix, USENIX Security 2017, section 4.2.1; docs/spec/mixnet.md,
 * "Loops and alarms").
 *
 * ```
 * deadline   quantile 1 - 1e-6 of the distribution of the loop's delay, plus slack for links and polls
 * sample     loops decided in the window: n, of them k missing
 * alarm      P(Binomial(n, loss + 1e-6) >= k) below what the accepted false alarms allow
 * ```
 *
 * A loop that returns after its deadline still counts as missing: delaying messages is part of the
 * attack.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { DeadlineHeap } from '../../_kit/deadlines.ts';
import { binomialTail, erlangUpperQuantile } from './erlang.ts';
import type { MeanIntervalNs } from './rates.ts';

/** Probability that a loop misses its deadline although all nodes are honest. */
const OVERDUE_TAIL = 1e-6;
const HOUR_NS = 3_600_000_000_000;
/** Largest number of open loops: about one minute at a rate of 1,000/s. */
const OPEN_MAX = 65_536;

/** Parameters of a {@link LoopWatch}. */
export interface LoopWatchOptions {
  /** Time added to the quantile of a loop's delay, ns. */
  readonly slack: Nanoseconds;
  /** Length of the past period whose decided loops form the sample, ns. */
  readonly window: Nanoseconds;
  /** Share of packets lost without an attack. */
  readonly loss: number;
  /** Accepted number of false alarms per hour. */
  readonly falseAlarms: number;
}

/** Numbers of loops since the start; `open` ones are neither returned nor overdue. */
export interface LoopCounts {
  readonly sent: number;
  readonly returned: number;
  readonly overdue: number;
  readonly open: number;
}

/** The result of a check of the deadlines; `overdue` is the number of loops that became overdue. */
export interface LoopDeadlineResult {
  readonly overdue: number;
  /**
   * Set if the alarm was raised by this call: the time since the oldest missing loop of the sample
   * was sent. The attack began after that instant, unless this loop was already under way.
   */
  readonly raisedAfter?: Nanoseconds;
}

interface DecidedLoop {
  readonly at: Nanoseconds;
  readonly sentAt: Nanoseconds;
  readonly isMissing: boolean;
}

/** Counts loops that returned or are missing, and raises the alarm. */
export class LoopWatch {
  readonly #options: LoopWatchOptions;
  /** When each open loop was sent. */
  readonly #open = new Map<string, Nanoseconds>();
  readonly #deadlines = new DeadlineHeap<string>();
  /** Decided loops in the window, oldest first. */
  readonly #decided: DecidedLoop[] = [];
  readonly #quantiles = new Map<number, number>();
  #missing = 0;
  #sent = 0;
  #returned = 0;
  #overdue = 0;
  #isAlarmed = false;

  constructor(options: LoopWatchOptions) {
    this.#options = options;
  }

  /** True while more loops are missing than packet loss explains. */
  get isAlarmed(): boolean {
    return this.#isAlarmed;
  }

  get counts(): LoopCounts {
    const [sent, returned, overdue] = [this.#sent, this.#returned, this.#overdue];
    return { sent, returned, overdue, open: this.#open.size };
  }

  /** The instant at which `expire` must be called next; undefined if no loop is open. */
  get nextAt(): Nanoseconds | undefined {
    return this.#deadlines.nextAt;
  }

  /**
   * Records a loop that was sent.
   * @param name Identifies the loop; unique.
   * @param delays Number of hops that delay the loop, and the mean delay of each hop, ns.
   * @returns false when too many loops are open to watch another one.
   */
  sent(
    now: Nanoseconds,
    name: string,
    delays: { readonly hops: number; readonly meanNs: MeanIntervalNs },
  ): boolean {
    if (this.#open.size >= OPEN_MAX) return false;
    this.#sent++;
    this.#open.set(name, now);
    // Each hop rounds its delay up to the next millisecond; the slack covers that.
    const lawNs = Math.floor(this.#quantile(delays.hops) * delays.meanNs);
    this.#deadlines.add(now + lawNs + this.#options.slack, name);
    return true;
  }

  /**
   * Records that a loop returned.
   * @returns the time since the loop was sent, or undefined when no such loop is open.
   */
  returned(now: Nanoseconds, name: string): Nanoseconds | undefined {
    const sentAt = this.#open.get(name);
    if (sentAt === undefined) return undefined;
    this.#open.delete(name);
    this.#returned++;
    this.#decide({ at: now, sentAt, isMissing: false });
    return now - sentAt;
  }

  /** Counts the loops whose deadlines have passed. */
  expire(now: Nanoseconds): LoopDeadlineResult {
    const wasAlarmed = this.#isAlarmed;
    let overdue = 0;
    for (;;) {
      const name = this.#deadlines.takeDue(now);
      if (name === undefined) break;
      const sentAt = this.#open.get(name);
      if (sentAt === undefined) continue;
      this.#open.delete(name);
      overdue++;
      this.#overdue++;
      this.#decide({ at: now, sentAt, isMissing: true });
    }
    if (wasAlarmed || !this.#isAlarmed) return { overdue };
    return { overdue, raisedAfter: now - this.#oldestMissing(now) };
  }

  #oldestMissing(now: Nanoseconds): Nanoseconds {
    let oldest = now;
    for (const loop of this.#decided) if (loop.isMissing) oldest = Math.min(oldest, loop.sentAt);
    return oldest;
  }

  #decide(decided: DecidedLoop): void {
    this.#decided.push(decided);
    if (decided.isMissing) this.#missing++;
    let old = 0;
    for (const loop of this.#decided) {
      if (loop.at > decided.at - this.#options.window) break;
      if (loop.isMissing) this.#missing--;
      old++;
    }
    if (old > 0) this.#decided.splice(0, old);
    this.#isAlarmed = this.#isSuspicious();
  }

  #isSuspicious(): boolean {
    if (this.#missing === 0) return false;
    const { loss, falseAlarms, window } = this.#options;
    // There is one sample per window, so the accepted probability of a false alarm per sample is
    // the number per hour times the window in hours.
    const accepted = falseAlarms * (window / HOUR_NS);
    return binomialTail(this.#decided.length, this.#missing, loss + OVERDUE_TAIL) < accepted;
  }

  #quantile(hops: number): number {
    const known = this.#quantiles.get(hops);
    if (known !== undefined) return known;
    const quantile = erlangUpperQuantile(Math.max(1, hops), OVERDUE_TAIL);
    this.#quantiles.set(hops, quantile);
    return quantile;
  }
}
