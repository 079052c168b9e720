/**
 * Watches receiver reports: while data flows the peer reports every 25 ms, and reports that stay
 * away mean the same as lost probes (spec/scion.md 7.3, "passive evidence").
 *
 * The watch runs only while data is unreported, so a flow that pauses never looks like a fault.
 *
 * @module
 */

/** Room for the report's own way back and its timer, ns. */
const REPORT_MARGIN_NS = 5_000_000;
/** What a probe's time-out allows for the variation of round trips (spec/scion.md 7.3), a report's allows too. */
const VARIATIONS = 4;

/** A report is expected each interval; one of them may be late. */
const MOVING_INTERVALS = 2;

/** Round trips of the path in use, ns. */
export interface RoundTrip {
  readonly srttNs: number;
  readonly rttvarNs: number;
}

/** The watch of one session; times in ns. */
export class ReportWatch {
  readonly #intervalNs: number;
  readonly #misses: number;
  #dueNs = Number.POSITIVE_INFINITY;
  #highestSent = -1;
  /** The first sequence that left on the path in use, or -1; and the highest one that arrived. */
  #firstSent = -1;
  #highestReported = -1;
  /** When a report last told of more of what left on it. */
  #movedNs = Number.NEGATIVE_INFINITY;

  constructor(intervalNs: number, misses: number) {
    this.#intervalNs = intervalNs;
    this.#misses = misses;
  }

  /** Data left. True when the deadline is new and the timer must look at it. */
  sent(now: number, sequence: number, trip: RoundTrip): boolean {
    // Sequences begin anew with each epoch.
    const isFirst = this.#firstSent < 0 || sequence <= this.#highestSent;
    if (isFirst) this.#firstSent = sequence;
    this.#highestSent = sequence;
    if (this.#dueNs !== Number.POSITIVE_INFINITY) return false;
    // The first report can be here one interval and one round trip after the first packet.
    this.#dueNs = now + this.#patienceNs(trip) + Math.floor(trip.srttNs);
    return true;
  }

  /** A report arrived. */
  reported(now: number, highest: number, trip: RoundTrip): void {
    const isNews = highest > this.#highestReported && highest <= this.#highestSent;
    const isOfThisPath = this.#firstSent >= 0 && highest >= this.#firstSent;
    if (isNews && isOfThisPath) this.#movedNs = now;
    this.#highestReported = highest;
    if (highest >= this.#highestSent) {
      this.#dueNs = Number.POSITIVE_INFINITY;
      return;
    }
    // What is still unreported is under way and will be reported within an interval and an RTT.
    const least = Math.floor(trip.srttNs) + this.#intervalNs + marginNs(trip);
    this.#dueNs = now + Math.max(this.#patienceNs(trip), least);
  }

  /**
   * True when reports have just told that more of what left on the path in use arrived: it works, in both directions,
   * whatever became of its probes.
   */
  isMoving(now: number): boolean {
    return now - this.#movedNs <= MOVING_INTERVALS * this.#intervalNs;
  }

  isOverdue(now: number): boolean {
    return now >= this.#dueNs;
  }

  deadline(): number {
    return this.#dueNs;
  }

  /** Nothing follows from the silence yet: looks again an interval later. */
  postpone(now: number): void {
    this.#dueNs = now + this.#intervalNs;
  }

  /** Starts over, after a switch. */
  reset(): void {
    this.#firstSent = -1;
    this.#movedNs = Number.NEGATIVE_INFINITY;
    this.#dueNs = Number.POSITIVE_INFINITY;
  }

  #patienceNs(trip: RoundTrip): number {
    return this.#misses * this.#intervalNs + marginNs(trip);
  }
}

function marginNs({ rttvarNs }: RoundTrip): number {
  return REPORT_MARGIN_NS + Math.floor(VARIATIONS * rttvarNs);
}
