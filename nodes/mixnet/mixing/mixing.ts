/**
 * The interface of a mixing strategy: which of the waiting messages leave a node, and when. Types
 * only.
 *
 * A strategy handles items, which are small integers (slots) of its owner, never packets; it sets
 * no timers and sends nothing. Randomness comes from the stream it is given.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

/**
 * Reasons for which an item was refused or dropped, each explained in one sentence. Names follow
 * the metrics of the reference server (katzenpost, server/internal/instrument); `window-missed`
 * belongs to stop-and-go.
 */
export const MIXING_DROP_REASONS = {
  'scheduler-queue-overflow': 'As many messages wait in the mix as its queue may hold.',
  'scheduler-delay-exceeds-max': 'The delay asked for is longer than the mix allows.',
  'scheduler-deadline-blown': 'The message would have left later than the slack allows.',
  'window-missed': 'The message arrived outside the time window that its sender set for this hop.',
} as const;

/** Why an item was rejected or dropped. */
export type MixingDropReason = keyof typeof MIXING_DROP_REASONS;

/**
 * The request of a packet to this hop. Valid during the call only, because one object may serve all
 * packets.
 */
export interface RequestedDelay {
  /** Delay written by the sender or determined by the node's VRF, nanoseconds, integer, >= 0. */
  readonly delayNs: Nanoseconds;
  /** Stop-and-go only: first and last instant at which the packet may arrive. */
  readonly window?: readonly [first: Nanoseconds, last: Nanoseconds];
  /**
   * Stop-and-go only: when the packet arrived, by the clock of `window`; `now` of `put` when
   * absent. They differ when a packet first waits for the disk, or when windows use another clock.
   */
  readonly arrivedNs?: Nanoseconds;
}

/** The mixing strategy of one node. */
export interface MixingStrategy {
  /**
   * Adds an item.
   * @param item Integer, 0 <= item < 2^31, not already held.
   * @param now Never less than in an earlier call.
   * @returns why the item was rejected, or undefined.
   */
  put(item: number, now: Nanoseconds, asked: RequestedDelay): MixingDropReason | undefined;
  /**
   * Instant of the next departure or flush, which may be in the past; undefined if there is none.
   */
  nextAt(): Nanoseconds | undefined;
  /**
   * Removes and returns what leaves now, in order of departure, at most `max` items including
   * {@link MixingStrategy.expired}. Call it again while `nextAt() <= now`.
   * @returns the items; valid until the next call.
   */
  take(now: Nanoseconds, max: number): readonly number[];
  /** Items that the last `take` dropped as `scheduler-deadline-blown`; valid until the next. */
  readonly expired: readonly number[];
  /** How late each item of the last `take` leaves, nanoseconds, in the same order. */
  readonly lateNs: readonly number[];
  /** Number of items held. */
  readonly size: number;
}

/**
 * Empties an array but keeps its memory, which `length = 0` would release at the cost of a call.
 */
// hot: once per departure.
export function clearArray(items: number[]): void {
  while (items.length > 0) items.pop();
}
