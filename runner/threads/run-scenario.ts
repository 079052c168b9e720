/**
 * Runs a scenario with one or many seeds on worker threads and gathers what the judge needs.
 *
 * A run blocks its thread, so even a single seed runs on a worker: the main thread stays free for
 * progress and Ctrl-C. Results arrive in any order and are sorted by seed.
 *
 * @module
 */
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { hashScenarioFiles } from '../../scenarios/open/run-files.ts';
import type { SeedAnswer } from '../run/job.ts';
import { missingSeedTexts } from '../run/missing-seeds.ts';
import {
  type DoneRun,
  nameNetworkInAnswer,
  type PlannedRun,
  plannedRuns,
} from '../run/planned-runs.ts';
import type { StopReason } from '../run/run-control.ts';
import { judgeInputOfRuns, type RunEnd, type RunRequest } from '../run/run-order.ts';
import { SeedPool, type SeedTask } from './seed-pool.ts';
import { SeedWatch } from './seed-watch.ts';

const PROGRESS_INTERVAL_MS = 100;

/** Runs all seeds on all networks, and their twins if the scenario has a twin. */
export async function runScenario(order: RunRequest): Promise<RunEnd> {
  const began = performance.now();
  const runs = plannedRuns(order.scenario, order.seeds);
  const threads = Math.min(runs.length, order.threads ?? availableParallelism());
  const pool = new SeedPool({ threads, memoryMb: order.memoryMb });
  const watches = new Map<PlannedRun, SeedWatch>();
  const done: DoneRun[] = [];
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const watch of watches.values()) watch.check(nowMs);
    tell(order, { began, watches, done, runs: runs.length });
  }, PROGRESS_INTERVAL_MS);
  const limit = order.scenario.timeLimitMs;
  const alarm = limit === undefined ? undefined : setTimeout(() => stopAll('time-limit'), limit);
  const stopAll = (reason: StopReason): void => {
    const all = [...watches.values()];
    for (const watch of all) watch.stop(reason, performance.now());
    const hasBegun = done.length > 0 || all.some(({ control }) => control.thread !== 0);
    if (hasBegun) for (const watch of all) watch.leaveOut(reason);
  };
  const onAbort = (): void => stopAll('interrupted');
  order.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const answers = await Promise.all(
      runs.map((planned) => runOne(pool, order, { planned, watches, done })),
    );
    const failed = failureOf(answers, done);
    if (failed !== undefined) return failed;
    return { kind: 'judged', input: judgeInputOfRuns(order, done, performance.now() - began) };
  } finally {
    clearInterval(timer);
    clearTimeout(alarm);
    order.signal?.removeEventListener('abort', onAbort);
    await pool.destroy();
  }
}

interface Running {
  readonly planned: PlannedRun;
  readonly watches: Map<PlannedRun, SeedWatch>;
  readonly done: DoneRun[];
}

/**
 * Why a run has no report; undefined if it has one. Terminated seeds prevent a report only if no other
 * seed was measured.
 */
function failureOf(
  answers: readonly SeedAnswer[],
  done: DoneRun[],
): Exclude<SeedAnswer, { kind: 'result' }> | undefined {
  const failures = answers.filter((answer) => answer.kind !== 'result');
  const worst = failures.find(({ kind }) => kind !== 'ended') ?? failures[0];
  if (worst?.kind !== 'ended' || done.length === 0) return worst;
  // The report must name seeds without measurements, so that it does not look complete.
  const missing = missingSeedTexts(failures.flatMap((one) => (one.kind === 'ended' ? [one] : [])));
  for (const [index, { result, isTwin }] of done.entries()) {
    const warnings = [...result.warnings, ...missing];
    const ending = index === 0 ? { ending: worst.ending } : {};
    done[index] = { isTwin, result: { ...result, warnings, ...ending } };
  }
  return undefined;
}

/** The task for one run. Only runs as written, not twins, are recorded or ended early by a limit. */
function taskOf(
  { scenario, recordingsOf, endsOnMiss }: RunRequest,
  { seed, isTwin, overrides }: PlannedRun,
): Omit<SeedTask, 'watch'> {
  return {
    ...{ scenario: { file: scenario.file, overrides }, seed },
    recordings: isTwin ? {} : recordingsOf(seed),
    endsOnMiss: endsOnMiss === true && !isTwin,
    // The thread refuses files that were changed since they were checked. This cannot be required
    // of a twin, which may read other files.
    ...(scenario.twin === undefined ? { asked: { hashes: hashScenarioFiles(scenario) } } : {}),
  };
}

async function runOne(pool: SeedPool, order: RunRequest, running: Running): Promise<SeedAnswer> {
  const { planned, watches, done } = running;
  const { seed, isTwin } = planned;
  const { hosts } = order.scenario.topology;
  const watch = new SeedWatch({ seed, hosts, onNotice: order.onNotice });
  if (order.signal?.aborted === true) watch.stop('interrupted', performance.now());
  watches.set(planned, watch);
  const ended = await pool.run({ ...taskOf(order, planned), watch });
  const answer = nameNetworkInAnswer(ended, order.scenario, seed);
  watches.delete(planned);
  if (answer.kind === 'result') {
    done.push({ result: answer.result, isTwin });
    if (answer.journey !== undefined) order.onJourneys?.(answer.journey);
    if (answer.result.ending === 'aborted') {
      for (const other of watches.values()) other.stop('aborted', performance.now());
      for (const other of watches.values()) other.leaveOut('aborted');
    }
  } else for (const other of watches.values()) other.stop('interrupted', performance.now());
  return answer;
}

function tell(
  order: RunRequest,
  at: {
    began: number;
    watches: ReadonlyMap<PlannedRun, SeedWatch>;
    done: readonly DoneRun[];
    runs: number;
  },
): void {
  // No progress is reported if no seed is running.
  if (order.onProgress === undefined || at.watches.size === 0) return;
  let events = 0;
  let engineMs = 0;
  let nowNs = Number.POSITIVE_INFINITY;
  for (const { control } of at.watches.values()) {
    const { progress } = control;
    events += progress.events;
    engineMs += progress.engineMs;
    if (progress.nowNs > 0) nowNs = Math.min(nowNs, progress.nowNs);
  }
  for (const { result } of at.done) {
    events += result.events;
    engineMs += result.engine?.busyMs ?? 0;
  }
  order.onProgress({
    seedsDone: at.done.length,
    seeds: at.runs,
    nowNs: Number.isFinite(nowNs) ? nowNs : 0,
    durationNs: order.scenario.durationNs,
    events,
    wallMs: performance.now() - at.began,
    engineMs,
  });
}
