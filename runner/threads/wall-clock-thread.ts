/**
 * Runs a scenario in real time, live or emulated, on a separate thread, so that the main thread stays
 * free for signals: if a node computes without end, it is named, and the run still ends within five
 * seconds of the first signal.
 *
 * If the thread is terminated, its stores and outside programs are removed here.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type MessagePort, Worker } from 'node:worker_threads';
import {
  forgetProgram,
  killProgramAtExit,
  killRemainingPrograms,
} from '../../engine/live/emulation/outside-program.ts';
import { entryModuleUrl } from '../../engine/live/own-form.ts';
import { EMULATE_METRICS } from '../../scenarios/metrics/emulate-metrics.ts';
import { LIVE_METRICS } from '../../scenarios/metrics/live-metrics.ts';
import { outsideHosts, refuseOutsideEvents } from '../../scenarios/open/outside.ts';
import type { EmulateSettings } from '../run/emulate-run.ts';
import type { SeedAnswer } from '../run/job.ts';
import type { LiveSettings } from '../run/live-run.ts';
import type { RunEnd, RunRequest } from '../run/run-order.ts';
import { makeFailureAnswer } from '../run/seed-answer.ts';
import { type RunningSeed, reportProgress, runInTurn } from '../run/wall-clock-run.ts';
import { hostMetrics } from '../worlds/emulated/emulate-meter.ts';
import { SeedWatch, STUCK_LIVE_CALL_MS } from './seed-watch.ts';
import type {
  WallClockJob,
  WallClockReport,
  WallClockRunKind,
  WallClockThreadCommand,
} from './wall-clock-job.ts';

const ENTRY = entryModuleUrl('./wall-clock-worker', import.meta.url);
const CHECK_MS = 100;
/** Longest time until the scenario's time begins, ms: a node may block the thread before that. */
const BEGIN_MAX_MS = 30_000;

/** Runs all seeds on real sockets, each on a thread of its own. */
export function runLiveOnThread(
  order: RunRequest,
  how: Omit<LiveSettings, 'stateFolder'>,
): Promise<RunEnd> {
  const facts = { mode: 'live', cpu: 'real', definitions: LIVE_METRICS } as const;
  return runInTurn(order, facts, async (turn) => {
    const stateFolder = mkdtempSync(join(tmpdir(), 'orrery-live-'));
    const remove = (): void => rmSync(stateFolder, { recursive: true, force: true });
    // The folder is removed even if a second Ctrl-C ends this process immediately.
    process.once('exit', remove);
    try {
      return await new SeedThread(order, turn).run({
        command: 'live',
        how: { ...how, stateFolder },
      });
    } finally {
      process.off('exit', remove);
      remove();
    }
  });
}

/** Runs all seeds in virtual time paced by the wall clock. */
export async function runEmulatedOnThread(
  order: RunRequest,
  how: EmulateSettings,
): Promise<RunEnd> {
  refuseOutsideEvents(order.scenario);
  const hosts = outsideHosts(order.scenario).map(({ name }) => name);
  const definitions = [...EMULATE_METRICS, ...hostMetrics(hosts)];
  return await runInTurn(order, { mode: 'emulate', definitions }, async (turn) => {
    try {
      return await new SeedThread(order, turn).run({ command: 'emulate', how });
    } finally {
      killRemainingPrograms();
    }
  });
}

/** A seed that runs on its own thread. */
class SeedThread {
  readonly #order: RunRequest;
  readonly #turn: RunningSeed;
  readonly #watch: SeedWatch;

  constructor(order: RunRequest, turn: RunningSeed) {
    this.#order = order;
    this.#turn = turn;
    const { scenario, onNotice } = order;
    const { hosts } = scenario.topology;
    this.#watch = new SeedWatch({ seed: turn.seed, hosts, onNotice, heldMs: STUCK_LIVE_CALL_MS });
  }

  async run(way: WallClockRunKind): Promise<SeedAnswer> {
    const { signal } = this.#order;
    const worker = this.#start(way);
    const stop = (): void => {
      this.#watch.stop('interrupted', performance.now());
      worker.postMessage('stop' satisfies WallClockThreadCommand);
    };
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
    const timer = setInterval(() => this.#watch.check(performance.now()), CHECK_MS);
    let alarm = this.#alarm(BEGIN_MAX_MS);
    let hasBegun = false;
    try {
      return await new Promise<SeedAnswer>((resolve) => {
        const ended = ({ message, stack = '' }: Error): void =>
          resolve(this.#watch.answer ?? { kind: 'broken', message, stack });
        worker.on('error', (error) => resolve(makeFailureAnswer(error, this.#turn.seed)));
        worker.on('exit', () => ended(new Error('the thread of the run ended without its result')));
        this.#watch.signal.addEventListener('abort', () => void worker.terminate());
        worker.on('message', (news: WallClockReport) => {
          if (news.kind === 'progress' && !hasBegun) {
            hasBegun = true;
            clearTimeout(alarm);
            alarm = this.#alarm(0);
          }
          this.#hear(news, resolve);
        });
      });
    } finally {
      signal?.removeEventListener('abort', stop);
      clearInterval(timer);
      clearTimeout(alarm);
    }
  }

  #start(way: WallClockRunKind): Worker {
    const { scenario, seeds, recordingsOf, endsOnMiss = false } = this.#order;
    const { seed } = this.#turn;
    const recordings = recordingsOf(seed);
    const job: WallClockJob = {
      file: scenario.file,
      overrides: scenario.overrides,
      seed,
      seeds,
      recordings,
      endsOnMiss,
      shared: this.#watch.control.shared,
      calls: this.#watch.callsBuffer,
      ...way,
    };
    const ports = [recordings.broadcast?.port, recordings.injection?.port];
    const transferList = ports.filter((port) => port !== undefined) as MessagePort[];
    // The thread must not inherit the start options of this process.
    return new Worker(new URL(ENTRY), { workerData: job, transferList, execArgv: [] });
  }

  /**
   * Enforces the time limit from this thread too, because the thread of the run cannot while a node
   * blocks it.
   */
  #alarm(extraMs: number): NodeJS.Timeout | undefined {
    const { timeLimitMs } = this.#order.scenario;
    if (timeLimitMs === undefined) return undefined;
    const ring = (): void => this.#watch.stop('time-limit', performance.now());
    return setTimeout(ring, timeLimitMs + extraMs);
  }

  #hear(news: WallClockReport, resolve: (answer: SeedAnswer) => void): void {
    switch (news.kind) {
      case 'progress':
        reportProgress(this.#order, this.#turn, news);
        return;
      case 'journey':
        this.#order.onJourneys?.(news.text);
        return;
      case 'program':
        if (news.isLiving) killProgramAtExit(news.pid);
        else forgetProgram(news.pid);
        return;
      case 'answer':
        resolve(news.answer);
        return;
      default:
        news satisfies never;
    }
  }
}
