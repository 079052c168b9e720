/**
 * Routers, sources and sinks of a workload in one object: flows of packets with real headers that are
 * rewritten at each hop, over shortest paths (docs/spec/workloads.md).
 *
 * A table of next directions is made for each destination that a flow has, 4 bytes for each node.
 *
 * @module
 */
import type { LinkDirection } from '../engine/net/direction.ts';
import { FIRST_UPPER_EVENT_KIND } from '../engine/net/direction-context.ts';
import type { LinkDirectionSpec } from '../engine/net/link-spec.ts';
import { Network, type PacketSink } from '../engine/net/network.ts';
import { decrementHopLimit, readTarget, writeHeader } from './packet-header.ts';

/**
 * Event kind: a flow sends its next packet. A private name: V8 folds it into hot code, while an
 * imported one is loaded and checked each time.
 */
const SOURCE = FIRST_UPPER_EVENT_KIND;
const UNREACHED = -1;

/** A link between two nodes. */
export interface Edge {
  readonly a: number;
  readonly b: number;
  readonly delayNs: number;
}

/** A flow of packets: from `startNs` on, one every `gapNs` of its workload. */
export interface Flow {
  readonly source: number;
  readonly target: number;
  readonly startNs: number;
}

/** A network, and the flows that it carries. */
export interface RoutedWorkload {
  readonly nodes: number;
  readonly edges: readonly Edge[];
  readonly flows: readonly Flow[];
  readonly packetsPerFlow: number;
  readonly packetBytes: number;
  readonly gapNs: number;
  readonly rateBps: number;
  readonly queuePackets: number;
}

/** The measurements of one run. */
export interface RoutedResult {
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
 * Network of a benchmark: routers, sources and sinks in one object, with real headers rewritten at
 * each hop.
 */
export class RoutedNetwork implements PacketSink {
  readonly network: Network;
  readonly workload: RoutedWorkload;
  packetHops = 0;
  delivered = 0;
  private readonly sums = new Float64Array(2);
  private readonly sent: Int32Array;
  private readonly sentAt: Float64Array;
  private readonly packets: number;
  private readonly bytes: number;
  private readonly gapNs: number;
  /** For each active destination, a table with the next direction at each node. */
  private readonly trees: Int32Array[] = [];
  /** Index in `near` at which the neighbours of each node begin; the last entry is the length of `near`. */
  private readonly first: Int32Array;
  /** Neighbours in ascending order, and the directions to them. */
  private readonly near: Int32Array;
  private readonly ways: Int32Array;

  constructor(workload: RoutedWorkload) {
    this.workload = workload;
    const { nodes, edges, flows } = workload;
    this.packets = workload.packetsPerFlow;
    this.bytes = workload.packetBytes;
    this.gapNs = workload.gapNs;
    this.sent = new Int32Array(flows.length);
    this.sentAt = new Float64Array(flows.length * this.packets);
    const upper = { fire: (_kind: number, flow: number): void => this.emit(flow) };
    this.network = new Network({ seed: 1, sink: this, upper });
    this.first = new Int32Array(nodes + 1);
    this.near = new Int32Array(2 * edges.length);
    this.ways = new Int32Array(2 * edges.length);
    for (const [i, edge] of edges.entries()) this.addEdge(i, edge);
    this.sortNeighbours();
    for (let node = 0; node < nodes; node += 1) this.trees.push(NO_TREE);
    for (const { target } of flows) {
      if (this.trees[target] === NO_TREE) this.trees[target] = this.treeTo(target);
    }
  }

  /** Packet-hops that the routes of all flows demand, counted without sending anything. */
  plannedHops(): number {
    let hops = 0;
    for (const { source, target } of this.workload.flows) {
      for (let node = source; node !== target; hops += 1) {
        const way = (this.trees[target] as Int32Array)[node] as number;
        node = (this.network.directions[way] as LinkDirection).toNode;
      }
    }
    return hops * this.packets;
  }

