/**
 * Sends packets from one source through a line of links: directions 0 -> 1 -> 2 -> ... of one network,
 * with a relay between them. Callbacks report each start of a serialisation, each departure and each
 * drop.
 *
 * The wait at a link is measured by the engine's own time stamps: start of the serialisation minus the
 * instant at which the packet was offered to the link. There are no hosts and no sockets.
 *
 * @module
 */

import { roundToNanoseconds } from '../../../engine/core/sampling.ts';
import type { EventHandler } from '../../../engine/core/scheduler.ts';
import type { RandomStream } from '../../../engine/core/stream.ts';
import type { LinkDirection } from '../../../engine/net/direction.ts';
import {
  FIRST_UPPER_EVENT_KIND,
  type LinkDirectionView,
  type NetworkObserver,
} from '../../../engine/net/direction-context.ts';
import type { LinkDirectionSpec } from '../../../engine/net/link-spec.ts';
import type { Network, PacketSink } from '../../../engine/net/network.ts';
import type { SeededEngine } from './seeded-engine.ts';

const SEND = FIRST_UPPER_EVENT_KIND;

/** Callbacks for the packets on a line; all are optional. */
export interface LinkChainCallbacks {
  /** Called before the packet is offered to the first link. */
  readonly offered?: (now: number) => void;
  readonly started?: (hop: number, number: number, waitNs: number, now: number) => void;
  /** Called when a packet left the last link. */
  readonly arrived?: (number: number, now: number, sojournNs: number) => void;
  readonly dropped?: (number: number, now: number) => void;
  /** Called when a packet left any link but the last. */
  readonly relayed?: (number: number, now: number) => void;
}

/** The links of a line, and the packets that are sent over it. */
export interface LinkChainOptions {
  /** Name of the links: their ids are `<name>/0`, `<name>/1`, ... */
  readonly name: string;
  readonly specs: readonly LinkDirectionSpec[];
  readonly packets: number;
  /** Time between a packet and the previous one, ns; with 0 both are sent at the same instant. */
  readonly gapNs: () => number;
  /** Draws the size of each packet, bytes. */
  readonly size: () => number;
  /** Draws a new size at each relay; if absent, the size stays the same. */
  readonly resize?: () => number;
  /** The DSCP of the packet whose size was just drawn; default 0. */
  readonly dscp?: (bytes: number) => number;
  readonly watch: LinkChainCallbacks;
}

/** A line of links with its traffic source. */
export class LinkChain implements PacketSink, EventHandler, NetworkObserver {
  readonly network: Network;
  readonly directions: readonly LinkDirection[];
  private readonly options: LinkChainOptions;
  private readonly watch: LinkChainCallbacks;
  private sent = 0;

  constructor(engine: SeededEngine, options: LinkChainOptions) {
    this.options = options;
    this.watch = options.watch;
    this.network = engine.network(this, this);
    this.network.observer = this;
    this.directions = options.specs.map((spec, hop) => {
      const linkId = `${options.name}/${hop}`;
      const place = { linkId, name: `${hop}->${hop + 1}`, fromNode: hop, toNode: hop + 1 };
      return this.network.addDirection(place, spec);
    });
  }

  /** Sends all packets and runs until the line is empty. */
  run(): void {
    this.next();
    this.network.scheduler.run();
  }

  fire(): void {
    const { network, options, watch } = this;
    const { table } = network;
    watch.offered?.(network.scheduler.now);
    const size = options.size();
    const packet = table.acquire(network.pool.alloc(size), 0, size, this.sent, 0);
    if (options.dscp !== undefined) table.dscp[packet] = options.dscp(size);
    this.sent += 1;
    (this.directions[0] as LinkDirection).offer(packet);
    this.next();
  }

  arrive(direction: number, packet: number): void {
    const { network, watch } = this;
    const { table } = network;
    network.countDelivered(direction);
    const { now } = network.scheduler;
    const number = table.from[packet] as number;
    const next = this.directions[direction + 1];
    if (next === undefined) {
      watch.arrived?.(number, now, now - (table.offeredAt[packet] as number));
      table.free(packet);
      return;
    }
    watch.relayed?.(number, now);
    const { resize } = this.options;
    const length = resize === undefined ? (table.length[packet] as number) : resize();
    let buffer = table.takeBuffer(packet);
    if (resize !== undefined) {
      network.pool.release(buffer);
      buffer = network.pool.alloc(length);
    }
    next.offer(table.acquire(buffer, 0, length, number, 0));
  }

  onStarted(direction: LinkDirectionView, packet: number): void {
    const { started } = this.watch;
    if (started === undefined) return;
    const { table, scheduler } = this.network;
    const { now } = scheduler;
    const waitNs = now - (table.offeredAt[packet] as number);
    started(direction.id, table.from[packet] as number, waitNs, now);
  }

  onDropped(_direction: LinkDirectionView | undefined, packet: number): void {
    const { table, scheduler } = this.network;
    this.watch.dropped?.(table.from[packet] as number, scheduler.now);
  }

  onOffered(): void {
    // Nothing to do: `watch.offered` is called before the packet is offered.
  }

  onDelivered(): void {
    // Nothing to do: this object is also the sink of the network and gets arriving packets there.
  }

  private next(): void {
    if (this.sent < this.options.packets) {
      this.network.scheduler.post(this.options.gapNs(), SEND, 0);
    }
  }
}

/** Returns a function that draws the gaps of a Poisson process, rounded to 1 ns. */
export function poissonGaps(stream: RandomStream, ratePerSecond: number): () => number {
  const mean = 1e9 / ratePerSecond;
  return () => roundToNanoseconds(stream.exponential(mean));
}

/** Returns a function that always gives the same gap or size. */
export function constantDraw(value: number): () => number {
  return () => value;
}
