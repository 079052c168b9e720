/**
 * A run in any world: nodes on hosts, sources, faults, meters, and what came of it.
 *
 * Five named steps: nodes, flows, faults, run (by the caller), result. It is the same for `sim` and
 * `live`; the world decides how time passes.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { MessageObserver, NodeHandle, Protocol } from '../../engine/host/protocol.ts';
import type { FaultRecord } from '../../reports/model.ts';
import type { HostSpec, LinkSpec } from '../../topologies/model.ts';
import type { Scenario, TrafficSpec } from '../model.ts';
import { type FaultContext, FaultDriver } from './fault-driver.ts';
import { FaultWindows } from './fault-windows.ts';
import { forgerOf } from './flood.ts';
import { FlowMeter } from './flow-meter.ts';
import { readTruth, type Truth } from './ground-truth.ts';
import { PathWatch } from './path-watch.ts';
import { isReachable } from './reachability.ts';
import { Flow, flowStreams } from './traffic-source.ts';
import { RunWitness } from './witness.ts';
import type { World, WorldListener } from './world.ts';

/** What a stage is made of. */
export interface StageParts {
  readonly world: World;
  readonly scenario: Scenario;
  readonly seed: number;
  /** The network as a host's node sees it; not asked where nodes are in other processes. */
  readonly viewOf: (host: string) => NetworkView;
  /** The protocol that a host runs, with its checked options. */
  readonly nodeOf: (host: HostSpec) => { readonly protocol: Protocol; readonly options: unknown };
  /** Who plays when nodes and sources are in other processes. */
  readonly standIns?: StandIns;
  /** Who hears of messages inside a node; absent in live runs, undefined when nobody does. */
  readonly observerOf?: (node: string) => MessageObserver | undefined;
  /** Told of a node that crashed, when it has. */
  readonly crashed?: (node: string) => void;
  /** Begins an attack on privacy; absent in live runs and when no privacy is measured. */
  readonly attack?: NonNullable<FaultContext['attack']>;
}

/** Makes what stands for the nodes and sources of other processes. */
export interface StandIns {
  node(host: HostSpec): NodeHandle;
  flow(index: number, spec: TrafficSpec, meter: FlowMeter): Flow;
}

/** Packets that arrive at nodes are counted for this long after the sources stopped, ns. */
export const DRAIN_NS = 1_000_000_000;

/** Flows of which a fault shows bins: those that it hit, or the first ones where it hit none. */
const WATCHED_MAX = 4;

/** A world with everything on it. */
export class Stage implements WorldListener {
  readonly flows: Flow[] = [];
  readonly faults: FaultDriver;
  readonly paths = new PathWatch();
  readonly #parts: StageParts;
  readonly #nodes = new Map<string, NodeHandle>();
  readonly #witness = new RunWitness();
  readonly #truth: Truth = { flow: 0, kind: 'data', sequence: 0, sentNs: 0 };
  /** Bytes delivered to an application that no flow explains, or damaged. */
  damaged = 0;
  /** Fault records by the flow that they hit. */
  readonly hits: { readonly flow: Flow; readonly record: FaultRecord; readonly atNs: number }[] =
    [];

  constructor(parts: StageParts) {
    this.#parts = parts;
    const context: FaultContext = {
      ...parts,
      activePath: (from, to) => this.activePath(from, to),
      hasAlternative: (from, to, cut) => this.#hasAlternative(from, to, cut),
      flood: (order) => parts.world.flood(order, (of) => forgerOf(parts, of)),
      crash: (node, store) => this.#crash(node, store),
      restart: (node) => this.#restart(node),
      began: (record, cut) => this.#faultBegan(record, cut),
    };
    this.faults = new FaultDriver(context);
  }

  /** Puts nodes, flows and faults on the world. Time is 0 and nothing has run. */
  prepare(): void {
    const { world, scenario } = this.#parts;
    for (const host of scenario.topology.hosts) this.#create(host);
    for (const node of this.#nodes.values()) node.start();
    for (const [index, spec] of scenario.traffic.entries()) this.#addFlow(index, spec);
    for (const flow of this.flows) flow.start();
    this.faults.schedule();
    if (scenario.warmupNs > 0) world.atFault(scenario.warmupNs, () => world.resetMetrics());
  }

  /** Asks all nodes for broken invariants and stops them gracefully. */
  finish(): void {
    for (const flow of this.flows) flow.meter.finish();
    for (const [name, node] of this.#nodes) {
      const broken = node.invariant?.();
      assert(broken === undefined, `${name}: ${broken}`);
      node.stop?.();
    }
  }

  /** Links of the path in use, by the node's own word. */
  activePath(from: string, to: string): readonly string[] | undefined {
    const own = this.#nodes.get(from)?.activePath?.(to);
    if (own !== undefined) return own;
    const joining = this.#parts.scenario.topology.links.find(
      ({ a, b }) => (a.host === from && b.host === to) || (a.host === to && b.host === from),
    );
    return joining === undefined ? undefined : [joining.id];
  }

