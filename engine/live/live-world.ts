/**
 * A live world: the links, routes and faults of the simulated one, driven by the wall clock, whose
 * packets pass real UDP sockets on 127.0.0.0/8 within one process (docs/spec/live.md).
 *
 * A datagram goes through the direction of its link as in sim (rate, queue, loss, delay). At the end of the pipe,
 * it is written to the real socket of its sender, addressed to the real address of its
 * receiver. A bottleneck that several machines share cannot be modelled, because links are modelled at the sender. The
 * runner makes nodes and chooses faults.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint } from '../host/socket.ts';
import { LogHistogram } from '../measure/histogram.ts';
import { PLAN_NOT_BEGUN } from '../net/contact-plan.ts';
import type { LinkDirection } from '../net/direction.ts';
import type { ContactsSpec, LinkDirectionSpec } from '../net/link-spec.ts';
import type { SimSegmentOptions } from '../net/media.ts';
import type { SimCloud, SimCloudOptions } from '../net/sim-cloud.ts';
import type { SimHostOptions } from '../net/sim-host.ts';
import type { SimLink } from '../net/sim-link.ts';
import type { SimSegment } from '../net/sim-segment.ts';
import type { SimSocket } from '../net/sim-socket.ts';
import { type SimLinkOptions, SimWorld, type SimWorldOptions } from '../net/sim-world.ts';
import { NO_STREAM_MODEL } from '../net/stream-hook.ts';
import { ComputePool } from './compute-pool.ts';
import { DatagramTimings } from './handover/handover-samples.ts';
import { LiveClock } from './live-clock.ts';
import type { LiveContext } from './live-context.ts';
import { LiveHost } from './live-host.ts';
import { PortPlan, type PortRange } from './port-plan.ts';
import { type TimerPrecision, WallClockPump } from './pump.ts';
import { StreamRelay } from './relay/stream-relay.ts';
import { UdpSocketTable } from './wire-table.ts';

/** The settings of a live world. */
export interface LiveWorldOptions
  extends Omit<SimWorldOptions, 'epochSeconds' | 'buffers' | 'streams'> {
  /** With `off`, links have no rate, delay and impairments, but faults still act on them; default `links`. */
  readonly shape?: 'links' | 'off';
  /** Precision of timers; default `high`. */
  readonly precision?: TimerPrecision;
  /**
   * Returns the address of the module of a protocol that runs on a host: for the lowest protocol by the host's name,
   * for a layer by `host/protocol`. Needed if protocols have jobs.
   */
  readonly moduleOf?: (owner: string) => string | undefined;
  /** Hosts whose nodes run in this process; the others are reached at their real addresses. */
  readonly isLocal?: (host: string) => boolean;
  /**
   * Ports of 127.0.0.1 that replace the hosts' addresses; absent if the addresses themselves are
   * used.
   */
  readonly ports?: readonly PortRange[] | undefined;
  /**
   * Workers shared by several worlds, closed by their creator. If absent, the world creates its
   * own.
   */
  readonly compute?: ComputePool;
  /** Folder of the stores, with a folder per host; by default a temporary one, which is removed at the end. */
  readonly stateFolder?: string;
  /** Called with an error that node code threw; the world has stopped by then. */
  readonly onFailure: (error: unknown) => void;
}

/** A world driven by the wall clock: modelled links, real UDP sockets, all in one process. */
export class LiveWorld extends SimWorld implements LiveContext {
  readonly clock: LiveClock;
  readonly pump: WallClockPump;
  readonly wires: UdpSocketTable;
  /** Time from the instant at which a datagram leaves its modelled link to its write to the kernel, ns. */
  readonly lateness = new LogHistogram();
  readonly handovers: DatagramTimings;
  readonly relay: StreamRelay | undefined;
  /** Number of packets of relayed streams that arrived; they do not pass the kernel. */
  streamPackets = 0;
  readonly compute: ComputePool;
  readonly #options: LiveWorldOptions;
  readonly #isShaped: boolean;
  readonly #liveHosts: LiveHost[] = [];
  /** For each host, true if its node is in another process. */
  readonly #isRemote: boolean[] = [];
  #temporary: string | undefined;

