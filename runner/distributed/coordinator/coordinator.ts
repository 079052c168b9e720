/**
 * The coordinator of one seed: gives agents their assignments, begins the scenario's time, passes their
 * reports to the meters in chronological order, and gathers their counters.
 *
 * It continues when an agent dies, and names the agents that did not answer. distributed-run.ts makes
 * the result.
 *
 * @module
 */

import { InvariantError } from '../../../engine/core/assert.ts';
import type { HandoverMatcher } from '../../../engine/live/handover/handover-matcher.ts';
import { leastOf } from '../../../engine/pure/extremes.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { Refusal } from '../../../scenarios/refusal.ts';
import type { HostSpec } from '../../../topologies/model.ts';
import { NodeCrash } from '../../crash/crash.ts';
import type { Experiment, StandInFactory } from '../../experiment/experiment.ts';
import type { KeyBundle } from '../../nodes/key-bundle.ts';
import { type GroundTruth, TRUTH_KINDS } from '../../traffic/ground-truth.ts';
import { RunFlows } from '../../traffic/run-flows.ts';
import { FlowDrawFactory } from '../../traffic/traffic-source.ts';
import type { Undo } from '../../world.ts';
import { makeHandoverMatcher } from '../../worlds/live/handover-metrics.ts';
import {
  type AgentAssignment,
  type AgentReport,
  ARRIVED_INSTANT_INDEX,
  ARRIVED_ROW_WIDTH,
  SENT_ROW_WIDTH,
} from '../messages/messages.ts';
import { readSumChecks } from '../messages/reporting-witness.ts';
import type { AgentProcess } from '../processes/agent-process.ts';
import { findFailureLine } from '../processes/failure-line.ts';
import type { ProcessFleet } from '../processes/process-fleet.ts';
import { Notices } from './notices.ts';
import { RemoteFlow, RemoteNode } from './remote-node.ts';
import { RemoteWorld } from './remote-world.ts';

/** What a coordinator needs: the run, its agents, and callbacks for their reports. */
export interface CoordinatorOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly fleet: ProcessFleet;
  /** The parts of an agent's assignment that are the same for all agents. */
  readonly order: Omit<AgentAssignment, 'hosts' | 'nextSequence' | 'bundle'>;
  /** Makes the key bundle for a process with these hosts: its part of the run's secrets. */
  readonly bundleOf: (hosts: readonly string[]) => KeyBundle;
  readonly onFailure: (error: unknown) => void;
  readonly onLog: (node: string, level: 'debug' | 'info' | 'warn', message: string) => void;
  /** Called when an agent has reported its address. */
  readonly onHello?: () => void;
}

/**
 * How long the meters wait for reports of the slowest agent, ns; reports that come later are counted as
 * late.
 */
const SETTLE_LAG_MAX_NS = 5_000_000_000;
const NS_PER_S = 1_000_000_000;
/**
 * The number of the local clock in {@link handovers}; the clock of another machine has the number of
 * its agent.
 */
const SHARED_CLOCK = -1;
/** Largest number of packets that a source may have sent but not reported when its process died. */
const UNREPORTED_SEQUENCES_MAX = 4_096;
/**
 * The types of reports about events of the run; they count even if they arrive after the death of
 * their process. All other reports are about the process itself.
 */
const EVENT_REPORT_TYPES: ReadonlySet<AgentReport['type']> = new Set([
  'measured',
  'state',
  'mark',
  'finished',
  'span',
  'log',
  'addend',
  'sum',
  'tally',
  'handovers',
  'broken',
]);

