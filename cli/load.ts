/**
 * Loads a scenario with the shipped protocols and users' own.
 *
 * @module
 */
import type { MetricDefinition } from '../engine/host/measure.ts';
import { loadScenario } from '../scenarios/files/load.ts';
import type { Scenario } from '../scenarios/model.ts';
import { Refusal } from '../scenarios/refusal.ts';
import type { ProtocolRegistry } from '../scenarios/registry.ts';
import { PROJECT_FOLDERS } from '../scenarios/runner/folders.ts';
import { metricsOf } from '../scenarios/runner/nodes.ts';

/** A loaded scenario. */
export interface Loaded {
  readonly scenario: Scenario;
  readonly definitions: readonly MetricDefinition[];
}

/**
 * Loads and checks.
 * @throws ConfigError with every mistake of file, topology and flags.
 */
export async function load(
  file: string,
  overrides: Readonly<Record<string, string>> | undefined,
  registry: ProtocolRegistry,
): Promise<Loaded> {
  await registry.loadNamedBy(file, PROJECT_FOLDERS);
  const scenario = loadScenario({
    path: file,
    folders: PROJECT_FOLDERS,
    overrides: overrides ?? {},
    registry,
  });
  if (scenario.topology.addressPlan === 'ports') {
    // Files with it are checked and keep their meaning; no world carries it out.
    throw new Refusal(`${scenario.topology.file}: addressPlan ports cannot be run, use loopback`);
  }
  return { scenario, definitions: metricsOf(scenario, registry) };
}
