/**
 * A simulated world paced by the wall clock, in which some hosts are outside programs
 * (docs/spec/live.md#emulation).
 *
 * Hosts, links and streams are those of `engine/net`, in virtual time. Without outside programs, this world
 * differs from a `SimWorld` only in the wall time at which events happen, so the fingerprint is the same. Does not
 * start programs, make nodes or choose faults.
 *
 * @module
 */
import { LogHistogram } from '../../measure/histogram.ts';
import { NO_BUFFER } from '../../net/buffer-pool.ts';
import type { LinkDirection } from '../../net/direction.ts';
import { SERIALISATION_END_NS_INDEX, STATE_STRIDE } from '../../net/direction-context.ts';
import type { SimSegmentOptions } from '../../net/media.ts';
import type { SimHost, SimHostOptions } from '../../net/sim-host.ts';
import type { SimLink } from '../../net/sim-link.ts';
import type { SimSegment } from '../../net/sim-segment.ts';
import type { SimSocket } from '../../net/sim-socket.ts';
import { type SimLinkOptions, SimWorld, type SimWorldOptions } from '../../net/sim-world.ts';
import { STREAM_PORT } from '../../net/stream-hook.ts';
import { LiveClock } from '../live-clock.ts';
import { EmulatedHost, type EmulationContext } from './emulated-host.ts';
import { type OutsideHostSpec, OutsideProgramBridge } from './outside-tap.ts';
import { Pacer, type PacerOptions } from './pacer.ts';

/** The settings of an emulated world. */
export interface EmulationWorldOptions extends SimWorldOptions {
  readonly pace: Omit<PacerOptions, 'clock' | 'scheduler'>;
  /** Hosts that are outside programs. */
  readonly outside: readonly OutsideHostSpec[];
  /**
   * Largest number of ports from which a program may send, in addition to those on which it
   * listens; default 512.
   */
  readonly senderPortsMax?: number;
}

/** Numbers of packets on the links that join programs, from which their loss is computed. */
export interface OutsideTraffic {
  readonly offered: number;
  readonly dropped: number;
}

/** A simulated world paced by the wall clock, in which some hosts are outside programs. */
export class EmulationWorld extends SimWorld implements EmulationContext {
  readonly pacer: Pacer;
  readonly tap: OutsideProgramBridge;
  /** Time from receiving a program's datagram to writing it to another program, ns. */
  readonly transit = new LogHistogram();
  readonly #neighbours = new Set<string>();

  constructor(options: EmulationWorldOptions) {
    const { pace, outside } = options;
    const clock = new LiveClock();
    // Programs read the system's calendar, so the calendar of the world must agree with it.
    const epoch = outside.length === 0 ? {} : { epochSeconds: clock.startedAt.seconds };
    super({ ...options, ...epoch });
    this.pacer = new Pacer({ ...pace, clock, scheduler: this.network.scheduler });
    this.tap = new OutsideProgramBridge({
      pacer: this.pacer,
      endpoints: this.endpoints,
      specs: outside,
      senderPortsMax: options.senderPortsMax,
    });
  }

  override addLink(options: SimLinkOptions): SimLink {
    this.#noteNeighbours([options.a.host, options.b.host]);
    return super.addLink(options);
  }

  override addSegment(options: SimSegmentOptions): SimSegment {
    this.#noteNeighbours(options.members.map(({ host }) => host));
    return super.addSegment(options);
  }

  /** True if programs can reach sockets of this host: a link or segment joins them. */
  isNeighbour(host: string): boolean {
    return this.#neighbours.has(host);
  }

  /** Number of datagrams offered to the links between programs and dropped by them so far. */
  outsideTraffic(): OutsideTraffic {
    let offered = 0;
    let dropped = 0;
    for (const direction of this.network.directions) {
      if (!this.#joinsPrograms(direction)) continue;
      const sum = direction.conservation();
      offered += sum.offered - sum.queued - sum.inSerialisation - sum.inPipe;
      dropped += sum.dropped;
    }
    return { offered, dropped };
  }

  /** Describes what happens at a virtual instant, for messages. */
  describe(atNs: number): string {
    const { table, directions, state } = this.network;
    for (let packet = 0; packet < table.capacity; packet += 1) {
      if (table.buffers[packet] === NO_BUFFER || table.arriveAt[packet] !== atNs) continue;
      const [from, to] = [table.from, table.to].map((ends) => {
        const { address, port } = this.endpoints.pairOf(ends[packet] as number);
        return `${address}:${port}`;
      });
      return `the arrival of a packet from ${from} at ${to}`;
    }
    const sending = directions.find(
      ({ id }) => state[id * STATE_STRIDE + SERIALISATION_END_NS_INDEX] === atNs,
    );
    return sending === undefined ? 'a timer' : `the transmitter ${sending.name}`;
  }

  protected override makeHost(index: number, options: SimHostOptions): SimHost {
    return new EmulatedHost(this, index, options);
  }

  protected override handOver(socket: SimSocket, packet: number): void {
    // Segments of a program's streams are for the model of streams, not for the program.
    const isForProgram =
      this.tap.isOpen(socket.hostIndex) && this.endpoints.pairOf(socket.local).port !== STREAM_PORT;
    if (!isForProgram) {
      super.handOver(socket, packet);
      return;
    }
    const { table } = this.network;
    const from = table.from[packet] as number;
    const sender = this.endpoints.sockets[from]?.hostIndex;
    if (sender !== undefined && this.tap.isOpen(sender)) {
      const took = this.pacer.now() - (table.offeredAt[packet] as number);
      this.transit.record(Math.max(0, Math.floor(took)));
    }
    // A send that is queued in the system still reads its bytes, so it gets a copy.
    const bytes = table.view(packet).slice();
    table.free(packet);
    this.tap.deliver(socket.hostIndex, bytes, from, socket.local);
  }

  #joinsPrograms({ fromNode, toNode }: LinkDirection): boolean {
    return fromNode >= 0 && this.tap.isOpen(fromNode) && this.tap.isOpen(toNode);
  }

  #noteNeighbours(names: readonly string[]): void {
    if (!names.some((name) => this.tap.isOutside(name))) return;
    for (const name of names) this.#neighbours.add(name);
  }
}
