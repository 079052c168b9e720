/**
 * Workload (c): edges, flows and routes of the 1,000-node random network
 * (docs/spec/workloads.md#c-random-network), the same in every kernel. It does not depend on a
 * simulator; `factsOf` gives values for checking an implementation.
 *
 * @module
 */
import type { Edge, Flow } from '../routed-network.ts';
import { WorkloadRandom } from './xoshiro-below.ts';

/** Size of the workload and properties of its links. */
export const NODES = 1_000;
const EDGES = 3_000;
const FLOWS = 1_000;
export const PACKETS_PER_FLOW = 1_000;
export const PACKET_BYTES = 1_054;
export const PACKET_GAP_NS = 10_000_000;
export const LINK_RATE_BPS = 1_000_000_000;
export const QUEUE_PACKETS = 1_000;

const START_RANGE_NS = 10_000_000;
const NS_PER_MS = 1_000_000;
const UNREACHED = -1;

/** The graph and its flows. */
export interface RandomNetworkModel {
  readonly edges: readonly Edge[];
  readonly flows: readonly Flow[];
  /** Number of candidate edges that were loops or already existed. */
  readonly rejected: number;
}

/** Values for checking an implementation. */
export interface Facts {
  readonly rejected: number;
  readonly maxDegree: number;
  readonly flowsByHops: Readonly<Record<string, number>>;
  readonly directionsUsed: number;
  readonly maxFlowsPerDirection: number;
  readonly packetHops: number;
}

/** Draws the edges, then the flows. */
export function drawRandomNetwork(): RandomNetworkModel {
  const random = new WorkloadRandom();
  const { edges, rejected } = drawEdges(random);
  return { edges, flows: drawFlows(random), rejected };
}

/**
 * Routing table towards one node by fewest hops; ties go to the neighbour with the lowest index.
 *
 * @param neighbours The neighbours of each node in ascending order.
 * @returns by node: the next node towards `target`; the target itself and unreached nodes have -1.
 */
function nextHopsTowards(target: number, neighbours: readonly (readonly number[])[]): Int32Array {
  const distance = distancesTo(target, neighbours);
  return Int32Array.from(neighbours, (list, node) => {
    const closer = (distance[node] as number) - 1;
    return closer < 0 ? UNREACHED : (list.find((other) => distance[other] === closer) ?? UNREACHED);
  });
}

/** Routes all flows and computes the facts. */
export function factsOf({ edges, flows, rejected }: RandomNetworkModel): Facts {
  const neighbours = neighboursOf(edges);
  const flowsByHops: Record<string, number> = {};
  const load = new Map<string, number>();
  let hops = 0;
  for (const { source, target } of flows) {
    const path = walk(source, nextHopsTowards(target, neighbours));
    const length = path.length - 1;
    hops += length;
    flowsByHops[length] = (flowsByHops[length] ?? 0) + 1;
    path.slice(1).forEach((node, i) => {
      const direction = `${path[i]}->${node}`;
      load.set(direction, (load.get(direction) ?? 0) + 1);
    });
  }
  return {
    rejected,
    maxDegree: Math.max(...neighbours.map((list) => list.length)),
    flowsByHops,
    directionsUsed: load.size,
    maxFlowsPerDirection: Math.max(...load.values()),
    packetHops: hops * PACKETS_PER_FLOW,
  };
}

function drawEdges(random: WorkloadRandom): { edges: Edge[]; rejected: number } {
  const edges: Edge[] = [];
  const known = new Set<number>();
  const add = (a: number, b: number): void => {
    known.add(Math.min(a, b) * NODES + Math.max(a, b));
    edges.push({ a, b, delayNs: (1 + random.below(10)) * NS_PER_MS });
  };
  for (let node = 1; node < NODES; node += 1) add(random.below(node), node);
  let rejected = 0;
  while (edges.length < EDGES) {
    const a = random.below(NODES);
    const b = random.below(NODES);
    if (a === b || known.has(Math.min(a, b) * NODES + Math.max(a, b))) rejected += 1;
    else add(a, b);
  }
  return { edges, rejected };
}

function neighboursOf(edges: readonly Edge[]): number[][] {
  const neighbours: number[][] = Array.from({ length: NODES }, () => []);
  for (const { a, b } of edges) {
    neighbours[a]?.push(b);
    neighbours[b]?.push(a);
  }
  for (const list of neighbours) list.sort((x, y) => x - y);
  return neighbours;
}

function drawFlows(random: WorkloadRandom): Flow[] {
  return Array.from({ length: FLOWS }, () => {
    let [source, target] = [random.below(NODES), random.below(NODES)];
    while (source === target) [source, target] = [random.below(NODES), random.below(NODES)];
    return { source, target, startNs: random.below(START_RANGE_NS) };
  });
}

function walk(source: number, table: Int32Array): number[] {
  const path: number[] = [];
  for (let node = source; node >= 0; node = table[node] ?? UNREACHED) path.push(node);
  return path;
}

function distancesTo(target: number, neighbours: readonly (readonly number[])[]): Int32Array {
  const distance = new Int32Array(neighbours.length).fill(UNREACHED);
  distance[target] = 0;
  const waiting = [target];
  for (const node of waiting) {
    for (const other of neighbours[node] ?? []) {
      if (distance[other] !== UNREACHED) continue;
      distance[other] = (distance[node] as number) + 1;
      waiting.push(other);
    }
  }
  return distance;
}
