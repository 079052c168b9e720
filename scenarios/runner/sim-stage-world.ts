/**
 * The simulated world as the runner sees it: a thin layer over `engine/net`.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import type { Fingerprint } from '../../engine/core/fingerprint.ts';
import { openStream } from '../../engine/core/stream.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import type { MetricValue } from '../../engine/measure/counters.ts';
import type { Direction } from '../../engine/net/direction.ts';
import type { DirectionSpec, LinkChange, LinkSide } from '../../engine/net/link-spec.ts';
import { NODE_CALL, type NodeCalls } from '../../engine/net/node-calls.ts';
import type { SimLink } from '../../engine/net/sim-link.ts';
import type { DeliverySink } from '../../engine/net/sim-observers.ts';
import { SimWorld, type SimWorldOptions } from '../../engine/net/sim-world.ts';
import { SegmentStreams } from '../../engine/net/stream/segment-streams.ts';
import type { Tap as NetTap, TapVerdict } from '../../engine/net/tap.ts';
import { addUp } from '../../reports/add-up.ts';
import type { PacketTotals, SeedResult } from '../../reports/model.ts';
import type { HostSpec } from '../../topologies/model.ts';
import { machineOf, machinesOf } from '../calibration/machines.ts';
import type { CpuChoice, Scenario } from '../model.ts';
import { Flood } from './flood.ts';
import type { FloodOrder, MakeForger } from './flood-order.ts';
import type { StackOf } from './nodes.ts';
import { oneClassWarning } from './one-class-queues.ts';
import { type After, ReplayTap, type Tap, type TapControl } from './replay-tap.ts';
import type { SetUpMemory } from './set-up-memory.ts';
import { Stacks } from './stacks.ts';
import type { NodeCallKind, ReplayAttack, Undo, World, WorldLink, WorldListener } from './world.ts';

/** The parts of the world. */
export interface SimStageOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly crypto: CryptoProvider;
  /** The modelled processor; absent in live worlds, whose processors are real. */
  readonly cpu?: CpuChoice | undefined;
  readonly protocolOf: (host: HostSpec) => Protocol;
  /** The protocols of a host, the lowest first; absent if no host has layers. */
  readonly stackOf?: StackOf;
  readonly buffers?: 'plain' | 'poison';
  readonly fingerprint?: Fingerprint;
  readonly calls?: NodeCalls | undefined;
  /** Watches what the hosts and links take of memory. */
  readonly memory?: SetUpMemory | undefined;
  /** True if any protocol of a host may be asked, and not only those of the traffic. */
  readonly isProbed?: boolean;
  /** Creates another kind of world with the same interface. */
  readonly makeWorld?: (options: SimWorldOptions) => SimWorld;
}

/** A simulated world with all hosts and links of a scenario. */
export class SimStageWorld implements World {
  readonly sim: SimWorld;
  readonly #listeners: WorldListener[] = [];
  readonly #links = new Map<string, StageLink>();
  readonly #stacks: Stacks;
  readonly #options: SimStageOptions;

