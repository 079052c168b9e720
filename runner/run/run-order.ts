/**
 * The request for runs in any world, and the input of the judge that is made from them.
 *
 * @module
 */
import { cpus, release, type } from 'node:os';
import type { MetricDefinition } from '../../engine/host/measure.ts';
import type { JudgeInput, SeedResult } from '../../reports/model.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { RecordingPaths } from '../recording/recordings.ts';
import type { SeedAnswer } from './job.ts';
import { type JudgedRun, judgeInput, twinJudgeInput } from './judge-input.ts';
import type { DoneRun } from './planned-runs.ts';

/** The scenario, seeds and recordings of a run in virtual time. */
export interface RunRequest {
  readonly scenario: Scenario;
  readonly definitions: readonly MetricDefinition[];
  readonly seeds: readonly number[];
  readonly recordingsOf: (seed: number) => RecordingPaths;
  readonly reproduce: string;
  readonly commit: string;
  /** Largest number of threads; all cores if absent. */
  readonly threads?: number;
  /** Limit of a thread's heap of old objects, MB; the default of Node if absent. */
  readonly memoryMb?: number | undefined;
  /** Called about ten times a second. */
  readonly onProgress?: (state: RunState) => void;
  /** Receives the journeys that `recordingsOf` asked for. */
  readonly onJourneys?: (text: string) => void;
  /** True if the run ends as soon as it cannot meet a limit any more. */
  readonly endsOnMiss?: boolean;
  /** Ends the run early. */
  readonly signal?: AbortSignal;
  /** Shows a message to the user immediately. */
  readonly onNotice?: (text: string) => void;
}

/** Progress of a run. */
export interface RunState {
  readonly seedsDone: number;
  readonly seeds: number;
  /** Time reached by the running seed that is furthest behind, ns. */
  readonly nowNs: number;
  readonly durationNs: number;
  /** Number of events of all seeds so far. */
  readonly events: number;
  readonly wallMs: number;
  /** CPU time of the engine, summed over all threads, ms; absent in real-time runs. */
  readonly engineMs?: number;
}

/** How a run ended. */
export type RunEnd =
  | { readonly kind: 'judged'; readonly input: JudgeInput }
  | Exclude<SeedAnswer, { kind: 'result' }>;

/** The parts of a request that the report contains. */
export type RunReportFacts = Pick<RunRequest, 'scenario' | 'definitions' | 'commit' | 'reproduce'>;

/** Makes the judge's input for a run of this process in virtual time. */
export function makeJudgeInput(
  order: RunReportFacts,
  done: readonly SeedResult[],
  wallMs: number,
): JudgeInput {
  return judgeInput({ ...order, environment: ownEnvironment() }, done, wallMs);
}

/** Like {@link makeJudgeInput}, for a scenario that may have a twin: see {@link twinJudgeInput}. */
export function judgeInputOfRuns(
  order: RunReportFacts,
  done: readonly DoneRun[],
  wallMs: number,
): JudgeInput {
  return twinJudgeInput({ ...order, environment: ownEnvironment() }, done, wallMs);
}

function ownEnvironment(): JudgedRun['environment'] {
  return {
    node: process.versions.node,
    os: `${type()} ${release()} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
  };
}
