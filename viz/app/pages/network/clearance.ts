/**
 * Keeps nodes away from foreign links. A link is foreign to a node if both its ends are other
 * nodes; if it is drawn below the node, its packets seem to pass through the node. Uses no DOM.
 *
 * @module
 */
import { NODE_RADIUS_PX } from './node-labels.ts';
import type { NodePosition } from './node-position.ts';

/** The size of a drawing in which distances are measured, px: the usual size of the drawing. */
const ROOM = { width: 732, height: 412 } as const;
/**
 * Smallest allowed distance of a node from a foreign link, px: two pixels more than the radius of
 * the node.
 */
const CLEAR = NODE_RADIUS_PX + 2;
/** If there is room, a node should be at least so far from every foreign link, px. */
const WANTED = 2 * NODE_RADIUS_PX;
/**
 * A node that is moved should stay at least so far from every other node, px: room for both circles
 * and a link between them.
 */
const APART = 2.5 * NODE_RADIUS_PX;
/** Largest number of rounds in which nodes are moved. */
const ROUNDS = 24;
/** The vertical moves that are tried for each node in each round, px. */
const VERTICAL_MOVES_PX = [6, -6, 14, -14, 26, -26, 40, -40, 60, -60] as const;

/** Two nodes that a link joins. */
export type Edge = readonly [from: number, to: number];

/** Lists the pairs of nodes that links join, each pair once. */
export function listEdges(
  links: readonly { readonly from: number; readonly to: number }[],
): readonly Edge[] {
  const edges = new Map<string, Edge>();
  for (const { from, to } of links) {
    if (from < 0 || to < 0 || from === to) continue;
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    edges.set(`${low} ${high}`, [low, high]);
  }
  return [...edges.values()];
}

/**
 * Returns the smallest distance between a node and a foreign link, px in a drawing of the usual
 * size; infinite if no node has a foreign link.
 */
export function minNodeLinkDistance(
  places: readonly NodePosition[],
  edges: readonly Edge[],
): number {
  const spots = places.map(inRoom);
  let least = Number.POSITIVE_INFINITY;
  for (const edge of edges) {
    for (const [node, spot] of spots.entries()) {
      if (!edge.includes(node)) least = Math.min(least, distance(spot, ends(spots, edge)));
    }
  }
  return least;
}

/** True if no node lies on a foreign link. */
export function isClearOfLinks(places: readonly NodePosition[], edges: readonly Edge[]): boolean {
  return minNodeLinkDistance(places, edges) >= CLEAR;
}

/**
 * Moves nodes vertically until none lies on a foreign link, as far as that is possible.
 * @param places The positions of the nodes in the unit square; returned unchanged if no node lies
 *   on a foreign link.
 */
export function moveNodesOffLinks(
  places: readonly NodePosition[],
  edges: readonly Edge[],
): readonly NodePosition[] {
  if (isClearOfLinks(places, edges)) return places;
  const spots = places.map(inRoom);
  const nodes = spots.map((_, node) => ({ node, own: edges.filter((one) => one.includes(node)) }));
  for (let round = 0; round < ROUNDS; round += 1) {
    const moved = nodes.filter(({ node, own }) => {
      const before = spots[node];
      const after = bestSpot(node, spots, { edges, own });
      spots[node] = after;
      return before?.y !== after.y;
    });
    if (moved.length === 0) break;
  }
  return spots.map(({ x, y }) => ({ x: x / ROOM.width, y: y / ROOM.height }));
}

interface Links {
  readonly edges: readonly Edge[];
  /** Edges that end at the node which is moved. */
  readonly own: readonly Edge[];
}

/**
 * Returns the position with the lowest cost among those that are tried for a node; all have the
 * node's x.
 */
function bestSpot(node: number, spots: NodePosition[], links: Links): NodePosition {
  const here = spots[node] ?? { x: 0, y: 0 };
  const costAt = (spot: NodePosition): number => {
    spots[node] = spot;
    return costOf(node, spots, links);
  };
  let best = { spot: here, cost: costAt(here) };
  for (const step of best.cost === 0 ? [] : VERTICAL_MOVES_PX) {
    const spot = { x: here.x, y: Math.min(ROOM.height, Math.max(0, here.y + step)) };
    const cost = costAt(spot);
    if (cost < best.cost - 1e-6) best = { spot, cost };
  }
  return best.spot;
}

/**
 * Returns the cost of a node's position, px²: the sum of the squares of what its distances lack; 0
 * if none is too short.
 */
function costOf(node: number, spots: readonly NodePosition[], { edges, own }: Links): number {
  const spot = spots[node] ?? { x: 0, y: 0 };
  let cost = 0;
  const add = (wanted: number, far: number): void => {
    if (far < wanted) cost += (wanted - far) ** 2;
  };
  for (const edge of edges) {
    if (!edge.includes(node)) add(WANTED, distance(spot, ends(spots, edge)));
  }
  for (const [other, there] of spots.entries()) {
    if (other === node) continue;
    add(APART, Math.hypot(spot.x - there.x, spot.y - there.y));
    for (const edge of own) {
      if (!edge.includes(other)) add(WANTED, distance(there, ends(spots, edge)));
    }
  }
  return cost;
}

function inRoom({ x, y }: NodePosition): NodePosition {
  return { x: x * ROOM.width, y: y * ROOM.height };
}

function ends(
  spots: readonly NodePosition[],
  [from, to]: Edge,
): readonly [NodePosition, NodePosition] {
  const nowhere = { x: 0, y: 0 };
  return [spots[from] ?? nowhere, spots[to] ?? nowhere];
}

/** Returns the distance of a point from the line segment between two other points, px. */
function distance(point: NodePosition, [a, b]: readonly [NodePosition, NodePosition]): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : ((point.x - a.x) * dx + (point.y - a.y) * dy) / length2;
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(point.x - a.x - share * dx, point.y - a.y - share * dy);
}
