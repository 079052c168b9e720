/**
 * Batch mixing: messages wait in a pool, and a flush sends some of them, chosen uniformly and in
 * random order (Serjantov, Dingledine, Syverson, Information Hiding 2002, "From a Trickle to a
 * Flood": threshold, timed and pool mixes). A {@link FlushRule} determines when a flush is due and
 * how many messages leave.
 *
 * The delay that a packet requests is ignored, and no message is dropped for being late: a message
 * in a batch has no departure time of its own.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { DueQueue } from '../../_kit/due-queue.ts';
import { clearArray, type MixingDropReason, type MixingStrategy } from './mixing.ts';

const FIRST_CAPACITY = 64;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Decides when the pool is flushed, and how many messages leave. `size` is the number of messages
 * in the pool.
 */
export interface FlushRule {
  /** True if the pool is flushed immediately, without waiting for the timer. */
  isFull(size: number): boolean;
  /**
   * True if a timed flush may send a message from a pool of this size. If true for a size, it is
   * true for all larger sizes.
   */
  mayLeave(size: number): boolean;
  /** Returns how many messages leave in a flush, 0..size. */
  leaving(size: number, random: Random): number;
}

/** Timer and bound of batch mixing. */
export interface BatchLimits {
  /**
   * Largest number of messages held, including messages that were flushed but have not left yet.
   */
  readonly queueLimit: number;
  /** Time between timed flushes; no timer when absent. Nanoseconds. */
  readonly interval?: Nanoseconds;
  /**
   * Instant of the first timed flush, nanoseconds of the node's monotonic clock, 0 <= offset <
   * interval.
   */
  readonly offset?: Nanoseconds;
}

/** A mixing strategy that flushes a pool. */
export class BatchMixing implements MixingStrategy {
  readonly expired: readonly number[] = [];
  readonly lateNs: number[] = [];
  readonly #taken: number[] = [];
  readonly #rule: FlushRule;
  readonly #random: Random;
  readonly #limit: number;
  readonly #intervalNs: Nanoseconds;
  /** Timed flushes are at whole intervals after this instant. */
  #anchorNs: Nanoseconds;
  #flushAt: Nanoseconds = NEVER;
  #pool = new Int32Array(FIRST_CAPACITY);
  #poolSize = 0;
  /** Messages flushed but not yet taken. */
  readonly #leaving: DueQueue;

  constructor(rule: FlushRule, limits: BatchLimits, random: Random) {
    this.#rule = rule;
    this.#random = random;
    this.#limit = limits.queueLimit;
    this.#intervalNs = limits.interval ?? NEVER;
    this.#anchorNs = (limits.offset ?? 0) - this.#intervalNs;
    this.#leaving = new DueQueue(limits.queueLimit);
  }

  get size(): number {
    return this.#poolSize + this.#leaving.size;
  }

  put(item: number, now: Nanoseconds): MixingDropReason | undefined {
    if (this.size >= this.#limit) return 'scheduler-queue-overflow';
    if (this.#poolSize === this.#pool.length) this.#grow();
    this.#pool[this.#poolSize] = item;
    this.#poolSize += 1;
    if (this.#rule.isFull(this.#poolSize)) {
      this.#flush(now);
      this.#anchorNs = now;
      this.#setTimer(now);
    } else if (this.#flushAt === NEVER) {
      this.#setTimer(now);
    }
    return undefined;
  }

  nextAt(): Nanoseconds | undefined {
    const next = Math.min(this.#leaving.nextDue, this.#flushAt);
    return next === NEVER ? undefined : next;
  }

  take(now: Nanoseconds, max: number): readonly number[] {
    if (this.#flushAt <= now) {
      this.#flush(this.#flushAt);
      this.#setTimer(now);
    }
    clearArray(this.#taken);
    clearArray(this.lateNs);
    while (this.#taken.length < max && this.#leaving.size > 0) {
      this.lateNs.push(now - this.#leaving.nextDue);
      this.#taken.push(this.#leaving.pop());
    }
    return this.#taken;
  }

  /**
   * Moves the messages that leave from the pool into the queue of leaving messages, in random
   * order, by a partial Fisher-Yates shuffle.
   */
  #flush(at: Nanoseconds): void {
    const pool = this.#pool;
    const size = this.#poolSize;
    const count = this.#rule.leaving(size, this.#random);
    for (let index = 0; index < count; index++) {
      const chosen = index + this.#random.below(size - index);
      const item = pool[chosen] as number;
      pool[chosen] = pool[index] as number;
      this.#leaving.push(item, at);
    }
    pool.copyWithin(0, count, size);
    this.#poolSize = size - count;
  }

  /**
   * Sets the next timed flush to the first whole interval after `now`, if something may leave then.
   */
  #setTimer(now: Nanoseconds): void {
    const isNeeded = this.#intervalNs !== NEVER && this.#rule.mayLeave(this.#poolSize);
    const sinceLastNs = (now - this.#anchorNs) % this.#intervalNs;
    this.#flushAt = isNeeded ? now - sinceLastNs + this.#intervalNs : NEVER;
  }

  #grow(): void {
    const pool = new Int32Array(Math.min(this.#limit, 2 * this.#pool.length));
    pool.set(this.#pool);
    this.#pool = pool;
  }
}
