/**
 * Workload (c): 1,000 nodes, 3,000 links of 1 Gbit/s, 1,000 flows of 1,000 packets of 1,054 bytes,
 * with real headers that are rewritten at each hop (docs/spec/workloads.md#c-random-network).
 *
 * The rate counts only if counts, delays and the last arrival are exactly the expected ones.
 *
 * @module
 */
import { RoutedNetwork, type RoutedResult, runRouted } from './routed-network.ts';
import {
  drawRandomNetwork,
  LINK_RATE_BPS,
  NODES,
  PACKET_BYTES,
  PACKET_GAP_NS,
  PACKETS_PER_FLOW,
  QUEUE_PACKETS,
} from './workloads/random-network-model.ts';

/**
 * Expected values of docs/spec/workloads.md#c-random-network; the mean delay of 22,277,924.769729
 * ns is the sum divided by 1e6.
 */
const EXPECTED = {
  packetHops: 4_023_000,
  delivered: 1_000_000,
  sumDelayNs: 22_277_924_769_729,
  maxDelayNs: 47_050_592,
  lastNs: 10_040_871_125,
} as const;

/** The network of the workload, not run yet. */
export function randomNetwork(): RoutedNetwork {
  const { edges, flows } = drawRandomNetwork();
  return new RoutedNetwork({
    nodes: NODES,
    edges,
    flows,
    packetsPerFlow: PACKETS_PER_FLOW,
    packetBytes: PACKET_BYTES,
    gapNs: PACKET_GAP_NS,
    rateBps: LINK_RATE_BPS,
    queuePackets: QUEUE_PACKETS,
  });
}

/**
 * Runs the workload once and checks every expected number.
 * @throws Error if a result is not exactly the expected one.
 */
export function runRandomNetwork(world: RoutedNetwork): RoutedResult {
  return runRouted('random network', world, EXPECTED);
}
