/**
 * Workload (d): a network of any size, shaped like the one between autonomous systems, and its flows
 * (docs/spec/workloads.md#d-networks-of-any-size), the same in every kernel.
 *
 * @module
 */
import type { Edge, Flow, RoutedResult, RoutedWorkload } from '../routed-network.ts';
import { WorkloadRandom } from './xoshiro-below.ts';

/** Number of links with which each new node joins the network. */
const LINKS = 3;
const TARGETS = 100;
const PACKETS = 1_000_000;
const PACKET_BYTES = 1_054;
/** Each flow sends ten packets a second. */
const GAP_NS = 100_000_000;
const RATE_BPS = 10_000_000_000;
const QUEUE_PACKETS = 1_000;
const NS_PER_MS = 1_000_000;

/** Exact results by number of nodes (docs/spec/workloads.md#d-networks-of-any-size). */
export const INTERNET_EXPECTED: ReadonlyMap<number, Partial<RoutedResult>> = new Map([
  [100, { packetHops: 2_670_000, maxDelayNs: 28_002_532, lastNs: 1_000_016_624_376 }],
  [1_000, { packetHops: 3_514_000, maxDelayNs: 37_004_220, lastNs: 100_034_417_976 }],
  [10_000, { packetHops: 4_318_300, maxDelayNs: 52_005_064, lastNs: 10_045_631_220 }],
  [100_000, { packetHops: 5_084_000, maxDelayNs: 63_005_903, lastNs: 1_054_389_607 }],
]);

/**
 * Draws the network and its flows, one from each node; all of them together send a million packets.
 * @param nodes Divides a million; at least 5.
 */
export function drawInternet(nodes: number): RoutedWorkload {
  const random = new WorkloadRandom();
  const edges = drawEdges(random, nodes);
  return {
    nodes,
    edges,
    flows: drawFlows(random, nodes),
    packetsPerFlow: PACKETS / nodes,
    packetBytes: PACKET_BYTES,
    gapNs: GAP_NS,
    rateBps: RATE_BPS,
    queuePackets: QUEUE_PACKETS,
  };
}

function drawEdges(random: WorkloadRandom, nodes: number): readonly Edge[] {
  const edges: Edge[] = [];
  // Contains each node once for each of its links, so that a draw chooses nodes in proportion to their links.
  const ends: number[] = [];
  const join = (a: number, b: number): void => {
    edges.push({ a, b, delayNs: (1 + random.below(10)) * NS_PER_MS });
    ends.push(a, b);
  };
  for (let node = 1; node <= LINKS; node += 1) {
    for (let other = 0; other < node; other += 1) join(other, node);
  }
  for (let node = LINKS + 1; node < nodes; node += 1) {
    const chosen = new Set<number>();
    while (chosen.size < LINKS) chosen.add(ends[random.below(ends.length)] as number);
    for (const other of chosen) join(other, node);
  }
  return edges;
}

function drawFlows(random: WorkloadRandom, nodes: number): readonly Flow[] {
  const targets = Array.from({ length: TARGETS }, () => random.below(nodes));
  return Array.from({ length: nodes }, (_, source) => {
    let target = targets[random.below(TARGETS)] as number;
    while (target === source) target = targets[random.below(TARGETS)] as number;
    return { source, target, startNs: random.below(1_000_000) * 100 };
  });
}
