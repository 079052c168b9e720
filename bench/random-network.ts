/**
 * Workload (c): 1,000 nodes, 3,000 links of 1 Gbit/s, 1,000 flows of 1,000 packets of 1,054 bytes,
 * with real headers that are rewritten at each hop (docs/spec/workloads.md#c-random-network).
 *
 * The rate counts only if counts, delays and the last arrival are exactly the expected ones.
 *
 * @module
 */
import type { Direction } from '../engine/net/direction.ts';
import { FIRST_UPPER_KIND } from '../engine/net/direction-context.ts';
import type { DirectionSpec } from '../engine/net/link-spec.ts';
import { Network, type PacketSink } from '../engine/net/network.ts';
import { decrementHopLimit, readTarget, writeHeader } from './packet-header.ts';
import {
  drawRandomNetwork,
  type Edge,
  FLOWS,
  type Flow,
  LINK_RATE_BPS,
  NODES,
  PACKET_BYTES,
  PACKET_GAP_NS,
  PACKETS_PER_FLOW,
  QUEUE_PACKETS,
  type RandomNetworkModel,
} from './workloads/random-network-model.ts';

// Constants that are not exported, because V8 inlines them into hot code, unlike imported ones.
const WIRE_BYTES = PACKET_BYTES;
const FLOW_PACKETS = PACKETS_PER_FLOW;
const GAP_NS = PACKET_GAP_NS;
/** Event kind: a flow sends its next packet. */
const SOURCE = FIRST_UPPER_KIND;

/** The measurements of one run. */
export interface RandomNetworkResult {
  readonly packetHops: number;
  readonly delivered: number;
  /** Sum of the delays of all packets, ns. */
  readonly sumDelayNs: number;
  readonly maxDelayNs: number;
  readonly lastNs: number;
  readonly events: number;
  readonly fingerprint: string;
}

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

/** The routers, sources and sinks of the network in one object. */
export class RandomNetwork implements PacketSink {
  readonly network: Network;
  readonly workload: RandomNetworkModel;
  packetHops = 0;
  delivered = 0;
  private readonly sums = new Float64Array(2);
  private readonly sent = new Int32Array(FLOWS);
  private readonly sentAt = new Float64Array(FLOWS * FLOW_PACKETS);
  /** For each active destination, a table with the next direction at each node. */
  private readonly trees: Uint16Array[] = [];
  private readonly neighbours: { node: number; direction: number }[][] = [];

  constructor() {
    this.workload = drawRandomNetwork();
    const upper = { fire: (_kind: number, flow: number): void => this.emit(flow) };
    this.network = new Network({ seed: 1, sink: this, upper });
    for (let node = 0; node < NODES; node += 1) {
      this.neighbours.push([]);
      this.trees.push(new Uint16Array(0));
    }
    for (const [i, edge] of this.workload.edges.entries()) this.addEdge(i, edge);
    for (const list of this.neighbours) list.sort((a, b) => a.node - b.node);
    for (const { target } of this.workload.flows) {
      if (this.trees[target]?.length === 0) this.trees[target] = this.treeTo(target);
    }
  }

  /** Sends all packets and returns the measurements. */
  run(): RandomNetworkResult {
    const { scheduler } = this.network;
    for (const [i, flow] of this.workload.flows.entries()) scheduler.post(flow.startNs, SOURCE, i);
    scheduler.run();
    return {
      packetHops: this.packetHops,
      delivered: this.delivered,
      sumDelayNs: this.sums[0] as number,
      maxDelayNs: this.sums[1] as number,
      lastNs: scheduler.now,
      events: scheduler.eventCount,
      fingerprint: this.network.fingerprint.digest(),
    };
  }

  // hot: once per packet and hop.
  arrive(direction: Direction, packet: number): void {
    const { table, scheduler, fingerprint } = this.network;
    direction.delivered += 1;
    this.packetHops += 1;
    const node = direction.toNode;
    const length = table.length[packet] as number;
    fingerprint.event(scheduler.now, node, 2, length);
    const offset = table.offset[packet] as number;
    const flowPacket = table.from[packet] as number;
    const buffer = table.buffers[packet] as Uint8Array;
    const target = readTarget(buffer, offset);
    if (target === node) {
      this.deliver(flowPacket);
      table.free(packet);
      return;
    }
    decrementHopLimit(buffer, offset);
    this.nextDirection(node, target).offer(packet);
  }

  private deliver(flowPacket: number): void {
    const delay = this.network.scheduler.now - (this.sentAt[flowPacket] as number);
    this.delivered += 1;
    this.sums[0] = (this.sums[0] as number) + delay;
    if (delay > (this.sums[1] as number)) this.sums[1] = delay;
  }

  private emit(flow: number): void {
    const { network } = this;
    const { source, target } = this.workload.flows[flow] as Flow;
    const number = this.sent[flow] as number;
    const flowPacket = flow * FLOW_PACKETS + number;
    this.sent[flow] = number + 1;
    this.sentAt[flowPacket] = network.scheduler.now;
    const buffer = network.pool.alloc(WIRE_BYTES);
    writeHeader(buffer, { target, length: WIRE_BYTES, identification: number });
    const packet = network.table.acquire(buffer, 0, WIRE_BYTES, flowPacket, target);
    this.nextDirection(source, target).offer(packet);
    if (number + 1 < FLOW_PACKETS) network.scheduler.post(GAP_NS, SOURCE, flow);
  }

  private nextDirection(node: number, target: number): Direction {
    const next = (this.trees[target] as Uint16Array)[node] as number;
    return this.network.directions[next] as Direction;
  }

  private addEdge(index: number, edge: Edge): void {
    const spec: DirectionSpec = {
      rateBps: LINK_RATE_BPS,
      delayNs: edge.delayNs,
      queue: { kind: 'drop-tail', limitPackets: QUEUE_PACKETS },
    };
    const add = (from: number, to: number): void => {
      const place = { linkId: `l${index}`, name: `${from}->${to}`, fromNode: from, toNode: to };
      const direction = this.network.addDirection(place, spec);
      (this.neighbours[from] as { node: number; direction: number }[]).push({
        node: to,
        direction: direction.id,
      });
    };
    add(edge.a, edge.b);
    add(edge.b, edge.a);
  }

  /** Builds the tree of shortest paths by hops; ties go to the neighbour with the lowest index. */
  private treeTo(target: number): Uint16Array {
    const hops = new Int32Array(NODES).fill(-1);
    const order = [target];
    hops[target] = 0;
    for (let i = 0; i < order.length; i += 1) {
      const node = order[i] as number;
      for (const { node: other } of this.neighbours[node] ?? []) {
        if (hops[other] !== -1) continue;
        hops[other] = (hops[node] as number) + 1;
        order.push(other);
      }
    }
    return Uint16Array.from({ length: NODES }, (_, node) => {
      const wanted = (hops[node] as number) - 1;
      return this.neighbours[node]?.find((other) => hops[other.node] === wanted)?.direction ?? 0;
    });
  }
}

/**
 * Runs the workload once and checks every expected number.
 * @throws Error if a result is not exactly the expected one.
 */
export function runRandomNetwork(world: RandomNetwork): RandomNetworkResult {
  const result = world.run();
  for (const [what, expected] of Object.entries(EXPECTED)) {
    const found = result[what as keyof typeof EXPECTED];
    if (found !== expected) {
      throw new Error(`random network is void: ${what} is ${found}, not ${expected}`);
    }
  }
  const imbalance = world.network.imbalance();
  if (imbalance !== undefined) throw new Error(imbalance);
  return result;
}
