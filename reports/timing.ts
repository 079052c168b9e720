/**
 * How long the events of a run took, apart from loading the program and writing what the run leaves, and the
 * rate of the engine that follows: of small runs the rest is nearly everything.
 *
 * @module
 */
import type { SeedResult } from './model.ts';
import type { Report } from './report-schema.ts';

/** The numbers; none where the wall clock set the pace of a seed. */
export function timingPart(seeds: readonly SeedResult[]): Pick<Report, 'timing'> {
  const engines = seeds.flatMap(({ engine }) => engine ?? []);
  if (engines.length < seeds.length || engines.length === 0) return {};
  const began = Math.min(...engines.map(({ beganMs }) => beganMs));
  const ended = Math.max(...engines.map(({ endedMs }) => endedMs));
  const engineSeconds = engines.reduce((sum, { busyMs }) => sum + busyMs, 0) / 1e3;
  const events = seeds.reduce((sum, seed) => sum + seed.events, 0);
  const eventsPerSecond = engineSeconds > 0 ? events / engineSeconds : 0;
  return { timing: { runningSeconds: (ended - began) / 1e3, engineSeconds, eventsPerSecond } };
}

/** Wall seconds in which the virtual time passed. */
export function runningSecondsOf({ timing, wallSeconds }: Report): number {
  return timing?.runningSeconds ?? wallSeconds;
}
