/**
 * Loads scenarios for tests, either shipped ones with overrides or texts of the test, and runs
 * them.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { judgeRun } from '../../../reports/judge.ts';
import type { MetricData, SeedResult } from '../../../reports/model.ts';
import type { Report } from '../../../reports/report-schema.ts';
import type { RecordingPaths } from '../../../runner/recording/recordings.ts';
import {
  type PreparedRun,
  prepareSeed,
  type SeedRunInput,
} from '../../../runner/run/assemble-seed.ts';
import { makeJudgeInput } from '../../../runner/run/run-order.ts';
import { runSeed } from '../../../runner/run/run-seed.ts';
import { loadScenario } from '../../../scenarios/files/load.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { scenarioMetrics } from '../../../scenarios/open/nodes.ts';
import { loadAddedProtocols, ProtocolRegistry } from '../../../scenarios/open/registry.ts';

export const MS = 1_000_000;
export const SECOND = 1_000_000_000;

const folder = (name: string): string =>
  fileURLToPath(new URL(`../../../${name}`, import.meta.url));
/** Where the shipped files are. */
export const folders = { scenarios: folder('scenarios'), topologies: folder('topologies') };
await loadAddedProtocols();
/** All protocols under nodes/. */
export const registry: ProtocolRegistry = new ProtocolRegistry();

type Overrides = Readonly<Record<string, string>>;

/** Loads a shipped scenario with overrides. */
export function load(path: string, overrides: Overrides = {}): Scenario {
  return loadScenario({ path, folders, registry, overrides });
}

/** Loads a scenario from its text. */
export function loadText(text: string, overrides: Overrides = {}): Scenario {
  const directory = mkdtempSync(join(tmpdir(), 'orrery-test-'));
  try {
    const path = join(directory, 'test.yaml');
    writeFileSync(path, text);
    return load(path, overrides);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Runs one seed to its end. */
export function run(scenario: Scenario, seed = 1, more: Partial<SeedRunInput> = {}): SeedResult {
  return runSeed({ scenario, registry, seed, ...more });
}

/** Prepares a run: nodes, flows and faults are in place, and the time is 0. */
export function prepare(
  scenario: Scenario,
  seed = 1,
  more: Partial<SeedRunInput> = {},
): PreparedRun {
  return prepareSeed({ scenario, registry, seed, ...more });
}

/** Makes the report on finished seeds. */
export function report(scenario: Scenario, seeds: readonly SeedResult[]): Report {
  const order = {
    scenario,
    definitions: scenarioMetrics(scenario, registry),
    seeds: seeds.map(({ seed }) => seed),
    recordingsOf: (): RecordingPaths => ({}),
    reproduce: 'npm run scenario test.yaml',
    commit: 'test',
  };
  return judgeRun(makeJudgeInput(order, seeds, 1));
}

/** The value of a counter in a result; 0 if nothing was counted. */
export function counter(result: SeedResult, metric: string): number {
  const data = result.metrics[metric];
  return data?.kind === 'counter' ? data.value : 0;
}

/** The samples of a metric in a result. */
export function samples(result: SeedResult, metric: string): readonly number[] {
  const data = result.metrics[metric];
  return data?.kind === 'samples' ? data.values : [];
}

/** The numerator and the denominator of a ratio in a result. */
export function ratio(
  result: SeedResult,
  metric: string,
): Extract<MetricData, { readonly kind: 'ratio' }> {
  const data = result.metrics[metric];
  if (data?.kind !== 'ratio') throw new Error(`${metric} is no ratio of this run`);
  return data;
}
