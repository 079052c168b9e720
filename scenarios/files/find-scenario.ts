/**
 * Finds the files of a scenario and its topology, and reads the text of the scenario.
 *
 * @module
 */
import { folderOfPath } from '../../engine/pure/paths.ts';
import { type FoundFile, findFile } from '../../topologies/files/find-file.ts';
import { overridesFromRecord } from '../../topologies/files/overrides.ts';
import type { LookupFolders, ProtocolLookup } from '../../topologies/files/registry.ts';
import { type ConfigSource, readSource } from '../../topologies/files/source.ts';
import { missingFileError } from '../../topologies/load.ts';

/** The scenario to load, the folders of shipped files, and the registry of protocols. */
export interface ScenarioRequest {
  /** Name of a file in the scenarios folder, or a path. */
  readonly path: string;
  readonly folders: LookupFolders;
  /** `--set`: changes of single values, applied before checking, `path -> value`. */
  readonly overrides?: Readonly<Record<string, string>>;
  readonly registry: ProtocolLookup;
}

/** A scenario by its name, and where files are. */
export type NamedScenario = Omit<ScenarioRequest, 'registry'> & {
  readonly registry: Pick<ProtocolLookup, 'machine'>;
};

const LIMIT_BYTES = 1e6;
const TOO_LARGE_HINT = 'put the topology into a file of its own';
/**
 * Finds the path of the file of a scenario.
 * @throws ConfigError if there is no such file.
 */
export function scenarioPath({ path, folders, registry }: NamedScenario): string {
  const { files } = registry.machine;
  const places = { files, folders: [files.folder, folders.scenarios], labels: ['.', 'scenarios'] };
  const found = findFile(path, places);
  if ('message' in found) throw missingFileError(found.message, found.hint);
  return found.path;
}

/**
 * Reads the text of a scenario and applies the values that flags set.
 * @throws ConfigError naming every mistake in the text.
 */
export function readScenarioSource(request: NamedScenario): ConfigSource {
  return readSource(scenarioPath(request), {
    files: request.registry.machine.files,
    limitBytes: LIMIT_BYTES,
    tooLargeHint: TOO_LARGE_HINT,
    overrides: overridesFromRecord(request.overrides ?? {}),
    fileKeys: ['topology'],
  });
}

/**
 * Finds the topology file of a scenario. A bare name is looked up in the topologies folder first, because scenarios
 * often have the same name.
 */
export function topologyFile(
  { folders, registry }: ScenarioRequest,
  source: ConfigSource,
  value: string,
): FoundFile {
  const { files } = registry.machine;
  const own = folderOfPath(source.path);
  const places = value.includes('/') ? [own, folders.topologies] : [folders.topologies, own];
  return findFile(value, { files, folders: places, labels: ['scenarios', 'topologies'] });
}
