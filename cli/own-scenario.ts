/**
 * Finds and checks the scenario that results of a sweep name, before the scenario is loaded: loading runs the
 * modules that a scenario names, and results may come from anywhere.
 *
 * @module
 */
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { SweepHeader } from '../runner/sweep/results-file.ts';
import { scenarioPath } from '../scenarios/files/find-scenario.ts';
import { SHIPPED_FILE_FOLDERS } from '../scenarios/folders.ts';
import { nodeFiles } from '../scenarios/open/node-files.ts';
import { NODE_PLACES } from '../scenarios/open/node-places.ts';
import { hashOfFile } from '../scenarios/open/run-files.ts';
import { Refusal } from '../scenarios/refusal.ts';
import { isBelowFolder, realPath } from '../topologies/files/file-bounds.ts';

/**
 * Refuses a scenario that is not the user's own, or not the one that gave the results.
 * @param results Files of results. A scenario that was unpacked with them is not the user's own ({@link broughtIn}).
 * @throws ConfigError if there is no such file, Refusal for a file that is not the user's own or has another hash.
 */
export function refuseUntrustedScenario(
  { file, sha256 }: Pick<SweepHeader, 'file' | 'sha256'>,
  results: readonly string[],
): void {
  const path = scenarioPath({ ...NODE_PLACES, path: file });
  const isShipped = isBelowFolder(path, SHIPPED_FILE_FOLDERS.scenarios);
  if (!isShipped && !isBelowFolder(path, process.cwd())) {
    throw new Refusal(
      `the results name ${file}, which is neither below the current folder nor shipped: name it by --scenario, if it is your own`,
    );
  }
  const brought = isShipped
    ? undefined
    : results.flatMap((one) => broughtIn(dirname(one))).find((top) => isBelowFolder(path, top));
  if (brought !== undefined) {
    throw new Refusal(
      `${file} came with the results, in ${brought}: name it by --scenario, if it is your own`,
    );
  }
  refuseChangedScenario({ file, sha256 });
}

/**
 * The folder that may have been unpacked together with the results: the topmost folder on their
 * path below the current folder. The list is empty if the results are directly in the current
 * folder, or outside it.
 */
function broughtIn(folder: string): readonly string[] {
  const [top = ''] = relative(realPath(process.cwd()), realPath(folder)).split(sep);
  return top === '' || top === '..' || isAbsolute(top) ? [] : [join(process.cwd(), top)];
}

/**
 * Refuses a scenario, in any folder, that is not the one that gave the results.
 * @throws ConfigError if there is no such file, Refusal for a file with another hash.
 */
export function refuseChangedScenario({
  file,
  sha256,
}: Pick<SweepHeader, 'file' | 'sha256'>): void {
  if (hashOfFile(scenarioPath({ ...NODE_PLACES, path: file }), nodeFiles) !== sha256) {
    throw new Refusal(`${file} has changed since the sweep ran`);
  }
}
