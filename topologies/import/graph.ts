/**
 * A network from a graph of another program, whatever its format: nodes with labels and coordinates,
 * edges with speeds, under the names that the Internet Topology Zoo gives them (Knight et al. 2011,
 * "The Internet Topology Zoo", IEEE JSAC 29(9)).
 *
 * Values of the graph take precedence over the file's defaults; values that the graph lacks come from
 * the defaults, and a warning says so.
 *
 * @module
 */
import { z } from 'zod';
import type { GeneratedDirection, GeneratedLink } from '../../engine/host/generator.ts';
import type { ImportResult } from '../../engine/host/importer.ts';
import { readNumber } from '../../engine/pure/read-number.ts';
import { LineMistakes, type TextOffsets, type TextPart } from '../../engine/pure/text-lines.ts';
import { omitUndefined } from '../files/defined.ts';
import { nameLeaf } from '../files/leaf.ts';
import { fibreDelayNs, type LatLon } from './great-circle.ts';
import { uniqueNodeNames } from './node-names.ts';

/** The values that a file gives a node or an edge, by name in lower case; values that have no effect are left out. */
export type GraphValues = ReadonlyMap<string, TextPart>;

/** Names, in lower case, of the values of nodes and edges that the importer uses. */
export const GRAPH_VALUE_NAMES: ReadonlySet<string> = new Set([
  'label',
  'lat',
  'latitude',
  'linkspeed',
  'linkspeedraw',
  'linkspeedunits',
  'lon',
  'longitude',
]);

/** A node of a graph: its id in the file, its {@link GraphValues}, and where it stands in the file. */
export interface GraphNode {
  readonly id: string;
  readonly values: GraphValues;
  readonly span: TextOffsets;
}

/** An edge of a graph, between ids of nodes. */
export interface GraphEdge {
  readonly source: string;
  readonly target: string;
  readonly values: GraphValues;
  readonly isDirected: boolean;
  readonly span: TextOffsets;
}

/** The nodes and edges of an imported file, whatever its format. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Contents of the file that have no effect, one sentence each. */
  readonly warnings: readonly string[];
}

/** Schema of the parameters that importers of graphs have. */
export const graphParametersSchema = z.strictObject({
  prefix: nameLeaf('a name such as node-')
    .optional()
    .meta({ description: 'Put before the id of a node without a label. Default node-.' }),
});

/** Parameters of an importer of graphs. */
export type GraphParameters = z.output<typeof graphParametersSchema>;

/** Longest text, UTF-16 units: enough for the largest permitted number of nodes and links, with a few words each. */
const LENGTH_MAX = 32e6;
/** Factors to bit/s of the prefixes that `LinkSpeedUnits` gives. */
const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };
const NAMES_SHOWN = 8;
const NOWHERE: GeneratedDirection = { contacts: { windows: [] } };

/** The mistake of a text that is too long for a graph; checked before the text is parsed. */
export function graphTextTooLongResult({ length }: string): ImportResult | undefined {
  if (length <= LENGTH_MAX) return undefined;
  const size = `${Number((length / 1e6).toFixed(1))} MB`;
  const message = `the file is ${size}, the limit for graphs is ${LENGTH_MAX / 1e6} MB`;
  return { kind: 'mistakes', mistakes: [{ start: 0, end: 1, message }] };
}

/** The network of a graph, or what is wrong with it. */
export function importResultOfGraph(
  graph: Graph,
  { prefix = 'node-' }: GraphParameters,
): ImportResult {
  const mistakes = new LineMistakes();
  const ids = nodesById(graph, mistakes);
  const places = placesOf(graph, mistakes);
  checkEnds(graph, ids, mistakes);
  if (mistakes.isAny) return mistakes.all();
  const names = uniqueNodeNames(graph.nodes, prefix);
  const edges = graph.edges.filter(({ source, target }) => source !== target);
  const { links, oneWay } = linksOf(edges);
  const topology = {
    nodes: graph.nodes.map(({ id }) =>
      omitUndefined({ name: names.get(id) ?? id, place: places.get(id) }),
    ),
    links: links.map(({ there, back }): GeneratedLink => {
      const ends = [names.get(there.source) ?? '', names.get(there.target) ?? ''] as const;
      const both = omitUndefined({ delayNs: delayOf(there, places) });
      return { ends, both, forward: rateOf(there), backward: back ? rateOf(back) : NOWHERE };
    }),
  };
  const warnings = [
    ...graph.warnings,
    ...counted(graph.edges.length - edges.length, 'edges join a node with itself: left out'),
    ...counted(oneWay, 'directed edges have no opposite: nothing is sent against them'),
    ...placeWarnings(graph, edges, { places, names }),
    ...speedWarnings(edges),
  ];
  return { kind: 'network', topology, warnings };
}

