/**
 * Round-trip time and retransmission timeout (RFC 6298; constants in docs/spec/stream-model.md).
 *
 * @module
 */

const INITIAL_NS = 1_000_000_000;
const AFTER_REPEATED_HANDSHAKE_NS = 3_000_000_000;
/** The smallest timeout, as in Linux; RFC 6298 (2.4) says 1 s. */
const MINIMUM_NS = 200_000_000;
const MAXIMUM_NS = 60_000_000_000;
/**
 * Clock granularity G: a tick of 100 Hz, so that a smooth path does not time out by a nanosecond.
 */
const GRANULARITY_NS = 10_000_000;

/** Smoothed round-trip time of one direction. */
export class RoundTrip {
  private smoothedNs = -1;
  private variationNs = 0;
  private doublings = 0;
  private initialNs = INITIAL_NS;

  /** How long to wait for an answer at present, ns. */
  get timeoutNs(): number {
    const base =
      this.smoothedNs < 0
        ? this.initialNs
        : Math.floor(this.smoothedNs + Math.max(GRANULARITY_NS, 4 * this.variationNs));
    const timeout = Math.max(MINIMUM_NS, base) * 2 ** this.doublings;
    return Math.min(MAXIMUM_NS, timeout);
  }

  /** Takes a measured round-trip time, ns. */
  sample(roundTripNs: number): void {
    if (this.smoothedNs < 0) {
      // RFC 6298 (2.2)
      this.smoothedNs = roundTripNs;
      this.variationNs = roundTripNs / 2;
    } else {
      // RFC 6298 (2.3): gains 1/4 and 1/8, the variation first.
      const deviation = Math.abs(this.smoothedNs - roundTripNs);
      this.variationNs += (deviation - this.variationNs) / 4;
      this.smoothedNs += (roundTripNs - this.smoothedNs) / 8;
    }
    this.doublings = 0;
  }

  /**
   * The timeout has passed (RFC 6298, 5.5): the next one is twice as long. It stays so until something
   * is measured again: an answer to what was sent before says only that the timeout was too short.
   */
  backOff(): void {
    if (this.timeoutNs < MAXIMUM_NS) this.doublings += 1;
  }

  /** The handshake was repeated: the first timeout is longer (RFC 6298, 5.7). */
  handshakeRepeated(): void {
    this.initialNs = AFTER_REPEATED_HANDSHAKE_NS;
  }
}
