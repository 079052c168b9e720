/**
 * Facts of a report as pairs of name and value, for `report.html` and the report page alike.
 *
 * @module
 */
import { runCompletionText } from './done-text.ts';
import {
  countWithNoun,
  runSpanText,
  runTimeUnitFor,
  shortFingerprint,
  significantDigitsText,
  wallSecondsText,
  wholeNumberText,
} from './format.ts';
import { conditionsText } from './kpi-text.ts';
import { memoryText } from './memory.ts';
import type { Report } from './report-schema.ts';
import { readRunningWallSeconds } from './timing.ts';
import { seedsText } from './twin-text.ts';

type Facts = readonly (readonly [name: string, value: string])[];

/** The facts beside the verdict: seeds, duration, mode and speed of the run. */
export function reportFacts(report: Report): Facts {
  const running = readRunningWallSeconds(report);
  const end = runCompletionText(report);
  const conditions = conditionsText(report).filter((text) => text !== end);
  const perWall = running > 0 ? report.virtualSeconds / running : 0;
  return [
    ['seeds', seedsText(report).replace(/ seeds?/, '')],
    ['mode', conditions.join(', ')],
    ...(end === undefined ? [] : ([['end', end]] as const)),
    ['fingerprint', shortFingerprint(report.fingerprint)],
    [
      'time',
      `${timeText(report.virtualSeconds)} ${report.clock} in ${wallSecondsText(running)} wall`,
    ],
    ['speed', `${significantDigitsText(perWall, 2)} × real`],
    ['cpu', report.cpu],
  ];
}

function memoryFacts(report: Report): Facts {
  const text = memoryText(report);
  return text === undefined ? [] : [['memory', text]];
}

/** The facts needed to repeat the run: the files with their hashes, the commit, the machine. */
export function originFacts(report: Report): Facts {
  const { scenario, environment } = report;
  const overrides = Object.entries(report.overrides).map(([path, value]) => `${path}=${value}`);
  return [
    ['scenario', `${scenario.file}  sha256 ${scenario.sha256}`],
    ['topology', `${scenario.topologyFile}  sha256 ${scenario.topologySha256}`],
    ...(scenario.data ?? []).map((hash) => ['data', `sha256 ${hash}`] as const),
    ...(overrides.length === 0 ? [] : ([['overrides', overrides.join(' ')]] as const)),
    ['fingerprint', `${report.fingerprint}${injectedText(report)}`],
    ['commit', environment.commit],
    ['machine', `${environment.os}, ${environment.cpu}, node ${environment.node}`],
    ['crypto', report.crypto],
    ['cpu model', report.cpu],
    ['events', eventsText(report)],
    ...memoryFacts(report),
  ];
}

/**
 * A note for interactive runs: the fingerprint belongs to the file with the injected faults, not to the
 * scenario named above it.
 */
function injectedText({ interactive }: Report): string {
  if (interactive === undefined) return '';
  return ` (interactive, ${countWithNoun(interactive.faults, 'fault')} injected: ${interactive.file})`;
}

/**
 * The number of events with the rate of the engine, or in real-time runs with the rate of the whole
 * run.
 */
function eventsText({ events, eventsPerWallSecond, timing, wallSeconds }: Report): string {
  if (timing === undefined)
    return `${wholeNumberText(events)}, ${wholeNumberText(eventsPerWallSecond)} per wall second`;
  const rest = Math.max(0, wallSeconds - timing.runningSeconds);
  const rate = `${wholeNumberText(events)}, ${wholeNumberText(timing.eventsPerSecond)} per second of the engine`;
  return `${rate}; ${wallSecondsText(rest)} more for threads to load and seeds to set up`;
}

/** A duration in seconds, hours or days, by its size. */
function timeText(seconds: number): string {
  const unit = runTimeUnitFor(seconds);
  return unit.seconds === 1 ? `${wholeNumberText(seconds)} s` : runSpanText(seconds, unit);
}
