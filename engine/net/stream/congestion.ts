/**
 * The congestion window in segments: slow start, congestion avoidance, one reaction per window
 * (docs/spec/stream-model.md). Segments are named by the number of their transmission, which only grows.
 *
 * @module
 */

/** The window after a loss is at least this (RFC 5681 equation 4). */
const SMALLEST_THRESHOLD = 2;

/** See the module. */
export class Congestion {
  /** Segments that may be under way; grows by fractions. */
  window: number;
  /** Slow start ends here, segments. */
  threshold = Number.POSITIVE_INFINITY;
  /** Losses of transmissions before this one have been answered already. */
  private epoch = 0;

  constructor(initialWindow: number) {
    this.window = initialWindow;
  }

  /** One more segment arrived; the window grows while losses are repaired, too (2.8, "growth"). */
  acknowledged(): void {
    this.window += this.window < this.threshold ? 1 : 1 / this.window;
  }

  /**
   * A segment was lost; `nextTransmission` is the number that the next segment gets.
   * @returns true when the window was reduced: a loss of an older window changes nothing more.
   */
  lost(transmission: number, nextTransmission: number): boolean {
    if (transmission < this.epoch) return false;
    this.threshold = Math.max(SMALLEST_THRESHOLD, this.window / 2);
    this.window = this.threshold;
    this.epoch = nextTransmission;
    return true;
  }

  /** Nothing came back in time: start again with one segment. */
  timedOut(nextTransmission: number): void {
    // Repeated timeouts leave the threshold of the first one (RFC 5681 section 3.1).
    if (this.window > 1) this.threshold = Math.max(SMALLEST_THRESHOLD, this.window / 2);
    this.window = 1;
    this.epoch = nextTransmission;
  }
}
