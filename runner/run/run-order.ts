/**
 * The request for runs in any world, and the input of the judge that is made from them.
 *
 * @module
 */
import { cpus, release, type } from 'node:os';
import type { MetricDefinition } from '../../engine/host/measure.ts';
import { SHARED_CRYPTO_SUFFIX } from '../../reports/kpi-text.ts';
import type { JudgeInput, SeedResult } from '../../reports/model.ts';
import { networkOfSeed } from '../../reports/networks.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { RecordingPaths } from '../recording/recordings.ts';
import type { SeedAnswer } from './job.ts';
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

/** How processor time was modelled, as every report states. */
function cpuText(cpu: Scenario['cpu']): string {
  return cpu === undefined
    ? 'not modelled'
    : `calibrated (${cpu.file}, ${cpu.cpuModel}, ${cpu.date})`;
}

/** The parts of a request that the report contains. */
export type RunReportFacts = Pick<RunRequest, 'scenario' | 'definitions' | 'commit' | 'reproduce'>;

/** Makes the judge's input for a run in virtual time. */
export function makeJudgeInput(
  order: RunReportFacts,
  done: readonly SeedResult[],
  wallMs: number,
): JudgeInput {
  const { scenario } = order;
  const networks = networksOf(scenario, done);
  return {
    scenario: {
      name: scenario.name,
      file: scenario.file,
      sha256: scenario.sha256,
      question: scenario.question,
      topologyFile: scenario.topology.file,
      topologySha256: scenario.topology.sha256,
      ...(scenario.data === undefined ? {} : { data: scenario.data }),
      durationNs: scenario.durationNs,
      warmupNs: scenario.warmupNs,
    },
    ...(scenario.arrives === undefined ? {} : { arrives: scenario.arrives }),
    mode: 'sim',
    crypto: scenario.sharesAgreements
      ? `${scenario.crypto}${SHARED_CRYPTO_SUFFIX}`
      : scenario.crypto,
    ...(scenario.remarks === undefined ? {} : { remarks: scenario.remarks }),
    cpu: cpuText(scenario.cpu),
    ...(scenario.cpu === undefined ? {} : { cpuProfileSha256: scenario.cpu.sha256 }),
    kpis: scenario.kpis,
    definitions: order.definitions,
    seeds: bySeed(done),
    ...(networks === undefined ? {} : { networks }),
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

/** The networks of the seeds that ran: a flag may have selected one seed. */
function networksOf(
  { networks }: Pick<Scenario, 'networks'>,
  done: readonly SeedResult[],
): readonly number[] | undefined {
  if (networks === undefined || networks.length === 1) return networks;
  const ran = new Set(done.map(({ seed }) => networkOfSeed(seed)));
  return networks.filter((network) => ran.has(network));
}

/**
 * Makes the judge's input for a run in virtual time whose scenario may have a twin; then each seed has
 * a second result, with the changes of the twin.
 */
export function judgeInputOfRuns(
  order: RunReportFacts,
  done: readonly DoneRun[],
  wallMs: number,
): JudgeInput {
  const of = (isTwin: boolean): SeedResult[] =>
    done.flatMap((one) => (one.isTwin === isTwin ? one.result : []));
  const input = makeJudgeInput(order, of(false), wallMs);
  const { twin } = order.scenario;
  return twin === undefined ? input : { ...input, twin: { ...twin, seeds: bySeed(of(true)) } };
}

function bySeed(done: readonly SeedResult[]): readonly SeedResult[] {
  return [...done].sort((a, b) => a.seed - b.seed);
}
