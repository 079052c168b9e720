/**
 * Writes the scenario of a run with the faults that were injected into it, each at its exact instant.
 * In virtual time, a run of this file has the same events (ADR 0015).
 *
 * The text of the scenario file is kept, with its comments. Changes by `--set` are written into it;
 * files next to the scenario are named by their full path, shipped files by their name.
 *
 * @module
 */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type Document, isMap, isSeq, parseDocument, visit, YAMLSeq } from 'yaml';
import { SHIPPED_FILE_FOLDERS } from '../../scenarios/folders.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { nodeFiles } from '../../scenarios/open/node-files.ts';
import { findFile } from '../../topologies/files/find-file.ts';
import {
  applyOverrides,
  overridesBelowKey,
  overridesFromRecord,
} from '../../topologies/files/overrides.ts';
import type { InjectedEvent } from './messages.ts';

/** A run with injected faults, to be written as a scenario file. */
export interface InteractiveRun {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly faults: readonly InjectedEvent[];
}

/** Keys whose values may be paths relative to the scenario file. */
const FILE_KEYS: ReadonlySet<string> = new Set(['file', 'run', 'scion']);
const SUFFIX = '-interactive';
/** Matches a line that is removed, because its path is relative to the folder of the old file. */
const EDITOR_HINT = /^# *yaml-language-server:.*\n/m;

/**
 * The YAML document of a scenario with the values that flags changed; files next to it are named by
 * their full path.
 */
export function makeScenarioDocument(scenario: Scenario): Document {
  const path = resolve(scenario.file);
  const document = parseDocument(readFileSync(path, 'utf8'), { prettyErrors: false });
  const overrides = overridesFromRecord(scenario.overrides);
  applyOverrides(document, overrides, ['topology']);
  placeTopology(document, scenario, path);
  nameFiles(document, dirname(path));
  return document;
}

/** The text of a scenario file that repeats a run with the faults that were injected into it. */
export function interactiveYaml({ scenario, seed, faults }: InteractiveRun): string {
  const document = makeScenarioDocument(scenario);
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

/**
 * Sets `topology`: the name of a shipped file is kept, another file is named by its full path, and a
 * changed topology is embedded.
 */
function placeTopology(document: Document, { overrides }: Scenario, path: string): void {
  const value: unknown = document.get('topology');
  if (typeof value !== 'string') return;
  const { topologies } = SHIPPED_FILE_FOLDERS;
  const own = dirname(path);
  const places = value.includes('/') ? [own, topologies] : [topologies, own];
  const found = findFile(value, { files: nodeFiles, folders: places, labels: [] });
  if ('message' in found) return;
  const changes = overridesBelowKey(overridesFromRecord(overrides), 'topology');
  if (changes.length === 0) {
    const isShipped = dirname(found.path) === resolve(topologies);
    document.set('topology', isShipped ? basename(found.path) : found.path);
    return;
  }
  const topology = parseDocument(readFileSync(found.path, 'utf8'), { prettyErrors: false });
  applyOverrides(topology, changes, []);
  nameFiles(topology, dirname(found.path));
  document.set('topology', topology.contents);
}

/** Replaces file names relative to the scenario's folder by full paths. */
function nameFiles(document: Document, folder: string): void {
  visit(document, {
    Pair: (_, pair): void => {
      const { key, value } = pair as { readonly key: Scalar; readonly value: Scalar | null };
      if (!FILE_KEYS.has(String(key?.value)) || typeof value?.value !== 'string') return;
      const path = resolve(folder, value.value);
      if (existsSync(path) && statSync(path).isFile()) value.value = path;
    },
  });
}

interface Scalar {
  value?: unknown;
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
