/**
 * Vault: the calendar time by which a replica stamps its operations. It goes on from the clock at the start by
 * the monotonic clock, so that later steps of the clock change nothing; and it follows the other replicas if more
 * than half of them find it further off than a stamp may be, since they would refuse every stamp.
 *
 * @module
 */
import type { CalendarTime, Nanoseconds } from '../../../engine/host/time.ts';
import { greatestOf, leastOf } from '../../../engine/pure/extremes.ts';
import { STAMP_AHEAD_MS_MAX } from '../geometry.ts';

const NS_PER_MS = 1_000_000;
const MS_PER_S = 1_000;
/** Fewer could be one liar. */
const AGREEING_MIN = 2;

/** What a message says of time (as in NTP, RFC 5905 section 8). */
export interface TimeReport {
  /** Calendar time of the sender when it sent, ms since 1970. */
  readonly nowMs: number;
  /** The mark of the last message that the sender had from the receiver, and how long ago, ms. */
  readonly echo: { readonly mark: number; readonly heldMs: number } | undefined;
}

/** The time of a replica, ms since 1970. */
export class ReplicaTime {
  /** Calendar time at monotonic time 0, ms. */
  #originMs: number;
  /** By replica: how much its time is ahead of this one's, ms; at most one per peer. */
  readonly #ahead = new Map<string, number>();

  /** Marks of an earlier life of this node are not taken for those of this one. */
  readonly #markOrigin: number;

  /** So many others must say that this replica's time is wrong: more than half of them. */
  readonly #agreeingMin: number;

  /**
   * @param origin A random number of 32 bits.
   * @param others Number of the other replicas.
   */
  constructor(clock: CalendarTime, now: Nanoseconds, origin: number, others: number) {
    this.#markOrigin = origin;
    this.#agreeingMin = Math.max(AGREEING_MIN, Math.floor(others / 2) + 1);
    this.#originMs = clock.seconds * MS_PER_S + Math.floor((clock.nanos - now) / NS_PER_MS);
  }

  /** Time at the monotonic time `now`. */
  at(now: Nanoseconds): number {
    return this.#originMs + Math.floor(now / NS_PER_MS);
  }

  /** What a message that is sent `now` says of its instant; only this replica reads it, in the answer. */
  mark(now: Nanoseconds): number {
    return this.#markOrigin + Math.floor(now / NS_PER_MS);
  }

  /**
   * Takes what time it is at `peer`, a replica of this vault, from a message that arrives `now`. It counts only if it
   * answers a message of this replica soon enough: one that was a day under way says nothing.
   * @returns by how many ms this replica's time has been corrected; usually 0.
   */
  heard(peer: string, { nowMs, echo }: TimeReport, now: Nanoseconds): number {
    if (echo === undefined) return 0;
    const roundTripMs = this.mark(now) - echo.mark - echo.heldMs;
    if (roundTripMs < 0 || roundTripMs > STAMP_AHEAD_MS_MAX) return 0;
    this.#ahead.set(peer, Math.round(nowMs + roundTripMs / 2 - this.at(now)));
    const all = [...this.#ahead.values()];
    // More than half agree on the side, so that one of them is honest; and no liar among them can add to the least.
    const ahead = all.filter((ms) => ms > STAMP_AHEAD_MS_MAX);
    const behind = all.filter((ms) => ms < -STAMP_AHEAD_MS_MAX);
    const move = ahead.length > behind.length ? leastOf(ahead) : greatestOf(behind);
    if (Math.max(ahead.length, behind.length) < this.#agreeingMin) return 0;
    this.#originMs += move;
    this.#ahead.clear();
    return move;
  }
}
