/**
 * The two clocks of the live world: monotonic time since the start of the run, and calendar time.
 *
 * Intervals come from the monotonic clock only (docs/spec/live.md#clocks). Calendar time is paired
 * with it once, at the start; later steps of the system's clock are not followed.
 *
 * @module
 */
import type { CalendarTime, Nanoseconds } from '../host/time.ts';

/** A clock that measures how much wall time has passed. */
export interface WallClock {
  /** The monotonic time since the start of the run, integer ns. */
  now(): Nanoseconds;
}

/**
 * Number of pairs that are read: each read of the calendar lies between two reads of the monotonic clock, and the
 * pair with the shortest distance between these two is used. A single pair was once wrong by 6.6 ms.
 */
const PAIRING_READS = 20;
const NS_PER_MS = 1_000_000n;
const NS_PER_S = 1_000_000_000n;

/** The monotonic clock of the system, and the calendar time at the run's start. */
export class LiveClock implements WallClock {
  /**
   * The machine's monotonic clock at the start of the run, ns; all processes of a machine share that clock.
   */
  readonly originNs = process.hrtime.bigint();
  /** Calendar time at the start of the run. */
  readonly startedAt: CalendarTime;

  constructor() {
    this.startedAt = pairCalendar(this.originNs);
  }

  // Relative to the start, so that the integers are exact even on a machine that has been up for more than 104 days.
  now(): Nanoseconds {
    return Number(process.hrtime.bigint() - this.originNs);
  }
}

/** Calendar time of the monotonic instant `originNs`. */
function pairCalendar(originNs: bigint): CalendarTime {
  let narrowest: bigint | undefined;
  let calendarNs = 0n;
  for (let read = 0; read < PAIRING_READS; read += 1) {
    const before = process.hrtime.bigint();
    const calendarMs = Date.now();
    const after = process.hrtime.bigint();
    const width = after - before;
    if (narrowest !== undefined && width >= narrowest) continue;
    narrowest = width;
    const middle = before + width / 2n;
    calendarNs = BigInt(calendarMs) * NS_PER_MS - (middle - originNs);
  }
  return { seconds: Number(calendarNs / NS_PER_S), nanos: Number(calendarNs % NS_PER_S) };
}
