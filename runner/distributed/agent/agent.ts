/**
 * An agent runs the nodes of some hosts in its own process, or on its own event loop, as a coordinator
 * commands.
 *
 * It builds the whole network, so that indices, addresses and random streams agree with every other
 * process, but runs only its own hosts: nodes, sources and the links that leave them. It reports
 * measurements every few milliseconds and judges nothing. It ends when the coordinator is gone.
 *
 * @module
 */

import { createCryptoProvider } from '../../../engine/crypto/index.ts';
import type { LogFields } from '../../../engine/host/measure.ts';
import type { NetworkView } from '../../../engine/host/network-view.ts';
import { ComputePool } from '../../../engine/live/compute-pool.ts';
import type { MetricValue } from '../../../engine/measure/counters.ts';
import type { LogSink } from '../../../engine/net/sim-observers.ts';
import { nodeMachine } from '../../../scenarios/open/node-machine.ts';
import {
  makeProtocolStackFinder,
  makeProtocolsFinder,
  type ProtocolStackOf,
} from '../../../scenarios/open/nodes.ts';
import type { ProtocolLookup } from '../../../topologies/files/registry.ts';
import type { HostSpec } from '../../../topologies/model.ts';
import { findCrash, makeCrashContext } from '../../crash/crash-context.ts';
import { Experiment } from '../../experiment/experiment.ts';
import { type KeyBundleViewParts, keyBundleView } from '../../nodes/key-bundle.ts';
import { networkMap } from '../../nodes/network-map.ts';
import { claimedFlow } from '../../traffic/ground-truth.ts';
import { RunFlows } from '../../traffic/run-flows.ts';
import type { StoreFault, Undo, WorldListener } from '../../world.ts';
import { type LiveRunWorld, makeLiveWorld } from '../../worlds/live/live-world.ts';
import type { AgentAssignment, AgentReport, RunCommand } from '../messages/messages.ts';
import { ReportingWitness } from '../messages/reporting-witness.ts';
import { AgentAskHandler } from './agent-asks.ts';
import { AgentMeasurements } from './agent-measurements.ts';
import { truncateReportText } from './broken-report.ts';
import { listProbedPairs, type PacketProbeResult, PacketProber } from './probe-packets.ts';
import { MeasuredRows, ReportingMeter } from './reporting-meter.ts';

/** One log line of a node. */
export interface NodeLine {
  readonly node: string;
  /** Name of its protocol. */
  readonly protocol: string;
  readonly level: 'debug' | 'info' | 'warn';
  readonly text: string;
  readonly fields?: LogFields;
}

/** What a process provides for its agent. */
export interface AgentEnvironment {
  readonly registry: ProtocolLookup;
  /**
   * `alone`: no coordinator exists, so counters are read at the operator endpoint only, and the run has
   * no end.
   */
  readonly mode: 'coordinated' | 'alone';
  /** Number of worker threads for the jobs of nodes; undefined for as many as the machine suggests. */
  readonly workers?: number | undefined;
  readonly send: (report: AgentReport) => void;
  /** Called once with the error that code of a node threw; the agent must not be used afterwards. */
  readonly onBroken: (error: unknown) => void;
  /** Receives log lines of nodes, and their states and marks as lines of level debug. */
  readonly onLine?: (line: NodeLine) => void;
}

/**
 * Interval between reports of packets, ms. A crash loses the measurements of at most one interval;
 * shorter intervals would cost more messages.
 */
const FLUSH_MS = 20;
/** Interval between reports of counters, ms. */
const TALLY_MS = 250;
/** Interval between two reports that include the histogram of lateness, ms. */
const LATENESS_MS = 2_500;
const READY_MS = 20;
/**
 * Largest number of samples that a node without a coordinator keeps of a metric, since its operator
 * endpoint shows no more.
 */
const SAMPLES_ALONE_MAX = 10_000;
const NS_PER_MS = 1_000_000;
/** The agent sends the coordinator a message at least this often, ms. */
const KEEP_ALIVE_MS = 200;
/**
 * Replaces the bytes of a packet that the wrong protocol delivered, so that the packet counts as
 * damaged.
 */
const UNREADABLE_PACKET = new Uint8Array(0);

