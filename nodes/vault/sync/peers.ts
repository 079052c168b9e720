/**
 * Vault: what a replica knows of the others: which operations they have on their disks, and which are on their way.
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
  /** What the peer has said last that it has: less than before, if it came back with an older disk. */
  clock: Clock = new Map<string, number>();
  /** What was sent to it as well, which may be lost. */
  readonly #told = new Map<string, number>();
  /** Until when what was sent counts as on its way; while the carrier has some of it, always. */
  #toldUntil: Nanoseconds = Number.NEGATIVE_INFINITY;
  /** Messages with operations that the carrier has and that it has not said to have delivered. */
  #pending = 0;
  /** True while the carrier has a clock: no second one waits behind it. */
  #isClockPending = false;
  /** True if a clock was not sent for that reason, which it will be when the way is free. */
  #isClockOwed = false;
  /** When a clock was last sent to it. */
  askedNs: Nanoseconds = Number.NEGATIVE_INFINITY;
  /** The mark of its last clock, and when that came. */
  mark: { readonly mark: number; readonly atNs: Nanoseconds } | undefined;
  /** The head of its receipts, as last seen; undefined before its first clock. */
  receipts: ReceiptsHead | undefined;
  /** When its last snapshot came. */
  snapshotNs: Nanoseconds = Number.NEGATIVE_INFINITY;
  /** Reasons for which this replica has warned of it. */
  readonly warned = new Set<'receipts' | 'state'>();
  /** True once a clock of the peer has come. */
  isHeard = false;

  constructor(name: string) {
    this.name = name;
  }

  /** Takes the peer's clock; an older one that comes late makes it get operations again, and no harm else. */
  heard(clock: Clock): void {
    this.isHeard = true;
    this.clock = clock;
  }

  /** What the peer has, or will have if nothing is lost. */
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

  /** True if the carrier can take operations as they are made; otherwise they wait for the peer's clock. */
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
 * The clock of a replica that had `from` and gets the first `count` operations of those that `to` has more, in the
 * order of actors, then of numbers.
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

/** What all of these clocks have. */
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
