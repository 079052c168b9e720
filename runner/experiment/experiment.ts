/**
 * A run in any world: nodes on hosts, sources, faults, meters, and the results.
 *
 * It has five steps: nodes, flows, faults, run (by the caller), result. They are the same in all
 * worlds; the world decides how time passes.
 *
 * @module
 */

import { assert } from '../../engine/core/assert.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { MessageObserver, NodeHandle, PackageFile } from '../../engine/host/protocol.ts';
import { greatestOf } from '../../engine/pure/extremes.ts';
import type { FaultRecord } from '../../reports/model.ts';
import type { AskSpec } from '../../scenarios/fault-parts.ts';
import type { FinishingProtocols } from '../../scenarios/files/until.ts';
import type { Scenario, TrafficSpec } from '../../scenarios/model.ts';
import type { ProtocolStackOf } from '../../scenarios/open/nodes.ts';
import type { Machine } from '../../topologies/files/machine.ts';
import type { HostSpec, LinkSpec } from '../../topologies/model.ts';
import { type AskAnswerReceiver, askNode } from '../asks/ask.ts';
import { AskMeter } from '../asks/ask-meter.ts';
import { scheduleAsks } from '../asks/ask-source.ts';
import { BrokenGuaranteeError } from '../crash/crash.ts';
import type { FaultContext } from '../faults/fault-context.ts';
import { FaultDriver } from '../faults/fault-driver.ts';
import { isReachable } from '../faults/reachability.ts';
import type { FloodCommand } from '../flood-command.ts';
import { createNodes, findProtocolNode } from '../nodes/host-nodes.ts';
import { Reconfigurations } from '../nodes/reconfigure.ts';
import { FaultWindows } from '../traffic/fault-windows.ts';
import { createForger } from '../traffic/flood.ts';
import { FlowMeter } from '../traffic/flow-meter.ts';
import { type GroundTruth, readTruth } from '../traffic/ground-truth.ts';
import { PathWatch } from '../traffic/path-watch.ts';
import { RunFlows } from '../traffic/run-flows.ts';
import type { SumGroundTruth } from '../traffic/sum-ground-truth.ts';
import { Flow, FlowDrawFactory } from '../traffic/traffic-source.ts';
import { RunWitness } from '../traffic/witness.ts';
import type { StoreFault, Undo, World, WorldListener } from '../world.ts';
import type { SetUpMemoryGuard } from '../worlds/set-up-memory.ts';
import { FinishedHostsTracker } from './done-watch.ts';

/** What an experiment is made from. */
export interface ExperimentParts {
  readonly world: World;
  readonly scenario: Scenario;
  readonly seed: number;
  /**
   * Makes the view of the network for the lowest protocol of a host, or for a layer; not used if nodes
   * are in other processes.
   */
  readonly viewOf: (host: string, layer?: string) => NetworkView;
  readonly stackOf: ProtocolStackOf;
  /** Makes stand-ins for nodes and sources; given if these are in other processes. */
  readonly standIns?: StandInFactory;
  /** The hosts whose nodes and sources are in this process; by default, all. */
  readonly hosts?: readonly string[];
  /** Makes the meter of a flow; by default, a meter in this process. */
  readonly meterOf?: (index: number) => FlowMeter;
  readonly machine: Machine;
  /** The witness of what nodes observe; by default, a new object. */
  readonly witness?: RunWitness;
  /** Returns the message observer for the lowest protocol of a node, or for a layer; undefined for none. */
  readonly observerOf?: (node: string, layer?: string) => MessageObserver | undefined;
  /** The hosts for which the end of the run waits; absent if the run always lasts for its duration. */
  readonly finishers?: FinishingProtocols | undefined;
  /** Limits and measures the memory of the nodes; absent if they are in other processes. */
  readonly memory?: SetUpMemoryGuard | undefined;
  /** Called for each node that has crashed. */
  readonly crashed?: (node: string) => void;
  /** Begins an attack on privacy; absent in live runs and if no privacy is measured. */
  readonly attack?: FaultContext['attack'];
  /** The object with the flows of the run, if other parts of the run share it; by default, a new one. */
  readonly deliveries?: RunFlows;
}