  /** A node by name. */
  node(name: string): NodeHandle | undefined {
    return this.#nodes.get(name);
  }

  delivered(node: string, _from: string, bytes: Uint8Array): void {
    if (readTruth(bytes, this.#truth)) this.arrived(node, this.#truth);
    else this.damaged += 1;
  }

  /** An application packet reached the user of `node` unchanged; `truth` is read in this call. */
  arrived(node: string, truth: Truth): void {
    const flow = this.flows[truth.flow];
    const isResponse = truth.kind === 'response';
    if (flow === undefined || (!isResponse && node !== flow.spec.to)) {
      this.damaged += 1;
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

  state(node: string, machine: string, state: string): void {
    this.paths.state(this.#parts.world.now(), node, machine, state);
  }

  spanned(): void {
    // Spans are for the trace recorder, which listens beside the stage.
  }

  marked(node: string, name: string): void {
    this.paths.mark(this.#parts.world.now(), node, name);
  }

  logged(): void {
    // Log lines go to the operator, who listens beside the stage.
  }

  #create(host: HostSpec): void {
    const { world, viewOf, nodeOf, standIns, observerOf } = this.#parts;
    if (standIns !== undefined) {
      this.#nodes.set(host.name, standIns.node(host));
      return;
    }
    const { protocol, options } = nodeOf(host);
    const observer = observerOf?.(host.name);
    const watched = observer === undefined ? {} : { observer };
    const network = viewOf(host.name);
    const setup = { options, network, witness: this.#witness, ...watched };
    this.#nodes.set(host.name, protocol.create(world.host(host.name), setup));
  }

  #addFlow(index: number, spec: Scenario['traffic'][number]): void {
    const { world, scenario, seed, standIns } = this.#parts;
    const time = { warmupNs: scenario.warmupNs, endNs: scenario.durationNs };
    const spacingNs = Flow.spacingNs(spec);
    const meter = new FlowMeter(time, spacingNs);
    meter.windows = new FaultWindows({ spacingNs, limitNs: faultLimitNs(scenario) });
    const flow = standIns?.flow(index, spec, meter);
    this.flows.push(flow ?? new Flow(world, spec, meter, flowStreams(seed, index)));
  }

  #hasAlternative(from: string, to: string, cut: string): boolean {
    const { scenario, world } = this.#parts;
    const isUsable = ({ id }: LinkSpec): boolean =>
      id !== cut && world.link(id).isUp('forward') && world.link(id).isUp('backward');
    return isReachable(scenario.topology.links, from, to, isUsable);
  }

  #crash(node: string, store: 'synced' | 'prefix' | 'torn'): void {
    this.#parts.world.crash(node, store);
    this.#nodes.delete(node);
    this.#parts.crashed?.(node);
  }

  #restart(name: string): void {
    const host = this.#parts.scenario.topology.hosts.find((spec) => spec.name === name);
    assert(host !== undefined, `restart of unknown node ${name}`);
    this.#parts.world.restart(name);
    this.#create(host);
    this.#nodes.get(name)?.start();
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
    const watched = (hit.length === 0 ? this.flows : hit).slice(0, WATCHED_MAX);
    for (const { meter } of watched) {
      world.whenMeasured(() => meter.windows?.begin(record.id, now));
    }
  }

  #isHit({ spec }: Flow, record: FaultRecord, cut: readonly string[]): boolean {
    // A node that crashed can no longer say which path it used: its own flows are hit for sure.
    if (record.targets.includes(spec.from)) return true;
    return (this.activePath(spec.from, spec.to) ?? []).some((id) => cut.includes(id));
  }
}

/** The longest limit of a KPI in time that is sampled per fault, ns; 0 without one. */
function faultLimitNs({ kpis }: Scenario): number {
  const limits = kpis.filter(({ metric }) => /\.(failover|recovery|detection)$/.test(metric));
  return Math.max(0, ...limits.map(({ limit }) => limit));
}
