/**
 * Groups equal nodes, which are drawn as one dot if separate dots would leave no room for links.
 * Nodes are equal if they have the same role, protocol, position on Earth and neighbours. Uses no
 * DOM.
 *
 * @module
 */
import { roleOfNodeName, type Topology } from './layout.ts';

/** Smallest number of equal nodes that are drawn as one dot; fewer nodes are drawn separately. */
const MEMBERS_MIN = 3;

/** A dot of the drawing: one node, or several equal nodes. */
export interface Dot {
  /** Name of the first node that the dot represents. */
  readonly name: string;
  /** The label of the dot: `client-1`, or `50 × client` for several nodes. */
  readonly label: string;
  /** The numbers, in the trace, of the nodes that the dot represents. */
  readonly members: readonly number[];
}

/** A network as it is drawn. */
export interface DrawnNetwork {
  readonly dots: readonly Dot[];
  /** For each node, the number of its dot. */
  readonly dotOf: readonly number[];
  /** The topology in which each dot replaces its nodes. */
  readonly topology: Topology;
}

/** Returns the network with one dot for each node. */
export function ungroupedNetwork(topology: Topology): DrawnNetwork {
  return networkOf(
    topology,
    topology.nodes.map((_, node) => [node]),
  );
}

/**
 * Yields networks that draw equal nodes as one dot: first the nodes of one role, then also those of
 * a second role, and so on. The roles that save most dots come first.
 * @returns networks, each with fewer dots than the network before; none if no nodes are equal.
 */
export function* groupedNetworks(topology: Topology): Generator<DrawnNetwork> {
  const classes = [...classesOf(topology).values()];
  const savings = new Map<string, number>();
  for (const { role, members } of classes) {
    if (members.length < MEMBERS_MIN) continue;
    savings.set(role, (savings.get(role) ?? 0) + members.length - 1);
  }
  const roles = [...savings].sort(([, a], [, b]) => b - a).map(([role]) => role);
  for (const count of roles.keys()) {
    const chosen = new Set(roles.slice(0, count + 1));
    const groups = classes.flatMap(({ role, members }) =>
      members.length >= MEMBERS_MIN && chosen.has(role) ? [members] : members.map((one) => [one]),
    );
    yield networkOf(
      topology,
      groups.sort(([a = 0], [b = 0]) => a - b),
    );
  }
}

interface Class {
  readonly role: string;
  readonly members: number[];
}

function classesOf({ nodes, links }: Topology): ReadonlyMap<string, Class> {
  const near = nodes.map(() => new Set<number>());
  for (const { from, to } of links) {
    if (from < 0 || to < 0) continue;
    near[from]?.add(to);
    near[to]?.add(from);
  }
  const classes = new Map<string, Class>();
  for (const [number, { name, protocol, place }] of nodes.entries()) {
    const role = roleOfNodeName(name);
    const neighbours = [...(near[number] ?? [])].sort((a, b) => a - b).join(' ');
    const key = JSON.stringify([role, protocol, neighbours, place?.lat, place?.lon]);
    const known = classes.get(key);
    if (known === undefined) classes.set(key, { role, members: [number] });
    else known.members.push(number);
  }
  return classes;
}

function networkOf(topology: Topology, groups: readonly (readonly number[])[]): DrawnNetwork {
  const dotOf: number[] = topology.nodes.map(() => 0);
  for (const [dot, members] of groups.entries()) for (const node of members) dotOf[node] = dot;
  const dots = groups.map((members) => {
    const name = topology.nodes[members[0] ?? 0]?.name ?? '';
    const label = members.length === 1 ? name : `${members.length} × ${roleOfNodeName(name)}`;
    return { name, label, members };
  });
  const isOfMany = groups.some((members) => members.length > 1);
  const drawnAs = new Map(
    topology.nodes.map(({ name }, node) => [name, dots[dotOf[node] ?? 0]?.name ?? name]),
  );
  const at = (node: number): number => (node < 0 ? node : (dotOf[node] ?? 0));
  return {
    dots,
    dotOf,
    topology: {
      nodes: groups.flatMap(([first = 0]) => topology.nodes[first] ?? []),
      links: topology.links.map((link) => ({ ...link, from: at(link.from), to: at(link.to) })),
      flows: topology.flows.flatMap((flow) => {
        const names = flow.split(' -> ').map((name) => drawnAs.get(name) ?? name);
        // Of the nodes that share a dot, some may send and others receive, so both directions are
        // listed.
        return [names.join(' -> '), names.reverse().join(' -> ')].slice(0, isOfMany ? 2 : 1);
      }),
    },
  };
}
