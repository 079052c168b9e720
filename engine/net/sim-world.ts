/**
 * A simulated world: hosts, links and segments on one scheduler, with the faults that scenarios
 * apply. The same seed and calls give the same fingerprint.
 *
 * Reading files, making nodes and choosing faults are the runner's job.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import { Fingerprint } from '../core/fingerprint.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { Seed } from '../core/stream.ts';
import type { CryptoProvider } from '../host/crypto.ts';
import type { Nanoseconds } from '../host/time.ts';
import { NO_BUFFER } from './buffer-pool.ts';
import type { MachineSpec } from './cpu-profile.ts';
import type { LinkDirection } from './direction.ts';
import type { NetworkObserver } from './direction-context.ts';
import { DROP_CPU_QUEUE_FULL, DROP_NO_ROUTE, DROP_PORT_UNREACHABLE } from './drop-reasons.ts';
import { EndpointTable } from './endpoint-table.ts';
import type { LinkDirectionSpec } from './link-spec.ts';
import { FULL_RECEIVE_BUFFER_SHARES, Machine, type WaitLimitedWork } from './machine.ts';
import { Media, type SimSegmentOptions } from './media.ts';
import { FINGERPRINT_KINDS, Network, type PacketSink } from './network.ts';
import { NODE_CALL_KINDS, NodeCalls } from './node-calls.ts';
import { cutHostPairs, orderedHostPairs } from './partition.ts';
import type { SimCloud, SimCloudOptions } from './sim-cloud.ts';
import { SimHost, type SimHostOptions } from './sim-host.ts';
import type { HostWorld } from './sim-host-world.ts';
import { type LinkChangeHandle, type LinkEndAttachment, SimLink } from './sim-link.ts';
import type { LogSink, NodeTraceSink } from './sim-observers.ts';
import type { SimSegment } from './sim-segment.ts';
import { BufferOwnership, type SimSocket } from './sim-socket.ts';
import type { StoreFault } from './sim-store.ts';
import { NO_STREAM_MODEL, type StreamModel } from './stream-hook.ts';
import { WorldCryptoProviders } from './world-crypto.ts';

/** The settings of a simulated world. */
export interface SimWorldOptions {
  readonly seed: Seed;
  /** Calendar time at virtual time 0, Unix seconds. */
  readonly epochSeconds: number;
  /** The crypto provider of a host. */
  readonly cryptoFor: (host: string) => CryptoProvider;
  /** Machines by name; a host without a machine name has one of its own. */
  readonly machines?: Readonly<Record<string, MachineSpec>>;
  /** The model of reliable streams; without it connections are `unreachable`. */
  readonly streams?: StreamModel;
  /** How long a store takes to make data durable, ns; default 0. */
  readonly syncDelayNs?: number;
  /** `poison` detects use of buffers after they were returned; slower. */
  readonly buffers?: 'plain' | 'poison';
  /** Used instead of a new fingerprint (in the search for a divergence); needs a lane per host. */
  readonly fingerprint?: Fingerprint;
  readonly log?: LogSink;
  /**
   * Memory in which calls of nodes are recorded for another thread; by default, the world allocates
   * it.
   */
  readonly calls?: NodeCalls;
}

/** The settings of a new link. */
export interface SimLinkOptions {
  readonly id: string;
  readonly a: LinkEndAttachment;
  readonly b: LinkEndAttachment;
  /** The direction from a to b. */
  readonly forward: LinkDirectionSpec;
  readonly backward: LinkDirectionSpec;
}

// A private name for hot code: see network.ts.
const DATAGRAM = NODE_CALL_KINDS.datagram;

/** The loopback direction of a host: no delay, no limit. */
const LOOPBACK: LinkDirectionSpec = {
  rateBps: Number.POSITIVE_INFINITY,
  delayNs: 0,
  queue: { kind: 'drop-tail' },
};

/** A simulated world: hosts, links and segments on one scheduler, and the faults that act on them. */
export class SimWorld implements HostWorld, PacketSink {
  readonly network: Network;
  readonly endpoints = new EndpointTable();
  readonly ownership = new BufferOwnership();
  readonly calls: NodeCalls;
  readonly streams: StreamModel;
  readonly epochSeconds: number;
  readonly syncDelayNs: number;
  readonly logSink: LogSink | undefined;
  readonly crypto: WorldCryptoProviders;
  /** Receives what nodes report for drawings. */
  recorder: NodeTraceSink | undefined;
  /** Number of datagrams for which no link was found. */
  unrouted = 0;
  private readonly options: SimWorldOptions;
  private readonly hostList: SimHost[] = [];
  private readonly hostsByName = new Map<string, SimHost>();
  protected readonly hostsByAddress = new Map<string, number>();
  private readonly links = new Map<string, SimLink>();
  private readonly media: Media;
  private readonly loopbacks = new Map<number, LinkDirection>();
  private readonly machines = new Map<string, Machine>();
  private readonly names = new Map<string, number>();
  private isSealed = false;

