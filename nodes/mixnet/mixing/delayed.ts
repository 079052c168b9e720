/**
 * Continuous mixing: each message leaves at its own instant, arrival + delay (spec/mixnet.md 3.1,
 * Poisson, stop-and-go, uniform, constant, VRF-Exp). What the delay is, a {@link DelayLaw} says.
 *
 * Scheduler of the same section: by instant of departure, while due, and given up when later than
 * the slack.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { DueQueue } from './due-queue.ts';
import { type AskedDelay, clear, type Mixing, type MixingDrop } from './mixing.ts';

/** How long a message stays, and which it refuses. */
export interface DelayLaw {
  /** Judges what a packet asks for; undefined: it may come in. */
  refuse(now: Nanoseconds, asked: AskedDelay): MixingDrop | undefined;
  /** The delay of a message that may come in, integer nanoseconds. */
  delayNs(asked: AskedDelay): Nanoseconds;
}

/** Bounds of continuous mixing. */
export interface DelayedLimits {
  /** Most messages at a time. */
  readonly queueLimit: number;
  /** A message that would leave later than this after its instant is given up, nanoseconds. */
  readonly slack: Nanoseconds;
}

/** Mixing by a delay for each message. */
export class DelayedMixing implements Mixing {
  readonly expired: number[] = [];
  readonly lateNs: number[] = [];
  readonly #taken: number[] = [];
  readonly #law: DelayLaw;
  readonly #queue: DueQueue;
  readonly #slackNs: Nanoseconds;

  constructor(law: DelayLaw, limits: DelayedLimits) {
    this.#law = law;
    this.#queue = new DueQueue(limits.queueLimit);
    this.#slackNs = limits.slack;
  }

  get size(): number {
    return this.#queue.size;
  }

  put(item: number, now: Nanoseconds, asked: AskedDelay): MixingDrop | undefined {
    const drop = this.#law.refuse(now, asked);
    if (drop !== undefined) return drop;
    const isIn = this.#queue.push(item, now + this.#law.delayNs(asked));
    return isIn ? undefined : 'scheduler-queue-overflow';
  }

  nextAt(): Nanoseconds | undefined {
    return this.#queue.size === 0 ? undefined : this.#queue.nextDue;
  }

  take(now: Nanoseconds, max: number): readonly number[] {
    clear(this.#taken);
    clear(this.lateNs);
    clear(this.expired);
    for (let count = 0; count < max && this.#queue.nextDue <= now; count++) {
      const lateNs = now - this.#queue.nextDue;
      const item = this.#queue.pop();
      if (lateNs > this.#slackNs) {
        this.expired.push(item);
      } else {
        this.#taken.push(item);
        this.lateNs.push(lateNs);
      }
    }
    return this.#taken;
  }
}
