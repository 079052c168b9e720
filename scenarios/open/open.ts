/**
 * Opens a scenario with everything it needs: shipped files, shipped protocols and protocols of users.
 *
 * @module
 */
import { runWithinFolders } from '../../topologies/files/file-bounds.ts';
import { readScenarioSource as openSource } from '../files/find-scenario.ts';
import { SweepIssueCollector } from '../files/sweep/sweep-issue-collector.ts';
import { SHIPPED_FILE_FOLDERS } from '../folders.ts';
import type { Scenario } from '../model.ts';
import { NODE_PLACES } from './node-places.ts';
import { type FilesRequest, loadFiles, type OpenedScenario, openFiles } from './open-files.ts';
import { refuseOutsidePrograms } from './outside.ts';
import type { ProtocolRegistry } from './registry.ts';
import type { JobFiles } from './run-files.ts';

export type { OpenedScenario } from './open-files.ts';

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
  const request = requestOf(file, overrides, registry);
  return await bounded(asked, () => openFiles(request, asked));
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
  const request = requestOf(file, overrides, registry);
  return await bounded(asked, () => loadFiles(request, asked));
}

function requestOf(
  file: string,
  overrides: Readonly<Record<string, string>> = {},
  registry: ProtocolRegistry,
): FilesRequest {
  return { path: file, folders: SHIPPED_FILE_FOLDERS, overrides, registry };
}

/** Does work within the folders of a job, if it has any. */
function bounded<Result>(asked: JobFiles | undefined, work: () => Result): Result {
  return asked?.folders === undefined ? work() : runWithinFolders(asked.folders, work);
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
  return new SweepIssueCollector(openSource({ ...NODE_PLACES, path: file, overrides: set }), set);
}