  constructor(options: LiveWorldOptions) {
    const clock = new LiveClock();
    const relay = options.shape === 'off' ? undefined : new StreamRelay();
    super({ ...options, streams: relay ?? NO_STREAM_MODEL, epochSeconds: clock.startedAt.seconds });
    this.clock = clock;
    this.relay = relay;
    this.handovers = new DatagramTimings(clock);
    this.compute = options.compute ?? new ComputePool();
    this.#options = options;
    const ports = options.ports === undefined ? undefined : new PortPlan(options.ports);
    const isRemote = (address: string): boolean => this.#isRemoteAddress(address);
    const { pool } = this.network;
    this.wires = new UdpSocketTable({
      clock,
      endpoints: this.endpoints,
      isPeer: isRemote,
      isOfRun: (address): boolean => options.shape !== 'off' && this.hostsByAddress.has(address),
      release: (buffer): void => pool.release(buffer),
      ports,
    });
    this.#isShaped = options.shape !== 'off';
    this.pump = new WallClockPump({
      clock,
      scheduler: this.network.scheduler,
      precision: options.precision ?? 'high',
      takeBacklog: (): boolean => this.wires.takeBacklog(),
      onFailure: options.onFailure,
    });
    const { scheduler } = this.network;
    relay?.join({
      scheduler,
      hostOf: (address) => this.hostsByAddress.get(address),
      enter: (code): void => this.pump.enter(code),
    });
  }

  /** `links` if links delay, limit and lose packets, else `off`. */
  get shape(): 'links' | 'off' {
    return this.#isShaped ? 'links' : 'off';
  }

