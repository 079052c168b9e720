/**
 * The wall time in which a run processed its events, without loading the program and writing files, and
 * the rate of the engine. In small runs, loading and writing take nearly all of the time.
 *
 * @module
 */
import { greatestOf, leastOf } from '../engine/pure/extremes.ts';
import type { SeedResult } from './model.ts';
import type { Report } from './report-schema.ts';

/** The timing in the report; empty if a seed ran in real time. */
export function timingReportPart(seeds: readonly SeedResult[]): Pick<Report, 'timing'> {
  const engines = seeds.flatMap(({ engine }) => engine ?? []);
  if (engines.length < seeds.length || engines.length === 0) return {};
  const began = leastOf(engines.map(({ beganMs }) => beganMs));
  const ended = greatestOf(engines.map(({ endedMs }) => endedMs));
  const engineSeconds = engines.reduce((sum, { busyMs }) => sum + busyMs, 0) / 1e3;
  const events = seeds.reduce((sum, seed) => sum + seed.events, 0);
  const eventsPerSecond = engineSeconds > 0 ? events / engineSeconds : 0;
  return { timing: { runningSeconds: (ended - began) / 1e3, engineSeconds, eventsPerSecond } };
}

/** Wall seconds in which the events were processed; without that figure, those of the whole run. */
export function readRunningWallSeconds({ timing, wallSeconds }: Report): number {
  return timing?.runningSeconds ?? wallSeconds;
}
