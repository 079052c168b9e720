/**
 * The scenario file that shows a break: it contains the faults of the attempt. It is plain data while
 * it is shrunk, then text.
 *
 * @module
 */
import { Document, isMap, isSeq, parse, visit } from 'yaml';
import { oneLine } from '../../reports/plain-text.ts';
import { commandText } from '../../scenarios/command-text.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { findFile } from '../../topologies/files/find-file.ts';
import { makeScenarioDocument, textAt } from '../injection/scenario-document.ts';
import type { HuntBreak } from './attempt.ts';
import type { FoundBreak } from './hunt.ts';
import type { ScenarioData } from './scenario-data.ts';
import type { ScenarioPlaces } from './scenario-opener.ts';

/** Longest name of a break in the name of a folder. */
const NAME_MAX = 60;
/** Largest number of nodes of a topology that is embedded in the file, where it can be shrunk. */
const EMBEDDED_MAX = 64;
const WIDTH = 110;
const SUFFIX = 'hunted';

/** The scenario that shows a break, as plain data, before it is made smaller. */
export function breakScenarioData(
  scenario: Scenario,
  { attempt, found }: Pick<FoundBreak, 'attempt' | 'found'>,
  places: ScenarioPlaces,
): ScenarioData {
  const base = makeScenarioDocument(scenario, places).toJS() as Record<string, unknown>;
  const { topology, kpis: _, hunt: __, sweep: ___, ...rest } = base;
  const [metric = '', aggregation = '', ...limit] = found.place.split(' ');
  const isLimit = found.kind === 'always' || found.kind === 'recover';
  return {
    ...rest,
    name: `${scenario.name}-${SUFFIX}`,
    question: `What breaks this: ${found.place}?`,
    topology: withinFile(topology, places),
    // A limit that must hold at every instant is judged without a warm-up.
    ...(found.kind === 'always' ? { warmup: '0s' } : {}),
    seeds: [attempt.seed],
    events: attempt.events,
    ...(isLimit ? { kpis: { [metric]: { [aggregation]: limit.join(' ') } } } : {}),
  };
}

/**
 * The text of a scenario file that shows a break, with a head that says where it comes from and what
 * breaks.
 */
export function breakScenarioText(
  data: ScenarioData,
  { found }: Pick<FoundBreak, 'found'>,
  { origin, path }: { readonly origin: string; readonly path: string },
): string {
  const { name, question, topology, ...rest } = data;
  const lines = [
    // Each comment is one line: a second line would be read as YAML.
    `# ${origin}: ${found.kind}, ${oneLine(found.place)}`,
    `# ${oneLine(found.text)}`,
    `# ${commandText(['scenario', path])}`,
  ];
  const ordered = { name, question, topology: withoutDefaults(topology), ...rest };
  // Without anchors, which the loader refuses in scenario files.
  const document = new Document(ordered, { aliasDuplicateObjects: false });
  visit(document, {
    // Each node, link, flow and fault gets one line.
    Seq: (_, { items }): void => {
      for (const item of items) if (isMap(item)) item.flow = true;
    },
    Pair: (_, { key, value }): void => {
      if (isSeq(value) && String(key) === 'seeds') value.flow = true;
    },
  });
  return `${lines.join('\n')}\n${document.toString({ lineWidth: WIDTH })}`;
}

/** The name of the folder of a break: lower case, without characters that are special in a shell. */
export function breakFolderName(found: HuntBreak): string {
  const words = `${found.kind} ${found.place}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return words.replace(/^-|-$/g, '').slice(0, NAME_MAX).replace(/-$/, '');
}

/**
 * The content of the topology file that a scenario names, if the file lists only a few nodes; else the
 * name.
 */
function withinFile(
  topology: unknown,
  { folders, registry: { machine } }: ScenarioPlaces,
): unknown {
  if (typeof topology !== 'string') return topology;
  const found = findFile(topology, {
    files: machine.files,
    folders: [folders.topologies],
    labels: [],
  });
  if ('message' in found) return topology;
  const data = parse(textAt(found.path, machine.files)) as Record<string, unknown>;
  const { nodes } = data;
  return Array.isArray(nodes) && nodes.length <= EMBEDDED_MAX ? data : topology;
}

function withoutDefaults(topology: unknown): unknown {
  if (typeof topology !== 'object' || topology === null) return topology;
  const { description: _, ...rest } = topology as Record<string, unknown>;
  return rest;
}
