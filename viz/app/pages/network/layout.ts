/**
 * Computes the positions of the nodes: in columns by their distance from the senders, on a ring, or
 * by forces between them. Layouts depend only on the topology, so a run always gives the same
 * drawing. A layout in which a node lies on a link between other nodes is not offered if another
 * layout avoids this.
 *
 * @module
 */

import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from 'd3-force';
import { greatestOf, leastOf } from '../../../../engine/pure/extremes.ts';
import type { TraceInfo } from '../../data/trace-answers.ts';
import { type Edge, isClearOfLinks, listEdges, moveNodesOffLinks } from './clearance.ts';
import { hasMap } from './map.ts';
import type { NodePosition } from './node-position.ts';
import { areRegionsDisjoint, nodePositionsByRegion, REGION_NODE_PROTOCOL } from './regions.ts';
import { isStar, placeOnRing } from './ring.ts';

/** The parts of a trace's description on which the layout depends. */
export type Topology = Pick<TraceInfo, 'nodes' | 'links' | 'flows'>;

/** Layouts in order of preference for most networks. */
const PLANE_LAYOUTS = ['layers', 'ring', 'force'] as const;
/** Layouts in order of preference for networks that are a star. */
const STAR_LAYOUTS = ['ring', 'layers', 'force'] as const;
/** Layouts in order of preference for clouds in which some hosts are in no region or in several. */
const CLOUD_LAYOUTS = ['force', 'ring', 'layers'] as const;
/** Name of a layout that does not need the nodes' positions on Earth. */
export type PlaneLayoutName = (typeof PLANE_LAYOUTS)[number] | 'regions';
/** Name of a layout; `map` puts nodes at their positions on Earth (`map.ts`). */
export type LayoutName = PlaneLayoutName | 'map';

/** Lists the layouts in which a run can be shown, the most suitable one first. */
export function listLayouts(topology: Topology): readonly LayoutName[] {
  return [...planeLayoutsOf(topology), ...(hasMap(topology) ? (['map'] as const) : [])];
}

/** True if there is a layout in which no node lies on a link between other nodes. */
export function hasClearLayout(topology: Topology): boolean {
  return clearLayoutsOf(topology).length > 0;
}

/**
 * Lists the layouts in which no node lies on a link between other nodes; if there are none, lists
 * all layouts.
 */
function planeLayoutsOf(topology: Topology): readonly PlaneLayoutName[] {
  const clear = clearLayoutsOf(topology);
  return clear.length > 0 ? clear : candidatesOf(topology, listEdges(topology.links));
}

function clearLayoutsOf(topology: Topology): readonly PlaneLayoutName[] {
  const { nodes, links } = topology;
  const edges = listEdges(links);
  if (!isClearable(nodes.length, edges)) return [];
  return candidatesOf(topology, edges).filter((name) =>
    isClearOfLinks(computeNodePositions(topology, name), edges),
  );
}

/** Lists the layouts that suit a network of this kind, in order of preference. */
function candidatesOf(topology: Topology, edges: readonly Edge[]): readonly PlaneLayoutName[] {
  if (areRegionsDisjoint(topology)) return ['regions'];
  if (topology.nodes.some(({ protocol }) => protocol === REGION_NODE_PROTOCOL))
    return CLOUD_LAYOUTS;
  return isStar(topology.nodes.length, edges) ? STAR_LAYOUTS : PLANE_LAYOUTS;
}

function isClearable(nodes: number, edges: readonly Edge[]): boolean {
  return nodes <= DRAWN_NODES_MAX && nodes * edges.length <= PAIRS_MAX;
}

/** A layer with more nodes than this is drawn in several columns. */
const COLUMN_MAX = 18;
/**
 * Largest number of dots for which a drawing has room; with more nodes, equal nodes are drawn as
 * one dot.
 */
export const DRAWN_NODES_MAX = 60;
/**
 * Nodes are moved off links only if the number of nodes times the number of links is at most this;
 * in larger networks there is no room.
 */
const PAIRS_MAX = 4_000;
const SWEEPS = 8;
const TICKS = 300;

/** Computes the positions of all nodes in the unit square, indexed by node number. */
export function computeNodePositions(
  topology: Topology,
  layout: PlaneLayoutName,
): readonly NodePosition[] {
  if (topology.nodes.length === 0) return [];
  if (layout === 'regions') return nodePositionsByRegion(topology);
  const edges = listEdges(topology.links);
  if (layout === 'ring') {
    const near = neighboursOf(topology);
    return placeOnRing(ordered(layersOf(topology, near), near), edges);
  }
  const places = layout === 'force' ? byForce(topology) : byLayers(topology);
  return isClearable(places.length, edges) ? moveNodesOffLinks(places, edges) : places;
}

/** Returns the role of a node: its name without the number at the end. */
export function roleOfNodeName(name: string): string {
  return name.replace(/[-_.]?\d+$/, '');
}

function byLayers(topology: Topology): readonly NodePosition[] {
  const near = neighboursOf(topology);
  const columns = widened(ordered(layersOf(topology, near), near));
  const places: NodePosition[] = topology.nodes.map(() => ({ x: 0.5, y: 0.5 }));
  for (const [at, column] of columns.entries()) {
    const x = columns.length === 1 ? 0.5 : at / (columns.length - 1);
    for (const [row, node] of column.entries()) {
      places[node] = { x, y: (row + 0.5) / column.length };
    }
  }
  return places;
}

