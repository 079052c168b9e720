/**
 * Vault: the calendar time by which a replica stamps its operations. It is the calendar time of the start plus the
 * monotonic time since then, so that later steps of the clock change nothing. It follows the other replicas if more
 * than half of them find it off by more than a stamp may be: they would refuse every stamp.
 *
 * @module
 */
import type { CalendarTime, Nanoseconds } from '../../../engine/host/time.ts';
import { greatestOf, leastOf } from '../../../engine/pure/extremes.ts';
import { STAMP_AHEAD_MS_MAX } from '../geometry.ts';

const NS_PER_MS = 1_000_000;
const MS_PER_S = 1_000;
/** Least number of replicas that must agree on a correction: a single one could lie. */
const AGREEING_MIN = 2;

/** The time fields of a message (as in NTP, RFC 5905 section 8). */
export interface TimeReport {
  /** Calendar time of the sender when it sent, ms since 1970. */
  readonly nowMs: number;
  /** The mark of the last message that the sender got from the receiver, and how long ago it came, ms. */
  readonly echo: { readonly mark: number; readonly heldMs: number } | undefined;
}

/** The time of a replica, ms since 1970. */
export class ReplicaTime {
  /** Calendar time at monotonic time 0, ms. */
  #originMs: number;
  /** How far the time of another replica is ahead of this one's, ms; at most one entry per peer. */
  readonly #ahead = new Map<string, number>();

  /** Random, so that marks of an earlier life of this node do not match those of this one. */
  readonly #markOrigin: number;

  /** Number of other replicas that must find this replica's time wrong: more than half of them. */
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

  /** Calendar time at the monotonic time `now`, ms since 1970. */
  at(now: Nanoseconds): number {
    return this.#originMs + Math.floor(now / NS_PER_MS);
  }

  /** The mark of a message that is sent `now`, which only this replica reads, in the echo. */
  mark(now: Nanoseconds): number {
    return this.#markOrigin + Math.floor(now / NS_PER_MS);
  }

  /**
   * Takes the time of `peer`, a replica of this vault, from a message that arrives `now`. It counts only if the message
   * echoes one of this replica with a short round trip: the delay limits the precision.
   * @returns the correction of this replica's time, ms; usually 0.
   */
  heard(peer: string, { nowMs, echo }: TimeReport, now: Nanoseconds): number {
    if (echo === undefined) return 0;
    const roundTripMs = this.mark(now) - echo.mark - echo.heldMs;
    if (roundTripMs < 0 || roundTripMs > STAMP_AHEAD_MS_MAX) return 0;
    this.#ahead.set(peer, Math.round(nowMs + roundTripMs / 2 - this.at(now)));
    const all = [...this.#ahead.values()];
    // More than half agree on the direction, so that one of them is honest. The smallest difference is taken, which no
    // liar among them can increase.
    const ahead = all.filter((ms) => ms > STAMP_AHEAD_MS_MAX);
    const behind = all.filter((ms) => ms < -STAMP_AHEAD_MS_MAX);
    const move = ahead.length > behind.length ? leastOf(ahead) : greatestOf(behind);
    if (Math.max(ahead.length, behind.length) < this.#agreeingMin) return 0;
    this.#originMs += move;
    this.#ahead.clear();
    return move;
  }
}
