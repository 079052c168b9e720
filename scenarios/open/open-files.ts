/**
 * Opens a scenario with everything it needs, on any machine: the registry that is passed decides
 * where files are, and which code of users can be loaded.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import { runRecordingFileHashes } from '../../topologies/files/files-read.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import { type ScenarioRequest, scenarioPath } from '../files/find-scenario.ts';
import { listUserCode, loadScenario } from '../files/load.ts';
import { canonicalJson } from '../identity.ts';
import type { Scenario } from '../model.ts';
import { Refusal } from '../refusal.ts';
import { scenarioMetrics, scenarioRemarks } from './nodes.ts';
import { checkJobModules, hashOfFile, hashScenarioFiles, type JobFiles } from './run-files.ts';
import type { FindUserCode } from './shipped-protocols.ts';

/** A loaded scenario, with the metrics and forgeries that its protocols name. */
export interface OpenedScenario {
  readonly scenario: Scenario;
  readonly definitions: readonly MetricDefinition[];
  /** The kinds of datagrams that can be forged, by the node that is attacked. */
  readonly forgeries: Readonly<Record<string, readonly string[]>>;
}

/** A registry that can load the code of users. */
export interface LoadingRegistry extends ProtocolLookup {
  /** Loads the code that `find` names, until it names nothing new. */
  loadFound(find: FindUserCode): Promise<void>;
}

/** A scenario to open. */
export type FilesRequest = ScenarioRequest & { readonly registry: LoadingRegistry };

/**
 * Loads and checks a scenario; protocols of users that its files name are added to the registry.
 *
 * @param asked Hashes of the files that a job from another machine demands; other files are refused.
 * @throws ConfigError with every mistake of file, topology and overrides; Refusal if files have other hashes.
 */
export async function openFiles(request: FilesRequest, asked?: JobFiles): Promise<OpenedScenario> {
  const { registry } = request;
  const scenario = await loadFiles(request, asked);
  const definitions = scenarioMetrics(scenario, registry);
  return { scenario, definitions, forgeries: forgeriesOf(scenario, registry) };
}

/**
 * Loads the code of users that a scenario names, and the scenario itself.
 * @throws the errors of {@link openFiles}.
 */
export async function loadFiles(request: FilesRequest, asked?: JobFiles): Promise<Scenario> {
  const { path: file, registry } = request;
  const { files } = registry.machine;
  // The hash of the file is compared before anything else reads the file.
  if (asked !== undefined && hashOfFile(scenarioPath(request), files) !== asked.hashes['scenario'])
    throw new Refusal(differs(file));
  let modules: readonly string[] = [];
  const check = (paths: readonly string[]): void => {
    if (asked !== undefined) checkJobModules(paths, asked, ownOf(paths, request, asked), files);
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
  const hashes = Object.fromEntries(modules.map((path) => [path, hashOfFile(path, files)]));
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
  // If no modules are named, which is usual, the scenario need not be opened a second time.
  if (modules.length === 0 || own === undefined) return modules;
  const theirs = listUserCode({ ...request, overrides: own });
  return [...theirs.protocols, ...theirs.modules.map(({ path }) => path)];
}

function differs(file: string): string {
  return `${file} or a file that it names differs from that of the job`;
}

function forgeriesOf(
  { topology }: Scenario,
  registry: ProtocolLookup,
): Readonly<Record<string, readonly string[]>> {
  const listed = topology.hosts.flatMap(({ name, protocol }) => {
    const kinds = Object.keys(registry.protocols(protocol)?.forgeries ?? {});
    return kinds.length === 0 ? [] : [[name, kinds] as const];
  });
  return Object.fromEntries(listed);
}
