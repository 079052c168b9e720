/**
 * Vault: what a replica knows of the others: the operations on their disks, and those on the way to them.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { compareNames } from '../crdt/stamp.ts';
import type { ReceiptsHead } from '../wire.ts';
import { PENDING_MESSAGES_MAX } from './geometry.ts';

/** For each actor, the number of its last operation. */
export type Clock = ReadonlyMap<string, number>;

/** What a replica knows of one other. */
export class PeerView {
  readonly name: string;
  /** The last clock of the peer. It may be lower than an earlier one if the peer came back with an older disk. */
  clock: Clock = new Map<string, number>();
  /** Further operations that were sent to it, and may be lost. */
  readonly #told = new Map<string, number>();
  /** Until when delivered operations still count as on the way; those that the carrier has not settled always do. */
  #toldUntil: Nanoseconds = Number.NEGATIVE_INFINITY;
  /** Messages with operations that the carrier has not yet delivered or given up. */
  #pending = 0;
  /** True while the carrier has a clock for the peer: no second one is queued behind it. */
  #isClockPending = false;
  /** True if another clock is to be sent once the carrier has settled the pending one. */
  #isClockOwed = false;
  /** When a clock was last sent to it. */
  clockSentNs: Nanoseconds = Number.NEGATIVE_INFINITY;
  /** The mark of its last clock, and when that clock came. */
  mark: { readonly mark: number; readonly atNs: Nanoseconds } | undefined;
  /** The head of its receipts, as last seen; undefined before its first clock. */
  receipts: ReceiptsHead | undefined;
  /** When its last snapshot came. */
  snapshotNs: Nanoseconds = Number.NEGATIVE_INFINITY;
  /** The warnings about it that this replica has given. */
  readonly warned = new Set<'receipts' | 'state'>();
  /** True once a clock of the peer has come. */
  isHeard = false;

  constructor(name: string) {
    this.name = name;
  }

  /** Takes the peer's clock. If it is an older one that comes late, the peer only gets some operations twice. */
  heard(clock: Clock): void {
    this.isHeard = true;
    this.clock = clock;
  }

  /** The clock of the peer if nothing on the way is lost. */
  expected(now: Nanoseconds): Clock {
    if (!this.#isUnderWay(now)) return this.clock;
    const expected = new Map(this.clock);
    raise(expected, this.#told);
    return expected;
  }

  /** Notes that everything up to `clock` was given to the carrier. */
  told(clock: Clock, now: Nanoseconds): void {
    if (!this.#isUnderWay(now)) this.#told.clear();
    raise(this.#told, clock);
    this.#pending += 1;
  }

  /** True if new operations may be sent at once; otherwise they wait for the peer's next clock. */
  get hasRoom(): boolean {
    return this.#pending < PENDING_MESSAGES_MAX;
  }

  /** The carrier has delivered operations, which the peer will have by `until`, or has given them up. */
  settledItems(isDelivered: boolean, until: Nanoseconds): void {
    this.#pending -= 1;
    this.#toldUntil = isDelivered ? until : Number.NEGATIVE_INFINITY;
  }

  /** @returns true if a clock may be sent now; otherwise one is owed. */
  takesClock(): boolean {
    this.#isClockOwed = this.#isClockPending;
    this.#isClockPending = true;
    return !this.#isClockOwed;
  }

  /** The carrier has delivered a clock, or given it up. @returns true if another one is owed. */
  settledClock(): boolean {
    this.#isClockPending = false;
    return this.#isClockOwed;
  }

  #isUnderWay(now: Nanoseconds): boolean {
    return this.#pending > 0 || now < this.#toldUntil;
  }
}

/** True if a replica with the clock `left` has an operation that one with `right` lacks. */
export function isAhead(left: Clock, right: Clock): boolean {
  for (const [actor, sequence] of left) if (sequence > (right.get(actor) ?? 0)) return true;
  return false;
}

/**
 * The clock of a replica that had the clock `from` and gets the first `count` operations that it lacks up to `to`, in
 * the order of actors, then of numbers.
 */
export function advance(from: Clock, to: Clock, count: number): Clock {
  const clock = new Map(from);
  let left = count;
  for (const [actor, sequence] of [...to].sort(([one], [other]) => compareNames(one, other))) {
    const known = from.get(actor) ?? 0;
    const taken = Math.min(left, Math.max(0, sequence - known));
    if (taken > 0) clock.set(actor, known + taken);
    left -= taken;
  }
  return clock;
}

/** The operations that all of these clocks have, as a clock. */
export function commonClock(clocks: readonly Clock[]): Clock {
  return clocks.reduce((common, clock) => {
    const both = new Map<string, number>();
    for (const [actor, sequence] of common) {
      both.set(actor, Math.min(sequence, clock.get(actor) ?? 0));
    }
    return both;
  });
}

function raise(target: Map<string, number>, clock: Clock): void {
  for (const [actor, sequence] of clock) {
    if (sequence > (target.get(actor) ?? 0)) target.set(actor, sequence);
  }
}
