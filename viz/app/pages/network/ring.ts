/**
 * Places nodes on a ring, on which no link between two nodes passes a third node. This suits stars,
 * whose centre is drawn in the middle, and networks in which many nodes have links to many others.
 *
 * @module
 */
import { type Edge, minNodeLinkDistance } from './clearance.ts';
import type { NodePosition } from './node-position.ts';

/**
 * Extra room between two groups of the ring, as a multiple of the distance between neighbouring
 * nodes.
 */
const GAP = 1.5;

/** True if one node has a link to each other node, and there are no other links. */
export function isStar(nodes: number, edges: readonly Edge[]): boolean {
  return nodes > 3 && edges.length === nodes - 1 && centresOf(nodes, edges).length > 0;
}

/**
 * Computes positions on a ring. Several orders of the nodes are tried; the result is the one in
 * which nodes are farthest from links between other nodes.
 * @param groups The numbers of the nodes in groups; the nodes of a group are drawn next to each
 *   other.
 */
export function placeOnRing(
  groups: readonly (readonly number[])[],
  edges: readonly Edge[],
): readonly NodePosition[] {
  const count = groups.reduce((sum, group) => sum + group.length, 0);
  const rings = [undefined, ...centresOf(count, edges).slice(0, 1)].flatMap((centre) => [
    around(groups, { centre, gap: 0 }),
    around(groups, { centre, gap: GAP }),
  ]);
  const clear = rings.map((places) => minNodeLinkDistance(places, edges));
  // Of equally good rings, the last one is chosen: for a star, the ring with the centre in the
  // middle.
  const best = clear.reduce((most, one, at) => (one >= (clear[most] ?? 0) ? at : most), 0);
  return rings[best] ?? [];
}

/** Returns the nodes that have a link to every other node. */
function centresOf(nodes: number, edges: readonly Edge[]): readonly number[] {
  const degrees = Array.from({ length: nodes }, () => 0);
  for (const node of edges.flat()) degrees[node] = (degrees[node] ?? 0) + 1;
  return degrees.flatMap((degree, node) => (degree === nodes - 1 ? [node] : []));
}

function around(
  groups: readonly (readonly number[])[],
  { centre, gap }: { readonly centre: number | undefined; readonly gap: number },
): readonly NodePosition[] {
  const outer = groups
    .map((group) => group.filter((node) => node !== centre))
    .filter((group) => group.length > 0);
  const gaps = outer.length > 1 ? gap : 0;
  const total = outer.reduce((sum, group) => sum + group.length + gaps, 0);
  const places: NodePosition[] = [];
  if (centre !== undefined) places[centre] = { x: 0.5, y: 0.5 };
  let at = 0.5;
  for (const group of outer) {
    for (const node of group) {
      // The ring starts at the left and continues over the top, so that senders are at the left, as
      // in columns.
      const angle = Math.PI + (2 * Math.PI * at) / Math.max(1, total);
      places[node] = { x: 0.5 + Math.cos(angle) / 2, y: 0.5 + Math.sin(angle) / 2 };
      at += 1;
    }
    at += gaps;
  }
  return places;
}
