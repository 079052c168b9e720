/**
 * Workload (b): eleven nodes in a line, ten links of 1 Gbit/s and 1 ms, and packets that are real
 * datagrams of 1,054 bytes, whose header every node parses and rewrites
 * (docs/spec/workloads.md#b-chain-of-ten-hops).
 *
 * The rate counts only if first arrival, last arrival and counts are exactly the expected ones.
 *
 * @module
 */
import { Network, type PacketSink } from '../engine/net/network.ts';
import { decrementHopLimit, HEADER_BYTES, readTarget, writeHeader } from './packet-header.ts';

const HOPS = 10;
const WIRE_BYTES = 1_054;
const RATE_BPS = 1_000_000_000;
const DELAY_NS = 1_000_000;
/** The time to send 1,054 bytes at 1 Gbit/s. */
const SERIALISATION_NS = 8_432;
const FIRST_NS = 10_084_320;

/** The measurements of one run of the chain. */
export interface ChainResult {
  readonly packetHops: number;
  readonly firstNs: number;
  readonly lastNs: number;
  readonly delivered: number;
  readonly events: number;
  readonly fingerprint: string;
}

/** Forwards packets along the line; the last node counts them. */
class ChainNodes implements PacketSink {
  readonly network: Network;
  delivered = 0;
  /**
   * First and last arrival, ns. A typed array, because V8 would store numbers this large in an
   * object's field as separate heap objects.
   */
  readonly arrivals = new Float64Array(2);

  constructor() {
    this.network = new Network({ seed: 1, sink: this });
    for (let hop = 0; hop < HOPS; hop += 1) {
      const place = {
        linkId: `l${hop}`,
        name: `n${hop}->n${hop + 1}`,
        fromNode: hop,
        toNode: hop + 1,
      };
      const queue = { kind: 'drop-tail' } as const;
      this.network.addDirection(place, { rateBps: RATE_BPS, delayNs: DELAY_NS, queue });
    }
  }

  /** Offers all packets at the present instant. */
  offer(packets: number): void {
    const { network } = this;
    for (let i = 0; i < packets; i += 1) {
      const buffer = network.pool.alloc(WIRE_BYTES);
      writeHeader(buffer, { target: HOPS, length: WIRE_BYTES, identification: i & 0xffff });
      const packet = network.table.acquire(buffer, 0, WIRE_BYTES, 0, HOPS);
      this.network.offer(0, packet);
    }
  }

  // hot: once per packet and hop.
  arrive(direction: number, packet: number): void {
    const { table, scheduler, fingerprint } = this.network;
    this.network.countDelivered(direction);
    const node = direction + 1;
    const length = table.length[packet] as number;
    fingerprint.event(scheduler.now, node, 2, length);
    const offset = table.offset[packet] as number;
    const buffer = table.buffers[packet] as Uint8Array;
    if (readTarget(buffer, offset) === node) {
      if (this.delivered === 0) this.arrivals[0] = scheduler.now;
      this.arrivals[1] = scheduler.now;
      this.delivered += 1;
      table.free(packet);
      return;
    }
    decrementHopLimit(buffer, offset);
    this.network.offer(node, packet);
  }
}

/** Builds the chain; its time is measured separately. */
export function buildChain(): ChainNodes {
  return new ChainNodes();
}

/**
 * Sends packets through a chain and checks every expected number.
 * @throws Error if a result is not exactly the expected one.
 */
export function runChain(chain: ChainNodes, packets: number): ChainResult {
  const { network } = chain;
  const start = network.scheduler.now;
  const eventsBefore = network.scheduler.eventCount;
  chain.delivered = 0;
  chain.offer(packets);
  network.scheduler.run();
  const result = {
    packetHops: HOPS * packets,
    firstNs: (chain.arrivals[0] as number) - start,
    lastNs: (chain.arrivals[1] as number) - start,
    delivered: chain.delivered,
    events: network.scheduler.eventCount - eventsBefore,
    fingerprint: network.fingerprint.digest(),
  };
  expect('delivered', result.delivered, packets);
  expect('first arrival', result.firstNs, FIRST_NS);
  expect('last arrival', result.lastNs, FIRST_NS + (packets - 1) * SERIALISATION_NS);
  expect('events', result.events, 2 * HOPS * packets);
  const imbalance = network.imbalance();
  if (imbalance !== undefined) throw new Error(imbalance);
  return result;
}

function expect(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`chain is void: ${what} is ${found}, not ${expected}`);
}

export { HEADER_BYTES };
