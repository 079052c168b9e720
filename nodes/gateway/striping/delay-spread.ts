/**
 * How much longer the slowest packets of a peer are under way than the fastest, by the time stamps in their frames: an
 * error of the peer's clock is the same for all, and queues count.
 *
 * @module
 */
import { WindowedMin } from '../multipath/windowed-min.ts';

const NS_PER_US = 1_000;
/** What is seen counts for so long, ns: longer than the narrowest path of a plan is left out at 20 packets a second. */
const WINDOW_NS = 5_000_000_000;
/** A packet waits for earlier ones for the spread times this, since queues grow ... */
const WAIT_FACTOR = 2;
/** ... and for so much longer, ns, because time stamps have microseconds and machines pause. */
const WAIT_MARGIN_NS = 2_000_000;
/** Longest time that a packet waits, ns; as long as long as little is known. */
export const ORDER_WAIT_NS_MAX = 100_000_000;

/** Measures the spread of one peer's one-way delays. */
export class DelaySpread {
  readonly #least = new WindowedMin(WINDOW_NS);
  /** Negated, so that the minimum filter gives the greatest. */
  readonly #greatest = new WindowedMin(WINDOW_NS);
  #lastNs = Number.NEGATIVE_INFINITY;

  /**
   * Notes a frame. After a time without any, nothing is known of the paths, which counts as the longest wait.
   * @param ageUs Our clock at its arrival less the peer's when it left, microseconds.
   */
  // hot: once per data frame.
  note(nowNs: number, ageUs: number): void {
    const ageNs = ageUs * NS_PER_US;
    if (nowNs - this.#lastNs > WINDOW_NS) {
      this.#least.reset();
      this.#greatest.reset();
      this.#greatest.add(nowNs, -(ageNs + ORDER_WAIT_NS_MAX));
    }
    this.#lastNs = nowNs;
    this.#least.add(nowNs, ageNs);
    this.#greatest.add(nowNs, -ageNs);
  }

  /** How long a packet waits for earlier ones, ns, once a frame has been noted. */
  get waitNs(): number {
    const spreadNs = -this.#greatest.value - this.#least.value;
    return Math.min(ORDER_WAIT_NS_MAX, WAIT_FACTOR * spreadNs + WAIT_MARGIN_NS);
  }
}
