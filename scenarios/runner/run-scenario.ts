/**
 * Runs a scenario with one or many seeds on worker threads and gathers what the judge needs.
 *
 * A run is synchronous and busy, so even a single seed runs on a worker: the main thread stays free
 * for progress and Ctrl-C. Results arrive in any order and are sorted by seed.
 *
 * @module
 */
import { availableParallelism, cpus, release, type } from 'node:os';
import { performance } from 'node:perf_hooks';
import { Piscina } from 'piscina';
import type { MetricDefinition } from '../../engine/host/measure.ts';
import { entryModule } from '../../engine/live/own-form.ts';
import type { RunInput, SeedResult } from '../../reports/model.ts';
import type { Scenario } from '../model.ts';
import type { Recordings, SeedAnswer, SeedJob } from './job.ts';
import { RunControl } from './run-control.ts';

/** What to run. */
export interface RunOrder {
  readonly scenario: Scenario;
  readonly definitions: readonly MetricDefinition[];
  readonly seeds: readonly number[];
  readonly recordingsOf: (seed: number) => Recordings;
  readonly reproduce: string;
  readonly commit: string;
  /** Largest number of threads; all cores if absent. */
  readonly threads?: number;
  /** Called about ten times a second. */
  readonly onProgress?: (state: RunState) => void;
  /** Receives the stories that `recordingsOf` asked for. */
  readonly onStory?: (text: string) => void;
  /** Ends the run early. */
  readonly signal?: AbortSignal;
}

/** Progress of a run. */
export interface RunState {
  readonly seedsDone: number;
  readonly seeds: number;
  /** Time reached by the running seed that is furthest behind, ns. */
  readonly nowNs: number;
  readonly durationNs: number;
  /** Events of all seeds so far. */
  readonly events: number;
  readonly wallMs: number;
}

/** How a run ended. */
export type RunEnd =
  | { readonly kind: 'judged'; readonly input: RunInput }
  | Exclude<SeedAnswer, { kind: 'result' }>;

const PROGRESS_INTERVAL_MS = 100;

/** Runs all seeds. */
export async function runScenario(order: RunOrder): Promise<RunEnd> {
  const began = performance.now();
  const threads = Math.min(order.seeds.length, order.threads ?? availableParallelism());
  const pool = new Piscina({
    filename: entryModule('./run-worker', import.meta.url),
    name: 'runJob',
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    atomics: 'disabled',
    recordTiming: false,
    execArgv: [],
  });
  const controls = new Map<number, RunControl>();
  const done: SeedResult[] = [];
  const timer = setInterval(() => tell(order, { began, controls, done }), PROGRESS_INTERVAL_MS);
  const limit = order.scenario.timeLimitMs;
  const alarm = limit === undefined ? undefined : setTimeout(() => stopAll('timeIsUp'), limit);
  const stopAll = (how: 'interrupt' | 'timeIsUp'): void => {
    for (const control of controls.values()) control[how]();
  };
  const onAbort = (): void => stopAll('interrupt');
  order.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const answers = await Promise.all(
      order.seeds.map((seed) => runOne(pool, order, { seed, controls, done })),
    );
    const failed = answers.find((answer) => answer.kind !== 'result');
    if (failed !== undefined) return failed;
    return { kind: 'judged', input: runInput(order, done, performance.now() - began) };
  } finally {
    clearInterval(timer);
    clearTimeout(alarm);
    order.signal?.removeEventListener('abort', onAbort);
    await pool.destroy();
  }
}

interface Running {
  readonly seed: number;
  readonly controls: Map<number, RunControl>;
  readonly done: SeedResult[];
}

async function runOne(pool: Piscina, order: RunOrder, running: Running): Promise<SeedAnswer> {
  const { seed, controls, done } = running;
  const control = new RunControl();
  if (order.signal?.aborted === true) control.interrupt();
  controls.set(seed, control);
  const job: SeedJob = {
    file: order.scenario.file,
    overrides: order.scenario.overrides,
    seed,
    recordings: order.recordingsOf(seed),
    shared: control.shared,
  };
  const { broadcast, palette } = job.recordings;
  const transferList = [broadcast?.port, palette?.port].filter((port) => port !== undefined);
  const answer: SeedAnswer = await pool.run(job, { transferList });
  controls.delete(seed);
  if (answer.kind === 'result') {
    done.push(answer.result);
    if (answer.story !== undefined) order.onStory?.(answer.story);
  } else for (const other of controls.values()) other.interrupt();
  return answer;
}

function tell(
  order: RunOrder,
  at: { began: number; controls: Map<number, RunControl>; done: readonly SeedResult[] },
): void {
  // Between the last seed and the report, no seed is running.
  if (order.onProgress === undefined || at.controls.size === 0) return;
  let events = 0;
  let nowNs = Number.POSITIVE_INFINITY;
  for (const { progress } of at.controls.values()) {
    events += progress.events;
    if (progress.nowNs > 0) nowNs = Math.min(nowNs, progress.nowNs);
  }
  for (const result of at.done) events += result.events;
  order.onProgress({
    seedsDone: at.done.length,
    seeds: order.seeds.length,
    nowNs: Number.isFinite(nowNs) ? nowNs : 0,
    durationNs: order.scenario.durationNs,
    events,
    wallMs: performance.now() - at.began,
  });
}

/** How processor time was modelled, as every report states. */
function cpuText(cpu: Scenario['cpu']): string {
  return cpu === undefined
    ? 'not modelled'
    : `calibrated (${cpu.file}, ${cpu.cpuModel}, ${cpu.date})`;
}

/** What a report says about the order itself. */
export type OrderFacts = Pick<RunOrder, 'scenario' | 'definitions' | 'commit' | 'reproduce'>;

/** The judge's input for a run in virtual time. */
export function runInput(order: OrderFacts, done: readonly SeedResult[], wallMs: number): RunInput {
  const { scenario } = order;
  return {
    scenario: {
      name: scenario.name,
      file: scenario.file,
      sha256: scenario.sha256,
      question: scenario.question,
      topologyFile: scenario.topology.file,
      topologySha256: scenario.topology.sha256,
      durationNs: scenario.durationNs,
      warmupNs: scenario.warmupNs,
    },
    mode: 'sim',
    crypto: scenario.crypto,
    cpu: cpuText(scenario.cpu),
    ...(scenario.cpu === undefined ? {} : { cpuProfileSha256: scenario.cpu.sha256 }),
    kpis: scenario.kpis,
    definitions: order.definitions,
    seeds: [...done].sort((a, b) => a.seed - b.seed),
    wallMs,
    environment: {
      node: process.versions.node,
      os: `${type()} ${release()} ${process.arch}`,
      cpu: cpus()[0]?.model ?? 'unknown',
      commit: order.commit,
    },
    reproduce: order.reproduce,
    overrides: scenario.overrides,
  };
}