  constructor(options: SimWorldOptions) {
    this.options = options;
    this.epochSeconds = options.epochSeconds;
    this.syncDelayNs = options.syncDelayNs ?? 0;
    this.streams = options.streams ?? NO_STREAM_MODEL;
    this.logSink = options.log;
    this.crypto = new WorldCryptoProviders(options.cryptoFor);
    this.network = new Network({
      seed: options.seed,
      sink: this,
      upper: { fire: (_kind, packet, direction): void => this.sendDeferred(packet, direction) },
      buffers: options.buffers ?? 'plain',
    });
    this.media = new Media({
      network: this.network,
      endpoints: this.endpoints,
      host: (name): SimHost => this.host(name),
      indexOf: (name): number | undefined => this.hostsByName.get(name)?.index,
      hostOf: (address): number | undefined => this.hostOf(address),
      count: (direction, packet): void => this.count(direction, packet),
      handOver: (socket, packet): void => this.handOver(socket, packet),
    });
    this.calls = options.calls ?? new NodeCalls(0);
    this.calls.follow(this.network.scheduler.clock);
  }

  /** Clock and scheduled events; traffic sources and faults schedule here. */
  get scheduler(): Scheduler {
    return this.network.scheduler;
  }

  /** All hosts in the order in which they were added. */
  get hosts(): readonly SimHost[] {
    return this.hostList;
  }

  /** Sets the observer of packets; undefined for none, which costs nothing. */
  set observer(observer: NetworkObserver | undefined) {
    this.network.observer = observer;
  }

  /** Adds a host. All hosts come before the first event. */
  addHost(options: SimHostOptions): SimHost {
    assert(!this.isSealed, 'hosts must be added before the run begins');
    assert(!this.hostsByName.has(options.name), `host ${options.name} exists already`);
    this.calls.admit(this.hostList.length);
    const host = this.makeHost(this.hostList.length, options);
    this.hostList.push(host);
    this.hostsByName.set(options.name, host);
    this.claimAddress(host, options.address);
    return host;
  }

  /** Joins two hosts by a link. */
  addLink(options: SimLinkOptions): SimLink {
    const { id, a, b } = options;
    assert(!this.links.has(id), `link ${id} exists already`);
    const left = this.host(a.host);
    const right = this.host(b.host);
    const forward = this.addDirection(id, left, right, options.forward);
    const backward = this.addDirection(id, right, left, options.backward);
    const link = new SimLink({ id, a, b }, forward, backward);
    this.links.set(id, link);
    this.attach(forward, b);
    this.attach(backward, a);
    return link;
  }

  /** Joins any number of hosts by one medium. */
  addSegment(options: SimSegmentOptions): SimSegment {
    return this.media.addSegment(options);
  }

  /** Joins any number of hosts by accesses and a core that delays. */
  addCloud(options: SimCloudOptions): SimCloud {
    return this.media.addCloud(options);
  }

  /** The host with the given name. */
  host(name: string): SimHost {
    const host = this.hostsByName.get(name);
    assert(host !== undefined, `there is no host ${name}`);
    return host;
  }

  /** The link with the given id, or the part of a cloud. */
  link(id: string): SimLink {
    const link = this.links.get(id) ?? this.media.part(id);
    assert(link !== undefined, `there is no link ${id}`);
    return link;
  }

  /** The segment with the given id. */
  segment(id: string): SimSegment {
    return this.media.segment(id);
  }

  /** The cloud with the given id. */
  cloud(id: string): SimCloud {
    return this.media.cloud(id);
  }

  /** How often a packet went on to a further direction of a cloud, which counts it again. */
  get passedOn(): number {
    return this.media.passedOn;
  }

  /**
   * Separates members of clouds: nothing passes from `from` to `to`.
   * @returns the ids of the clouds that join any of these pairs, and a function that ends the cut.
   */
  cutClouds(
    from: readonly string[],
    to: readonly string[],
    ways: 'both' | 'one-way',
  ): { readonly ids: readonly string[]; readonly end: () => void } {
    const numbers = (names: readonly string[]): number[] =>
      names.map((name) => this.host(name).index);
    return this.media.cutClouds(orderedHostPairs(numbers(from), numbers(to), ways));
  }

  /** Links in the order in which they were added. */
  get allLinks(): readonly SimLink[] {
    return [...this.links.values()];
  }

  /** Runs all events up to and including `time`. */
  runUntil(time: Nanoseconds): void {
    this.seal();
    this.network.scheduler.runUntil(time);
  }

