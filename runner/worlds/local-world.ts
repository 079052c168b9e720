/**
 * A world whose hosts and links are in this process, simulated or on sockets: it puts a scenario on a
 * network of the engine, and an agenda makes its time pass.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import type { Fingerprint } from '../../engine/core/fingerprint.ts';
import { openRandomStream } from '../../engine/core/stream.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { Host } from '../../engine/host/host.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import type { MeterTable, MetricValue } from '../../engine/measure/counters.ts';
import type { LinkDirection } from '../../engine/net/direction.ts';
import type { NetworkObserver } from '../../engine/net/direction-context.ts';
import type { OpenRequest, RequestWithReceiver } from '../../engine/net/inquiry.ts';
import type {
  AffectedDirections,
  LinkChange,
  LinkDirectionSpec,
} from '../../engine/net/link-spec.ts';
import { NODE_CALL_KINDS, type NodeCalls } from '../../engine/net/node-calls.ts';
import { OVERLOAD_REASON } from '../../engine/net/sim-host.ts';
import type { SimLink } from '../../engine/net/sim-link.ts';
import type { DeliverySink } from '../../engine/net/sim-observers.ts';
import type { SimWorld, SimWorldOptions } from '../../engine/net/sim-world.ts';
import { SegmentStreamModel } from '../../engine/net/stream/segment-streams.ts';
import type { Tap as NetTap, TapVerdict } from '../../engine/net/tap.ts';
import type { PacketTotals, SeedResult } from '../../reports/model.ts';
import { sumCountsByName } from '../../reports/sum-counts.ts';
import type { CpuChoice, Scenario } from '../../scenarios/model.ts';
import type { ProtocolStackOf } from '../../scenarios/open/nodes.ts';
import { findMachine, listMachines } from '../../scenarios/profiles/machines.ts';
import type { HostSpec } from '../../topologies/model.ts';
import { type CallAfter, ReplayTap } from '../faults/replay-tap.ts';
import type { FloodCommand, MakeForger } from '../flood-command.ts';
import { Stacks } from '../nodes/stacks.ts';
import { Flood } from '../traffic/flood.ts';
import type {
  LocalLink,
  LocalWorld,
  NodeCallKind,
  ReplayAttack,
  StoreFault,
  Tap,
  TapControl,
  Undo,
  WorldListener,
} from '../world.ts';
import type { Agenda } from './agenda.ts';
import type { WorldListeners } from './listeners.ts';
import { oneClassWarning } from './one-class-queues.ts';
import type { SetUpMemoryGuard } from './set-up-memory.ts';

/** What a world is made from. */
export interface WorldParts {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly crypto: CryptoProvider;
  /** The modelled processor; absent in live worlds, whose processors are real. */
  readonly cpu?: CpuChoice | undefined;
  readonly stackOf: ProtocolStackOf;
  readonly buffers?: 'plain' | 'poison';
  readonly fingerprint?: Fingerprint;
  readonly calls?: NodeCalls | undefined;
  /** Limits the memory that hosts and links take. */
  readonly memory?: SetUpMemoryGuard | undefined;
  /** True if requests may be put to any protocol of a host, not only to those that the traffic uses. */
  readonly isProbed?: boolean;
}

/** A network of the engine, and how the world uses it. */
export interface WorldNetwork<Net extends SimWorld> {
  readonly net: Net;
  readonly agenda: Agenda;
  /** The listeners of the world, to which the network already reports. */
  readonly listeners: WorldListeners;
  /** Counts the packets of the run; by default, those on the links. */
  readonly packets?: () => PacketTotals;
  /** Called at the end of the warm-up. */
  readonly onReset?: () => void;
  /** True if stores are files of this machine. */
  readonly hasRealDisks?: boolean;
}

