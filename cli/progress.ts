/**
 * Progress on stderr: on a terminal one line that is rewritten ten times a second, elsewhere one
 * plain line at the start and every 10 s, nothing with `--json` or `-q`
 * (docs/spec/run-files.md#progress).
 *
 * @module
 */
import { wantsUnicode } from '../reports/colour.ts';
import {
  estimateSecondsLeft,
  type ProgressSample,
  type ProgressState,
  renderPlainProgress,
  renderProgress,
} from '../reports/progress.ts';
import type { RunState } from '../runner/run/run-order.ts';
import { canRewriteStderrLine, readTerminalWidth } from './terminal.ts';

const PLAIN_INTERVAL_MS = 10_000;
const QUICK_RUN_MS = 1_000;
const CLEAR_LINE = '\r\u001b[2K';

/** The display of a running command's progress: updates it and clears it. */
export interface ProgressDisplay {
  readonly update: (state: RunState) => void;
  readonly clear: () => void;
}

/** Starts to show progress: a rewritten line if stderr is a terminal, plain lines otherwise. */
export function showProgress(
  name: string,
  flags: { readonly json?: boolean; readonly quiet?: boolean },
  clock: ProgressState['clock'] = 'virtual',
): ProgressDisplay {
  if (flags.json === true || flags.quiet === true)
    return { update: (): void => undefined, clear: (): void => undefined };
  return canRewriteStderrLine() ? liveProgress(name, clock) : plainProgress(name, clock);
}

function liveProgress(name: string, clock: ProgressState['clock']): ProgressDisplay {
  const samples: ProgressSample[] = [];
  let isShown = false;
  const unicode = wantsUnicode(process.env);
  return {
    update: (state): void => {
      const line = renderProgress(
        { ...stateOf(name, state, samples), clock },
        {
          width: readTerminalWidth(process.stderr),
          unicode,
        },
      );
      process.stderr.write(`${CLEAR_LINE}${line}`);
      isShown = true;
    },
    clear: (): void => {
      if (isShown) process.stderr.write(CLEAR_LINE);
    },
  };
}

function plainProgress(name: string, clock: ProgressState['clock']): ProgressDisplay {
  const samples: ProgressSample[] = [];
  let nextMs = QUICK_RUN_MS;
  return {
    update: (state): void => {
      if (state.wallMs < nextMs) return;
      nextMs = state.wallMs + PLAIN_INTERVAL_MS;
      process.stderr.write(`${renderPlainProgress({ ...stateOf(name, state, samples), clock })}\n`);
    },
    clear: (): void => undefined,
  };
}

function stateOf(
  name: string,
  state: RunState,
  samples: ProgressSample[],
): Omit<ProgressState, 'clock'> {
  const wallSeconds = state.wallMs / 1000;
  // The time that the engine ran; threads that are still loading do not count.
  const busySeconds = (state.engineMs ?? state.wallMs) / 1000;
  const ofSeed = state.durationNs > 0 ? state.nowNs / state.durationNs : 0;
  samples.push({ wallSeconds, fraction: (state.seedsDone + ofSeed) / state.seeds });
  const virtual = state.seedsDone * state.durationNs + state.nowNs;
  const left = estimateSecondsLeft(samples);
  return {
    name,
    seed: Math.min(state.seeds, state.seedsDone + 1),
    seeds: state.seeds,
    virtualNs: state.nowNs,
    durationNs: state.durationNs,
    eventsPerSecond: busySeconds > 0 ? state.events / busySeconds : 0,
    speed: wallSeconds > 0 ? virtual / 1e9 / wallSeconds : 0,
    secondsLeft: left,
  };
}