  /** Sets the instant from which the times of contact plans and link traces count, if they do not yet count. */
  beginPlans(originNs: Nanoseconds): void {
    this.network.beginPlans(originNs);
    for (const host of this.hostList) host.contactsBegun();
  }

  /** Ends the set-up: from here on, every host has its lane in the fingerprint. */
  seal(): void {
    if (this.isSealed) return;
    this.isSealed = true;
    this.network.fingerprint = this.options.fingerprint ?? new Fingerprint(this.hostList.length);
  }

  /** Fingerprint so far, 16 hex digits. */
  get fingerprint(): string {
    return this.network.fingerprint.digest();
  }

  /** Stops a node at this instant, without notice; its queues are lost. */
  crash(name: string, fault: StoreFault = 'synced'): void {
    const host = this.host(name);
    if (!host.isUp) return;
    host.mixIn(FINGERPRINT_KINDS.fault, 1);
    host.crash(fault);
    for (const direction of this.network.directions) {
      if (direction.fromNode === host.index) direction.senderDown();
      if (direction.toNode === host.index) direction.receiverDown();
    }
  }

  /** Brings a crashed host back; the runner then creates its node again. */
  restart(name: string): void {
    const host = this.host(name);
    if (host.isUp) return;
    host.mixIn(FINGERPRINT_KINDS.fault, 2);
    host.restart();
    this.streams.restarted?.(host);
    for (const direction of this.network.directions) {
      if (direction.fromNode === host.index) direction.senderUp();
      if (direction.toNode === host.index) direction.receiverUp();
    }
  }

  /**
   * Separates hosts: nothing passes from `from` to `to` over the links between them.
   * @param ways `one-way` leaves the other direction alone.
   * @returns the effect and the number of affected directions; 0 means that it affects nothing.
   */
  partition(
    from: readonly string[],
    to: readonly string[],
    ways: 'both' | 'one-way' = 'both',
  ): LinkChangeHandle & { readonly directions: number } {
    const sources = from.map((name) => this.host(name).index);
    const targets = to.map((name) => this.host(name).index);
    const { directions } = this.network;
    const { all: media } = this.media;
    const cuts = cutHostPairs({ directions, media }, orderedHostPairs(sources, targets, ways));
    let isOver = false;
    return {
      directions: cuts.length,
      end: (): void => {
        if (isOver) return;
        isOver = true;
        for (const cut of cuts) cut.end();
      },
    };
  }

  /** Called by the network: a packet has arrived at the end of its link. */
  // hot: once per packet and hop.
  arrive(id: number, packet: number): void {
    const direction = this.network.directions[id] as LinkDirection;
    if (direction.toNode < 0) {
      this.media.arrive(direction, packet);
      return;
    }
    const to = this.network.table.to[packet] as number;
    const socket = this.endpoints.sockets[to];
    if (socket === undefined || socket.hostIndex !== direction.toNode) {
      direction.drop(packet, DROP_PORT_UNREACHABLE);
      return;
    }
    const host = this.hostList[socket.hostIndex] as SimHost;
    if (host.machine.profile === undefined) {
      this.count(direction, packet);
      this.handOver(socket, packet);
    } else {
      this.arriveAtProcessor(direction, packet, socket);
    }
  }

  machine(name: string): Machine {
    const known = this.machines.get(name);
    if (known !== undefined) return known;
    const made = new Machine(this.network.scheduler, this.options.machines?.[name]);
    this.machines.set(name, made);
    return made;
  }

  nameNumber(name: string): number {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    const number = this.names.size;
    this.names.set(name, number);
    return number;
  }

  hostName(index: number): string | undefined {
    return this.hostList[index]?.name;
  }

  hostOf(address: string): number | undefined {
    return this.hostsByAddress.get(address);
  }

  segmentOf(host: number): LinkDirection | undefined {
    return this.media.segmentOf(host);
  }

  loopback(host: number): LinkDirection {
    const known = this.loopbacks.get(host);
    if (known !== undefined) return known;
    const name = (this.hostList[host] as SimHost).name;
    const place = {
      linkId: `loopback/${name}`,
      name: `${name}->${name}`,
      fromNode: host,
      toNode: host,
    };
    const made = this.network.addDirection(place, LOOPBACK);
    this.loopbacks.set(host, made);
    return made;
  }

  noRoute(host: number, packet: number): void {
    this.unrouted += 1;
    const { network } = this;
    const length = network.table.length[packet] as number;
    network.fingerprint.event(
      network.scheduler.now,
      host,
      FINGERPRINT_KINDS.drop,
      DROP_NO_ROUTE * 65_536 + length,
    );
    network.observer?.onDropped(undefined, packet, DROP_NO_ROUTE);
    network.table.free(packet);
  }

