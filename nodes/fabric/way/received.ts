/**
 * What has arrived on one way from one peer, for acknowledgements (RFC 9000 section 13.2).
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

/** Packets that have arrived, as ranges (RFC 9000 section 19.3). */
export interface Acknowledgement {
  readonly largest: number;
  /** Nanoseconds between the arrival of `largest` and the acknowledgement. */
  readonly delayNs: number;
  /** Descending, disjoint, at most 32; `ranges[0].last` is `largest`. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
}

/** The longest an acknowledgement waits (RFC 9000 section 18.2, max_ack_delay). */
export const ACK_DELAY_NS = 25_000_000;
const MAX_RANGES = 32;
/** The first packets are told by twos, so that the sender's window opens fast. */
const EARLY_PACKETS = 100;
const EARLY_THRESHOLD = 2; // RFC 9000 section 13.2.2
/** Later one in ten: a tenth of the cost, still many acknowledgements in each round. */
const LATE_THRESHOLD = 10;
/** Slower than ten packets a millisecond, two packets wait no longer than this. */
const BURST_NS = 1_000_000;

/** Which packets of a peer have arrived, and when to tell it. */
export class Received {
  readonly #ranges: [number, number][] = [];
  #forgotten = -1;
  #largestAt: Nanoseconds = 0;
  #firstOwedAt: Nanoseconds = 0;
  #owed = 0;
  #eliciting = 0;
  #isUrgent = false;
  #isUntold = false;

  /** Notes a packet. @returns false for a duplicate, or one older than what is remembered. */
  note(now: Nanoseconds, number: number, isEliciting: boolean): boolean {
    const top = this.#ranges[0];
    const next = top === undefined ? 0 : top[1] + 1;
    if (number >= next) this.#largestAt = now;
    if (top !== undefined && number === next) top[1] = number;
    else if (!this.#insert(number)) return false;
    this.#isUntold = true;
    if (!isEliciting) return true;
    if (this.#owed === 0) this.#firstOwedAt = now;
    this.#owed += 1;
    this.#eliciting += 1;
    if (number !== next) this.#isUrgent = true; // RFC 9000 section 13.2.1: out of order
    const threshold = this.#eliciting <= EARLY_PACKETS ? EARLY_THRESHOLD : LATE_THRESHOLD;
    if (this.#owed >= threshold) this.#isUrgent = true;
    return true;
  }

  /** When an acknowledgement must leave by itself; Infinity if none is owed. */
  nextAt(): Nanoseconds {
    if (this.#owed === 0) return Number.POSITIVE_INFINITY;
    if (this.#isUrgent) return this.#firstOwedAt;
    return this.#firstOwedAt + (this.#owed >= EARLY_THRESHOLD ? BURST_NS : ACK_DELAY_NS);
  }

  /** True if something was received that no acknowledgement has told yet. */
  get isOwed(): boolean {
    return this.#isUntold;
  }

  /** The acknowledgement to send now; nothing is owed after it. Undefined if nothing ever came. */
  take(now: Nanoseconds): Acknowledgement | undefined {
    const top = this.#ranges[0];
    if (top === undefined) return undefined;
    this.#owed = 0;
    this.#isUrgent = false;
    this.#isUntold = false;
    const ranges = this.#ranges.map(([first, last]): [number, number] => [first, last]);
    return { largest: top[1], delayNs: Math.max(0, now - this.#largestAt), ranges };
  }

  #insert(number: number): boolean {
    if (number <= this.#forgotten) return false;
    const ranges = this.#ranges;
    let at = 0;
    while (at < ranges.length && (ranges[at]?.[0] ?? 0) > number) at += 1;
    const below = ranges[at];
    if (below !== undefined && number <= below[1]) return false;
    this.#place(at, number);
    // RFC 9000 section 13.2.3: the oldest ranges are forgotten.
    if (ranges.length > MAX_RANGES) this.#forgotten = ranges.pop()?.[1] ?? this.#forgotten;
    return this.#forgotten < number;
  }

  /** Joins `number` to the ranges before and at `at`, or makes one of its own there. */
  #place(at: number, number: number): void {
    const above = this.#ranges[at - 1];
    const below = this.#ranges[at];
    const touchesAbove = above !== undefined && above[0] === number + 1;
    if (below !== undefined && below[1] === number - 1) {
      below[1] = touchesAbove ? above[1] : number;
      if (touchesAbove) this.#ranges.splice(at - 1, 1);
    } else if (touchesAbove) above[0] = number;
    else this.#ranges.splice(at, 0, [number, number]);
  }
}