function counted(count: number, words: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${words}`];
}

function nodesById({ nodes }: Graph, mistakes: LineMistakes): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { id, span } of nodes) {
    if (ids.has(id)) mistakes.add({ ...span, message: `the node ${id} is there twice` });
    ids.add(id);
  }
  return ids;
}

function checkEnds({ edges }: Graph, ids: ReadonlySet<string>, mistakes: LineMistakes): void {
  for (const { source, target, span, values } of edges) {
    for (const [key, id] of [
      ['source', source],
      ['target', target],
    ] as const) {
      if (ids.has(id)) continue;
      const { start, end } = values.get(key) ?? span;
      mistakes.add({ start, end, message: `no node has the id ${id}` });
    }
  }
}

/** Coordinates of the nodes that have some, by id. */
function placesOf({ nodes }: Graph, mistakes: LineMistakes): ReadonlyMap<string, LatLon> {
  const places = new Map<string, LatLon>();
  for (const { id, values } of nodes) {
    const lat = degreesOf(values.get('latitude') ?? values.get('lat'), 90, mistakes);
    const lon = degreesOf(values.get('longitude') ?? values.get('lon'), 180, mistakes);
    if (lat !== undefined && lon !== undefined) places.set(id, { lat, lon });
  }
  return places;
}

function degreesOf(
  value: TextPart | undefined,
  most: number,
  mistakes: LineMistakes,
): number | undefined {
  if (value === undefined) return undefined;
  const { start, end } = value;
  const degrees = readNumber(value.text);
  if (degrees !== undefined && Math.abs(degrees) <= most) return degrees;
  const message = `"${value.text.slice(0, 40)}", expected degrees from -${most} to ${most}`;
  mistakes.add({ start, end, message });
  return undefined;
}

interface Link {
  readonly there: GraphEdge;
  /** Edge of the opposite direction; undefined if the link carries packets in one direction only. */
  back: GraphEdge | undefined;
}

/** Converts edges to links: an undirected edge gives one link, and so do a directed edge and its opposite together. */
function linksOf(edges: readonly GraphEdge[]): {
  readonly links: readonly Link[];
  readonly oneWay: number;
} {
  const links: Link[] = [];
  const open = new Map<string, Link[]>();
  for (const edge of edges) {
    const { source, target, isDirected } = edge;
    const opposite = isDirected ? open.get(`${target}\n${source}`)?.shift() : undefined;
    if (opposite !== undefined) {
      opposite.back = edge;
      continue;
    }
    const link = { there: edge, back: isDirected ? undefined : edge };
    links.push(link);
    if (!isDirected) continue;
    const key = `${source}\n${target}`;
    const waiting = open.get(key);
    if (waiting === undefined) open.set(key, [link]);
    else waiting.push(link);
  }
  return { links, oneWay: links.filter(({ back }) => back === undefined).length };
}

function delayOf(edge: GraphEdge, places: ReadonlyMap<string, LatLon>): number | undefined {
  const [a, b] = [places.get(edge.source), places.get(edge.target)];
  return a === undefined || b === undefined ? undefined : fibreDelayNs(a, b);
}

function rateOf({ values }: GraphEdge): GeneratedDirection {
  return omitUndefined({ rateBps: speedOf(values) });
}

/** Bits per second; undefined unless the edge has a valid speed. */
function speedOf(values: GraphValues): number | undefined {
  const speed = readNumber(values.get('linkspeed')?.text ?? '');
  const unit = UNITS[(values.get('linkspeedunits')?.text ?? '').toUpperCase()];
  const raw = readNumber(values.get('linkspeedraw')?.text ?? '');
  const bps = raw ?? (speed === undefined || unit === undefined ? undefined : speed * unit);
  // Rounded, because the product of two doubles may not be a whole number, for example for 2.3
  // Gbit/s.
  const whole = Math.round(bps ?? 0);
  return whole >= 1 && Number.isSafeInteger(whole) ? whole : undefined;
}

function placeWarnings(
  { nodes }: Graph,
  edges: readonly GraphEdge[],
  known: {
    readonly places: ReadonlyMap<string, LatLon>;
    readonly names: ReadonlyMap<string, string>;
  },
): readonly string[] {
  const nowhere = nodes.filter(({ id }) => !known.places.has(id));
  if (nowhere.length === 0) return [];
  const count = edges.filter((edge) => delayOf(edge, known.places) === undefined).length;
  const shown = nowhere.slice(0, NAMES_SHOWN).map(({ id }) => known.names.get(id));
  const more = nowhere.length > NAMES_SHOWN ? `, and ${nowhere.length - NAMES_SHOWN} more` : '';
  const who =
    nowhere.length === nodes.length
      ? 'no node has coordinates'
      : `${nowhere.length} of ${nodes.length} nodes have no coordinates (${shown.join(', ')}${more})`;
  const what = 'have the delay of defaults.link, or 1 ms if it gives none';
  return [`${who}: ${count} of ${edges.length} links ${what}`];
}

function speedWarnings(edges: readonly GraphEdge[]): readonly string[] {
  const count = edges.filter(({ values }) => speedOf(values) === undefined).length;
  const what = 'links have no speed, and have the rate of defaults.link, or 1 Gbit/s without one';
  return counted(count, `of ${edges.length} ${what}`);
}
