/**
 * Which loops came back, and whether more are missing than loss explains: the detection of (n-1)
 * attacks (project spec mixnet 4.4, Loopix section 4.2.1).
 *
 * ```
 * deadline   quantile 1 - 1e-6 of the law of the loop's delays, plus slack for links and polls
 * sample     loops decided in the window: n, of them k missing
 * alarm      P(Binomial(n, loss + 1e-6) >= k) below what the accepted false alarms allow
 * ```
 *
 * A loop that comes back after its deadline stays missing: a held message is part of the attack.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { Deadlines } from './deadlines.ts';
import { binomialTail, erlangQuantile } from './erlang.ts';
import type { MeanNs } from './rates.ts';

/** 4.4: probability that an honest loop is later than its deadline. */
const OVERDUE_TAIL = 1e-6;
const HOUR_NS = 3_600_000_000_000;
/** Loops waited for at most: what a rate of 1,000/s leaves open in a minute. */
const OPEN_MAX = 65_536;

/** How a watch judges. */
export interface LoopWatchOptions {
  /** Added to the quantile of the delays' law, ns. */
  readonly slack: Nanoseconds;
  /** Length of the sample, ns. */
  readonly window: Nanoseconds;
  /** Share of packets that the network loses by itself. */
  readonly loss: number;
  /** False alarms per hour that are accepted. */
  readonly falseAlarms: number;
}

/** What a watch has counted. */
export interface LoopCounts {
  readonly sent: number;
  readonly returned: number;
  readonly overdue: number;
  readonly open: number;
}

/** What deadlines that passed brought about. */
export interface Expiry {
  readonly overdue: number;
  /**
   * Set when the alarm is raised by them: the time since the oldest missing loop of the sample was
   * sent. An attack began later, unless that loop was under way already.
   */
  readonly raisedAfter?: Nanoseconds;
}

interface DecidedLoop {
  readonly at: Nanoseconds;
  readonly sentAt: Nanoseconds;
  readonly isMissing: boolean;
}

/** See the module. */
export class LoopWatch {
  readonly #options: LoopWatchOptions;
  /** When each open loop was sent. */
  readonly #open = new Map<string, Nanoseconds>();
  readonly #deadlines = new Deadlines<string>();
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

  /** True while more loops are missing than loss explains. */
  get isAlarmed(): boolean {
    return this.#isAlarmed;
  }

  get counts(): LoopCounts {
    const [sent, returned, overdue] = [this.#sent, this.#returned, this.#overdue];
    return { sent, returned, overdue, open: this.#open.size };
  }

  /** When to call `expire` next. */
  get nextAt(): Nanoseconds | undefined {
    return this.#deadlines.nextAt;
  }

  /**
   * Notes a loop that was sent.
   * @param name Unique.
   * @param delays Hops that delay it, and their mean delay.
   * @returns false when too many loops are open to watch one more.
   */
  sent(
    now: Nanoseconds,
    name: string,
    delays: { readonly hops: number; readonly meanNs: MeanNs },
  ): boolean {
    if (this.#open.size >= OPEN_MAX) return false;
    this.#sent++;
    this.#open.set(name, now);
    // A delay is rounded up to the next whole millisecond at each hop: that is part of the slack.
    const lawNs = Math.floor(this.#quantile(delays.hops) * delays.meanNs);
    this.#deadlines.add(now + lawNs + this.#options.slack, name);
    return true;
  }

  /**
   * A loop came back.
   * @returns its age, or undefined when no such loop is open.
   */
  returned(now: Nanoseconds, name: string): Nanoseconds | undefined {
    const sentAt = this.#open.get(name);
    if (sentAt === undefined) return undefined;
    this.#open.delete(name);
    this.#returned++;
    this.#decide({ at: now, sentAt, isMissing: false });
    return now - sentAt;
  }

  /** Counts the loops whose deadline has passed. */
  expire(now: Nanoseconds): Expiry {
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
    // One sample per window: so many false alarms per sample leave so many per hour.
    const accepted = falseAlarms * (window / HOUR_NS);
    return binomialTail(this.#decided.length, this.#missing, loss + OVERDUE_TAIL) < accepted;
  }

  #quantile(hops: number): number {
    const known = this.#quantiles.get(hops);
    if (known !== undefined) return known;
    const quantile = erlangQuantile(Math.max(1, hops), OVERDUE_TAIL);
    this.#quantiles.set(hops, quantile);
    return quantile;
  }
}
