/**
 * Decides which datagrams of a socket overtake others because they are urgent. Their rate is bounded, because anybody
 * can send datagrams that look urgent: beyond the bound, they are treated like other data.
 *
 * @module
 */
import type { UrgencyTest } from '../host/socket.ts';
import type { WallClock } from './live-clock.ts';

/** Least mean time between urgent datagrams that overtake others, ns: 2,000/s, enough to probe 100 peers on two paths. */
const URGENT_SPACING_NS = 500_000;
/** Largest burst of urgent datagrams that overtake others: as many as may wait for a modelled processor. */
export const URGENT_BURST_DATAGRAMS = 256;

/** Counts the urgent datagrams of one socket, and says whether one more may overtake others. */
export class UrgentAllowance {
  readonly #clock: WallClock;
  readonly #isUrgent: UrgencyTest;
  /** How far the urgent datagrams so far are ahead of the allowed rate at `#atNs`, ns. */
  #aheadNs = 0;
  #atNs = 0;

  constructor(clock: WallClock, isUrgent: UrgencyTest) {
    this.#clock = clock;
    this.#isUrgent = isUrgent;
  }

  // hot: once per datagram and hop; reads the clock for urgent ones only.
  /** True if a datagram is urgent and may overtake others; it then counts towards the bound. */
  admits(bytes: Uint8Array): boolean {
    if (!this.#isUrgent(bytes, 0, bytes.length)) return false;
    const now = this.#clock.now();
    this.#aheadNs = Math.max(0, this.#aheadNs - (now - this.#atNs));
    this.#atNs = now;
    if (this.#aheadNs > (URGENT_BURST_DATAGRAMS - 1) * URGENT_SPACING_NS) return false;
    this.#aheadNs += URGENT_SPACING_NS;
    return true;
  }
}