/** The settings of the network that a scenario needs. */
export function networkOptions(
  { scenario, seed, crypto, cpu, buffers, fingerprint, calls }: WorldParts,
  listeners: WorldListeners,
): SimWorldOptions {
  return {
    seed,
    epochSeconds: scenario.epochSeconds,
    cryptoFor: (): CryptoProvider => crypto,
    buffers: buffers ?? 'plain',
    streams: new SegmentStreamModel(),
    machines: listMachines(scenario, cpu),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(calls === undefined ? {} : { calls }),
    log: listeners.logged,
  };
}

/** Puts all hosts and links of a scenario into a network. */
export class ProcessWorld<Net extends SimWorld> implements LocalWorld<Net> {
  readonly sim: Net;
  readonly slowDisk: LocalWorld['slowDisk'];
  readonly #agenda: Agenda;
  readonly #listeners: WorldListeners;
  readonly #links = new Map<string, NetLink>();
  readonly #stacks: Stacks;
  readonly #parts: WorldParts;
  readonly #network: WorldNetwork<Net>;

  constructor(parts: WorldParts, network: WorldNetwork<Net>) {
    this.#parts = parts;
    this.#network = network;
    this.sim = network.net;
    this.#agenda = network.agenda;
    this.#listeners = network.listeners;
    if (network.hasRealDisks !== true) this.slowDisk = this.#slowDisk;
    const { scenario, stackOf, memory } = parts;
    const { hosts, links, segments, clouds } = scenario.topology;
    for (const host of hosts) {
      this.#addHost(host, stackOf(host)[0].protocol, findMachine(parts.cpu, host));
      memory?.made('hosts', hosts.length);
    }
    this.#stacks = new Stacks(this.sim, hosts, {
      stackOf,
      sinkOf: (host, protocol): DeliverySink | undefined => this.#sinkOf(host, protocol),
    });
    for (const { id, a, b, forward, backward } of links) {
      this.sim.addLink({ id, a, b, forward, backward });
      memory?.made('links', links.length);
    }
    for (const { id, members, medium } of segments) {
      this.sim.addSegment({ id, members, medium });
    }
    for (const { id, regions, members, between } of clouds) {
      const specOf = (from: number, to: number): LinkDirectionSpec =>
        between[from * regions.length + to] as LinkDirectionSpec;
      this.sim.addCloud({ id, regions, members, between: specOf });
    }
    this.sim.recorder = this.#listeners.recorder({
      nameOf: (index): string => this.hostName(index) ?? '',
      now: (): number => this.now(),
    });
    this.sim.seal();
  }

  listen(listener: WorldListener): void {
    this.#listeners.add(listener);
  }

  observe(observer: NetworkObserver): void {
    this.sim.observer = observer;
  }

  get rampNs(): number | undefined {
    return this.#agenda.rampNs;
  }

  now(): number {
    return this.#agenda.now();
  }

  hostName(index: number): string | undefined {
    return this.sim.hosts[index]?.name;
  }

  packetBytes(packet: number): Uint8Array {
    return this.sim.network.table.view(packet);
  }

  at(timeNs: number, fire: () => void): void {
    this.#agenda.at(timeNs, fire);
  }

  later(delayNs: number, fire: () => void): Undo {
    return this.#agenda.later(delayNs, fire);
  }

  atFault(timeNs: number, fire: () => void): void {
    this.#agenda.atFault(timeNs, fire);
  }

  host(name: string, layer?: string): Host {
    return layer === undefined ? this.sim.host(name) : this.#stacks.layer(name, layer);
  }

  call<T>(node: string, kind: NodeCallKind, code: () => T): T {
    return this.sim.calls.run(this.sim.host(node).index, NODE_CALL_KINDS[kind], code);
  }

  whenMeasured(fire: () => void): void {
    fire();
  }

  link(id: string): LocalLink {
    const known = this.#links.get(id);
    if (known !== undefined) return known;
    const made = new NetLink(this, this.sim.link(id));
    this.#links.set(id, made);
    return made;
  }

  cutClouds(
    from: readonly string[],
    to: readonly string[],
    ways: 'both' | 'one-way',
  ): { readonly ids: readonly string[]; readonly end: Undo } {
    return this.sim.cutClouds(from, to, ways);
  }

  // hot: once per packet of a source.
  request(node: string, inquiry: RequestWithReceiver, by?: string): OpenRequest | undefined {
    if (this.#agenda.admits?.() === false) {
      this.sim.host(node).shed();
      inquiry.respond(OVERLOAD_REASON);
      return undefined;
    }
    this.#listeners.requested(node, inquiry);
    const open =
      by === undefined
        ? this.sim.host(node).request(inquiry, inquiry)
        : this.#stacks.request({ node, by }, inquiry);
    this.#listeners.handled();
    return open;
  }

  crash(node: string, store: StoreFault): void {
    this.sim.crash(node, store);
  }

  restart(node: string): void {
    this.sim.restart(node);
  }

  flood(order: FloodCommand, makeForger: MakeForger): Undo | undefined {
    const host = this.sim.host(order.flood.by);
    if (!host.isUp) return undefined;
    const seed = this.sim.network.seed;
    return new Flood({ world: this, host, seed, order }).start(makeForger);
  }

  setClock(node: string, change: { readonly stepNs: number; readonly ppm: number }): void {
    const { clockModel } = this.sim.host(node);
    if (change.stepNs !== 0) clockModel.step(change.stepNs);
    clockModel.drift(change.ppm, this.#agenda.clockNs());
  }

  readonly #slowDisk = (node: string, extraNs: number): Undo => {
    const host = this.sim.host(node);
    let leftNs = extraNs;
    host.slowedDiskNs += leftNs;
    return () => {
      host.slowedDiskNs -= leftNs;
      leftNs = 0;
    };
  };

  metrics(node: string): Readonly<Record<string, MetricValue>> {
    const host = this.sim.host(node);
    const own = host.meter.data();
    if (host.layers.length === 0) return own;
    const all = { ...own };
    for (const { meter } of host.layers) Object.assign(all, meter.data());
    return all;
  }

  resetMetrics(): void {
    for (const meter of this.#meters()) meter.reset();
    this.#network.onReset?.();
  }

  /**
   * Bounds the lists of metric samples of all protocols. A node that runs alone needs this, because
   * no end of a run ever empties its lists.
   */
  limitSamples(most: number): void {
    for (const meter of this.#meters()) meter.samplesMax = most;
  }

  #meters(): readonly MeterTable[] {
    return this.sim.hosts.flatMap(({ meter, layers }) => [
      meter,
      ...layers.map((one) => one.meter),
    ]);
  }

  nodeDrops(): Readonly<Record<string, number>> {
    return sumCountsByName(
      this.sim.hosts.flatMap(({ drops, layers }) => [drops, ...layers.map((one) => one.drops)]),
    );
  }

  packets(): PacketTotals {
    return this.#network.packets?.() ?? countLinkPackets(this.sim);
  }

  packetMemory(): { readonly bytes: number; readonly most: number } {
    const { pool, table } = this.sim.network;
    return { bytes: pool.allocatedBytes + table.bytes, most: table.mostLive };
  }

  linkBytes(): number {
    return this.sim.network.carriedBytes;
  }

  busiestLink(): SeedResult['busiestLink'] {
    const { busiest } = this.sim.network;
    const now = this.now();
    return busiest === undefined || now === 0
      ? undefined
      : { name: busiest.name, share: busiest.busyNs / now };
  }

  assertBalance(): void {
    const imbalance = this.sim.network.imbalance();
    assert(imbalance === undefined, `packets do not add up: ${imbalance}`);
  }

  linkWarnings(): readonly string[] {
    const warning = oneClassWarning(this.sim.network);
    return warning === undefined ? [] : [warning];
  }

  #addHost(spec: HostSpec, runs: Protocol, machine: string): void {
    const { name, address } = spec;
    const { metrics, jobs, drops, wishes, name: protocol } = runs;
    const host = this.sim.addHost({ name, address, machine, protocol, metrics, jobs, drops });
    host.onDelivery = this.#sinkOf(spec, protocol);
    host.keepsPrivate = wishes?.private === 'honoured';
  }

  /**
   * Makes the receiver of what a protocol delivers; undefined for protocols of a stack that no traffic
   * names.
   */
  #sinkOf({ name: node, layers }: HostSpec, protocol: string): DeliverySink | undefined {
    const { scenario, isProbed } = this.#parts;
    const isNamed = (): boolean => scenario.traffic.some(({ by }) => by === protocol);
    if (layers !== undefined && isProbed !== true && !isNamed()) return undefined;
    // biome-ignore lint/complexity/useMaxParams: an object for each message would be garbage
    return (from, buffer, offset, length, mark): void => {
      const bytes = buffer.subarray(offset, offset + length);
      this.#listeners.delivered(node, from, bytes, protocol, mark === 'again');
    };
  }
}