  /** Sends all packets and returns the measurements. */
  run(): RoutedResult {
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
  arrive(direction: number, packet: number): void {
    const { table, scheduler, fingerprint } = this.network;
    this.network.countDelivered(direction);
    this.packetHops += 1;
    const node = this.network.toNode(direction);
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
    this.network.offer(this.nextDirection(node, target), packet);
  }

  private deliver(flowPacket: number): void {
    const delay = this.network.scheduler.now - (this.sentAt[flowPacket] as number);
    this.delivered += 1;
    this.sums[0] = (this.sums[0] as number) + delay;
    if (delay > (this.sums[1] as number)) this.sums[1] = delay;
  }

  private emit(flow: number): void {
    const { network, packets, bytes } = this;
    const { source, target } = this.workload.flows[flow] as Flow;
    const number = this.sent[flow] as number;
    const flowPacket = flow * packets + number;
    this.sent[flow] = number + 1;
    this.sentAt[flowPacket] = network.scheduler.now;
    const buffer = network.pool.alloc(bytes);
    writeHeader(buffer, { target, length: bytes, identification: number });
    const packet = network.table.acquire(buffer, 0, bytes, flowPacket, target);
    this.network.offer(this.nextDirection(source, target), packet);
    if (number + 1 < packets) network.scheduler.post(this.gapNs, SOURCE, flow);
  }

  private nextDirection(node: number, target: number): number {
    return (this.trees[target] as Int32Array)[node] as number;
  }

  private addEdge(index: number, { a, b, delayNs }: Edge): void {
    const { rateBps, queuePackets: limitPackets } = this.workload;
    const spec: LinkDirectionSpec = {
      rateBps,
      delayNs,
      queue: { kind: 'drop-tail', limitPackets },
    };
    const linkId = `l${index}`;
    this.network.addDirection({ linkId, name: `${a}->${b}`, fromNode: a, toNode: b }, spec);
    this.network.addDirection({ linkId, name: `${b}->${a}`, fromNode: b, toNode: a }, spec);
  }

  /** Directions 2i and 2i + 1 are those of edge i; every node gets its own in ascending order. */
  private sortNeighbours(): void {
    const { first, near, ways } = this;
    const { nodes, edges } = this.workload;
    const ends = edges.flatMap(({ a, b }) => [a, b]);
    for (const end of ends) first[end + 1] = (first[end + 1] as number) + 1;
    for (let node = 0; node < nodes; node += 1) {
      first[node + 1] = (first[node + 1] as number) + (first[node] as number);
    }
    // Sorted by the far end first, so that each node receives its neighbours in ascending order.
    const order = Int32Array.from(ends.keys()).sort(
      (x, y) => (ends[x ^ 1] as number) - (ends[y ^ 1] as number),
    );
    const next = first.slice();
    for (const direction of order) {
      const node = ends[direction] as number;
      const at = next[node] as number;
      next[node] = at + 1;
      near[at] = ends[direction ^ 1] as number;
      ways[at] = direction;
    }
  }

  /** The tree of shortest paths by hops; ties go to the neighbour with the lowest index. */
  private treeTo(target: number): Int32Array {
    const { first, near, ways } = this;
    const { nodes } = this.workload;
    const hops = new Int32Array(nodes).fill(UNREACHED);
    const order = new Int32Array(nodes);
    order[0] = target;
    hops[target] = 0;
    for (let i = 0, found = 1; i < found; i += 1) {
      const node = order[i] as number;
      for (let at = first[node] as number; at < (first[node + 1] as number); at += 1) {
        const other = near[at] as number;
        if (hops[other] !== UNREACHED) continue;
        hops[other] = (hops[node] as number) + 1;
        order[found] = other;
        found += 1;
      }
    }
    const tree = new Int32Array(nodes);
    for (let node = 0; node < nodes; node += 1) {
      const wanted = (hops[node] as number) - 1;
      let at = first[node] as number;
      const end = first[node + 1] as number;
      while (at < end && hops[near[at] as number] !== wanted) at += 1;
      tree[node] = at < end ? (ways[at] as number) : 0;
    }
    return tree;
  }
}

const NO_TREE = new Int32Array(0);

/**
 * Runs a workload once and checks every expected number.
 * @throws Error if a result is not exactly the expected one, or packets do not add up.
 */
export function runRouted(
  what: string,
  world: RoutedNetwork,
  expected: Partial<RoutedResult>,
): RoutedResult {
  const result = world.run();
  for (const [key, value] of Object.entries(expected)) {
    const found = result[key as keyof RoutedResult];
    if (found !== value) throw new Error(`${what} is void: ${key} is ${found}, not ${value}`);
  }
  const imbalance = world.network.imbalance();
  if (imbalance !== undefined) throw new Error(imbalance);
  return result;
}