/** Makes stand-ins for nodes and sources that are in other processes. */
export interface StandInFactory {
  node(host: HostSpec): NodeHandle;
  flow(index: number, spec: TrafficSpec, meter: FlowMeter): Flow;
  ask(spec: AskSpec, taker: AskAnswerReceiver): Undo;
}

/**
 * Largest number of flows for which the bins around a fault are kept: flows that it affected, or the
 * first flows if it affected none.
 */
const WINDOWED_FLOWS_MAX = 4;

/** A world with the nodes, flows and faults of a scenario. */
export class Experiment implements WorldListener {
  readonly deliveries: RunFlows;
  /** For each traffic entry with drawn pairs: the meter of all its flows together. */
  readonly groups = new Map<string, FlowMeter>();
  readonly faults: FaultDriver;
  readonly paths = new PathWatch();
  /** Set if the run ends when its work is done. */
  readonly done: FinishedHostsTracker | undefined;
  /** Called once, when the work is done and sources have stopped. */
  onDone: (() => void) | undefined;
  readonly #parts: ExperimentParts;
  readonly asks: AskMeter;
  readonly #nodes = new Map<string, NodeHandle>();
  readonly #witness: RunWitness;
  readonly reconfigurations: Reconfigurations;
  readonly #truth: GroundTruth = { flow: 0, kind: 'data', sequence: 0, sentNs: 0 };
  /**
   * Refused packets by reason, as counted by nodes in other processes; undefined if nodes are in this
   * process.
   */
  refusals: Readonly<Record<string, number>> | undefined;
  /** For each fault and each flow that it affected: the flow, the fault record and the instant. */
  readonly hits: { readonly flow: Flow; readonly record: FaultRecord; readonly atNs: number }[] =
    [];

  constructor(parts: ExperimentParts) {
    this.#parts = parts;
    this.deliveries = parts.deliveries ?? new RunFlows();
    this.asks = new AskMeter(parts.scenario.warmupNs);
    this.#witness = parts.witness ?? new RunWitness();
    this.reconfigurations = new Reconfigurations(parts.scenario, parts.stackOf);
    const context: FaultContext = {
      ...parts,
      activePath: (from, to) => this.activePath(from, to),
      hasAlternative: (from, to, cut) => this.#hasAlternative(from, to, cut),
      flood: (order) => this.flood(order),
      // Flows of other processes cannot be sped up from here.
      burst: parts.standIns === undefined ? (node, times) => this.#burst(node, times) : undefined,
      ask: (spec, taker) => this.ask(spec, taker),
      isUp: (node) => this.#nodes.has(node),
      crash: (node, store) => this.crash(node, store),
      restart: (node) => this.restart(node),
      began: (record, cut) => this.#faultBegan(record, cut),
    };
    this.faults = new FaultDriver(context);
    const { finishers, scenario } = parts;
    if (finishers !== undefined)
      this.done = new FinishedHostsTracker(finishers, scenario.durationNs);
  }

  get flows(): Flow[] {
    return this.deliveries.flows;
  }

  /**
   * When the measured part of the run ends, ns, as far as known: sources stop, and nothing later is
   * measured.
   */
  get endNs(): number {
    return this.done?.doneNs ?? this.#parts.scenario.durationNs;
  }

  /** The instant until which packets that were sent may still arrive, ns. */
  get overNs(): number {
    return this.endNs + this.#parts.scenario.drainNs;
  }

  /** Puts nodes, flows and faults into the world, at time 0, before any event. */
  prepare(): void {
    this.startNodes();
    this.book();
  }

