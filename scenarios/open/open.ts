/**
 * Opens a scenario with everything it needs: shipped files, shipped protocols and users' own.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import { runWithinFolders } from '../../topologies/files/file-bounds.ts';
import { runRecordingReads } from '../../topologies/files/files-read.ts';
import {
  loadScenario,
  moduleProtocols,
  openScenario as openSource,
  type ScenarioRequest,
  scenarioPath,
} from '../files/load.ts';
import { SweepBlame } from '../files/sweep/blame.ts';
import { PROJECT_FOLDERS } from '../folders.ts';
import { canonicalJson } from '../identity.ts';
import type { Scenario } from '../model.ts';
import { Refusal } from '../refusal.ts';
import { scenarioMetrics } from './nodes.ts';
import { refuseOutside } from './outside.ts';
import type { ProtocolRegistry } from './registry.ts';
import { type AskedFiles, checkModules, fileHashesOf, hashOfFile } from './run-files.ts';

/** A loaded scenario. */
export interface OpenedScenario {
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
 * @param asked Hashes of the files that a job from elsewhere asks for: other files are refused.
 * @throws ConfigError with every mistake of file, topology and overrides; Refusal if outside
 * programs take part, or if files are not those that were asked for.
 */
export async function openScenario(
  file: string,
  overrides: Readonly<Record<string, string>> | undefined,
  registry: ProtocolRegistry,
  asked?: AskedFiles,
): Promise<OpenedScenario> {
  const loaded = await openAnyScenario(file, overrides, registry, asked);
  refuseOutside(loaded.scenario);
  return loaded;
}

/** Like {@link openScenario}, but accepts hosts that are outside programs. */
export async function openAnyScenario(
  file: string,
  overrides: Readonly<Record<string, string>> | undefined,
  registry: ProtocolRegistry,
  asked?: AskedFiles,
): Promise<OpenedScenario> {
  const scenario = await openScenarioFiles(file, overrides ?? {}, registry, asked);
  const definitions = scenarioMetrics(scenario, registry);
  return { scenario, definitions, forgeries: forgeriesOf(scenario, registry) };
}

/**
 * Loads the modules that a scenario names with these values, and the scenario itself.
 * @throws what {@link openScenario} throws.
 */
export async function openScenarioFiles(
  file: string,
  overrides: Readonly<Record<string, string>>,
  registry: ProtocolRegistry,
  asked?: AskedFiles,
): Promise<Scenario> {
  const request = { path: file, folders: PROJECT_FOLDERS, overrides, registry };
  if (asked?.folders === undefined) return await filesFor(request, asked);
  return await runWithinFolders(asked.folders, () => filesFor(request, asked));
}

async function filesFor(
  request: ScenarioRequest & { readonly registry: ProtocolRegistry },
  asked: AskedFiles | undefined,
): Promise<Scenario> {
  const { path: file, registry } = request;
  // The hash of the file is compared before anything else looks at the file.
  if (asked !== undefined && hashOfFile(scenarioPath(request)) !== asked.hashes['scenario'])
    throw new Refusal(differs(file));
  let modules: readonly string[] = [];
  await registry.loadFound(() => {
    modules = moduleProtocols(request);
    // A loaded module may name further modules, which have to be checked, too.
    if (asked !== undefined) checkModules(modules, asked, ownOf(modules, request, asked));
    return modules;
  });
  const [loaded, read] = runRecordingReads(() => loadScenario(request));
  const known = [loaded.sha256, loaded.topology.sha256, loaded.cpu?.sha256];
  const data = [...read].filter((hash) => !known.includes(hash)).sort();
  const hashes = Object.fromEntries(modules.map((path) => [path, hashOfFile(path)]));
  const scenario = {
    ...loaded,
    ...(modules.length === 0 ? {} : { modules: hashes }),
    ...(data.length === 0 ? {} : { data }),
  };
  if (asked !== undefined && canonicalJson(fileHashesOf(scenario)) !== canonicalJson(asked.hashes))
    throw new Refusal(differs(file));
  return scenario;
}

/** Modules that a scenario names by its own values; all modules if no values are foreign. */
function ownOf(
  modules: readonly string[],
  request: ScenarioRequest,
  { own }: AskedFiles,
): readonly string[] {
  // Saves opening the scenario twice: most scenarios name no modules.
  if (modules.length === 0 || own === undefined) return modules;
  return moduleProtocols({ ...request, overrides: own });
}

function differs(file: string): string {
  return `${file} or a file that it names differs from that of the job`;
}

/**
 * Makes the collector of mistakes in the combinations of a sweep, with their places in its file.
 *
 * @param set Values that flags set, `path -> value`.
 */
export function blameSweep(file: string, set: Readonly<Record<string, string>> = {}): SweepBlame {
  return new SweepBlame(openSource({ path: file, folders: PROJECT_FOLDERS, overrides: set }), set);
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