  override addLink(options: SimLinkOptions): SimLink {
    if (this.#isShaped) return super.addLink(options);
    const { forward, backward } = options;
    return super.addLink({ ...options, forward: bare(forward), backward: bare(backward) });
  }

  override addSegment(options: SimSegmentOptions): SimSegment {
    if (this.#isShaped) return super.addSegment(options);
    return super.addSegment({ ...options, medium: bare(options.medium) });
  }

  override addCloud(options: SimCloudOptions): SimCloud {
    if (this.#isShaped) return super.addCloud(options);
    const members = options.members.map((one) => ({
      ...one,
      up: bare(one.up),
      down: bare(one.down),
    }));
    const between = (from: number, to: number): LinkDirectionSpec =>
      bare(options.between(from, to));
    return super.addCloud({ ...options, members, between });
  }

  /** Makes contacts wait for {@link SimWorld.beginPlans}; without this call they begin with the world. */
  holdPlans(): void {
    this.network.planOriginNs = PLAN_NOT_BEGUN;
  }

  /** Starts the workers that the hosts' jobs will need, and loads their modules. */
  async warm(): Promise<void> {
    const hosts = this.#liveHosts;
    await this.compute.warm([...new Set(hosts.flatMap(({ jobModules }) => jobModules))]);
    await this.compute.bytes.warm([
      ...new Set(hosts.flatMap(({ byteJobModules }) => byteJobModules)),
    ]);
  }

  /** Stops the pump, closes all hosts and sockets, and ends the workers. */
  async close(): Promise<void> {
    this.pump.stop();
    this.relay?.close();
    await Promise.all(this.#liveHosts.map((host) => host.close()));
    if (this.#options.compute === undefined) await this.compute.close();
    if (this.#temporary !== undefined) rmSync(this.#temporary, { recursive: true, force: true });
  }

  /** Number of ends of streams that pass no links, on all hosts, since the start of the run. */
  get directStreams(): number {
    return this.#liveHosts.reduce((sum, host) => sum + host.directStreams, 0);
  }

  /** Number of failed syncs of stores, on all hosts. */
  get storeFailures(): number {
    return this.#liveHosts.reduce((sum, host) => sum + host.storeFailures, 0);
  }

  moduleOf(owner: string): string | undefined {
    return this.#options.moduleOf?.(owner);
  }

  folderOf(host: string): string {
    const { stateFolder } = this.#options;
    if (stateFolder === undefined) this.#temporary ??= mkdtempSync(join(tmpdir(), 'orrery-live-'));
    return join(stateFolder ?? this.#temporary ?? tmpdir(), encodeURIComponent(host));
  }

  protected override makeHost(index: number, options: SimHostOptions): LiveHost {
    const { nanos } = this.clock.startedAt;
    const offsetNs = nanos + (options.clock?.offsetNs ?? 0);
    const clock = { ...options.clock, offsetNs };
    const host = new LiveHost(this, index, { ...options, clock });
    this.#isRemote[index] = this.#options.isLocal?.(options.name) === false;
    this.#liveHosts.push(host);
    return host;
  }

  // hot: once per packet and hop.
  override arrive(id: number, packet: number): void {
    const direction = this.network.directions[id] as LinkDirection;
    const to = this.network.table.to[packet] as number;
    const isElsewhere = this.#isRemote[direction.toNode] === true;
    if (!isElsewhere || this.endpoints.sockets[to]?.isHidden === true) {
      super.arrive(id, packet);
      return;
    }
    this.count(direction, packet);
    this.#write(packet, to);
  }

  // hot: once per packet and hop.
  /** Called at the end of the pipe: passes the packet to the kernel. */
  protected override handOver(socket: SimSocket, packet: number): void {
    // Segments of relayed streams stay inside this process.
    if (socket.isHidden) this.#takeSegment(socket, packet);
    else this.#write(packet, socket.local);
  }

  #takeSegment(socket: SimSocket, packet: number): void {
    this.streamPackets += 1;
    super.handOver(socket, packet);
  }

  #isRemoteAddress(address: string): boolean {
    const host = this.hostsByAddress.get(address);
    return host !== undefined && this.#isRemote[host] === true;
  }

  #hostAt(endpoint: Endpoint): number | undefined {
    return this.hostOf(this.endpoints.pairOf(endpoint).address);
  }

  #write(packet: number, to: Endpoint): void {
    const { table, scheduler } = this.network;
    const now = this.clock.now();
    this.lateness.record(Math.max(0, now - scheduler.now));
    const offset = table.offset[packet] as number;
    const length = table.length[packet] as number;
    const from = table.from[packet] as number;
    const buffer = table.takeBuffer(packet);
    // A forwarded packet fills its buffer, so no view is needed, which would be garbage.
    const isWhole = length === buffer.length;
    const bytes = isWhole ? buffer : buffer.subarray(offset, offset + length);
    if (this.handovers.follows(bytes)) {
      const ends = { from: this.#hostAt(from), to: this.#hostAt(to) };
      // The packet's row in the table was freed but not yet reused, so its values are still there.
      const offeredNs = table.offeredAt[packet] as number;
      this.handovers.left(bytes, ends, { offeredNs, dueNs: scheduler.now, writtenNs: now });
    }
    this.wires.send(from, bytes, this.endpoints.pairOf(to), buffer);
  }
}

/**
 * Returns a direction that passes packets on without rate, delay and impairments. Contacts still
 * act, as faults do, because nodes are told of contacts.
 */
function bare({ mtu, queue, contacts }: LinkDirectionSpec): LinkDirectionSpec {
  return {
    rateBps: Number.POSITIVE_INFINITY,
    delayNs: 0,
    ...(mtu === undefined ? {} : { mtu }),
    ...(queue === undefined ? {} : { queue }),
    ...(contacts === undefined ? {} : { contacts: bareContacts(contacts) }),
  };
}

function bareContacts({ windows, ...rest }: ContactsSpec): ContactsSpec {
  return { ...rest, windows: windows.map(({ startNs, endNs }) => ({ startNs, endNs })) };
}
