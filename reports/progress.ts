/**
 * The progress line of a running command (docs/spec/run-files.md, Progress): a pure function of the
 * state, and an estimate of the time left. The caller decides when and where to write it.
 *
 * @module
 */
import { runSpanText, runTimeUnitFor, shortCountText, significantDigitsText } from './format.ts';

/** The progress of a run. */
export interface ProgressState {
  readonly name: string;
  /** The running seed, from 1. */
  readonly seed: number;
  /** Number of seeds. */
  readonly seeds: number;
  /** Virtual time that the running seed has reached, ns. */
  readonly virtualNs: number;
  /** Virtual time at which the running seed ends, ns. */
  readonly durationNs: number;
  /** The clock of the scenario's time. */
  readonly clock: 'virtual' | 'wall';
  readonly eventsPerSecond: number;
  /** Virtual seconds per wall second, over all workers. */
  readonly speed: number;
  /** Undefined while there is no estimate. */
  readonly secondsLeft: number | undefined;
}

const BAR = 20;

/**
 * One line without newline, at most as wide as the terminal; the least important parts are on the
 * right, where it is cut.
 */
export function renderProgress(
  state: ProgressState,
  options: { readonly width: number; readonly unicode: boolean },
): string {
  const parts = [
    state.name,
    ...(state.seeds > 1 ? [`seed ${state.seed}/${state.seeds}`] : []),
    `${bar(state.virtualNs / state.durationNs, options.unicode)} ${reached(state)}`,
    `${shortCountText(state.eventsPerSecond)} events/s`,
    `${significantDigitsText(state.speed, 2)}x real`,
    ...(state.secondsLeft === undefined ? [] : [`~${Math.ceil(state.secondsLeft)} s left`]),
  ];
  while (parts.length > 1 && parts.join('  ').length > options.width) parts.pop();
  return parts.join('  ').slice(0, options.width);
}

/** The plain line for a pipe or CI: at the start and every 10 s. */
export function renderPlainProgress(state: ProgressState): string {
  const seed = state.seeds > 1 ? `  seed ${state.seed}/${state.seeds}` : '';
  return `${state.name}${seed}  ${reached(state)}  ${shortCountText(state.eventsPerSecond)} events/s`;
}

function reached(state: ProgressState): string {
  const whole = state.durationNs / 1e9;
  const unit = runTimeUnitFor(whole);
  // Packets under way at the end may arrive after the duration; the line never shows a later time.
  const reachedNs = Math.min(state.virtualNs, state.durationNs);
  const now = (reachedNs / 1e9 / unit.seconds).toFixed(1);
  return `${now} ${unit.suffix} of ${runSpanText(whole, unit, 1)} ${state.clock}`;
}

function bar(fraction: number, unicode: boolean): string {
  const full = Math.min(BAR, Math.max(0, Math.floor(fraction * BAR)));
  const rest = BAR - full;
  return unicode
    ? `▕${'█'.repeat(full)}${'░'.repeat(rest)}▏`
    : `[${'#'.repeat(full)}${'.'.repeat(rest)}]`;
}

/** The progress of all seeds together at an instant. */
export interface ProgressSample {
  readonly wallSeconds: number;
  /** Between 0 and 1. */
  readonly fraction: number;
}

/**
 * Estimates the seconds left from the pace of the most recent fifth of the progress.
 * @param samples In time order; the last one is now.
 * @returns undefined in the first 2 s and while nothing progresses.
 */
export function estimateSecondsLeft(samples: readonly ProgressSample[]): number | undefined {
  const now = samples.at(-1);
  if (now === undefined || now.wallSeconds < 2) return undefined;
  const from = samples.findLast((one) => one.fraction <= now.fraction * 0.8) ?? samples[0];
  if (from === undefined || now.fraction <= from.fraction) return undefined;
  const perSecond = (now.fraction - from.fraction) / (now.wallSeconds - from.wallSeconds);
  return (1 - now.fraction) / perSecond;
}
