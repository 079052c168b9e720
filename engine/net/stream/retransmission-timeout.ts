/**
 * Retransmission timeout (RFC 6298; constants in docs/spec/stream-model.md).
 *
 * @module
 */
import { RFC6298_RTT_GAIN, RoundTripEstimator } from '../../pure/round-trip-estimator.ts';

const INITIAL_NS = 1_000_000_000;
const AFTER_REPEATED_HANDSHAKE_NS = 3_000_000_000;
/** The smallest timeout, as in Linux; RFC 6298 (2.4) says 1 s. */
const MINIMUM_NS = 200_000_000;
const MAXIMUM_NS = 60_000_000_000;
/**
 * Clock granularity G: the tick of a clock of 100 Hz. Without it, on a path without jitter the timeout would equal the
 * round-trip time, and answers would miss it by a nanosecond.
 */
const GRANULARITY_NS = 10_000_000;

/** The timeout of one direction of a stream. */
export class RetransmissionTimeout {
  private readonly roundTrip = new RoundTripEstimator(RFC6298_RTT_GAIN);
  private doublings = 0;
  private initialNs = INITIAL_NS;

  /** How long to wait for an answer at present, ns. */
  get ns(): number {
    const { roundTrip, initialNs } = this;
    const base = roundTrip.isKnown ? Math.floor(roundTrip.waitNs(GRANULARITY_NS)) : initialNs;
    return Math.min(MAXIMUM_NS, Math.max(MINIMUM_NS, base) * 2 ** this.doublings);
  }

  /** Takes a measured round-trip time, ns. */
  sample(roundTripNs: number): void {
    this.roundTrip.sample(roundTripNs);
    this.doublings = 0;
  }

  /**
   * Doubles the timeout after it has passed (RFC 6298, 5.5); it stays doubled until a round trip is
   * measured again. A late answer is not such a measurement, because it only shows that the timeout
   * was too short.
   */
  backOff(): void {
    if (this.ns < MAXIMUM_NS) this.doublings += 1;
  }

  /** Called when the handshake was repeated: the first timeout is longer (RFC 6298, 5.7). */
  handshakeRepeated(): void {
    this.initialNs = AFTER_REPEATED_HANDSHAKE_NS;
  }
}
