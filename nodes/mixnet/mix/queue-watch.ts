/**
 * Warns the operator, once, when the queue of a mix is expected to be nearly full: by Little's law,
 * the mean number of packets in a mix is their rate times their mean delay.
 *
 * The rate of arriving packets is measured, so the warning comes before the queue is full. The
 * watch has no other effect.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

const NS_PER_MS = 1_000_000;
const NS_PER_SECOND = 1_000_000_000;
/** Shortest time over which the rate of arriving packets is measured, ns. */
const LEAST_NS: number = NS_PER_SECOND / 10;
/**
 * The operator is warned if the expected number of packets exceeds this share of the queue.
 */
const SHARE_MAX = 0.7;

/** Estimates the number of packets in the queue from their rate and mean delay, and warns once. */
export class QueueWatch {
  readonly #queue: number;
  #meanNs: Nanoseconds = 0;
  #sinceNs: Nanoseconds = 0;
  #packets = 0;
  #isWarned = false;

  /** @param queue Largest number of packets that the mix holds. */
  constructor(queue: number) {
    this.#queue = queue;
  }

  /** @param meanNs Mean delay of a packet at this mix, ns; 0 when unknown. */
  setMean(meanNs: Nanoseconds): void {
    this.#meanNs = meanNs;
  }

  // hot: once per packet.
  /**
   * Counts a packet that arrived.
   * @returns the text of the warning, once; undefined otherwise.
   */
  arrived(now: Nanoseconds): string | undefined {
    this.#packets += 1;
    const elapsedNs = now - this.#sinceNs;
    if (elapsedNs < LEAST_NS) return undefined;
    const held = (this.#packets / elapsedNs) * this.#meanNs;
    const perSecond = Math.round((this.#packets / elapsedNs) * NS_PER_SECOND);
    this.#packets = 0;
    this.#sinceNs = now;
    if (this.#isWarned || held <= SHARE_MAX * this.#queue) return undefined;
    this.#isWarned = true;
    const delay = `${perSecond}/s with a mean delay of ${this.#meanNs / NS_PER_MS} ms`;
    return `${delay} are ${Math.round(held)} packets held: more than 70 % of the queue of ${this.#queue}`;
  }
}