/** Packets on the links of this process, without losses in the kernel. */
export function countLinkPackets(sim: SimWorld): PacketTotals {
  const sum = sim.network.conservation();
  const drops = { ...sim.network.dropsByReason() };
  // A packet through a cloud passes several directions, but counts once.
  const { passedOn, unrouted } = sim;
  if (unrouted > 0) drops['no-route'] = unrouted;
  return {
    sent: sum.offered + unrouted - passedOn,
    duplicated: sum.duplicated,
    injected: sum.injected,
    delivered: sum.delivered - passedOn,
    inFlight: sum.queued + sum.inSerialisation + sum.inPipe,
    drops: Object.fromEntries(Object.entries(drops).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** A link whose directions are in this process. */
class NetLink implements LocalLink {
  readonly id: string;
  readonly #world: LocalWorld;
  readonly #link: SimLink;

  constructor(world: LocalWorld, link: SimLink) {
    this.id = link.id;
    this.#world = world;
    this.#link = link;
  }

  change(change: LinkChange, side: AffectedDirections): Undo {
    const effect = this.#link.change(change, side);
    return (): void => effect.end();
  }

  hold(side: AffectedDirections): Undo {
    const effect = this.#link.hold(side);
    return (): void => effect.end();
  }

  attack(attack: ReplayAttack): Undo {
    const world = this.#world;
    const after: CallAfter = (delay, fire) => world.at(world.now() + delay, fire);
    const undo = (['forward', 'backward'] as const).map((side) => {
      const draws = openRandomStream(world.sim.network.seed, `link/${this.id}/${side}`, 'tap');
      return this.tap(side, new ReplayTap(attack, draws, after).see);
    });
    return (): void => {
      for (const one of undo) one();
    };
  }

  tap(side: 'forward' | 'backward', tap: Tap): Undo {
    const [direction] = this.#link.directions(side);
    return direction === undefined
      ? (): void => undefined
      : attachTap(this.#world.sim, direction, tap);
  }

  isUp(side: 'forward' | 'backward'): boolean {
    return this.#link.directions(side).every((direction) => direction.isUp);
  }
}

function attachTap(sim: SimWorld, direction: LinkDirection, tap: Tap): Undo {
  const { network } = sim;
  const attached: NetTap = {
    onPacket: (table, packet): TapVerdict => {
      const from = table.from[packet] ?? 0;
      const to = table.to[packet] ?? 0;
      const control: TapControl = {
        inject: (bytes): void =>
          network.inject(direction, { buffer: bytes, offset: 0, length: bytes.length, from, to }),
      };
      const bytes = table.view(packet);
      const passes = tap({ bytes, offset: 0, length: bytes.length }, control);
      return passes ? 'pass' : 'drop';
    },
  };
  direction.setTaps([...direction.tapList, attached]);
  return (): void => direction.setTaps(direction.tapList.filter((other) => other !== attached));
}
