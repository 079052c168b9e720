/**
 * Opens scenarios of a hunt on the machine on which Node runs.
 *
 * @module
 */
import { NODE_PLACES } from '../../scenarios/open/node-places.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import type { ScenarioOpener } from './scenario-opener.ts';

/** Makes an opener with a registry of its own. */
export function makeNodeOpener(): ScenarioOpener {
  const registry = new ProtocolRegistry();
  return {
    ...{ folders: NODE_PLACES.folders, registry },
    open: (file, set, asked) => openScenario(file, set, registry, asked),
  };
}