  constructor(options: SimStageOptions) {
    this.#options = options;
    const { scenario, seed, crypto, protocolOf, buffers, fingerprint, calls } = options;
    const make = options.makeWorld ?? ((parts): SimWorld => new SimWorld(parts));
    this.sim = make({
      seed,
      epochSeconds: scenario.epochSeconds,
      cryptoFor: (): CryptoProvider => crypto,
      buffers: buffers ?? 'plain',
      streams: new SegmentStreams(),
      machines: machinesOf(scenario, options.cpu),
      ...(fingerprint === undefined ? {} : { fingerprint }),
      ...(calls === undefined ? {} : { calls }),
      log: (host, level, message): void => {
        for (const listener of this.#listeners) listener.logged(host, level, message);
      },
    });
    for (const host of scenario.topology.hosts) {
      this.#addHost(host, protocolOf(host), machineOf(options.cpu, host));
      options.memory?.made('hosts', scenario.topology.hosts.length);
    }
    this.#stacks = new Stacks(this.sim, scenario.topology.hosts, {
      stackOf: options.stackOf,
      sinkOf: (host, protocol): DeliverySink | undefined => this.#sinkOf(host, protocol),
    });
    for (const { id, a, b, forward, backward } of scenario.topology.links) {
      this.sim.addLink({ id, a, b, forward, backward });
      options.memory?.made('links', scenario.topology.links.length);
    }
    for (const { id, members, medium } of scenario.topology.segments) {
      this.sim.addSegment({ id, members, medium });
    }
    for (const { id, regions, members, between } of scenario.topology.clouds) {
      const specOf = (from: number, to: number): DirectionSpec =>
        between[from * regions.length + to] as DirectionSpec;
      this.sim.addCloud({ id, regions, members, between: specOf });
    }
    this.#listen();
    this.sim.seal();
  }

  /** Adds a recorder of what nodes report. */
  listen(listener: WorldListener): void {
    this.#listeners.push(listener);
  }

  now(): number {
    return this.sim.scheduler.now;
  }

  at(timeNs: number, fire: () => void): void {
    this.sim.scheduler.after(timeNs - this.sim.scheduler.now, fire, 'traffic');
  }

  atFault(timeNs: number, fire: () => void): void {
    this.sim.scheduler.scheduleFault(timeNs, fire);
  }

  host(name: string, layer?: string): Host {
    return layer === undefined ? this.sim.host(name) : this.#stacks.layer(name, layer);
  }

  call<T>(node: string, kind: NodeCallKind, code: () => T): T {
    return this.sim.calls.run(this.sim.host(node).index, NODE_CALL[kind], code);
  }

  whenMeasured(fire: () => void): void {
    fire();
  }

  link(id: string): StageLink {
    const known = this.#links.get(id);
    if (known !== undefined) return known;
    const made = new StageLink(this, this.sim.link(id));
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

  request(node: string, request: NodeRequest, by?: string): void {
    for (const listener of this.#listeners) listener.requested?.(node, request);
    const respond = (outcome: string, body?: Uint8Array): void => request.respond(outcome, body);
    if (by === undefined) this.sim.host(node).request(request, respond);
    else this.#stacks.request({ node, by }, request, respond);
    for (const listener of this.#listeners) listener.handled?.();
  }

  crash(node: string, store: 'synced' | 'prefix' | 'torn'): void {
    this.sim.crash(node, store);
  }

  restart(node: string): void {
    this.sim.restart(node);
  }

  flood(order: FloodOrder, makeForger: MakeForger): Undo | undefined {
    const host = this.sim.host(order.flood.by);
    if (!host.isUp) return undefined;
    const seed = this.sim.network.seed;
    return new Flood({ world: this, host, seed, order }).start(makeForger);
  }

  setClock(node: string, change: { readonly stepNs: number; readonly ppm: number }): void {
    const { clockModel } = this.sim.host(node);
    if (change.stepNs !== 0) clockModel.step(change.stepNs);
    clockModel.drift(change.ppm, this.now());
  }

  metrics(node: string): Readonly<Record<string, MetricValue>> {
    const host = this.sim.host(node);
    const own = host.meter.data();
    if (host.layers.length === 0) return own;
    const all = { ...own };
    for (const { meter } of host.layers) Object.assign(all, meter.data());
    return all;
  }

  resetMetrics(): void {
    for (const { meter, layers } of this.sim.hosts) {
      meter.reset();
      for (const layer of layers) layer.meter.reset();
    }
  }

  nodeDrops(): Readonly<Record<string, number>> {
    return addUp(
      this.sim.hosts.flatMap(({ drops, layers }) => [drops, ...layers.map((one) => one.drops)]),
    );
  }

  packets(): PacketTotals {
    const sum = this.sim.network.conservation();
    const drops = { ...this.sim.network.dropsByReason() };
    // A packet of a cloud is one packet, on whichever of its directions it is.
    const { passedOn } = this.sim;
    if (this.sim.unrouted > 0) drops['no-route'] = this.sim.unrouted;
    return {
      sent: sum.offered + this.sim.unrouted - passedOn,
      duplicated: sum.duplicated,
      injected: sum.injected,
      delivered: sum.delivered - passedOn,
      inFlight: sum.queued + sum.inSerialisation + sum.inPipe,
      drops: Object.fromEntries(Object.entries(drops).sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  /** What packets take of memory: their buffers and their rows. */
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
    const { metrics, jobs, drops, name: protocol } = runs;
    const host = this.sim.addHost({ name, address, machine, protocol, metrics, jobs, drops });
    host.onDelivery = this.#sinkOf(spec, protocol);
  }

  /** Where the scenario's traffic ends; undefined at protocols of a stack that none of it names. */
  #sinkOf({ name: node, layers }: HostSpec, protocol: string): DeliverySink | undefined {
    const { scenario, isProbed } = this.#options;
    const isNamed = (): boolean => scenario.traffic.some(({ by }) => by === protocol);
    if (layers !== undefined && isProbed !== true && !isNamed()) return undefined;
    return (from, buffer, offset, length): void => {
      const bytes = buffer.subarray(offset, offset + length);
      for (const listener of this.#listeners) listener.delivered(node, from, bytes, protocol);
    };
  }

  #listen(): void {
    const nameOf = (index: number): string => this.sim.hosts[index]?.name ?? '';
    const listeners = this.#listeners;
    this.sim.recorder = {
      get isRecorded(): boolean {
        return listeners.some(({ keepsStates }) => keepsStates === true);
      },
      state: (host, machine, state): void => {
        for (const listener of this.#listeners) listener.state(nameOf(host), machine, state);
      },
      span: (host, name): (() => void) => {
        const beginNs = this.now();
        return (): void => {
          for (const listener of this.#listeners) {
            listener.spanned(nameOf(host), name, beginNs, this.now());
          }
        };
      },
      mark: (host, name): void => {
        for (const listener of this.#listeners) listener.marked(nameOf(host), name);
      },
      finished: (host, protocol): void => {
        for (const listener of this.#listeners) listener.finished?.(nameOf(host), protocol);
      },
      nodeDrop: (host, reason): void => {
        for (const listener of this.#listeners) listener.nodeDropped?.(nameOf(host), reason);
      },
      postponed: (host, request): void => {
        for (const listener of this.#listeners) listener.postponed?.(nameOf(host), request);
      },
      resumed: (host, request): void => {
        for (const listener of this.#listeners) listener.resumed?.(nameOf(host), request);
      },
      handled: (): void => {
        for (const listener of this.#listeners) listener.handled?.();
      },
    };
  }
}

/** A link of a world whose directions are in this process. */
export class StageLink implements WorldLink {
  readonly id: string;
  readonly #world: SimStageWorld;
  readonly #link: SimLink;

  constructor(world: SimStageWorld, link: SimLink) {
    this.id = link.id;
    this.#world = world;
    this.#link = link;
  }

  change(change: LinkChange, side: LinkSide): Undo {
    const effect = this.#link.change(change, side);
    return (): void => effect.end();
  }

  hold(side: LinkSide): Undo {
    const effect = this.#link.hold(side);
    return (): void => effect.end();
  }

  attack(attack: ReplayAttack): Undo {
    const world = this.#world;
    const after: After = (delay, fire) => world.at(world.now() + delay, fire);
    const undo = (['forward', 'backward'] as const).map((side) => {
      const draws = openStream(world.sim.network.seed, `link/${this.id}/${side}`, 'tap');
      return this.tap(side, new ReplayTap(attack, draws, after).see);
    });
    return (): void => {
      for (const one of undo) one();
    };
  }

  /** Shows an observer the packets of one direction. */
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

function attachTap(sim: SimWorld, direction: Direction, tap: Tap): Undo {
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