/** Runs the nodes of one process for a coordinator, from the assignment to the result. */
export class Agent implements WorldListener {
  readonly world: LiveRunWorld['world'];
  readonly agenda: LiveRunWorld['agenda'];
  readonly #order: AgentAssignment;
  readonly #stackOf: ProtocolStackOf;
  readonly #surroundings: AgentEnvironment;
  /** The nodes and flows of the hosts of this agent. */
  readonly #experiment: Experiment;
  readonly #rows: MeasuredRows;
  /** Puts questions to the nodes of this agent. */
  readonly asks: AgentAskHandler;
  readonly #probes = new PacketProber((...asked) => this.asks.request(...asked));
  readonly #gauge: AgentMeasurements;
  readonly #provisioned: KeyBundleViewParts;
  readonly #effects = new Map<number, Undo>();
  /** The links of each active path as last reported, by `from -> to`. */
  readonly #paths = new Map<string, string>();
  #timers: NodeJS.Timeout[] = [];
  #readyTimer: NodeJS.Timeout | undefined;
  #isReady = false;
  #isRunning = false;
  #toldNs = 0;

  constructor(order: AgentAssignment, surroundings: AgentEnvironment) {
    const { scenario, seed, hosts } = order;
    this.#order = order;
    this.#surroundings = surroundings;
    const stackOf = makeProtocolStackFinder(scenario, surroundings.registry);
    this.#stackOf = stackOf;
    const protocolsOf = makeProtocolsFinder(scenario.topology, stackOf);
    const network = networkMap(scenario.topology, protocolsOf);
    this.#provisioned = { bundle: order.bundle, network, protocolsOf };
    const { world, agenda } = makeLiveWorld({
      scenario,
      seed,
      crypto: createCryptoProvider(scenario.crypto, { timing: 'constant' }),
      stackOf,
      live: {
        shape: order.shape,
        precision: order.precision,
        isLocal: (host): boolean => hosts.includes(host),
        onFailure: surroundings.onBroken,
        compute: new ComputePool(surroundings.workers),
        ...(order.stateFolder === undefined ? {} : { stateFolder: order.stateFolder }),
      },
    });
    this.world = world;
    this.agenda = agenda;
    const indexOf = (host: string): number =>
      scenario.topology.hosts.findIndex(({ name }) => name === host);
    this.#rows = new MeasuredRows(hosts, indexOf);
    const deliveries = new RunFlows();
    const { flows } = deliveries;
    this.#experiment = new Experiment({
      ...{ machine: nodeMachine, world, scenario, seed, hosts, deliveries, stackOf },
      viewOf: (host, layer): NetworkView => keyBundleView(host, this.#provisioned, layer),
      meterOf: (index): ReportingMeter =>
        new ReportingMeter(flows, index, this.#rows, scenario.warmupNs),
      // The witness is in the coordinator, so what nodes have observed survives crashes of this
      // process.
      witness: new ReportingWitness((report) => this.#send(report)),
    });
    this.asks = new AgentAskHandler({
      ...{ world, pump: world.sim.pump, experiment: this.#experiment },
      send: surroundings.send,
    });
    this.#gauge = new AgentMeasurements(this.world, flows, this.#rows);
    this.world.listen(this);
  }

  /** Starts the nodes; reports `loaded` and later `ready`. */
  async load(): Promise<void> {
    const { sim: live } = this.world;
    await live.warm();
    const { zeroNs } = this.#order;
    // Nodes are already active before the scenario's time 0, at negative instants.
    if (zeroNs !== undefined) this.agenda.begin(Number(zeroNs - live.clock.originNs));
    if (this.#surroundings.mode === 'alone') this.world.limitSamples(SAMPLES_ALONE_MAX);
    live.pump.enter(() => this.#experiment.startNodes());
    for (const flow of this.#experiment.flows) {
      flow.nextSequence = this.#order.nextSequence[flow.index] ?? 0;
    }
    this.#everyInTurn(this.#measures ? FLUSH_MS : KEEP_ALIVE_MS, () => this.#flush());
    if (this.#surroundings.mode === 'coordinated') this.#tellCounts();
    this.#send({ type: 'loaded' });
    this.#readyTimer = this.#every(READY_MS, () => this.#lookReady());
  }

  /** Carries out a command of the coordinator. */
  obey(command: RunCommand): void {
    const { world } = this;
    switch (command.type) {
      case 'start':
        this.#start(command.zeroNs);
        return;
      case 'change': {
        const { link, change, side } = command;
        this.#begin(command.effect, () => world.link(link).change(change, side));
        return;
      }
      case 'hold':
        this.#begin(command.effect, () => world.link(command.link).hold(command.side));
        return;
      case 'attack':
        this.#begin(command.effect, () => world.link(command.link).attack(command.attack));
        return;
      case 'flood':
        this.#begin(
          command.effect,
          () => this.#experiment.flood(command.order) ?? ((): void => undefined),
        );
        return;
      case 'undo': {
        const undo = this.#effects.get(command.effect);
        this.#effects.delete(command.effect);
        if (undo !== undefined) world.sim.pump.enter(undo);
        return;
      }
      case 'clock':
        // A fault may set a clock while its node is down or not yet created, because the clock
        // belongs to the machine.
        if (this.#order.hosts.includes(command.node)) world.setClock(command.node, command);
        return;
      case 'ask':
        this.asks.ask(command.number, command.ask);
        return;
      case 'unask':
        this.asks.cancel(command.number);
        return;
      case 'crash':
        this.#crash(command.node, command.store);
        return;
      case 'restart':
        this.#restart(command.node);
        return;
      case 'mute':
        this.agenda.mute();
        return;
      case 'stop':
        this.#stop();
        return;
      case 'die':
        process.kill(process.pid, 'SIGKILL');
    }
  }

  /** Closes sockets and files, and waits for what is being written. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    await this.world.sim.close();
  }

  /** The {@link NodeCrash} for an error that a node caused; else the error itself. */
  findCrash(error: unknown): unknown {
    const { scenario, seed } = this.#order;
    const { hosts } = scenario.topology;
    const parts = { machine: nodeMachine, hosts, stackOf: this.#stackOf, seed };
    return findCrash(error, makeCrashContext(this.world, parts));
  }

  /** True once every node has reported that it can carry traffic. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** True once the scenario's time has begun. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Names of the nodes that cannot carry traffic yet. */
  get waiting(): readonly string[] {
    return this.#experiment.waiting;
  }

  /**
   * Sends a probe packet to the first peer of the agent's applications, or to each of them, and back;
   * undefined if they have no peers.
   */
  probe(whom: 'first' | 'each' = 'first'): Promise<PacketProbeResult> | undefined {
    const pairs = listProbedPairs(this.#order.scenario.traffic, (node) =>
      this.#experiment.nodes.has(node),
    );
    return whom === 'first' ? this.#probes.toFirst(pairs) : this.#probes.toEach(pairs);
  }

  /** The hosts of this agent. */
  get hosts(): readonly HostSpec[] {
    const { scenario, hosts } = this.#order;
    return scenario.topology.hosts.filter(({ name }) => hosts.includes(name));
  }

  /** Names of the protocols of this agent's hosts; those of one host from the lowest to the highest. */
  get protocols(): readonly string[] {
    const stacks = this.hosts.map((host) => this.#stackOf(host));
    const names = stacks.flatMap((stack) => stack.map(({ protocol }) => protocol.name));
    return [...new Set(names)];
  }

  /** The metrics of each node, in the order in which the assignment lists the hosts. */
  metrics(): readonly Readonly<Record<string, MetricValue>>[] {
    return this.#order.hosts.map((host) => this.world.metrics(host));
  }

  // biome-ignore lint/complexity/useMaxParams: an object for each message would be garbage
  delivered(
    node: string,
    from: string,
    bytes: Uint8Array,
    protocol: string,
    isAgain: boolean,
  ): void {
    const { flows } = this.#experiment;
    const flow = claimedFlow(bytes);
    if (flow >= flows.length && this.#probes.take({ node, by: protocol }, from, bytes)) return;
    const by = flows[flow]?.spec.by ?? protocol;
    // The bytes name a flow of another protocol than the one that delivered them, so they count as
    // damaged.
    const read = by === protocol ? bytes : UNREADABLE_PACKET;
    this.#rows.delivered(node, read, { flows, now: this.world.now(), isAgain });
  }

  state(node: string, machine: string, state: string): void {
    this.#send({ type: 'state', atNs: this.world.now(), node, machine, state });
    this.#write(node, 'debug', `${machine}: ${state}`);
    this.#reportChangedPaths(node);
  }

  spanned(node: string, name: string, beginNs: number, endNs: number): void {
    this.#send({ type: 'span', node, name, beginNs, endNs });
  }

  finished(node: string, protocol: string): void {
    this.#send({ type: 'finished', atNs: this.world.now(), node, protocol });
  }

  marked(node: string, name: string): void {
    this.#send({ type: 'mark', atNs: this.world.now(), node, name });
    this.#write(node, 'debug', name);
    this.#reportChangedPaths(node);
  }

  readonly logged: LogSink = (node, level, message, fields) => {
    this.#send({ type: 'log', node, level, message: truncateReportText(message) });
    this.#write(node, level, message, fields);
  };

  readonly #write: LogSink = (node, level, text, fields) => {
    const { onLine } = this.#surroundings;
    if (onLine === undefined) return;
    const protocol = this.#provisioned.protocolsOf(node)[0]?.name ?? '';
    onLine({ node, protocol, level, text, ...(fields === undefined ? {} : { fields }) });
  };

  /**
   * Crashes a node; traffic sources on its host continue, as in a run with all nodes on one event loop.
   */
  #crash(name: string, store: StoreFault): void {
    if (!this.#experiment.nodes.has(name)) return;
    // A restarted node has not chosen any path yet.
    for (const { to } of this.#order.scenario.traffic) this.#paths.delete(`${name} -> ${to}`);
    this.world.sim.pump.enter(() => this.#experiment.crash(name, store));
  }

  #restart(name: string): void {
    this.world.sim.pump.enter(() => this.#experiment.restart(name));
    this.#reportChangedPaths(name);
  }

  #start(zeroNs: bigint): void {
    const { sim: live } = this.world;
    const zero = Number(zeroNs - live.clock.originNs);
    const fromNs = Math.max(0, live.clock.now() - zero);
    this.#isRunning = true;
    this.agenda.begin(zero);
    this.#gauge.begin();
    this.#experiment.book(fromNs);
    live.pump.wake();
    for (const name of this.#order.hosts) this.#reportChangedPaths(name);
  }

  #stop(): void {
    const { sim: live } = this.world;
    live.pump.stop();
    this.#flush();
    this.#tellHandovers();
    this.world.assertBalance();
    // The counters are read before the nodes close their sockets.
    const tally = this.#gauge.tally(this.#order.hosts);
    this.#experiment.finish();
    this.#send({ type: 'result', tally });
  }

  #begin(effect: number, act: () => Undo): void {
    this.world.sim.pump.enter(() => {
      this.#effects.set(effect, act());
    });
  }

  /**
   * True if an application of a flow runs in this agent. All other agents only report that they are
   * alive.
   */
  get #measures(): boolean {
    const { hosts, scenario } = this.#order;
    return scenario.traffic.some(({ from, to }) => hosts.includes(from) || hosts.includes(to));
  }

  #lookReady(): void {
    if (this.#isReady) return;
    const { waiting } = this;
    this.#isReady = waiting.length === 0;
    if (!this.#isReady) {
      this.#send({ type: 'waiting', nodes: waiting });
      return;
    }
    clearInterval(this.#readyTimer);
    this.#send({ type: 'ready' });
  }

  /** Reports those active paths of a node's flows that have changed. */
  #reportChangedPaths(node: string): void {
    for (const { from, to } of this.#order.scenario.traffic) {
      if (from !== node) continue;
      const links = this.#experiment.node(from)?.activePath?.(to);
      const key = `${from} -> ${to}`;
      const text = links?.join(' ') ?? '';
      if (this.#paths.get(key) === text) continue;
      this.#paths.set(key, text);
      this.#send({ type: 'path', from, to, ...(links === undefined ? {} : { links }) });
    }
  }

  #flush(): void {
    const untilNs = this.world.now();
    const rows = this.#rows.take();
    const isEarly = untilNs - this.#toldNs < (KEEP_ALIVE_MS * NS_PER_MS) / 2;
    if (rows.sent.length + rows.arrived.length === 0 && isEarly) return;
    this.#toldNs = untilNs;
    this.#send({ type: 'measured', untilNs, ...rows });
  }

  #tellCounts(): void {
    const { hosts } = this.#order;
    this.#everyInTurn(TALLY_MS, () => {
      this.#send({ type: 'tally', tally: this.#gauge.counts(hosts) });
      this.#tellHandovers();
    });
    this.#everyInTurn(LATENESS_MS, () =>
      this.#send({ type: 'tally', tally: this.#gauge.tally(hosts) }),
    );
  }

  #tellHandovers(): void {
    const batch = this.world.sim.handovers.take();
    if (batch.rows.length + batch.untold > 0) this.#send({ type: 'handovers', batch });
  }

  #every(ms: number, act: () => void): NodeJS.Timeout {
    const timer = setInterval(act, ms);
    this.#timers.push(timer);
    return timer;
  }

  /**
   * Like {@link Agent.#every}, but agents act at different phases of the interval instead of all at
   * once.
   */
  #everyInTurn(ms: number, act: () => void): void {
    const { hosts } = this.#order.scenario.topology;
    const turn = hosts.findIndex(({ name }) => name === this.#order.hosts[0]);
    const first = setTimeout(() => this.#every(ms, act), (ms * turn) / hosts.length);
    this.#timers.push(first);
  }

  #send(report: AgentReport): void {
    this.#surroundings.send(report);
  }
}
