/**
 * The interface of a mixing strategy, which decides which of the waiting messages leave a node, and
 * when.
 *
 * A strategy handles items, never packets: an item is a small integer with which the owner of the
 * strategy identifies a packet. A strategy sets no timers and sends nothing. Its randomness comes
 * from the random stream with which it is created.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

/**
 * Reasons for which an item was refused or dropped, each explained in one sentence. Names follow
 * the metrics of the reference server (katzenpost, server/internal/instrument), except
 * `window-missed`, which exists only in stop-and-go mixing.
 */
export const MIXING_DROP_REASONS = {
  'scheduler-queue-overflow': 'As many messages wait in the mix as its queue may hold.',
  'scheduler-delay-exceeds-max': 'The delay asked for is longer than the mix allows.',
  'scheduler-deadline-blown': 'The message would have left later than the slack allows.',
  'window-missed': 'The message arrived outside the time window that its sender set for this hop.',
} as const;

/** Why a strategy rejects an item, or drops it later. */
export type MixingDropReason = keyof typeof MIXING_DROP_REASONS;

/**
 * The delay that a packet requests at this hop. Callers may reuse one object for all packets, so it
 * is valid during the call only.
 */
export interface RequestedDelay {
  /** Delay written by the sender or determined by the node's VRF, nanoseconds, integer, >= 0. */
  readonly delayNs: Nanoseconds;
  /** Stop-and-go only: first and last instant at which the packet may arrive, ns. */
  readonly window?: readonly [first: Nanoseconds, last: Nanoseconds];
  /**
   * Stop-and-go only: the instant at which the packet arrived, ns, by the same clock as `window`.
   * If absent, the argument `now` of `put` is used, which is later if the packet has waited for the
   * disk.
   */
  readonly arrivedNs?: Nanoseconds;
}

/** The mixing strategy of one node. */
export interface MixingStrategy {
  /**
   * Adds an item.
   * @param item Integer, 0 <= item < 2^31, not already held.
   * @param now The present instant; never less than in an earlier call.
   * @returns why the item was rejected, or undefined.
   */
  put(item: number, now: Nanoseconds, asked: RequestedDelay): MixingDropReason | undefined;
  /**
   * Returns the instant of the next departure or flush, which may be in the past; undefined if
   * there is none.
   */
  nextAt(): Nanoseconds | undefined;
  /**
   * Removes and returns the items that leave now, in order of departure: at most `max` items,
   * including those in {@link MixingStrategy.expired}. Must be called again while `nextAt() <=
   * now`.
   * @returns the items that leave; the array is valid until the next call.
   */
  take(now: Nanoseconds, max: number): readonly number[];
  /**
   * Items that the last `take` dropped as `scheduler-deadline-blown`; valid until the next `take`.
   */
  readonly expired: readonly number[];
  /** For each item of the last `take`, in the same order: how late it leaves, nanoseconds. */
  readonly lateNs: readonly number[];
  /** Number of items held. */
  readonly size: number;
}

/**
 * Empties an array but keeps its memory; `length = 0` would release the memory, which must then be
 * allocated again.
 */
// hot: once per departure.
export function clearArray(items: number[]): void {
  while (items.length > 0) items.pop();
}
