/**
 * Recognises a queue that grows on the path in use, from the round trips of its probes, so that the path can be left before the queue
 * is full and drops packets (docs/spec/multipath.md, "Growing queues").
 *
 * What a queue adds is a delay over the path's own baseline that keeps growing: a longer route adds one step, jitter adds values
 * that the next answers take back. The least of several values is what a standing queue adds (RFC 8289 section 4.1), so the last
 * answers are compared group by group, each by its least value.
 *
 * Several gateways see the same queue at the same time. If all of them left, the next path would be the crowded one. So each waits
 * for a random time, as stations of a shared medium do before they send (IEEE 802.3, "truncated binary exponential backoff"), and
 * stays if the queue has stopped growing meanwhile, because another one has left.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import { leastOf } from '../../../engine/pure/extremes.ts';
import type { MultipathOptions } from './types.ts';

/** Number of answers in a group: 0.4 s at 50 ms. */
const GROUP_ANSWERS = 8;
const GROUPS = 3;
/** From group to group, a queue that grows adds at least this share of the delay at which the path is left. */
const GROWTH_SHARE_MIN = 0.05;
/**
 * Only a gateway that has sent data within this time leaves a path because of its queue, ns; by
 * leaving, other gateways would not relieve the path.
 */
const LOADED_NS = 1_000_000_000;

/**
 * The delay above which a queue counts, and the longest time that a gateway then waits before it
 * leaves, ns.
 */
export type GrowingQueueOptions = Pick<MultipathOptions, 'queueDelayNs' | 'queueWaitNs'>;

/** Watches the round trips of one path; times in ns. */
export class GrowingQueueDetector {
  readonly #options: GrowingQueueOptions;
  readonly #random: Random;
  /** The last round trips, oldest first. */
  readonly #rtts: number[] = [];
  /**
   * The instant at which the path is left unless the queue stops growing before; Infinity while the
   * queue does not grow.
   */
  #leaveNs = Number.POSITIVE_INFINITY;
  /** True while the last group of answers is faster than the one before. */
  #isShrinking = false;

  /** The instant at which data last left. */
  #sentNs = Number.NEGATIVE_INFINITY;

  constructor(options: GrowingQueueOptions, random: Random) {
    this.#options = options;
    this.#random = random;
  }

  /**
   * By how much the last group of answers is slower than the one before, ns; 0 if it is not slower,
   * or while there are too few answers.
   */
  get growthNs(): number {
    const isFull = this.#rtts.length === GROUP_ANSWERS * GROUPS;
    return isFull ? Math.max(0, this.#least(2) - this.#least(1)) : 0;
  }

  /** Records that data left. */
  // hot: once per data frame.
  sent(now: number): void {
    this.#sentNs = now;
  }

  /** Forgets the measurements, because another path is in use. */
  reset(): void {
    this.#rtts.length = 0;
    this.#leaveNs = Number.POSITIVE_INFINITY;
    this.#isShrinking = false;
  }

  /**
   * True while a queue explains a long round trip, so that the path need not be left for it: either
   * this gateway still waits for its random time to pass, or the queue is shrinking.
   */
  excuses(now: number): boolean {
    return this.#isShrinking || (now < this.#leaveNs && this.#leaveNs !== Number.POSITIVE_INFINITY);
  }

  /**
   * Records the round trip of an answer.
   * @param baselineNs Round trip of the path without queues.
   * @returns true if the path should be left now.
   */
  answered(now: number, rttNs: number, baselineNs: number): boolean {
    const { queueDelayNs, queueWaitNs } = this.#options;
    if (queueDelayNs === Number.POSITIVE_INFINITY) return false;
    this.#rtts.push(rttNs);
    if (this.#rtts.length <= GROUP_ANSWERS * GROUPS) return false;
    this.#rtts.shift();
    const [first, second, last] = [this.#least(0), this.#least(1), this.#least(2)];
    if (last <= second) this.#leaveNs = Number.POSITIVE_INFINITY;
    this.#isShrinking = last < second;
    const step = GROWTH_SHARE_MIN * queueDelayNs;
    const isGrowing = second >= first + step && last >= second + step;
    const isWaiting = this.#leaveNs !== Number.POSITIVE_INFINITY;
    if (isGrowing && !isWaiting && last >= baselineNs + queueDelayNs)
      this.#leaveNs = now + this.#random.below(queueWaitNs + 1);
    return now >= this.#leaveNs && now - this.#sentNs <= LOADED_NS;
  }

  #least(group: number): number {
    return leastOf(this.#rtts.slice(group * GROUP_ANSWERS, (group + 1) * GROUP_ANSWERS));
  }
}
