/**
 * How a node process reacts to signals: SIGTERM and SIGINT drain and end it, SIGHUP reloads its
 * files, and SIGUSR2 switches the log between everything and the configured levels (SIGUSR1 is used
 * by Node's debugger).
 *
 * The `NodeProcessBackend` does the draining and reloading.
 *
 * @module
 */
import { isMainThread } from 'node:worker_threads';
import type { OperatorLog } from './json-log.ts';
import { type ForcedKillOptions, startForcedKillThread } from './last-resort.ts';
import type { NodeProcessBackend } from './node-face.ts';

/**
 * A part of the process, other than the node, that must be closed before the process ends: the
 * endpoint, a channel.
 */
export interface ClosingPart {
  /** Its name, for the last line of the log if it does not close in time. */
  readonly name: string;
  close(): Promise<void>;
}

/** How a node's process reacts to signals. */
export interface SignalOptions {
  readonly face: NodeProcessBackend;
  readonly log: OperatorLog;
  /**
   * Effect of SIGINT; default `drain`. A process that is controlled by another process of the same terminal must
   * ignore Ctrl-C, because both processes receive it.
   */
  readonly interrupt?: 'drain' | 'ignore';
  /** Parts to close one after the other once the node has drained. */
  readonly closing?: readonly ClosingPart[];
  /** Ends the process; default `process.exit`. */
  readonly exit?: (code: number) => void;
  /** Longest time from the signal to the end, ms; default 4,500. */
  readonly deadlineMs?: number;
  /** Ends a process that cannot even react to its deadline; default {@link startForcedKillThread}. */
  readonly lastResort?: (order: ForcedKillOptions) => void;
}

/** The installed signal handlers of a node process, which stay until they are disposed of. */
export interface SignalHandlers {
  dispose(): void;
  /** Ends the process in the same way as SIGTERM does; used for a stop order from a coordinator. */
  shutDown(why: string): void;
}

/**
 * Longest time from a signal to the end of the process, ms; R-062 allows 5 s, and half a second is left for ending
 * it.
 */
export const DRAIN_DEADLINE_MS = 4_500;
/** If the main thread does not respond for this time after the deadline, ms, it counts as stuck. */
const STUCK_MS = 250;
/** Two signals within this time, ms, count as one: under npm, Ctrl-C arrives from the terminal and from npm. */
const SAME_KEY_MS = 200;
const EXIT_INTERRUPTED = 130;

/** Installs the handlers by which a node process reacts to signals. */
export function installSignalHandlers(options: SignalOptions): SignalHandlers {
  const ending = new Ending(options);
  const handlers: readonly (readonly [NodeJS.Signals, () => void])[] = [
    ['SIGTERM', (): void => ending.onSignal('SIGTERM')],
    [
      'SIGINT',
      (): void => {
        if (options.interrupt !== 'ignore') ending.onSignal('SIGINT');
      },
    ],
    ['SIGHUP', (): void => reload(options)],
    ['SIGUSR2', (): void => toggleDebug(options.log)],
  ];
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return {
    dispose: (): void => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
      ending.dispose();
    },
    shutDown: (why): void => ending.begin(why),
  };
}

/** One shutdown: what must be closed, what is still open, and how much time is left. */
class Ending {
  private readonly options: SignalOptions;
  private readonly parts: readonly ClosingPart[];
  private readonly open: Set<string>;
  private deadline: NodeJS.Timeout | undefined;
  private beganMs: number | undefined;
  private isOver = false;

  constructor(options: SignalOptions) {
    const { face, closing = [] } = options;
    this.options = options;
    this.parts = [
      { name: `node ${face.name}`, close: (): Promise<void> => face.drain() },
      ...closing,
    ];
    this.open = new Set(this.parts.map(({ name }) => name));
  }

  onSignal(signal: string): void {
    if (this.beganMs === undefined) {
      this.begin(signal);
    } else if (performance.now() - this.beganMs >= SAME_KEY_MS) {
      this.options.log.component('signals').warn(`${signal} again: ending without draining`);
      this.end(EXIT_INTERRUPTED);
    }
  }

  begin(why: string): void {
    if (this.beganMs !== undefined) return;
    const { log, deadlineMs = DRAIN_DEADLINE_MS } = this.options;
    this.beganMs = performance.now();
    log.component('signals').info(`${why}: draining, at most ${deadlineMs} ms`);
    this.deadline = setTimeout(() => this.onDeadline(deadlineMs), deadlineMs);
    const { exit, lastResort = lastResortOf(exit) } = this.options;
    lastResort({ afterMs: deadlineMs + STUCK_MS, line: this.stuckLine(deadlineMs) });
    this.closeAll().catch((error: unknown) => {
      log.component('signals').error(`draining failed: ${wordsOf(error)}`);
      this.end(1);
    });
  }

  dispose(): void {
    clearTimeout(this.deadline);
  }

  /** A line in the format of the log, which cannot be used any more at that point. */
  private stuckLine(deadlineMs: number): string {
    const node = this.options.face.name;
    const message = `not drained within ${deadlineMs} ms: node ${node} does not return; killed`;
    return `${JSON.stringify({ level: 'error', node, component: 'signals', message })}\n`;
  }

  private async closeAll(): Promise<void> {
    const failures: string[] = [];
    for (const part of this.parts) {
      try {
        await part.close();
      } catch (error) {
        failures.push(`${part.name}: ${wordsOf(error)}`);
      }
      this.open.delete(part.name);
    }
    const log = this.options.log.component('signals');
    if (failures.length > 0) log.error(`ended badly: ${failures.join('; ')}`);
    else log.info('drained');
    this.end(failures.length > 0 ? 1 : 0);
  }

  private onDeadline(deadlineMs: number): void {
    const names = [...this.open].join(', ');
    this.options.log.component('signals').error(`not drained within ${deadlineMs} ms: ${names}`);
    this.end(1);
  }

  private end(code: number): void {
    if (this.isOver) return;
    this.isOver = true;
    this.dispose();
    (this.options.exit ?? exitProcess)(code);
  }
}

/**
 * Chooses what kills a stuck process. Nothing does if the caller passed an `exit` of its own, or in a
 * worker thread, which ends with its process.
 */
function lastResortOf(exit: SignalOptions['exit']): (order: ForcedKillOptions) => void {
  return exit === undefined && isMainThread ? startForcedKillThread : (): void => undefined;
}

function exitProcess(code: number): void {
  process.exit(code);
}

function reload({ face, log }: SignalOptions): void {
  const lines = log.component('reload');
  try {
    const { applied, needsRestart, error } = face.reload();
    if (error !== undefined) {
      lines.error(`SIGHUP: nothing changed, the file is bad: ${error}`);
      return;
    }
    lines.info(`SIGHUP: applied ${listOf(applied)}`);
    if (needsRestart.length > 0) lines.warn(`SIGHUP: needs a restart: ${listOf(needsRestart)}`);
  } catch (error) {
    lines.error(`SIGHUP: nothing changed: ${wordsOf(error)}`);
  }
}

function toggleDebug(log: OperatorLog): void {
  const isEverything = log.toggleDebug();
  const words = isEverything ? 'everything is written' : 'back to the levels that were set';
  log.component('log').warn(`SIGUSR2: ${words}`);
}

function listOf(settings: readonly string[]): string {
  return settings.length === 0 ? 'nothing (no difference)' : settings.join(', ');
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
