/**
 * The common part of real-time runs (live in one or several processes, emulated): seeds run one after
 * the other, Ctrl-C or the time limit may end a run, progress is reported, and log lines of nodes are
 * collected.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import { createLiveLogSink, type LogLevel } from '../../engine/live/live-log.ts';
import { scrubLogFields, scrubSecrets } from '../../engine/live/scrub.ts';
import type { LogSink } from '../../engine/net/sim-observers.ts';
import type { JudgeInput, SeedResult } from '../../reports/model.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { SeedAnswer } from './job.ts';
import type { RunControl } from './run-control.ts';
import { makeJudgeInput, type RunEnd, type RunRequest } from './run-order.ts';

/** Stands for the fingerprint of real-time runs, which cannot be repeated exactly. */
export const NO_FINGERPRINT = 'none';

/**
 * Longest drain of a run that the user stops, ms: it must end within five seconds, whatever its file
 * says.
 */
const STOPPED_DRAIN_MAX_MS = 1_000;
const NS_PER_MS = 1_000_000;

/** How long packets may still arrive after a run was stopped. */
export function stoppedDrainMs({ drainNs }: Pick<Scenario, 'drainNs'>): number {
  return Math.min(STOPPED_DRAIN_MAX_MS, drainNs / NS_PER_MS);
}

/** Which of several seeds is running, and when the run began. */
export interface RunningSeed {
  readonly seed: number;
  readonly seedsDone: number;
  /** When the run began, by `performance.now`, ms. */
  readonly beganMs: number;
}

/** Shared with a watchdog on another thread (seed-watch.ts); absent if there is none. */
export interface WatchdogParts {
  readonly control?: RunControl;
  /** Memory in which calls of nodes are recorded (engine/net/node-calls.ts). */
  readonly calls?: SharedArrayBuffer;
}

/** Facts that the world adds to the input of the judge. */
export type WorldJudgeFacts = Pick<JudgeInput, 'mode' | 'definitions'> &
  Partial<Pick<JudgeInput, 'cpu' | 'layout'>>;

/** Runs all seeds one after the other, because they share the processor and the ports. */
export async function runInTurn(
  order: RunRequest,
  facts: WorldJudgeFacts,
  runSeed: (turn: RunningSeed) => Promise<SeedAnswer>,
): Promise<RunEnd> {
  const beganMs = performance.now();
  const done: SeedResult[] = [];
  for (const seed of order.seeds) {
    const answer = await runSeed({ seed, seedsDone: done.length, beganMs });
    if (answer.kind !== 'result') return answer;
    done.push(answer.result);
    if (answer.result.ending !== 'complete') break;
  }
  const input = makeJudgeInput(order, done, performance.now() - beganMs);
  const definitions = [...input.definitions, ...facts.definitions];
  // In real time, both ends of a key agreement always compute it, so the report must not mention
  // the shared computation.
  const { crypto } = order.scenario;
  return { kind: 'judged', input: { ...input, crypto, ...facts, definitions } };
}

/** Ends a run early, on Ctrl-C or at the time limit of its scenario. */
export class EarlyRunEnder {
  readonly signal: AbortSignal;
  readonly #limit: AbortSignal | undefined;

  /** Begins to count the time limit. */
  constructor({ signal, scenario }: RunRequest) {
    const { timeLimitMs } = scenario;
    this.#limit = timeLimitMs === undefined ? undefined : AbortSignal.timeout(timeLimitMs);
    this.signal = AbortSignal.any([signal, this.#limit].filter((one) => one !== undefined));
  }

  /** The ending of a run that was stopped. */
  get ending(): 'time-limit' | 'interrupted' {
    return this.#limit?.aborted === true ? 'time-limit' : 'interrupted';
  }
}

/** Reports the progress of a run. */
export function reportProgress(
  { scenario, seeds, onProgress }: RunRequest,
  { seedsDone, beganMs }: RunningSeed,
  at: { readonly nowNs: number; readonly events: number },
): void {
  onProgress?.({
    seedsDone,
    seeds: seeds.length,
    nowNs: Math.min(at.nowNs, scenario.durationNs),
    durationNs: scenario.durationNs,
    events: at.events,
    wallMs: performance.now() - beganMs,
  });
}

/**
 * Makes a sink for log lines of nodes: warnings go to the report, and lines from a given level on to
 * stderr.
 */
export function nodeLogSink(
  level: LogLevel | undefined,
  onWarning: (text: string) => void,
): LogSink {
  const sink = level === undefined ? undefined : createLiveLogSink(level);
  return (node, lineLevel, text, fields): void => {
    const message = scrubSecrets(text);
    if (lineLevel === 'warn') onWarning(`${node}: ${message}`);
    sink?.(node, lineLevel, message, fields === undefined ? fields : scrubLogFields(fields));
  };
}
