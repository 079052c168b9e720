/**
 * Calendar time of a simulated host: the scenario's epoch plus virtual time, with a step and a
 * drift (docs/spec/link-model.md#clocks-and-disks-of-hosts). It affects what `host.clock` returns,
 * never the order of events.
 *
 * @module
 */
import { NS_PER_S } from '../core/time.ts';
import type { CalendarTime, Nanoseconds } from '../host/time.ts';

/** The error of a clock: offset and drift. */
export interface ClockDeviation {
  /** Added to the true time, ns; may be negative. */
  readonly offsetNs?: number;
  /** Drift: parts per million by which the clock runs fast; negative if it runs slow. */
  readonly driftPpm?: number;
}

/** The clock of one host. */
export class SimClock {
  private readonly epochSeconds: number;
  private offsetNs: number;
  private driftPpm: number;
  /** Start of the present drift, virtual ns. */
  private since: Nanoseconds = 0;

  constructor(epochSeconds: number, error: ClockDeviation = {}) {
    this.epochSeconds = epochSeconds;
    this.offsetNs = error.offsetNs ?? 0;
    this.driftPpm = error.driftPpm ?? 0;
  }

  /** The calendar time as the host's clock shows it. */
  read(now: Nanoseconds): CalendarTime {
    const local = now + this.errorAt(now);
    const seconds = Math.floor(local / NS_PER_S);
    return { seconds: this.epochSeconds + seconds, nanos: local - seconds * NS_PER_S };
  }

  /** Makes the clock jump by `stepNs`. */
  step(stepNs: number): void {
    this.offsetNs += stepNs;
  }

  /** Sets the drift from now on, parts per million; the offset that has accumulated so far stays. */
  drift(ppm: number, now: Nanoseconds): void {
    this.offsetNs = this.errorAt(now);
    this.driftPpm = ppm;
    this.since = now;
  }

  private errorAt(now: Nanoseconds): number {
    return this.offsetNs + Math.floor(((now - this.since) * this.driftPpm) / 1_000_000);
  }
}
