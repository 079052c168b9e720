/**
 * Event loops of one process: how many a scenario gets by default, and which nodes share a loop.
 *
 * Nodes are ordered along the traffic, from one end of the heaviest flow to its other end, and this
 * order is cut into pieces of about equal load. So every path has a part on each loop and seldom
 * changes between loops. The same file is always cut in the same way, because loads are not measured:
 * the load of a node is the traffic that passes it according to the file, with more where flows begin
 * and end.
 *
 * @module
 */
import { assert } from '../../../engine/core/assert.ts';
import type { Scenario, TrafficSpec } from '../../../scenarios/model.ts';
import type { Topology } from '../../../topologies/model.ts';
import { trafficEntries } from '../../traffic/drawn-pairs.ts';

/**
 * Largest offered rate, packets/s, for which one loop is the default. A loop carries about 12,000
 * packets/s over six links (docs/PERFORMANCE.md); a third of this leaves a reserve.
 */
const ONE_LOOP_RATE = 4_000;
/**
 * Extra load of a node at an end of a flow; 1 is what a router takes to forward a packet. Such a
 * node makes and seals packets, or opens and checks them (docs/PERFORMANCE.md).
 */
const END_WEIGHT = 2;
/**
 * Largest number of event loops that is used without being asked for: in measurements, more than
 * two were never faster.
 */
const DEFAULT_LOOPS_MAX = 2;

/** The facts about a scenario that determine how many event loops to use. */
export type LoopScenario = Pick<Scenario, 'traffic' | 'drawnTraffic'> & {
  readonly topology: Pick<Topology, 'hosts' | 'links' | 'segments' | 'clouds' | 'addressPlan'>;
};

/** The rate that constant and poisson sources offer together while all of them are active, packets/s. */
export function offeredRate(scenario: Pick<Scenario, 'traffic' | 'drawnTraffic'>): number {
  return trafficEntries(scenario).reduce((sum, entry) => {
    const { pattern } = entry;
    const isSteady = pattern.kind === 'constant' || pattern.kind === 'poisson';
    const flows = 'pairs' in entry ? entry.pairs : 1;
    return isSteady ? sum + flows * pattern.rate : sum;
  }, 0);
}

/**
 * The default number of loops: two if the offered rate is high, else one.
 * @param cores Cores that this process may use.
 */
export function defaultLoopCount(scenario: LoopScenario, cores: number): number {
  const { hosts, addressPlan } = scenario.topology;
  // With the address plan `ports`, all ports are assigned from one table, which loops cannot share.
  if (addressPlan === 'ports' || offeredRate(scenario) <= ONE_LOOP_RATE) return 1;
  return Math.min(cores, DEFAULT_LOOPS_MAX, hosts.length);
}

/**
 * Groups the hosts by loop; each loop gets at least one host.
 * @param loops From 1 to the number of hosts.
 */
export function groupHostsByLoop(
  scenario: LoopScenario,
  loops: number,
): readonly (readonly string[])[] {
  const names = scenario.topology.hosts.map(({ name }) => name);
  assert(loops >= 1, 'there is no loop');
  assert(loops <= names.length, `${loops} loops for ${names.length} nodes`);
  const map = new HopMap(scenario.topology);
  const row = alongAxis(names, axisOf(scenario, map), map);
  return cutByLoad(row, loadsOf(scenario, map), loops);
}

/** Distances between hosts, in links. */
class HopMap {
  readonly #neighbours = new Map<string, Set<string>>();
  readonly #known = new Map<string, ReadonlyMap<string, number>>();

  constructor({ hosts, links, segments }: LoopScenario['topology']) {
    for (const { name } of hosts) this.#neighbours.set(name, new Set());
    for (const { a, b } of links) this.#join([a.host, b.host]);
    for (const { members } of segments) this.#join(members.map(({ host }) => host));
  }

  /**
   * For every host that can be reached from `source`: the number of links to it, nearest hosts
   * first.
   */
  from(source: string): ReadonlyMap<string, number> {
    const known = this.#known.get(source);
    if (known !== undefined) return known;
    const hops = new Map([[source, 0]]);
    // Iterating over a map also visits entries that are added meanwhile.
    for (const [at, count] of hops) {
      for (const next of this.#neighbours.get(at) ?? []) {
        if (!hops.has(next)) hops.set(next, count + 1);
      }
    }
    this.#known.set(source, hops);
    return hops;
  }

  #join(members: readonly string[]): void {
    for (const one of members) {
      for (const other of members) if (other !== one) this.#neighbours.get(one)?.add(other);
    }
  }
}

/**
 * The two ends of the heaviest flow (the first one, if several are equally heavy); without traffic,
 * two hosts that are far apart.
 */
function axisOf({ traffic, topology }: LoopScenario, map: HopMap): readonly [string, string] {
  const [first] = traffic;
  if (first !== undefined) {
    const heaviest = traffic.reduce((best, one) => (rateOf(one) > rateOf(best) ? one : best));
    return [heaviest.from, heaviest.to];
  }
  const from = topology.hosts[0]?.name ?? '';
  return [from, [...map.from(from).keys()].at(-1) ?? from];
}

/**
 * Orders nodes along the axis, those near its beginning first; nodes at equal distance keep the order
 * of the file.
 */
function alongAxis(
  names: readonly string[],
  [from, to]: readonly [string, string],
  map: HopMap,
): readonly string[] {
  const ahead = map.from(from);
  const behind = map.from(to);
  const place = (name: string): number =>
    (ahead.get(name) ?? names.length) - (behind.get(name) ?? names.length);
  return [...names].sort((a, b) => place(a) - place(b));
}

/**
 * The load of each node, in packets/s as a router forwards them, if every flow is spread over all its
 * shortest paths; plus 1 for every node.
 */
function loadsOf({ traffic, topology }: LoopScenario, map: HopMap): ReadonlyMap<string, number> {
  const loads = new Map(topology.hosts.map(({ name }) => [name, 1]));
  for (const flow of traffic) {
    const ahead = map.from(flow.from);
    const behind = map.from(flow.to);
    const shortest = ahead.get(flow.to);
    for (const [name, hops] of ahead) {
      if (hops + (behind.get(name) ?? Number.POSITIVE_INFINITY) !== shortest) continue;
      const weight = name === flow.from || name === flow.to ? END_WEIGHT : 1;
      loads.set(name, (loads.get(name) ?? 1) + weight * rateOf(flow));
    }
  }
  return loads;
}

function rateOf({ pattern }: TrafficSpec): number {
  return 'rate' in pattern ? pattern.rate : 0;
}

/** Cuts the ordered nodes into pieces, each as close to its share of the remaining load as possible. */
function cutByLoad(
  row: readonly string[],
  loads: ReadonlyMap<string, number>,
  pieces: number,
): readonly (readonly string[])[] {
  const loadOf = (name: string): number => loads.get(name) ?? 0;
  const groups: string[][] = [];
  let left = row.reduce((sum, name) => sum + loadOf(name), 0);
  let at = 0;
  for (let after = pieces - 1; after >= 0; after -= 1) {
    const share = left / (after + 1);
    const group: string[] = [];
    let load = 0;
    while (at < row.length - after) {
      const name = row[at] as string;
      const isOver = load + loadOf(name) / 2 > share;
      if (after > 0 && group.length > 0 && isOver) break;
      group.push(name);
      load += loadOf(name);
      at += 1;
    }
    left -= load;
    groups.push(group);
  }
  return groups;
}
