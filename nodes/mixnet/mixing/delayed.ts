/**
 * Continuous mixing: each message leaves at its own instant, arrival + delay (Danezis, PET 2004,
 * "The Traffic Analysis of Continuous-Time Mixes"). A {@link MixingDelayLaw} determines the delay.
 *
 * The scheduler follows the reference (katzenpost, server/internal/scheduler): messages leave in
 * order of departure time once they are due; a message that would leave later than its due time
 * plus the slack is dropped.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { DueQueue } from '../../_kit/due-queue.ts';
import {
  clearArray,
  type MixingDropReason,
  type MixingStrategy,
  type RequestedDelay,
} from './mixing.ts';

/** Determines how long a message is delayed, and which messages are rejected. */
export interface MixingDelayLaw {
  /**
   * Checks the request of a packet.
   * @returns the reason to reject it, or undefined.
   */
  refuse(now: Nanoseconds, asked: RequestedDelay): MixingDropReason | undefined;
  /** Returns the delay of an accepted message, integer nanoseconds. */
  delayNs(asked: RequestedDelay): Nanoseconds;
}

/** Bounds of continuous mixing: number of messages, and lateness. */
export interface ContinuousMixingLimits {
  /** Largest number of messages held. */
  readonly queueLimit: number;
  /**
   * Largest lateness, nanoseconds: a message that would leave later than this after its due time is
   * dropped.
   */
  readonly slack: Nanoseconds;
}

/** Mixing with an individual delay for each message. */
export class ContinuousMixing implements MixingStrategy {
  readonly expired: number[] = [];
  readonly lateNs: number[] = [];
  readonly #taken: number[] = [];
  readonly #law: MixingDelayLaw;
  readonly #queue: DueQueue;
  readonly #slackNs: Nanoseconds;

  constructor(law: MixingDelayLaw, limits: ContinuousMixingLimits) {
    this.#law = law;
    this.#queue = new DueQueue(limits.queueLimit);
    this.#slackNs = limits.slack;
  }

  get size(): number {
    return this.#queue.size;
  }

  put(item: number, now: Nanoseconds, asked: RequestedDelay): MixingDropReason | undefined {
    const drop = this.#law.refuse(now, asked);
    if (drop !== undefined) return drop;
    const isIn = this.#queue.push(item, now + this.#law.delayNs(asked));
    return isIn ? undefined : 'scheduler-queue-overflow';
  }

  nextAt(): Nanoseconds | undefined {
    return this.#queue.size === 0 ? undefined : this.#queue.nextDue;
  }

  take(now: Nanoseconds, max: number): readonly number[] {
    clearArray(this.#taken);
    clearArray(this.lateNs);
    clearArray(this.expired);
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
