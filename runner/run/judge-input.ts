/**
 * What the judge gets of a run in virtual time, on any machine.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import { SHARED_CRYPTO_SUFFIX } from '../../reports/kpi-text.ts';
import type { JudgeInput, SeedResult } from '../../reports/model.ts';
import { networkOfSeed } from '../../reports/networks.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { DoneRun } from './planned-runs.ts';

/** A run to be judged. */
export interface JudgedRun {
  readonly scenario: Scenario;
  readonly definitions: readonly MetricDefinition[];
  readonly commit: string;
  readonly reproduce: string;
  /** The machine on which it ran. */
  readonly environment: Omit<JudgeInput['environment'], 'commit'>;
}

/** How processor time was modelled, as every report states. */
function cpuText(cpu: Scenario['cpu']): string {
  return cpu === undefined
    ? 'not modelled'
    : `calibrated (${cpu.file}, ${cpu.cpuModel}, ${cpu.date})`;
}

/** Makes the judge's input for a run in virtual time. */
export function judgeInput(
  order: JudgedRun,
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
    environment: { ...order.environment, commit: order.commit },
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
export function twinJudgeInput(
  order: JudgedRun,
  done: readonly DoneRun[],
  wallMs: number,
): JudgeInput {
  const of = (isTwin: boolean): SeedResult[] =>
    done.flatMap((one) => (one.isTwin === isTwin ? one.result : []));
  const input = judgeInput(order, of(false), wallMs);
  const { twin } = order.scenario;
  return twin === undefined ? input : { ...input, twin: { ...twin, seeds: bySeed(of(true)) } };
}

function bySeed(done: readonly SeedResult[]): readonly SeedResult[] {
  return [...done].sort((a, b) => a.seed - b.seed);
}
