/**
 * Writes the scenario of a run with the faults that were injected into it, each at its exact instant.
 * In virtual time, a run of this file has the same events (ADR 0015).
 *
 * The text of the scenario file is kept, with its comments. Changes by `--set` are written into it;
 * files next to the scenario are named by their full path, shipped files by their name.
 *
 * @module
 */

import { type Document, isMap, isSeq, YAMLSeq } from 'yaml';
import type { Scenario } from '../../scenarios/model.ts';
import { NODE_PLACES } from '../../scenarios/open/node-places.ts';
import type { InjectedEvent } from './messages.ts';
import { makeScenarioDocument } from './scenario-document.ts';

/** A run with injected faults, to be written as a scenario file. */
export interface InteractiveRun {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly faults: readonly InjectedEvent[];
}

const SUFFIX = '-interactive';
/** Matches a line that is removed, because its path is relative to the folder of the old file. */
const EDITOR_HINT = /^# *yaml-language-server:.*\n/m;

/** The text of a scenario file that repeats a run with the faults that were injected into it. */
export function interactiveYaml({ scenario, seed, faults }: InteractiveRun): string {
  const document = makeScenarioDocument(scenario, NODE_PLACES);
  document.set('name', nextName(scenario.name));
  document.set('seeds', document.createNode([seed], { flow: true }));
  addEvents(document, faults);
  const text = document.toString({ lineWidth: 0 }).replace(EDITOR_HINT, '').trimStart();
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return `# ${scenario.name}, seed ${seed}, with ${count} from the palette.\n${text}`;
}

/** A new name for the scenario, so that runs of the exported file do not replace the original run. */
function nextName(name: string): string {
  const [, stem = name, count] = /^(.*-interactive)(?:-(\d+))?$/.exec(name) ?? [];
  if (stem === name && !name.endsWith(SUFFIX)) return `${name}${SUFFIX}`;
  return `${stem}-${Number(count ?? 1) + 1}`;
}

function addEvents(document: Document, faults: readonly InjectedEvent[]): void {
  const present: unknown = document.get('events');
  const events = isSeq(present) ? present : new YAMLSeq();
  if (events !== present) document.set('events', events);
  for (const { event } of faults) {
    const node = document.createNode(event);
    if (isMap(node)) node.flow = true;
    events.items.push(node);
  }
}
