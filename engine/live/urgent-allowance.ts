/**
 * Which datagrams of a socket pass others because they are urgent, within a bound: anyone may call
 * a datagram urgent, so a flood of them is treated like the data beside it.
 *
 * @module
 */
import type { UrgencyTest } from '../host/socket.ts';
import type { WallClock } from './live-clock.ts';

/**
 * Time for each urgent datagram of a socket, ns: 2,000/s, the probes of 100 peers over two paths.
 */
const EACH_NS = 500_000;
/** Urgent datagrams that may pass others at once: as many as may wait for a modelled processor. */
export const URGENT_BURST_DATAGRAMS = 256;

/** How many urgent datagrams one socket may still send. */
export class UrgentAllowance {
  readonly #clock: WallClock;
  readonly #isUrgent: UrgencyTest;
  /** How far the urgent datagrams that passed are ahead of the allowed rate at `#atNs`, ns. */
  #aheadNs = 0;
  #atNs = 0;

  constructor(clock: WallClock, isUrgent: UrgencyTest) {
    this.#clock = clock;
    this.#isUrgent = isUrgent;
  }

  // hot: once per datagram and hop; reads the clock for urgent ones only.
  /** True if a datagram passes others; it then counts. */
  admits(bytes: Uint8Array): boolean {
    if (!this.#isUrgent(bytes, 0, bytes.length)) return false;
    const now = this.#clock.now();
    this.#aheadNs = Math.max(0, this.#aheadNs - (now - this.#atNs));
    this.#atNs = now;
    if (this.#aheadNs > (URGENT_BURST_DATAGRAMS - 1) * EACH_NS) return false;
    this.#aheadNs += EACH_NS;
    return true;
  }
}
