/**
 * What a mixing strategy is: which of the waiting messages leave a node, and when
 * (spec/mixnet.md 3.1). Types only.
 *
 * A strategy knows items, small integers (slots) of its owner, never packets; it sets no timers and
 * sends nothing. Randomness comes from the stream it was given.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

/**
 * Why an item was not taken in, or was given up, each with one sentence. Names follow the metrics
 * of the reference server (spec/mixnet.md 3.1, "Scheduler"); `window-missed` is of stop-and-go.
 */
export const MIXING_DROPS = {
  'scheduler-queue-overflow': 'As many messages wait in the mix as its queue may hold.',
  'scheduler-delay-exceeds-max': 'The delay asked for is longer than the mix allows.',
  'scheduler-deadline-blown': 'The mix came to the message later than its slack allows.',
  'window-missed': 'The message came outside the time window that its sender set for this hop.',
} as const;

/** Why an item was not taken in, or was given up. */
export type MixingDrop = keyof typeof MIXING_DROPS;

/** What the packet asks of this hop. Read during the call only: one object may serve all packets. */
export interface AskedDelay {
  /** Delay written by the sender or fixed by the node's VRF, nanoseconds, integer, >= 0. */
  readonly delayNs: Nanoseconds;
  /** Stop-and-go only: first and last instant at which the packet may come. */
  readonly window?: readonly [first: Nanoseconds, last: Nanoseconds];
  /**
   * Stop-and-go only: when the packet came, by the clock of `window`; `now` of `put` when absent. They
   * differ when a packet waits for the disk first, or when windows are of another clock.
   */
  readonly arrivedNs?: Nanoseconds;
}

/** The mixing of one node. */
export interface Mixing {
  /**
   * Takes an item in.
   * @param item Integer, 0 <= item < 2^31, not inside already.
   * @param now Never less than in an earlier call.
   * @returns why it was refused, or undefined.
   */
  put(item: number, now: Nanoseconds, asked: AskedDelay): MixingDrop | undefined;
  /** Instant of the next departure or flush, maybe past; undefined: nothing to wait for. */
  nextAt(): Nanoseconds | undefined;
  /**
   * Takes out what leaves now, in the order of departure, at most `max` items together with
   * {@link Mixing.expired}. Call it again while `nextAt() <= now`.
   * @returns the items; valid until the next call.
   */
  take(now: Nanoseconds, max: number): readonly number[];
  /** Items that the last `take` gave up as `scheduler-deadline-blown`; valid until the next. */
  readonly expired: readonly number[];
  /** How late each item of the last `take` leaves, nanoseconds, in the same order. */
  readonly lateNs: readonly number[];
  /** Items inside. */
  readonly size: number;
}

/** Empties an array and keeps its memory, which `length = 0` hands back at the price of a call. */
// hot: once per departure.
export function clear(items: number[]): void {
  while (items.length > 0) items.pop();
}