/** Runs one seed on agents: starts them, merges their reports in chronological order, and ends them. */
export class Coordinator {
  readonly world: RemoteWorld;
  readonly standIns: StandInFactory;
  readonly deliveries = new RunFlows();
  /** Notices for readers of the verdict. */
  readonly warnings = new Notices();
  /**
   * For each restart, the time from the start of the process until all its nodes were ready, ns.
   */
  readonly restartsNs: number[] = [];
  /** Finds how late sampled datagrams were handed over to their receiving nodes. */
  readonly handovers: HandoverMatcher;
  /** The agent that failed first, with the reason. */
  broken: { readonly name: string; readonly message: string; readonly stack: string } | undefined;
  readonly #options: CoordinatorOptions;
  readonly #nodes = new Map<string, RemoteNode>();
  readonly #flows: RemoteFlow[] = [];
  readonly #nextSequence: number[];
  readonly #truth: GroundTruth = { flow: 0, kind: 'data', sequence: 0, sentNs: 0 };
  #experiment: Experiment | undefined;
  #zeroNs: bigint | undefined;
  #isEnding = false;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    const { scenario, seed, fleet } = options;
    this.world = new RemoteWorld(scenario, fleet, options.onFailure);
    this.handovers = makeHandoverMatcher(scenario);
    this.#nextSequence = scenario.traffic.map(() => 0);
    const supply = new FlowDrawFactory(seed);
    this.standIns = {
      node: (host: HostSpec): RemoteNode => {
        const node = new RemoteNode();
        this.#nodes.set(host.name, node);
        return node;
      },
      ask: (spec, taker): Undo => this.world.asks.ask(spec, taker),
      flow: (index, spec, meter): RemoteFlow => {
        const flow = new RemoteFlow(this.world, spec, meter, supply.of(index, spec));
        this.#flows.push(flow);
        return flow;
      },
    };
  }

  /** Attaches the experiment, whose meters measure; agents may report from now on. */
  attach(experiment: Experiment): void {
    this.#experiment = experiment;
  }

  /** The agents that started with the run and have not yet reached this state. */
  behind(state: 'connected' | 'loaded' | 'ready'): readonly AgentProcess[] {
    const order = ['starting', 'connected', 'loaded', 'ready', 'done', 'dead'];
    const wanted = order.indexOf(state);
    return this.#options.fleet.agents.filter((agent) => order.indexOf(agent.state) < wanted);
  }

  /** Sends every connected agent its assignment. */
  load(): void {
    for (const agent of this.#options.fleet.agents) this.#load(agent);
  }

  /** Begins the scenario's time: `zeroNs` of the local monotonic clock is time 0. */
  start(zeroNs: bigint): void {
    this.#zeroNs = zeroNs;
    this.world.agenda.begin(zeroNs);
    for (const agent of this.#options.fleet.agents) this.#start(agent);
  }

  /**
   * Passes measurements that are old enough to be complete to the meters.
   * @returns the instant up to which measurements have been passed on, ns.
   */
  settle(): number {
    const now = this.world.agenda.now();
    const { agents } = this.#options.fleet;
    const telling = agents.filter(
      ({ isStarted, hasOpenChannel, state }) => isStarted && hasOpenChannel && state !== 'done',
    );
    const told = telling.map(({ reportedUpToNs }) => reportedUpToNs);
    const untilNs = Math.max(0, now - SETTLE_LAG_MAX_NS, leastOf([now, ...told]));
    this.world.measured.settle(untilNs);
    return untilNs;
  }

  /** Ends the run: requests the results of all living agents. */
  stop(): void {
    this.#isEnding = true;
    this.world.agenda.stop();
    this.#options.fleet.tell({ type: 'stop' });
  }

  /** Agents whose result is missing. */
  get unanswered(): readonly AgentProcess[] {
    return this.#options.fleet.agents.filter((agent) => agent.isAlive);
  }

  /**
   * Upper bound on the error of the difference between two agents' instants; 0 on one machine, ns.
   */
  clockUncertaintyNs(): number {
    const zero = this.#zeroNs;
    if (zero === undefined) return 0;
    const span = { fromNs: zero, toNs: process.hrtime.bigint() };
    const started = this.#options.fleet.agents.filter(({ isStarted }) => isStarted);
    // The offset of a clock that was never measured could be anything.
    if (started.some(({ clock }) => !clock.isKnown)) return Number.MAX_SAFE_INTEGER;
    const errors = started
      .filter(({ clock }) => !clock.isShared)
      .map(({ clock, clockOffsetNs }) => clock.worstErrorNs(span, clockOffsetNs));
    const [largest = 0, second = 0] = errors.sort((a, b) => b - a);
    return largest + second;
  }

  /** Passes all measurements to the meters, without waiting for older ones. */
  finish(): void {
    const { measured, tallies } = this.world;
    measured.settle(Number.POSITIVE_INFINITY);
    this.handovers.finish();
    for (const flow of this.#flows) {
      flow.meter.refused = tallies.refusedOf(flow.index);
      flow.hasSentFile = tallies.hasSentFile(flow.index);
    }
    this.deliveries.damaged += tallies.damaged;
    if (this.#experiment !== undefined) this.#experiment.refusals = tallies.refusals();
    if (measured.late > 0) {
      this.warnings.add(
        `${measured.late} reports of agents came too late to be processed in order`,
      );
    }
  }

  /** Handles a report of an agent. */
  hear(agent: AgentProcess, report: AgentReport): void {
    // Messages that a process sent before it was killed may arrive after its death.
    if (agent.state === 'dead' && !EVENT_REPORT_TYPES.has(report.type)) return;
    switch (report.type) {
      case 'hello':
        agent.pid = report.pid;
        agent.operatorPort = report.operatorPort;
        this.#options.onHello?.();
        if (this.#zeroNs !== undefined) this.#loadAgain(agent);
        return;
      case 'loaded':
        agent.state = 'loaded';
        this.#start(agent);
        return;
      case 'ready':
        this.#ready(agent);
        return;
      case 'waiting':
        agent.waiting = report.nodes;
        return;
      case 'path':
        this.#nodes.get(report.from)?.setPath(report.to, report.links);
        return;
      case 'measured':
        agent.reportedUpToNs = report.untilNs;
        this.#measured(agent, report);
        return;
      case 'state':
      case 'span':
      case 'mark':
      case 'finished':
        this.#noted(report);
        return;
      case 'log':
        this.#options.onLog(report.node, report.level, report.message);
        return;
      case 'part':
      case 'answer':
        this.world.asks.hear(agent.hosts, report);
        return;
      case 'tally':
        this.world.tallies.note(agent.id, report.tally);
        return;
      case 'addend':
        this.#experiment?.sums.addend(report.space, report.part, readSumChecks(report.checks));
        return;
      case 'sum':
        this.#experiment?.sums.sum({ ...report, vector: readSumChecks(report.checks) });
        return;
      case 'handovers':
        this.handovers.note(report.batch, agent.clock.isShared ? SHARED_CLOCK : agent.id);
        return;
      case 'result':
        this.world.tallies.note(agent.id, report.tally);
        agent.state = 'done';
        if (!this.#isEnding) this.warnings.add(`${agent.name}: ended by itself at ${this.#at()}`);
        return;
      case 'broken':
        this.#broke(agent, report);
    }
  }

  /** Called when the process or the channel of an agent has ended. */
  gone(agent: AgentProcess, why: string): void {
    if (agent.isKilled) return;
    const words = findFailureLine(agent.stderrTail);
    const last = words === '' ? '' : `, its last words: ${words}`;
    const when = this.#isEnding ? 'without its result' : `at ${this.#at()}`;
    this.warnings.add(`${agent.name}: the ${agent.noun} ended ${when} (${why})${last}`);
  }

  /** Called when an agent was disconnected because it had sent something forbidden. */
  expelled(agent: AgentProcess, wrong: string): void {
    this.warnings.add(`${agent.name}: its channel was closed at ${this.#at()}: ${wrong}`);
  }

  /** The sequence number of the next packet of a flow, according to the reports of its source. */
  nextSequence(flow: number): number {
    return this.#nextSequence[flow] ?? 0;
  }

  /** The present instant of the scenario's time, as text. */
  #at(): string {
    return `${(this.world.agenda.now() / NS_PER_S).toFixed(1)} s`;
  }

  #load(agent: AgentProcess): void {
    const { order, bundleOf } = this.#options;
    const { hosts } = agent;
    if (this.#zeroNs !== undefined) this.#skipUnreported(hosts);
    const nextSequence = [...this.#nextSequence];
    const zeroNs = this.#zeroOf(agent);
    const time = zeroNs === undefined ? {} : { zeroNs };
    const bundle = bundleOf(hosts);
    agent.tell({ type: 'load', order: { ...order, ...time, hosts, nextSequence, bundle } });
    // A restarted process must learn the present effects of faults on its links and clocks.
    for (const command of this.world.effectsOn(hosts)) agent.tell(command);
  }

  /**
   * Skips sequence numbers that sources on these hosts may already have used, in packets that they
   * did not report before their process died.
   */
  #skipUnreported(hosts: readonly string[]): void {
    for (const flow of this.#flows) {
      if (!hosts.includes(flow.spec.from)) continue;
      const next = this.#nextSequence[flow.index] as number;
      flow.meter.skip(next, next + UNREPORTED_SEQUENCES_MAX);
      this.#nextSequence[flow.index] = next + UNREPORTED_SEQUENCES_MAX;
    }
  }

  /** Sends a process that joins during the run its assignment, once its clock is known. */
  #loadAgain(agent: AgentProcess): void {
    // The new process has measured nothing before this instant.
    agent.reportedUpToNs = this.world.agenda.now();
    if (agent.clock.isKnown) {
      this.#load(agent);
      return;
    }
    agent
      .syncClock()
      .then(() => this.#load(agent))
      .catch((error: unknown) => this.#options.onFailure(error));
  }

  #start(agent: AgentProcess): void {
    const zeroNs = this.#zeroOf(agent);
    if (zeroNs === undefined) return;
    agent.isStarted = true;
    agent.tell({ type: 'start', zeroNs });
  }

  /** The scenario's time 0 on an agent's clock; undefined before it has begun. */
  #zeroOf(agent: AgentProcess): bigint | undefined {
    if (this.#zeroNs === undefined) return undefined;
    if (agent.clock.isKnown) {
      agent.clockOffsetNs = agent.clock.at(process.hrtime.bigint()).offsetNs;
    }
    return this.#zeroNs + agent.clockOffsetNs;
  }

  #ready(agent: AgentProcess): void {
    agent.state = 'ready';
    for (const host of agent.hosts) {
      const node = this.#nodes.get(host);
      if (node !== undefined) node.isUp = true;
    }
    if (this.#zeroNs === undefined) return;
    this.restartsNs.push(Number(process.hrtime.bigint() - agent.startedNs));
  }

  #measured(agent: AgentProcess, report: Extract<AgentReport, { type: 'measured' }>): void {
    const { sent, arrived } = report;
    for (let at = 0; at + SENT_ROW_WIDTH <= sent.length; at += SENT_ROW_WIDTH) {
      const flow = this.#flows[sent[at] as number];
      const sequence = sent[at + 1] as number;
      const atNs = sent[at + 2] as number;
      if (flow === undefined) continue;
      this.#nextSequence[flow.index] = Math.max(
        this.#nextSequence[flow.index] as number,
        sequence + 1,
      );
      flow.tell(sequence, atNs);
    }
    const whole = arrived.length - (arrived.length % ARRIVED_ROW_WIDTH);
    this.world.measured.pushRows(agent.id, {
      values: arrived.subarray(0, whole),
      width: ARRIVED_ROW_WIDTH,
      timeAt: ARRIVED_INSTANT_INDEX,
      fire: this.#arrived,
    });
  }

  // hot: once per packet of an application.
  readonly #arrived = (rows: Float64Array, at: number): void => {
    const host = this.#options.scenario.topology.hosts[rows[at] as number];
    const [word, kinds] = [rows[at + 2] as number, TRUTH_KINDS.length];
    const isAgain = word >= kinds;
    const kind = TRUTH_KINDS[isAgain ? word - kinds : word];
    if (host === undefined || kind === undefined) return;
    const truth = this.#truth;
    truth.flow = rows[at + 1] as number;
    truth.kind = kind;
    truth.sequence = rows[at + 3] as number;
    truth.sentNs = rows[at + 4] as number;
    truth.isAgain = isAgain;
    this.#experiment?.arrived(host.name, truth);
  };

  #noted(report: Extract<AgentReport, { type: 'state' | 'mark' | 'span' | 'finished' }>): void {
    const { node } = report;
    const atNs = report.type === 'span' ? report.endNs : report.atNs;
    this.world.measured.push(atNs, () => {
      for (const listener of this.world.listeners) {
        if (report.type === 'finished') listener.finished?.(node, report.protocol);
        else if (report.type === 'mark') listener.marked?.(node, report.name);
        else if (report.type === 'state') listener.state?.(node, report.machine, report.state);
        else listener.spanned?.(node, report.name, report.beginNs, report.endNs);
      }
    });
  }

  #broke(agent: AgentProcess, report: Extract<AgentReport, { type: 'broken' }>): void {
    const { kind, message, stack } = report;
    const isNamed = agent.hosts.some((host) => message.startsWith(`${host}: `));
    const text = isNamed ? message : `${agent.name}: ${message}`;
    if (kind === 'refused') {
      this.#options.onFailure(new Refusal(text));
      return;
    }
    this.broken ??= { name: agent.name, message, stack };
    const error = kind === 'invariant' ? new InvariantError(text) : new Error(text);
    const { crash } = report;
    this.#options.onFailure(crash === undefined ? error : new NodeCrash(crash, error));
  }
}
