/**
 * Regions of clouds in the form in which the network page draws them: each region is a node, at
 * which the accesses of its hosts end and the paths to other regions begin. Uses no DOM.
 *
 * @module
 */
import type { TraceInfo } from '../../data/trace-answers.ts';
import type { NodePosition } from './node-position.ts';

/** The node of a region has this text instead of the name of a protocol. */
export const REGION_NODE_PROTOCOL = 'region of a cloud';

/** A region of a cloud. */
export interface Region {
  /** Number of the region's node. */
  readonly node: number;
  /** Node numbers of the region's hosts. */
  readonly hosts: readonly number[];
  /**
   * Id of the link from the region's node to itself, which represents the delay between the
   * region's hosts; undefined if there is none.
   */
  readonly within: string | undefined;
}

/** Returns the description of a trace with one more node for each region, after all other nodes. */
export function withRegionNodes(info: TraceInfo): TraceInfo {
  const names = [
    ...new Set(info.links.flatMap(({ fromRegion = [], toRegion = [] }) => [fromRegion, toRegion])),
  ].flat();
  if (names.length === 0) return info;
  const numberOf = new Map(names.map((name, at) => [name, info.nodes.length + at]));
  return {
    ...info,
    nodes: [
      ...info.nodes,
      ...names.map((name) => ({ name, protocol: REGION_NODE_PROTOCOL, address: '' })),
    ],
    links: info.links.map((link) => ({
      ...link,
      from: numberOf.get(link.fromRegion ?? '') ?? link.from,
      to: numberOf.get(link.toRegion ?? '') ?? link.to,
    })),
  };
}

/** Finds the regions of a network to which {@link withRegionNodes} has added nodes. */
export function findRegions({
  nodes,
  links,
}: Pick<TraceInfo, 'nodes' | 'links'>): readonly Region[] {
  return nodes.flatMap(({ protocol }, node) => {
    if (protocol !== REGION_NODE_PROTOCOL) return [];
    const own = links.filter(({ to }) => to === node);
    const hosts = own.flatMap(({ from }) =>
      nodes[from]?.protocol === REGION_NODE_PROTOCOL ? [] : [from],
    );
    const within = own.find(({ from }) => from === node)?.id;
    return [{ node, hosts: [...new Set(hosts)], within }];
  });
}

/** True if every host is in exactly one region, so that regions can be drawn without overlap. */
export function areRegionsDisjoint(topology: Pick<TraceInfo, 'nodes' | 'links'>): boolean {
  const hosts = findRegions(topology).flatMap((region) => region.hosts);
  const regions = topology.nodes.filter(({ protocol }) => protocol === REGION_NODE_PROTOCOL).length;
  return (
    regions > 0 &&
    new Set(hosts).size === hosts.length &&
    hosts.length + regions === topology.nodes.length
  );
}

/** Distance of a region from the middle of the unit square. */
const REGION_DISTANCE = 0.28;
/** Distance of a host from its region, in the unit square. */
const HOST_DISTANCE = 0.21;
/**
 * Hosts are drawn on the outer side of their region, at most this angle away from the outward
 * direction, radians.
 */
const SPREAD = 1.3;

/**
 * Computes the positions of regions around the middle of the unit square, and of the hosts of each
 * region on its outer side.
 */
export function nodePositionsByRegion(
  topology: Pick<TraceInfo, 'nodes' | 'links'>,
): readonly NodePosition[] {
  const places: NodePosition[] = [];
  const regions = findRegions(topology);
  for (const [at, { node, hosts }] of regions.entries()) {
    const turn = Math.PI + (2 * Math.PI * at) / regions.length;
    const isAlone = regions.length === 1;
    const here = { x: 0.5, y: 0.5 };
    const middle = isAlone ? here : from(here, turn, REGION_DISTANCE);
    places[node] = middle;
    const spread = isAlone ? Math.PI : Math.min(SPREAD, (2 * SPREAD) / regions.length);
    for (const [host, number] of hosts.entries()) {
      const share = (2 * (host + 0.5)) / hosts.length - 1;
      places[number] = from(
        middle,
        turn + share * spread,
        isAlone ? 2 * HOST_DISTANCE : HOST_DISTANCE,
      );
    }
  }
  return places;
}

function from({ x, y }: NodePosition, angle: number, far: number): NodePosition {
  return { x: x + far * Math.cos(angle), y: y + far * Math.sin(angle) };
}

/** Returns the corners of the convex hull of some points, in order (Andrew's monotone chain). */
export function computeHull(points: readonly NodePosition[]): readonly NodePosition[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const half = (of: readonly NodePosition[]): NodePosition[] => {
    const chain: NodePosition[] = [];
    for (const point of of) {
      while (chain.length > 1 && !turnsLeft(chain.at(-2), chain.at(-1), point)) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  const hull = [...half(sorted), ...half(sorted.toReversed())];
  return hull.length === 0 ? points : hull;
}

function turnsLeft(
  a: NodePosition | undefined,
  b: NodePosition | undefined,
  c: NodePosition,
): boolean {
  if (a === undefined || b === undefined) return true;
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) > 0;
}
