/**
 * Progress of a sweep on stderr: on a terminal one line that is rewritten, elsewhere a plain line at the
 * start and every 10 s, nothing with `--json` or `-q` (docs/spec/run-files.md#progress).
 *
 * @module
 */
import { hasLiveStderr, widthOf } from './terminal.ts';

const PLAIN_INTERVAL_MS = 10_000;
const CLEAR_LINE = '\r\u001b[2K';

/** How far a sweep is. */
export interface SweepState {
  readonly runsDone: number;
  readonly runs: number;
  readonly cellsDone: number;
  readonly cells: number;
  readonly missed: number;
  readonly broke: number;
}

/** Callbacks for a sweep that is running. */
export interface SweepProgressShow {
  readonly update: (state: SweepState) => void;
  readonly clear: () => void;
}

/** Chooses the form that fits where stderr goes. */
export function showSweepProgress(
  name: string,
  flags: { readonly json?: boolean; readonly quiet?: boolean },
): SweepProgressShow {
  const ignore = (): void => undefined;
  if (flags.json === true || flags.quiet === true) return { update: ignore, clear: ignore };
  const beganMs = performance.now();
  if (!hasLiveStderr()) {
    let nextMs = 0;
    const update = (state: SweepState): void => {
      const nowMs = performance.now() - beganMs;
      if (nowMs < nextMs) return;
      nextMs = nowMs + PLAIN_INTERVAL_MS;
      process.stderr.write(`${lineOf(name, state, nowMs)}\n`);
    };
    return { update, clear: ignore };
  }
  let isShown = false;
  return {
    update: (state): void => {
      const line = lineOf(name, state, performance.now() - beganMs);
      process.stderr.write(`${CLEAR_LINE}${line.slice(0, widthOf(process.stderr))}`);
      isShown = true;
    },
    clear: (): void => {
      if (isShown) process.stderr.write(CLEAR_LINE);
      isShown = false;
    },
  };
}

function lineOf(name: string, state: SweepState, wallMs: number): string {
  const { runsDone, runs, cellsDone, cells, missed, broke } = state;
  const left = runsDone === 0 ? undefined : ((runs - runsDone) * wallMs) / runsDone / 1e3;
  return [
    `${name}  ${runsDone} of ${runs} runs`,
    `${cellsDone} of ${cells} combinations`,
    ...(missed === 0 ? [] : [`${missed} missed`]),
    ...(broke === 0 ? [] : [`${broke} broke`]),
    ...(left === undefined ? [] : [`~${Math.ceil(left)} s left`]),
  ].join('  ');
}
