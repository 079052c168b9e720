/**
 * Foreign values, which came with a results file or a job: they may change a scenario, but not which
 * files it opens. A named module is executed, and a topology may name modules; so names of both are
 * accepted only from the scenario's own files and from the user's command.
 *
 * Which files a scenario opens is found by opening it, not by a list of keys, which might be
 * incomplete.
 *
 * @module
 */
import { ConfigError } from '../../topologies/files/config-error.ts';
import { runNotingOpenedFiles, runWithinFiles } from '../../topologies/files/file-bounds.ts';
import { displayPath } from '../../topologies/files/source.ts';
import { readScenarioSource as openSource } from '../files/find-scenario.ts';
import { sweptValuePredicate } from '../files/sweep/swept-values.ts';
import type { CombinationParameters } from '../identity.ts';
import { Refusal } from '../refusal.ts';
import { nodeFiles } from './node-files.ts';
import { NODE_PLACES } from './node-places.ts';
import { loadScenarioWithModules, type OpenedScenario, openScenario } from './open.ts';
import type { ProtocolRegistry } from './registry.ts';

/** A file or module that only foreign values name. */
export class UntrustedFileError extends Refusal {
  /** @param file The first such file. */
  constructor(file: string) {
    super(`${displayPath(file, nodeFiles)} is named by values that came from elsewhere`);
  }
}

/**
 * Makes a function that selects, from all values, those that are not foreign.
 * @param file The scenario file; values that its sweep lists are not foreign.
 * @param trusted Values that the user typed.
 */
export function trustedValuesFilter(
  file: string,
  trusted: CombinationParameters = {},
): (all: CombinationParameters) => CombinationParameters {
  const isSwept = sweptValuePredicate(
    openSource({ ...NODE_PLACES, path: file, overrides: trusted }),
  );
  return (all) =>
    Object.fromEntries(
      Object.entries(all).filter(
        ([path, value]) =>
          (Object.hasOwn(trusted, path) && trusted[path] === value) || isSwept(path, value),
      ),
    );
}

/**
 * Real paths of the files and modules that a scenario opens with these values; if a value is wrong,
 * only those that are opened before the mistake shows.
 */
async function openedWith(
  file: string,
  values: CombinationParameters,
  registry: ProtocolRegistry,
): Promise<ReadonlySet<string>> {
  const opened = new Set<string>();
  try {
    await runNotingOpenedFiles(opened, () => loadScenarioWithModules(file, values, registry));
  } catch (error) {
    // The mistakes are reported when the scenario is opened with all its values.
    if (!(error instanceof ConfigError) && !(error instanceof Refusal)) throw error;
  }
  return opened;
}

/**
 * Opens a scenario with values of which some are foreign.
 * @param values `all` values, and among them the `own` values, which are not foreign.
 * @throws UntrustedFileError before a file is opened that only foreign values name; also the errors of
 *   `openScenario`.
 */
export async function openUntrustedScenario(
  file: string,
  { all, own }: { readonly all: CombinationParameters; readonly own: CombinationParameters },
  registry: ProtocolRegistry,
): Promise<OpenedScenario> {
  if (Object.keys(own).length === Object.keys(all).length) {
    return await openScenario(file, all, registry);
  }
  const known = await openedWith(file, own, registry);
  const refused: string[] = [];
  const onRefused = (path: string): void => {
    refused.push(path);
  };
  const opening = runWithinFiles(known, onRefused, () => openScenario(file, all, registry));
  const loaded = await opening.catch((error: unknown) => {
    // If a file was refused, this error is only its consequence, so UntrustedFileError replaces it.
    if (refused.length === 0) throw error;
  });
  const [first] = refused;
  if (loaded === undefined || first !== undefined) throw new UntrustedFileError(first ?? file);
  return loaded;
}