/** Lists the node numbers of each layer; the layer of the senders comes first. */
function layersOf({ nodes, flows }: Topology, near: readonly (readonly number[])[]): number[][] {
  const numberOf = new Map(nodes.map(({ name }, number) => [name, number]));
  const pairs = flows.flatMap((flow) => {
    const [from, to] = flow.split(' -> ').map((name) => numberOf.get(name));
    return from === undefined || to === undefined ? [] : [[from, to] as const];
  });
  const senders = [...new Set(pairs.map(([from]) => from))];
  const receivers = new Set(pairs.map(([, to]) => to));
  const [sender = 0] = senders;
  const isThrough =
    (senders.length === 1 && !receivers.has(sender)) ||
    // Without flows and with only one role, the layers follow from the distance alone.
    (senders.length === 0 && new Set(nodes.map(({ name }) => roleOfNodeName(name))).size === 1);
  const starts = senders.length > 0 ? senders : [0];
  const far = distances(starts, near);
  // If there are several senders, the role of a node determines its layer.
  const keys = nodes.map(({ name }, node) => {
    const distance = far[node] ?? 0;
    return isThrough ? { first: distance, second: '' } : roleKey(nodes, far, name);
  });
  const layers = new Map<string, number[]>();
  for (const [node, { first, second }] of keys.entries()) {
    const key = `${String(first).padStart(6, '0')} ${second}`;
    layers.set(key, [...(layers.get(key) ?? []), node]);
  }
  const numeric = new Intl.Collator('en', { numeric: true });
  return [...layers].sort(([a], [b]) => numeric.compare(a, b)).map(([, layer]) => layer);
}

/**
 * Returns the sort key of a node's layer: the smallest distance of any node of this role from the
 * senders, then the role. Roles that differ only in a number, such as `mix-1` and `mix-2`, have
 * this distance in common and get neighbouring layers.
 */
function roleKey(
  nodes: Topology['nodes'],
  far: readonly number[],
  name: string,
): { readonly first: number; readonly second: string } {
  const role = roleOfNodeName(name);
  const family = roleOfNodeName(role);
  const members = nodes.flatMap((node, number) =>
    roleOfNodeName(roleOfNodeName(node.name)) === family ? [far[number] ?? 0] : [],
  );
  return { first: leastOf(members), second: role };
}

function distances(
  starts: readonly number[],
  near: readonly (readonly number[])[],
): readonly number[] {
  const far: number[] = near.map(() => Number.NaN);
  let edge = [...starts];
  for (let distance = 0; edge.length > 0; distance += 1) {
    for (const node of edge) far[node] = distance;
    const next = new Set(edge.flatMap((node) => near[node] ?? []));
    edge = [...next].filter((node) => Number.isNaN(far[node]));
  }
  const last = greatestOf([0, ...far.filter((value) => !Number.isNaN(value))]);
  return far.map((value) => (Number.isNaN(value) ? last + 1 : value));
}

/**
 * Reduces crossings of links: sorts the nodes of each layer by the mean height of their neighbours,
 * several times.
 */
function ordered(
  layers: readonly number[][],
  near: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  let now = layers.map((layer) => [...layer]);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const height = new Map(
      now.flatMap((layer) => layer.map((node, row) => [node, (row + 0.5) / layer.length] as const)),
    );
    const mean = (node: number): number => {
      const heights = (near[node] ?? []).map((other) => height.get(other) ?? 0.5);
      const own = height.get(node) ?? 0.5;
      return heights.length === 0
        ? own
        : heights.reduce((sum, one) => sum + one, 0) / heights.length;
    };
    now = now.map((layer) =>
      [...layer].sort((a, b) => mean(a) - mean(b) || (height.get(a) ?? 0) - (height.get(b) ?? 0)),
    );
  }
  return now;
}

/** Divides layers with many nodes into several columns. */
function widened(layers: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return layers.flatMap((layer) => {
    const count = Math.ceil(layer.length / COLUMN_MAX);
    const height = Math.ceil(layer.length / count);
    return Array.from({ length: count }, (_, at) => layer.slice(at * height, (at + 1) * height));
  });
}

function byForce(topology: Topology): readonly NodePosition[] {
  // The result is repeatable, because d3-force uses its own random generator with a fixed seed.
  const nodes = byLayers(topology).map(({ x, y }) => ({ x: x * 400, y: y * 300 }));
  const links = topology.links
    .filter(({ from, to }) => from >= 0 && to >= 0 && from < to)
    .map(({ from, to }) => ({ source: from, target: to }));
  forceSimulation(nodes)
    .force('charge', forceManyBody().strength(-160))
    .force('link', forceLink(links).distance(60).strength(0.5))
    .force('x', forceX(200).strength(0.03))
    .force('y', forceY(150).strength(0.05))
    .force('collide', forceCollide(24))
    .stop()
    .tick(TICKS);
  return inUnitSquare(nodes);
}

function inUnitSquare(nodes: readonly NodePosition[]): readonly NodePosition[] {
  const xs = nodes.map(({ x }) => x);
  const ys = nodes.map(({ y }) => y);
  const share = (value: number, all: readonly number[]): number => {
    const low = leastOf(all);
    const span = greatestOf(all) - low;
    return span === 0 ? 0.5 : (value - low) / span;
  };
  return nodes.map(({ x, y }) => ({ x: share(x, xs), y: share(y, ys) }));
}

function neighboursOf({ nodes, links }: Topology): readonly (readonly number[])[] {
  const near = nodes.map(() => new Set<number>());
  for (const { from, to } of links) {
    if (from < 0 || to < 0) continue;
    near[from]?.add(to);
    near[to]?.add(from);
  }
  return near.map((set) => [...set].sort((a, b) => a - b));
}
