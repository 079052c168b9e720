/**
 * Where Node finds scenarios: in the files of this machine, by path or by the name of a shipped one.
 *
 * @module
 */
import type { NamedScenario } from '../files/find-scenario.ts';
import { SHIPPED_FILE_FOLDERS } from '../folders.ts';
import { nodeMachine } from './node-machine.ts';

/** What is needed besides a name to find a scenario. */
export const NODE_PLACES: Omit<NamedScenario, 'path'> = {
  folders: SHIPPED_FILE_FOLDERS,
  registry: { machine: nodeMachine },
};
