/**
 * Progress of a sweep on stderr: on a terminal one line that is rewritten, elsewhere a plain line at the
 * start and every 10 s, nothing with `--json` or `-q` (docs/spec/run-files.md#progress).
 *
 * @module
 */
import { oneLine } from '../reports/plain-text.ts';
import {
  renderSweepProgress,
  type SweepProgress,
  sweepSecondsLeft,
} from '../reports/sweep-progress.ts';
import { canRewriteStderrLine, readTerminalWidth } from './terminal.ts';

const PLAIN_INTERVAL_MS = 10_000;
const PLAIN_WIDTH = 120;
const LIVE_INTERVAL_MS = 100;
const CLEAR_LINE = '\r\u001b[2K';

/** How far a sweep is; includes the wall times of its finished runs, from which the time left is estimated. */
export interface SweepState extends Omit<SweepProgress, 'secondsLeft'> {
  /** Wall time of each run that has ended, seconds. */
  readonly doneSeconds: readonly number[];
  /** Number of runs at the same time; infinite if a fleet makes them. */
  readonly workers: number;
}

/** Updates and clears the progress of a sweep that is running. */
export interface SweepProgressDisplay {
  readonly update: (state: SweepState) => void;
  readonly clear: () => void;
}

/** Starts to show progress: a rewritten line if stderr is a terminal, plain lines otherwise. */
export function showSweepProgress(
  name: string,
  flags: { readonly json?: boolean; readonly quiet?: boolean },
): SweepProgressDisplay {
  const ignore = (): void => undefined;
  if (flags.json === true || flags.quiet === true) return { update: ignore, clear: ignore };
  const beganMs = performance.now();
  const lineOf = (state: SweepState, width: number): string => {
    const elapsedSeconds = (performance.now() - beganMs) / 1e3;
    const pace = { left: state.runs - state.runsDone, workers: state.workers, elapsedSeconds };
    const secondsLeft = sweepSecondsLeft(state.doneSeconds, pace);
    return renderSweepProgress({ ...state, secondsLeft }, width);
  };
  if (!canRewriteStderrLine()) {
    const show = (state: SweepState): void => {
      process.stderr.write(`${oneLine(name)}  ${lineOf(state, PLAIN_WIDTH)}\n`);
    };
    return paced(show, PLAIN_INTERVAL_MS);
  }
  let isShown = false;
  const line = paced((state) => {
    process.stderr.write(`${CLEAR_LINE}${lineOf(state, readTerminalWidth(process.stderr))}`);
    isShown = true;
  }, LIVE_INTERVAL_MS);
  return {
    update: line.update,
    clear: (): void => {
      line.clear();
      if (isShown) process.stderr.write(CLEAR_LINE);
      isShown = false;
    },
  };
}

/**
 * Shows the latest state at most once per interval, and always with a delay: the end of a run and
 * the end of its combination are two updates in quick succession, of which only the second should
 * be shown.
 */
function paced(show: (state: SweepState) => void, intervalMs: number): SweepProgressDisplay {
  let nextMs = 0;
  let last: SweepState | undefined;
  let timer: NodeJS.Timeout | undefined;
  const showLast = (): void => {
    timer = undefined;
    nextMs = performance.now() + intervalMs;
    if (last !== undefined) show(last);
  };
  return {
    update: (state): void => {
      last = state;
      timer ??= setTimeout(showLast, Math.max(0, nextMs - performance.now())).unref();
    },
    clear: (): void => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
