/**
 * Watches receiver reports: while data flows the peer reports every 25 ms, and missing reports
 * count like lost probes (docs/spec/multipath.md, "Receiver reports").
 *
 * The watch runs only while there is unreported data, so a flow that pauses never looks like a
 * fault.
 *
 * @module
 */
import type { RoundTripEstimator } from '../../../engine/pure/round-trip-estimator.ts';

/** Allowance for the report's return path and its timer, ns. */
const REPORT_MARGIN_NS = 5_000_000;
/** Allowance for round-trip variation, as in a probe's time-out: 4 rttvar (RFC 6298 section 2). */
const VARIATIONS = 4;

/** Number of report intervals without progress after which data no longer counts as moving: one report may be late. */
const MOVING_INTERVALS = 2;

/** Smoothed round trip of the path in use, and its variation, ns. */
export type PathRoundTrip = Pick<RoundTripEstimator, 'srttNs' | 'rttvarNs'>;

/** The watch over one session; times in ns. */
export class MissingReportDetector {
  readonly #intervalNs: number;
  readonly #misses: number;
  #dueNs = Number.POSITIVE_INFINITY;
  /**
   * The instant at which the last report came or, without a report, the first one could have come,
   * ns.
   */
  silentSinceNs = 0;
  #highestSent = -1;
  /** First sequence sent on the path in use, and the highest one reported as arrived; -1 for none. */
  #firstSent = -1;
  #highestReported = -1;
  /** When a report last showed progress on the path in use. */
  #movedNs = Number.NEGATIVE_INFINITY;

  constructor(intervalNs: number, misses: number) {
    this.#intervalNs = intervalNs;
    this.#misses = misses;
  }

  /** Records that data left; true if a new deadline was set, so that the timer must be adjusted. */
  sent(now: number, sequence: number, trip: PathRoundTrip): boolean {
    // Sequences restart with each epoch.
    const isFirst = this.#firstSent < 0 || sequence <= this.#highestSent;
    if (isFirst) this.#firstSent = sequence;
    this.#highestSent = sequence;
    if (this.#dueNs !== Number.POSITIVE_INFINITY) return false;
    this.silentSinceNs = now + Math.floor(trip.srttNs);
    // The first report can arrive one interval and one round trip after the first packet.
    this.#dueNs = now + this.#patienceNs(trip) + Math.floor(trip.srttNs);
    return true;
  }

  /** Processes a report. */
  reported(now: number, highest: number, trip: PathRoundTrip): void {
    const isNews = highest > this.#highestReported && highest <= this.#highestSent;
    const isOfThisPath = this.#firstSent >= 0 && highest >= this.#firstSent;
    if (isNews && isOfThisPath) this.#movedNs = now;
    this.#highestReported = highest;
    this.silentSinceNs = now;
    if (highest >= this.#highestSent) {
      this.#dueNs = Number.POSITIVE_INFINITY;
      return;
    }
    // Frames that have not been reported yet are under way, and will be reported within an interval
    // and a round trip.
    const least = Math.floor(trip.srttNs) + this.#intervalNs + marginNs(trip);
    this.#dueNs = now + Math.max(this.#patienceNs(trip), least);
  }

  /**
   * True if recent reports show that more of the data sent on the path in use has arrived: the path
   * works in both directions, whatever happened to its probes.
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

  /** Called when the silence proves nothing yet; makes the watch check again after one interval. */
  postpone(now: number): void {
    this.#dueNs = now + this.#intervalNs;
  }

  /** Forgets what was sent on the former path; called after a switch to another path. */
  reset(): void {
    this.#firstSent = -1;
    this.#movedNs = Number.NEGATIVE_INFINITY;
    this.#dueNs = Number.POSITIVE_INFINITY;
  }

  #patienceNs(trip: PathRoundTrip): number {
    return this.#misses * this.#intervalNs + marginNs(trip);
  }
}

function marginNs({ rttvarNs }: PathRoundTrip): number {
  return REPORT_MARGIN_NS + Math.floor(VARIATIONS * rttvarNs);
}
