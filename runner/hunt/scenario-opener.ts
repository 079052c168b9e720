/**
 * Where a hunt and shrinking find scenarios, on any machine.
 *
 * @module
 */
import type { NamedScenario } from '../../scenarios/files/find-scenario.ts';
import type { OpenedScenario } from '../../scenarios/open/open-files.ts';
import type { JobFiles } from '../../scenarios/open/run-files.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';

/** The files of scenarios, and the folders in which shipped ones are. */
export type ScenarioPlaces = Pick<NamedScenario, 'folders' | 'registry'>;

/** Opens scenarios. */
export interface ScenarioOpener extends ScenarioPlaces {
  readonly registry: ProtocolLookup;
  /**
   * Opens a scenario with some values set.
   * @param asked Hashes of the files that a fleet's job demands.
   * @throws the errors of `openFiles`.
   */
  open(
    file: string,
    set: Readonly<Record<string, string>>,
    asked?: JobFiles,
  ): Promise<OpenedScenario>;
}
