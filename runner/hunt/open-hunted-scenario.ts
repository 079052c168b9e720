/**
 * Opens a scenario for hunting on the machine on which Node runs.
 *
 * @module
 */
import { type HuntedScenario, prepareHunt } from './hunted-scenario.ts';
import { makeNodeOpener } from './make-node-opener.ts';

/** Like {@link prepareHunt}, on this machine. */
export async function openHuntedScenario(
  file: string,
  set: Readonly<Record<string, string>>,
): Promise<HuntedScenario> {
  return await prepareHunt(file, set, makeNodeOpener());
}
