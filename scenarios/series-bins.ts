/**
 * The width of the bins of series over time. It grows with the duration of a run, so that the number of
 * bins is bounded even for a run of weeks (docs/spec/scenario-files.md#time).
 *
 * Counters do not depend on it, and windows around faults have other bins
 * (runner/traffic/fault-windows.ts).
 *
 * @module
 */
import { assert } from '../engine/core/assert.ts';
import { formatTime } from '../topologies/files/units.ts';

/** Largest number of bins of a series. */
export const SERIES_BINS_MAX = 10_000;
const MS = 1_000_000;
const SECOND = 1_000 * MS;
const MINUTE = 60 * SECOND;
/** Widths that are easy to read on an axis, ns; the last is enough for the longest run. */
const WIDTHS_NS = [
  ...[100, 200, 500].map((ms) => ms * MS),
  ...[1, 2, 5, 10, 20, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 60].map((minutes) => minutes * MINUTE),
] as const;
/** Availability is counted in windows that slide by this step, ns. */
export const AVAILABILITY_STEP_NS = 100 * MS;
/** Matches the name of the availability of any protocol. */
const AVAILABILITY = /^[^.]+\.availability$/;

/** The smallest of the widths, ns, with which a run has at most {@link SERIES_BINS_MAX} bins. */
export function seriesBinNs(durationNs: number): number {
  const width = WIDTHS_NS.find((ns) => durationNs / ns <= SERIES_BINS_MAX);
  assert(width !== undefined, `a run of ${durationNs} ns is longer than virtual time`);
  return width;
}

/** Why a metric cannot be measured in a run of this length; undefined if it can. */
export function notApplicableReason(metric: string, durationNs: number): string | undefined {
  const binNs = seriesBinNs(durationNs);
  if (!AVAILABILITY.test(metric) || binNs <= AVAILABILITY_STEP_NS) return undefined;
  return (
    `availability needs bins of ${formatTime(AVAILABILITY_STEP_NS)}, ` +
    `a run of ${formatTime(durationNs)} has bins of ${formatTime(binNs)}`
  );
}
