/**
 * Turns the faults of a run into events with explicit instants and targets, as the seed drew them.
 *
 * @module
 */
import type { FaultRecord } from '../../reports/model.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { EventValues } from '../injection/messages.ts';
import { makeScenarioDocument } from '../injection/scenario-document.ts';
import { formatTimeNs, mapsAtPath, type ScenarioDataMap } from './scenario-data.ts';
import type { ScenarioPlaces } from './scenario-opener.ts';

/** Keys of an event about its time and the number of its targets, which are replaced. */
const DRAWN = ['id', 'at', 'every', 'from', 'to', 'for', 'phase', 'random', 'count'];

/**
 * The faults of a run as events with explicit instants and targets.
 * @param faults The fault records of a run of the scenario.
 */
export function explicitEvents(
  scenario: Scenario,
  faults: readonly FaultRecord[],
  places: ScenarioPlaces,
): readonly EventValues[] {
  const written = mapsAtPath(makeScenarioDocument(scenario, places).toJS() as ScenarioDataMap, [
    'events',
  ]);
  return faults.flatMap(({ id, beginNs, endNs, targets }): readonly EventValues[] => {
    const name = id.slice(0, id.lastIndexOf('#'));
    const event = written[scenario.events.findIndex((spec) => spec.id === name)];
    if (event === undefined) return [];
    const action = Object.entries(event).filter(([key]) => !DRAWN.includes(key));
    const hit = targets.length === 1 ? targets[0] : targets;
    return [
      {
        at: formatTimeNs(beginNs),
        ...(endNs === undefined ? {} : { for: formatTimeNs(endNs - beginNs) }),
        ...Object.fromEntries(action),
        ...('link' in event ? { link: hit } : {}),
        ...('crash' in event ? { crash: hit } : {}),
      },
    ];
  });
}