  /** Creates a host of the kind that this world uses. */
  protected makeHost(index: number, options: SimHostOptions): SimHost {
    return new SimHost(this, index, options);
  }

  private addDirection(
    linkId: string,
    { name: from, index: fromNode }: SimHost,
    { name: to, index: toNode }: SimHost,
    spec: LinkDirectionSpec,
  ): LinkDirection {
    return this.network.addDirection({ linkId, name: `${from}->${to}`, fromNode, toNode }, spec);
  }

  /** Attaches a direction to its sender; `remote` is its far end. */
  private attach(direction: LinkDirection, remote: LinkEndAttachment): void {
    const sender = this.hostList[direction.fromNode] as SimHost;
    const receiver = this.hostList[direction.toNode] as SimHost;
    const address = remote.address ?? receiver.address;
    if (address !== receiver.address) this.claimAddress(receiver, address);
    const endpoint = this.endpoints.intern(address, remote.port);
    sender.sockets.attach(direction, endpoint);
    sender.sockets.attachNeighbour(receiver.index, direction);
  }

  private claimAddress(host: SimHost, address: string): void {
    const owner = this.hostsByAddress.get(address);
    assert(owner === undefined || owner === host.index, `address ${address} has two owners`);
    this.hostsByAddress.set(address, host.index);
    host.sockets.addAddress(address);
    this.streams.attached?.(host, address);
  }

  /** Counts a packet that reached the end of its direction. */
  protected count(direction: LinkDirection, packet: number): void {
    const { observer } = this.network;
    this.network.countDelivered(direction.id);
    if (observer !== undefined) observer.onDelivered(direction, packet);
  }

  /** Calls the handler; during the call the buffer belongs to it (engine/host/socket.ts). */
  protected handOver(socket: SimSocket, packet: number): void {
    const { table, scheduler, fingerprint, pool } = this.network;
    const offset = table.offset[packet] as number;
    const length = table.length[packet] as number;
    const from = table.from[packet] as number;
    const dscp = table.dscp[packet] as number;
    fingerprint.event(scheduler.now, socket.hostIndex, FINGERPRINT_KINDS.delivery, length);
    const buffer = table.takeBuffer(packet);
    const { ownership, calls } = this;
    ownership.current = buffer;
    const outer = calls.begin(socket.hostIndex, DATAGRAM, length, from);
    socket.onDatagram(buffer, offset, length, from, dscp);
    calls.end(outer);
    if (ownership.current === buffer) pool.release(buffer);
    ownership.current = NO_BUFFER;
  }

  private arriveAtProcessor(direction: LinkDirection, packet: number, waitingAt: SimSocket): void {
    const host = this.hostList[waitingAt.hostIndex] as SimHost;
    const { machine, life } = host;
    const length = this.network.table.length[packet] as number;
    const share = machine.shareOfBuffer(length);
    if (machine.isFull || waitingAt.backlog + share > FULL_RECEIVE_BUFFER_SHARES) {
      direction.drop(packet, DROP_CPU_QUEUE_FULL);
      return;
    }
    waitingAt.backlog += share;
    this.count(direction, packet);
    const to = this.network.table.to[packet] as number;
    const work: WaitLimitedWork = {
      limitNs: machine.waitLimits?.datagramNs,
      run: (): void => {
        waitingAt.backlog -= share;
        const socket = this.endpoints.sockets[to];
        if (host.life !== life || socket === undefined) {
          this.network.table.free(packet);
          return;
        }
        machine.charge('event', 0);
        machine.charge('receive', length);
        machine.chargeHandler(waitingAt.protocol ?? host.protocol, 'datagram', length);
        this.handOver(socket, packet);
      },
      late: (): void => {
        waitingAt.backlog -= share;
        // The packet is dropped. Reading it has still taken processor time; handling it takes none.
        machine.charge('receive', length);
        this.ownership.current = this.network.table.buffers[packet] as Uint8Array;
        if (host.life === life) host.shed();
        this.ownership.current = NO_BUFFER;
        this.network.table.free(packet);
      },
    };
    if (this.isUrgent(waitingAt, packet)) machine.runUrgent(work);
    else machine.runTimed(work);
  }

  private isUrgent({ isUrgent, hostIndex }: SimSocket, packet: number): boolean {
    if (isUrgent === undefined) return false;
    const { table } = this.network;
    const offset = table.offset[packet] as number;
    const bytes = table.buffers[packet] as Uint8Array;
    const length = table.length[packet] as number;
    return this.calls.run(hostIndex, DATAGRAM, () => isUrgent(bytes, offset, length));
  }

  private sendDeferred(packet: number, direction: number): void {
    (this.network.directions[direction] as LinkDirection).offer(packet);
  }
}