  /** Creates the nodes and flows, and starts the nodes. */
  startNodes(): void {
    const { world, scenario, seed, memory, machine } = this.#parts;
    const hosts = scenario.topology.hosts.filter(({ name }) => this.#isHere(name));
    for (const host of hosts) {
      this.#create(host);
      memory?.made('nodes', hosts.length);
    }
    for (const [name, node] of this.#nodes) world.call(name, 'start', () => node.start());
    const supply = new FlowDrawFactory(seed, machine.crc32);
    for (const [index, spec] of scenario.traffic.entries()) this.#addFlow(index, spec, supply);
  }

  /**
   * Schedules flows, faults and other instants of the scenario.
   * @param fromNs In a process that joins during the run: instants before this one are skipped.
   */
  book(fromNs = 0): void {
    const { world, scenario } = this.#parts;
    for (const flow of this.flows) if (this.#isHere(flow.spec.from)) flow.start(fromNs);
    const ask = (spec: AskSpec): unknown => this.ask(spec, { ended: () => undefined });
    const isOver = (): boolean => this.done?.doneNs !== undefined;
    for (const source of scenario.asks ?? []) scheduleAsks(source, { world, ask, isOver });
    this.faults.schedule();
    if (scenario.warmupNs > fromNs) world.atFault(scenario.warmupNs, () => this.#resetMetrics());
  }

  /** Checks the invariants of all nodes and stops them gracefully. */
  finish(): void {
    const { world } = this.#parts;
    for (const { meter } of this.flows) meter.finish();
    for (const meter of this.groups.values()) meter.finish();
    for (const [name, node] of this.#nodes) {
      const broken = world.call(name, 'question', () => node.invariant?.());
      if (broken !== undefined) throw new BrokenGuaranteeError(broken, name);
      world.call(name, 'stop', () => node.stop?.());
    }
  }

  /**
   * Puts a question to a node, and measures its answer.
   * @returns a function that gives the question up.
   */
  ask(spec: AskSpec, taker: AskAnswerReceiver): Undo {
    const measure = this.asks.put(this.#parts.world.now());
    const measured: AskAnswerReceiver = {
      ...taker,
      ended: (answer) => {
        measure(answer);
        taker.ended(answer);
      },
    };
    return this.put(spec, measured);
  }

  /** Puts a question from outside the scenario to a node, without measuring it. */
  put(spec: AskSpec, taker: AskAnswerReceiver): Undo {
    const { world, standIns } = this.#parts;
    const node = this.node(spec.node);
    if (standIns !== undefined && node !== undefined) return standIns.ask(spec, taker);
    return askNode({ world, node, reconfigurations: this.reconfigurations }, spec, taker);
  }

  /** Links of the path in use, as the node reports it. */
  activePath(from: string, to: string): readonly string[] | undefined {
    const node = this.#nodes.get(from);
    const { world } = this.#parts;
    const own = node && world.call(from, 'question', () => node.activePath?.(to));
    if (own !== undefined) return own;
    const joining = this.#linkJoining(from, to);
    return joining === undefined ? undefined : [joining];
  }

  /**
   * The flows, as `a -> b`, whose path in use is known; a fault on a hop of the active path needs such
   * a flow.
   */
  followedPaths(): readonly string[] {
    const isFollowed = ({ from, to }: TrafficSpec): boolean =>
      this.#nodes.get(from)?.activePath !== undefined || this.#linkJoining(from, to) !== undefined;
    const pairs = this.#parts.scenario.traffic.filter(isFollowed);
    return [...new Set(pairs.map(({ from, to }) => `${from} -> ${to}`))];
  }

  #linkJoining(from: string, to: string): string | undefined {
    const { links } = this.#parts.scenario.topology;
    const joins = ({ a, b }: LinkSpec): boolean =>
      (a.host === from && b.host === to) || (a.host === to && b.host === from);
    return links.find(joins)?.id;
  }

  /** The nodes of this process that are up, by their names. */
  get nodes(): ReadonlyMap<string, NodeHandle> {
    return this.#nodes;
  }

  /** Nodes that cannot carry traffic yet. */
  get waiting(): readonly string[] {
    return [...this.#nodes].filter(([, node]) => node.isReady?.() === false).map(([name]) => name);
  }

  /**
   * Sends forged datagrams until the returned function is called; undefined if the sending host is
   * down.
   */
  flood(order: FloodCommand): Undo | undefined {
    return this.#parts.world.flood(order, (of) => createForger(this.#parts, of));
  }

  /** The node with that name, with all its layers. */
  node(name: string): NodeHandle | undefined {
    return this.#nodes.get(name);
  }

  /** One protocol of the node with that name: a layer, or the lowest. */
  member(name: string, layer: string | undefined): NodeHandle | undefined {
    return findProtocolNode(this.#nodes.get(name), layer);
  }

  // biome-ignore lint/complexity/useMaxParams: an object for each message would be garbage
  delivered(
    node: string,
    _from: string,
    bytes: Uint8Array,
    protocol: string,
    isAgain: boolean,
  ): void {
    this.#truth.isAgain = isAgain;
    const isRead = readTruth(bytes, this.#truth, this.#parts.machine.crc32);
    if (isRead && !isOtherLayer(this.flows[this.#truth.flow], protocol)) {
      this.arrived(node, this.#truth);
    } else {
      this.deliveries.damaged += 1;
    }
  }

  /**
   * Records that an application packet reached the application of `node` unchanged; `truth` is read
   * during the call only.
   */
  arrived(node: string, truth: GroundTruth): void {
    const flow = this.flows[truth.flow];
    const isResponse = truth.kind === 'response';
    if (flow === undefined || (!isResponse && node !== flow.spec.to)) {
      this.deliveries.damaged += 1;
      return;
    }
    const now = this.#parts.world.now();
    if (isResponse) {
      flow.meter.rtt.record(Math.max(0, Math.floor(now - flow.requestSentNs(truth.sequence))));
      return;
    }
    flow.meter.received(truth, now);
    const { pattern } = flow.spec;
    if (truth.kind === 'request' && pattern.kind === 'request-response') {
      flow.respond(truth.sequence, pattern.responseBytes);
    }
  }

  finished(node: string, protocol: string): void {
    const { done } = this;
    if (done === undefined || done.doneNs !== undefined) return;
    done.finished(node, protocol, this.#parts.world.now());
    if (done.doneNs !== undefined) this.#end(done.doneNs);
  }

  state(node: string, machine: string, state: string): void {
    this.paths.state(this.#parts.world.now(), node, machine, state);
  }

  marked(node: string, name: string): void {
    this.paths.mark(this.#parts.world.now(), node, name);
  }

  /**
   * The parts that nodes put into sums, and the sums that they claim. For nodes in other processes,
   * linear checksums stand for both.
   */
  get sums(): SumGroundTruth {
    return this.#witness.sums;
  }

  #resetMetrics(): void {
    this.#parts.world.resetMetrics();
    this.sums.reset();
  }

  /** Ends the run because its work is done: no source and no fault begins any more. */
  #end(atNs: number): void {
    this.faults.close();
    for (const flow of this.flows) {
      flow.mute();
      flow.meter.endAt(atNs);
    }
    this.onDone?.();
  }

  #create(host: HostSpec): void {
    const { standIns, observerOf, machine } = this.#parts;
    const { name } = host;
    if (standIns !== undefined) {
      this.#nodes.set(name, standIns.node(host));
      return;
    }
    const stack = this.#parts.stackOf(host);
    const observed = (layer?: string): MessageObserver | undefined => observerOf?.(name, layer);
    const readFile = (file: PackageFile): Uint8Array => machine.readPackageFile(file);
    const parts = { ...this.#parts, readFile, stack, witness: this.#witness, observerOf: observed };
    this.#nodes.set(name, createNodes(host, parts));
  }

  #addFlow(index: number, spec: TrafficSpec, supply: FlowDrawFactory): void {
    const { world, standIns, meterOf } = this.#parts;
    const meter = meterOf?.(index) ?? this.#meterOf(spec);
    const flow = standIns?.flow(index, spec, meter);
    this.flows.push(flow ?? new Flow(world, spec, meter, supply.of(index, spec)));
  }

  #meterOf(spec: TrafficSpec): FlowMeter {
    const { scenario } = this.#parts;
    const { warmupNs, durationNs: endNs, drainNs } = scenario;
    const time = { warmupNs, endNs, drainNs };
    const spacingNs = Flow.spacingNs(spec);
    const meter = new FlowMeter(time, spacingNs);
    if (spec.group !== undefined) {
      meter.together = this.groups.get(spec.group) ?? new FlowMeter(time, spacingNs);
      this.groups.set(spec.group, meter.together);
    }
    meter.pathAt = (sentNs): string | undefined => this.paths.pathAt(spec.from, spec.to, sentNs);
    meter.windows = new FaultWindows({ spacingNs, limitNs: faultLimitNs(scenario) });
    return meter;
  }

  #isHere(host: string): boolean {
    return this.#parts.hosts?.includes(host) !== false;
  }

  #burst(node: string, times: number): readonly Undo[] {
    const own = this.flows.filter(({ spec }) => spec.from === node);
    return own.flatMap((flow) => flow.burst(times) ?? []);
  }

  #hasAlternative(from: string, to: string, cut: string): boolean {
    const { scenario, world } = this.#parts;
    const isUsable = ({ id }: LinkSpec): boolean =>
      id !== cut && world.link(id).isUp('forward') && world.link(id).isUp('backward');
    return isReachable(scenario.topology.links, from, to, isUsable);
  }

  /** Stops a node as a crash does; its sources continue. */
  crash(node: string, store: StoreFault): void {
    this.#parts.world.crash(node, store);
    this.#nodes.delete(node);
    this.reconfigurations.forget(node);
    this.done?.crashed(node, this.#parts.world.now());
    this.#parts.crashed?.(node);
  }

  /** Creates and starts a node again. */
  restart(name: string): void {
    const host = this.#parts.scenario.topology.hosts.find((spec) => spec.name === name);
    assert(host !== undefined, `restart of unknown node ${name}`);
    this.#parts.world.restart(name);
    this.#create(host);
    this.#parts.world.call(name, 'start', () => this.#nodes.get(name)?.start());
    for (const flow of this.flows) if (flow.spec.from === name) flow.nodeRestarted();
  }

  #faultBegan(record: FaultRecord, cut: readonly string[]): void {
    const { world } = this.#parts;
    const now = world.now();
    const hit = cut.length === 0 ? [] : this.flows.filter((flow) => this.#isHit(flow, record, cut));
    for (const flow of hit) {
      world.whenMeasured(() => {
        flow.meter.faultBegan(now);
        this.paths.faultBegan(now, flow.spec.from, flow.spec.to);
      });
      this.hits.push({ flow, record, atNs: now });
    }
    this.#linkFaultBegan(record, cut);
    const watched = (hit.length === 0 ? this.flows : hit).slice(0, WINDOWED_FLOWS_MAX);
    for (const { meter } of watched) {
      world.whenMeasured(() => meter.windows?.begin(record.id, now));
    }
  }

  /** Tells the flows whose path crosses a link that is cut or changed. */
  #linkFaultBegan(record: FaultRecord, cut: readonly string[]): void {
    const { world } = this.#parts;
    const changed = new Set(record.kind === 'set-link' ? record.targets : cut);
    if (changed.size === 0) return;
    for (const { meter, spec } of this.flows) {
      const isHit = (this.activePath(spec.from, spec.to) ?? []).some((id) => changed.has(id));
      if (isHit) world.whenMeasured(() => meter.linkFaultBegan(record));
    }
  }

  #isHit({ spec }: Flow, record: FaultRecord, cut: readonly string[]): boolean {
    // A crashed node cannot report which path it uses, so all flows from it count as affected.
    if (record.targets.includes(spec.from)) return true;
    return (this.activePath(spec.from, spec.to) ?? []).some((id) => cut.includes(id));
  }
}

/** True if the flow belongs to another protocol than the one that delivered the packet. */
function isOtherLayer(flow: Flow | undefined, protocol: string): boolean {
  return flow?.spec.by !== undefined && flow.spec.by !== protocol;
}

/** The longest limit of the KPIs that are times after a fault, ns; 0 if there are none. */
function faultLimitNs({ kpis }: Scenario): number {
  const limits = kpis.filter(({ metric }) =>
    /\.(failover|disturbance|recovery|detection)$/.test(metric),
  );
  return greatestOf([0, ...limits.map(({ limit }) => limit)]);
}
