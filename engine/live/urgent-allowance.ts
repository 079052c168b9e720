/**
 * Which late datagrams of a socket are handed over all the same: urgent ones, within a bound.
 * Anyone may call a datagram urgent, so a flood of them is dropped like the data beside it.
 *
 * @module
 */
import type { UrgencyTest } from '../host/socket.ts';

/** Of the late datagrams of a socket, one in eight may be urgent ... */
const READS_EACH = 8;
/** ... with bursts of this many, as many as may wait in front of a modelled processor. */
export const URGENT_BURST = 256;

/** Of one socket. */
export class UrgentAllowance {
  readonly #isUrgent: UrgencyTest | undefined;
  /** Late datagrams read and not yet used up. */
  #reads = READS_EACH * URGENT_BURST;

  /** @param isUrgent Absent: nothing is urgent. */
  constructor(isUrgent: UrgencyTest | undefined) {
    this.#isUrgent = isUrgent;
  }

  /** True if a late datagram is handed over. */
  admits(bytes: Uint8Array): boolean {
    this.#reads = Math.min(READS_EACH * URGENT_BURST, this.#reads + 1);
    if (this.#isUrgent === undefined || this.#reads < READS_EACH) return false;
    if (!this.#isUrgent(bytes, 0, bytes.length)) return false;
    this.#reads -= READS_EACH;
    return true;
  }
}
