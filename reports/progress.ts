/**
 * The progress line of a running command (spec/ux.md 2.1): a pure function of the state, and the
 * estimate of the time left. When and where it is written is the caller's business.
 *
 * @module
 */
import { short, significant } from './format.ts';

/** How far a run is. */
export interface ProgressState {
  readonly name: string;
  /** Seed under way, from 1, and how many there are. */
  readonly seed: number;
  readonly seeds: number;
  /** Virtual time reached and to reach, in ns: of this seed. */
  readonly virtualNs: number;
  readonly durationNs: number;
  /** Which time that is. */
  readonly clock: 'virtual' | 'wall';
  readonly eventsPerSecond: number;
  /** Virtual seconds that pass in one wall second, all workers together. */
  readonly speed: number;
  /** Undefined as long as there is no estimate. */
  readonly secondsLeft: number | undefined;
}

const BAR = 20;

/** One line, without line end and at most as wide as the terminal; less matters on the right. */
export function renderProgress(
  state: ProgressState,
  options: { readonly width: number; readonly unicode: boolean },
): string {
  const parts = [
    state.name,
    ...(state.seeds > 1 ? [`seed ${state.seed}/${state.seeds}`] : []),
    `${bar(state.virtualNs / state.durationNs, options.unicode)} ${reached(state)}`,
    `${short(state.eventsPerSecond)} events/s`,
    `${significant(state.speed, 2)}x real`,
    ...(state.secondsLeft === undefined ? [] : [`~${Math.ceil(state.secondsLeft)} s left`]),
  ];
  while (parts.length > 1 && parts.join('  ').length > options.width) parts.pop();
  return parts.join('  ').slice(0, options.width);
}

/** The plain line for a pipe or CI: at the start and every 10 s. */
export function renderPlainProgress(state: ProgressState): string {
  const seed = state.seeds > 1 ? `  seed ${state.seed}/${state.seeds}` : '';
  return `${state.name}${seed}  ${reached(state)}  ${short(state.eventsPerSecond)} events/s`;
}

function reached(state: ProgressState): string {
  const seconds = (state.virtualNs / 1e9).toFixed(1);
  return `${seconds} s of ${significant(state.durationNs / 1e9, 1)} s ${state.clock}`;
}

function bar(fraction: number, unicode: boolean): string {
  const full = Math.min(BAR, Math.max(0, Math.floor(fraction * BAR)));
  const rest = BAR - full;
  return unicode
    ? `▕${'█'.repeat(full)}${'░'.repeat(rest)}▏`
    : `[${'#'.repeat(full)}${'.'.repeat(rest)}]`;
}

/** How far all seeds together were at an instant. */
export interface ProgressSample {
  readonly wallSeconds: number;
  /** In 0..1. */
  readonly fraction: number;
}

/**
 * Seconds left, from the last fifth of the progress made.
 * @param samples In the order of time, the last one is now.
 * @returns undefined in the first 2 s and while nothing moves.
 */
export function estimateSecondsLeft(samples: readonly ProgressSample[]): number | undefined {
  const now = samples.at(-1);
  if (now === undefined || now.wallSeconds < 2) return undefined;
  const from = samples.findLast((one) => one.fraction <= now.fraction * 0.8) ?? samples[0];
  if (from === undefined || now.fraction <= from.fraction) return undefined;
  const perSecond = (now.fraction - from.fraction) / (now.wallSeconds - from.wallSeconds);
  return (1 - now.fraction) / perSecond;
}
