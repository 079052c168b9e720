/**
 * Measures the difference between the longest and the shortest one-way delay of a peer's packets,
 * from the time stamps in their frames. An error of the peer's clock is the same in all of them, so
 * it cancels; delays in queues count.
 *
 * @module
 */
import { WindowedMin } from '../multipath/windowed-min.ts';

const NS_PER_US = 1_000;
/**
 * A measurement counts for this time, ns: at 20 packets a second, even the narrowest path of a plan
 * carries a packet in this time.
 */
const WINDOW_NS = 5_000_000_000;
/** A packet waits for earlier ones for this multiple of the spread, because queues may grow. */
const WAIT_FACTOR = 2;
/**
 * A packet waits for this much longer, ns, because time stamps are in whole microseconds and
 * machines pause.
 */
const WAIT_MARGIN_NS = 2_000_000;
/**
 * Longest time that a packet waits, ns. Packets wait for this time while little is known about the
 * paths.
 */
export const ORDER_WAIT_NS_MAX = 100_000_000;

/** Measures the spread of one peer's one-way delays. */
export class DelaySpread {
  readonly #least = new WindowedMin(WINDOW_NS);
  /** The values are negated, so that the minimum filter gives the greatest. */
  readonly #greatest = new WindowedMin(WINDOW_NS);
  #lastNs = Number.NEGATIVE_INFINITY;

  /**
   * Records a frame. After a time without frames, nothing is known about the paths any more, so
   * packets wait for the longest time.
   * @param ageUs Our clock when the frame arrived minus the peer's clock when it left,
   * microseconds.
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

  /**
   * The time for which a packet waits for earlier ones, ns. A frame must have been recorded before.
   */
  get waitNs(): number {
    const spreadNs = -this.#greatest.value - this.#least.value;
    return Math.min(ORDER_WAIT_NS_MAX, WAIT_FACTOR * spreadNs + WAIT_MARGIN_NS);
  }
}
