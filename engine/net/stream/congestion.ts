/**
 * The congestion window in segments: slow start, congestion avoidance, one reaction per window
 * (docs/spec/stream-model.md). A segment is identified by the number of its transmission, which
 * only increases.
 *
 * @module
 */

/** Smallest window after a loss, segments (RFC 5681 equation 4). */
const SMALLEST_THRESHOLD = 2;

/** The congestion window of a stream, in segments: slow start, then congestion avoidance. */
export class SegmentCongestionWindow {
  /** Number of segments that may be under way; grows by fractions. */
  window: number;
  /** The window at which slow start ends, segments. */
  threshold = Number.POSITIVE_INFINITY;
  /** The window has already been reduced for losses of transmissions with smaller numbers than this. */
  private epoch = 0;

  constructor(initialWindow: number) {
    this.window = initialWindow;
  }

  /**
   * Called when one more segment has arrived: the window grows, even while losses are being repaired
   * (docs/spec/stream-model.md).
   */
  acknowledged(): void {
    this.window += this.window < this.threshold ? 1 : 1 / this.window;
  }

  /**
   * Called when a transmission was lost; `nextTransmission` is the number of the next one.
   * @returns true if the window was reduced; false if a reduction has already answered this loss.
   */
  lost(transmission: number, nextTransmission: number): boolean {
    if (transmission < this.epoch) return false;
    this.threshold = Math.max(SMALLEST_THRESHOLD, this.window / 2);
    this.window = this.threshold;
    this.epoch = nextTransmission;
    return true;
  }

  /** Called when no answer came in time: starts again with one segment. */
  timedOut(nextTransmission: number): void {
    // Repeated timeouts keep the threshold of the first one (RFC 5681 section 3.1).
    if (this.window > 1) this.threshold = Math.max(SMALLEST_THRESHOLD, this.window / 2);
    this.window = 1;
    this.epoch = nextTransmission;
  }
}
