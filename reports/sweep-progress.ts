/**
 * The progress line of a sweep, and the time that the sweep still needs. The caller decides when and where
 * to write the line.
 *
 * @module
 */
import { runSpanText, runTimeUnitFor, significantDigitsText } from './format.ts';
import { kpiName } from './kpi-text.ts';
import { oneLine } from './plain-text.ts';
import type { KpiResult } from './report-schema.ts';
import { type SweepRow, shortestUniqueEnding } from './sweep.ts';

/** The combination that is nearest to its limit, or furthest behind it. */
export interface WorstCombination {
  readonly parameters: SweepRow['parameters'];
  readonly kpi: KpiResult;
}

/** The state of a sweep that its progress line shows. */
export interface SweepProgress {
  readonly runsDone: number;
  readonly runs: number;
  readonly cellsDone: number;
  readonly cells: number;
  readonly missed: number;
  readonly broke: number;
  /** Undefined while there is no estimate. */
  readonly secondsLeft: number | undefined;
  readonly worst: WorstCombination | undefined;
}

/** If less room than this many characters is left, the worst combination is not shown. */
const WORST_MIN = 14;
/**
 * Characters reserved for the worst combination and the gap before it; if they are not free, the other
 * parts are shortened.
 */
const WORST_ROOM = 32;

/**
 * One line without newline, at most as wide as the terminal: runs, combinations, what was missed, time
 * left, the worst combination. The last parts are left out if they do not fit.
 */
export function renderSweepProgress(state: SweepProgress, width: number): string {
  const { runsDone, runs, cellsDone, cells, missed, broke, secondsLeft, worst } = state;
  const partsWith = (word: string): string[] => [
    `${runsDone}/${runs} runs`,
    `${cellsDone}/${cells} ${word}`,
    ...(missed === 0 ? [] : [`${missed} missed`]),
    ...(broke === 0 ? [] : [`${broke} broke`]),
    ...(secondsLeft === undefined ? [] : [`${timeText(secondsLeft)} left`]),
  ];
  const text = worst === undefined ? '' : worstText(worst);
  const wide = partsWith('combinations').join('  ').length + Math.min(text.length, WORST_ROOM);
  const parts = partsWith(wide <= width ? 'combinations' : 'cells');
  while (parts.length > 1 && parts.join('  ').length > width) parts.pop();
  const line = parts.join('  ').slice(0, width);
  const room = width - line.length - 2;
  if (text === '' || room < Math.min(text.length, WORST_MIN)) return line;
  return `${line}  ${text.length <= room ? text : `${text.slice(0, room - 1)}~`}`;
}

/** The text of the worst combination: its figure first, because the names at the end may be cut off. */
function worstText({ parameters, kpi }: WorstCombination): string {
  const paths = Object.keys(parameters);
  const values = Object.entries(parameters).map(
    ([path, value]) => `${shortestUniqueEnding(path, paths)}=${value}`,
  );
  const margin = relativeMargin(kpi);
  const told = Number.isFinite(margin)
    ? `${significantDigitsText(100 * margin, 2)} %`
    : 'unmeasured';
  return oneLine(`worst ${told}: ${values.join(' ')}, ${kpiName(kpi)}`);
}

/** An estimated time: `~12 s`, `~42 min`, `~3.1 h`. */
function timeText(seconds: number): string {
  if (seconds < 120) return `~${Math.ceil(seconds)} s`;
  if (seconds < 3 * 3_600) return `~${Math.ceil(seconds / 60)} min`;
  return `~${runSpanText(seconds, runTimeUnitFor(seconds), 2)}`;
}

/** The worse of the worst combination so far and a combination that has just ended. */
export function chooseWorseCombination(
  worst: WorstCombination | undefined,
  row: SweepRow,
): WorstCombination | undefined {
  let found = worst;
  for (const kpi of row.kpis) {
    if (kpi.status === 'not-applicable') continue;
    const isWorse = found === undefined || relativeMargin(kpi) < relativeMargin(found.kpi);
    if (isWorse) found = { parameters: row.parameters, kpi };
  }
  return found;
}

/**
 * The distance to the limit, divided by the limit, so that KPIs of all units compare; negative if
 * missed. With a limit of 0 or `==` there is no such quotient: 1 if met, -1 if missed.
 */
function relativeMargin({ value, limit, comparison, pass, margin, marginUnit }: KpiResult): number {
  if (value === null) return pass ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  if (limit === 0 || (comparison === '==' && pass)) return pass ? 1 : -1;
  if (margin !== null && marginUnit === 'relative') return margin;
  if (comparison === '==') return -Math.abs((value - limit) / limit);
  const distance = comparison.startsWith('<') ? limit - value : value - limit;
  return distance / Math.abs(limit);
}

/** The median duration is taken over this many latest runs. */
const RECENT = 1_000;

/** Number of runs for each worker that must have ended before there is an estimate. */
const FIRST_ROUNDS = 2;
/** Number of runs that are enough for an estimate, whatever the number of workers. */
const FIRST_MOST = 20;

/** What the estimate of the time left is computed from. */
export interface SweepPace {
  /** Number of runs that are left. */
  readonly left: number;
  /** Number of runs at a time, at least 1; infinite if unknown. */
  readonly workers: number;
  /** Wall time since the sweep began. */
  readonly elapsedSeconds: number;
}

/**
 * Estimates the seconds that the rest of a sweep needs: remaining runs times median duration, divided
 * by the mean number of runs at a time. This number is measured, which covers pauses and an unknown
 * number of a fleet's workers.
 * @param doneSeconds Wall time of each finished run.
 * @returns undefined until two runs for each worker, or 20 in all, have finished.
 */
export function sweepSecondsLeft(
  doneSeconds: readonly number[],
  { left, workers, elapsedSeconds }: SweepPace,
): number | undefined {
  if (left <= 0) return 0;
  if (doneSeconds.length < Math.min(FIRST_ROUNDS * workers, FIRST_MOST)) return undefined;
  const sorted = doneSeconds.slice(-RECENT).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
  const busy = doneSeconds.reduce((sum, seconds) => sum + seconds, 0) / elapsedSeconds;
  // `busy` is the mean number of runs at a time. It also counts runs of an earlier process, which took
  // no time of this process, so it is limited to the number of workers.
  return (left * median) / Math.min(workers, Math.max(busy, Number.EPSILON));
}
