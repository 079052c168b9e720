/**
 * Opens a scenario with everything it needs: shipped files, shipped protocols and users' own.
 *
 * @module
 */
import type { MetricDefinition } from '../engine/host/measure.ts';
import { loadScenario } from './files/load.ts';
import type { Scenario } from './model.ts';
import type { ProtocolRegistry } from './registry.ts';
import { PROJECT_FOLDERS } from './runner/folders.ts';
import { metricsOf } from './runner/nodes.ts';
import { refuseOutside } from './runner/outside.ts';

/** A loaded scenario. */
export interface Loaded {
  readonly scenario: Scenario;
  readonly definitions: readonly MetricDefinition[];
  /**
   * Kinds of datagrams that can be forged according to a protocol, by the node that is attacked.
   */
  readonly forgeries: Readonly<Record<string, readonly string[]>>;
}

/**
 * Loads and checks, for every world except the emulated one.
 *
 * @param file Path, or name of a shipped scenario.
 * @param overrides Values to change before the check, `path -> value`.
 * @param registry The protocols of users that the files name are added to it.
 * @throws ConfigError with every mistake of file, topology and overrides; Refusal if outside
 * programs take part.
 */
export async function openScenario(
  file: string,
  overrides: Readonly<Record<string, string>> | undefined,
  registry: ProtocolRegistry,
): Promise<Loaded> {
  const loaded = await openAnyScenario(file, overrides, registry);
  refuseOutside(loaded.scenario);
  return loaded;
}

/** Like {@link openScenario}, but accepts hosts that are outside programs. */
export async function openAnyScenario(
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
  const definitions = metricsOf(scenario, registry);
  return { scenario, definitions, forgeries: forgeriesOf(scenario, registry) };
}

function forgeriesOf(
  { topology }: Scenario,
  registry: ProtocolRegistry,
): Readonly<Record<string, readonly string[]>> {
  const listed = topology.hosts.flatMap(({ name, protocol }) => {
    const kinds = Object.keys(registry.protocols(protocol)?.forgeries ?? {});
    return kinds.length === 0 ? [] : [[name, kinds] as const];
  });
  return Object.fromEntries(listed);
}
