/**
 * How long the events of a run took, without loading the program and writing files, and the engine's rate
 * that follows from it. In small runs, loading and writing take nearly all of the time.
 *
 * @module
 */
import { greatestOf, leastOf } from '../engine/pure/extremes.ts';
import type { SeedResult } from './model.ts';
import type { Report } from './report-schema.ts';

/** The part of the report; empty if the wall clock set the pace of a seed. */
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

/** Wall seconds in which the virtual time passed. */
export function readRunningWallSeconds({ timing, wallSeconds }: Report): number {
  return timing?.runningSeconds ?? wallSeconds;
}
