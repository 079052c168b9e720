/**
 * Opens a scenario with everything it needs: shipped files, shipped protocols and protocols of users.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import { runWithinFolders } from '../../topologies/files/file-bounds.ts';
import { runRecordingFileHashes } from '../../topologies/files/files-read.ts';
import {
  listUserCode,
  loadScenario,
  readScenarioSource as openSource,
  type ScenarioRequest,
  scenarioPath,
} from '../files/load.ts';
import { SweepIssueCollector } from '../files/sweep/sweep-issue-collector.ts';
import { SHIPPED_FILE_FOLDERS } from '../folders.ts';
import { canonicalJson } from '../identity.ts';
import type { Scenario } from '../model.ts';
import { Refusal } from '../refusal.ts';
import { scenarioMetrics, scenarioRemarks } from './nodes.ts';
import { refuseOutsidePrograms } from './outside.ts';
import type { ProtocolRegistry } from './registry.ts';
import { checkJobModules, hashOfFile, hashScenarioFiles, type JobFiles } from './run-files.ts';

/** A loaded scenario, with the metrics and forgeries that its protocols name. */
export interface OpenedScenario {
  readonly scenario: Scenario;
  readonly definitions: readonly MetricDefinition[];
  /** The kinds of datagrams that can be forged, by the node that is attacked. */
  readonly forgeries: Readonly<Record<string, readonly string[]>>;
}

/**
 * Loads and checks a scenario, for every world except the emulated one.
 *
 * @param file Path, or name of a shipped scenario.
 * @param overrides Values to change before the check, `path -> value`.
 * @param registry Protocols of users that the files name are added to it.
 * @param asked Hashes of the files that a job from another machine demands; other files are refused.
 * @throws ConfigError with every mistake of file, topology and overrides; Refusal if outside programs
 * take part, or if files have other hashes.
 */
export async function openScenario(
  file: string,
  overrides: Readonly<Record<string, string>> | undefined,
  registry: ProtocolRegistry,
  asked?: JobFiles,
): Promise<OpenedScenario> {
  const loaded = await openScenarioAllowingPrograms(file, overrides, registry, asked);
  refuseOutsidePrograms(loaded.scenario);
  return loaded;
}

/** Like {@link readScenarioSource}, but accepts hosts that are outside programs. */
export async function openScenarioAllowingPrograms(
  file: string,
  overrides: Readonly<Record<string, string>> | undefined,
  registry: ProtocolRegistry,
  asked?: JobFiles,
): Promise<OpenedScenario> {
  const scenario = await loadScenarioWithModules(file, overrides ?? {}, registry, asked);
  const definitions = scenarioMetrics(scenario, registry);
  return { scenario, definitions, forgeries: forgeriesOf(scenario, registry) };
}

/**
 * Loads the modules that a scenario names with these values, and the scenario itself.
 * @throws the errors of {@link readScenarioSource}.
 */
export async function loadScenarioWithModules(
  file: string,
  overrides: Readonly<Record<string, string>>,
  registry: ProtocolRegistry,
  asked?: JobFiles,
): Promise<Scenario> {
  const request = { path: file, folders: SHIPPED_FILE_FOLDERS, overrides, registry };
  if (asked?.folders === undefined) return await filesFor(request, asked);
  return await runWithinFolders(asked.folders, () => filesFor(request, asked));
}

async function filesFor(
  request: ScenarioRequest & { readonly registry: ProtocolRegistry },
  asked: JobFiles | undefined,
): Promise<Scenario> {
  const { path: file, registry } = request;
  // The hash of the file is compared before anything else reads the file.
  if (asked !== undefined && hashOfFile(scenarioPath(request)) !== asked.hashes['scenario'])
    throw new Refusal(differs(file));
  let modules: readonly string[] = [];
  const check = (paths: readonly string[]): void => {
    if (asked !== undefined) checkJobModules(paths, asked, ownOf(paths, request, asked));
  };
  await registry.loadFound({
    protocols: () => {
      modules = listUserCode(request).protocols;
      // A loaded module may name further modules, which must be checked too.
      check(modules);
      return modules;
    },
    modules: () => {
      const named = listUserCode(request).modules;
      const paths = named.map(({ path }) => path);
      check(paths);
      modules = [...new Set([...modules, ...paths])];
      return named;
    },
  });
  const [loaded, read] = runRecordingFileHashes(() => loadScenario(request));
  const known = [loaded.sha256, loaded.topology.sha256, loaded.cpu?.sha256];
  const data = [...read].filter((hash) => !known.includes(hash)).sort();
  const remarks = scenarioRemarks(loaded, registry);
  const hashes = Object.fromEntries(modules.map((path) => [path, hashOfFile(path)]));
  const scenario = {
    ...loaded,
    ...(modules.length === 0 ? {} : { modules: hashes }),
    ...(data.length === 0 ? {} : { data }),
    ...(remarks.length === 0 ? {} : { remarks }),
  };
  if (
    asked !== undefined &&
    canonicalJson(hashScenarioFiles(scenario)) !== canonicalJson(asked.hashes)
  )
    throw new Refusal(differs(file));
  return scenario;
}

/** The modules that a scenario names by its own values; all modules if no values are foreign. */
function ownOf(
  modules: readonly string[],
  request: ScenarioRequest,
  { own }: JobFiles,
): readonly string[] {
  // The scenario is not opened again if it names no modules, as is usual.
  if (modules.length === 0 || own === undefined) return modules;
  const theirs = listUserCode({ ...request, overrides: own });
  return [...theirs.protocols, ...theirs.modules.map(({ path }) => path)];
}

function differs(file: string): string {
  return `${file} or a file that it names differs from that of the job`;
}

/**
 * Makes the collector of mistakes in the combinations of a sweep, with their places in its file.
 *
 * @param set Values that flags set, `path -> value`.
 */
export function makeSweepIssueCollector(
  file: string,
  set: Readonly<Record<string, string>> = {},
): SweepIssueCollector {
  return new SweepIssueCollector(
    openSource({ path: file, folders: SHIPPED_FILE_FOLDERS, overrides: set }),
    set,
  );
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
