/**
 * The session of an agent's process with its coordinator: it introduces itself, gets its assignment,
 * runs its nodes, and ends with its channel. Used by the processes that a coordinator starts and by
 * `orrery node`.
 *
 * @module
 */

import { nodeOptions } from '../../../scenarios/files/load.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { loadAddedProtocols, type ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import { Refusal } from '../../../scenarios/refusal.ts';
import {
  type NamedUserModule,
  resolvedUserModules,
} from '../../../topologies/assemble/option-modules.ts';
import {
  type ProtocolOnHost,
  protocolsOnHost,
} from '../../../topologies/assemble/protocols-on-host.ts';
import { applyStack, protocolNamesOfHost } from '../../../topologies/assemble/stack.ts';
import type { HostSpec, Topology } from '../../../topologies/model.ts';
import { answerClockPing } from '../channel/clock-sync.ts';
import type { Channel, CloseReason } from '../channel/model.ts';
import { readCommand } from '../messages/message-shapes.ts';
import type {
  AgentAssignment,
  AgentCommand,
  AgentReport,
  RunCommand,
} from '../messages/messages.ts';
import { createRunStateFolder } from '../messages/run-state.ts';
import { Agent, type NodeLine } from './agent.ts';
import { makeFailureReport } from './broken-report.ts';

/** What a session of an agent with its coordinator needs. */
export interface SessionOptions {
  readonly channel: Channel;
  readonly hosts: readonly string[];
  readonly registry: ProtocolRegistry;
  /**
   * The network according to this machine's own file, for agents of a deployment. If it is given, the
   * coordinator can make the agent neither load code nor write to a folder of its choice.
   */
  readonly topology?: Topology;
  /** Operator endpoint of the process, on loopback. */
  readonly operatorPort?: number;
  /** Folder for the stores of the hosts, shared by all runs; if absent, the assignment names one. */
  readonly stateFolder?: string;
  /** Number of worker threads for the jobs of nodes; by default as many as the machine suggests. */
  readonly workers?: number | undefined;
  /** `alone`: the process runs without a coordinator that starts, measures or ends it. */
  readonly mode?: 'coordinated' | 'alone';
  /** Receives log lines, states and marks of the nodes, for the log of this process. */
  readonly onLine?: (line: NodeLine) => void;
  /** Receives the agent before its nodes exist; a Refusal that it throws ends the session. */
  readonly onAgent?: (agent: Agent) => void;
}

/** How an agent's session with its coordinator ended. */
export type SessionEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'lost'; readonly reason: CloseReason }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'broken'; readonly message: string };

/** Serves one run from the first message to the end of the channel. */
export class AgentSession {
  /** Resolves when the run has ended and everything is closed. */
  readonly end: Promise<SessionEnd>;
  readonly #options: SessionOptions;
  #agent: Agent | undefined;
  #resolve: (end: SessionEnd) => void = () => undefined;
  /** Commands that arrived while protocols were being loaded. */
  #early: RunCommand[] = [];
  #isStopped = false;
  #broken: string | undefined;
  #refused: string | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.end = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    const { channel, hosts, topology, operatorPort } = options;
    channel.onMessage = (message): void => this.#take(message);
    channel.onClose = (reason): void => void this.#ended(reason);
    this.#send({
      type: 'hello',
      hosts,
      pid: process.pid,
      ...(operatorPort === undefined ? {} : { operatorPort }),
      ...(topology === undefined ? {} : { topologySha256: topology.sha256 }),
    });
  }

  /** The agent; undefined until its assignment has arrived. */
  get agent(): Agent | undefined {
    return this.#agent;
  }

  /**
   * Ends gracefully: sources stop, nodes save their state, and the result is sent.
   * @throws (rejects) Error if something failed on the way.
   */
  async drain(): Promise<void> {
    if (!this.#isStopped) {
      this.#receive({ type: 'mute' });
      this.#receive({ type: 'stop' });
      this.#options.channel.close();
    }
    const end = await this.end;
    if (end.kind === 'broken') throw new Error(end.message);
  }

  #take(message: unknown): void {
    if (this.#isStopped || this.#broken !== undefined) return;
    if (answerClockPing(this.#options.channel, message)) return;
    const read = readCommand(message);
    if ('message' in read) this.#receive(read.message);
    else this.#breakOff(new Refusal(`the coordinator sent an invalid message: ${read.wrong}`));
  }

  #receive(command: AgentCommand): void {
    if (this.#isStopped) return;
    try {
      if (command.type === 'refused') this.#refused = command.reason;
      else if (command.type === 'load') void this.#load(command.order);
      else if (this.#agent === undefined) this.#early.push(command);
      else this.#agent.obey(command);
      if (command.type === 'stop') this.#isStopped = true;
    } catch (error) {
      this.#breakOff(error);
    }
  }

  async #load(told: AgentAssignment): Promise<void> {
    const { registry, onLine, onAgent, workers, mode = 'coordinated' } = this.#options;
    try {
      const order = this.#withOwnSettings(told);
      if (this.#options.topology === undefined) await loadProtocols(order, registry);
      this.#agent = new Agent(order, {
        ...{ registry, mode, workers },
        send: (report): void => this.#send(report),
        onBroken: (error): void => this.#breakOff(error),
        ...(onLine === undefined ? {} : { onLine }),
      });
      onAgent?.(this.#agent);
      const early = this.#early;
      this.#early = [];
      for (const command of early) this.#agent.obey(command);
      if (this.#isStopped) return;
      await this.#agent.load();
    } catch (error) {
      this.#breakOff(error);
    }
  }

  /**
   * The assignment for this agent: settings that the coordinator must not determine are replaced by
   * this machine's own.
   */
  #withOwnSettings(told: AgentAssignment): AgentAssignment {
    const { topology, stateFolder, hosts } = this.#options;
    const { stateFolder: theirs, ...rest } = told;
    if (told.hosts.join() !== hosts.join()) {
      throw new Refusal(`the coordinator expects other nodes than ${hosts.join(', ')}`);
    }
    const folder =
      stateFolder === undefined ? undefined : createRunStateFolder(stateFolder, told.run);
    if (topology === undefined) {
      const own = folder ?? theirs;
      return own === undefined ? rest : { ...rest, stateFolder: own };
    }
    // A folder named by another machine must not be used here.
    const own = folder === undefined ? {} : { stateFolder: folder };
    return {
      ...rest,
      ...own,
      scenario: ownScenario(told.scenario, topology, this.#options.registry),
    };
  }

  /**
   * Reports what failed and ends the session; the coordinator decides what the failure means for the
   * run.
   */
  #breakOff(error: unknown): void {
    const report = makeFailureReport(this.#agent?.findCrash(error) ?? error);
    this.#broken ??= report.message;
    this.#send(report);
    this.#options.channel.close();
  }

  async #ended(reason: CloseReason): Promise<void> {
    await this.#agent?.close();
    if (this.#broken !== undefined) this.#resolve({ kind: 'broken', message: this.#broken });
    else if (this.#isStopped) this.#resolve({ kind: 'done' });
    else if (this.#refused !== undefined) this.#resolve({ kind: 'refused', reason: this.#refused });
    else this.#resolve({ kind: 'lost', reason });
  }

  #send(report: AgentReport): void {
    this.#options.channel.send(report);
  }
}

/**
 * Loads the protocols that the assignment names. Only for agents that the coordinator started itself:
 * both are then the same program of the same user.
 */
async function loadProtocols(order: AgentAssignment, registry: ProtocolRegistry): Promise<void> {
  await loadAddedProtocols();
  for (const protocol of order.scenario.topology.hosts.flatMap((host) =>
    protocolNamesOfHost(host),
  )) {
    if (registry.protocols(protocol) === undefined) await registry.load(protocol);
  }
  for (const named of modulesOf(order.scenario, registry)) await registry.loadOptionModule(named);
}

/** The coordinator's scenario on this machine's topology. */
function ownScenario(told: Scenario, topology: Topology, registry: ProtocolRegistry): Scenario {
  if (told.topology.sha256 !== topology.sha256) {
    throw new Refusal(`the coordinator has a different topology file from ${topology.file}`);
  }
  const hosts = applyStack(told.stack ?? [], topology.hosts);
  const unknown = hosts.find((host) =>
    protocolNamesOfHost(host).some((protocol) => registry.protocols(protocol) === undefined),
  );
  if (unknown !== undefined) throw new Refusal(`${unknown.name} runs an unknown protocol`);
  const names = new Set(topology.hosts.map(({ name }) => name));
  const strange = told.traffic.find(({ from, to }) => !names.has(from) || !names.has(to));
  if (strange !== undefined) throw new Refusal('the coordinator has traffic of unknown nodes');
  const runs = new Map(
    hosts.map((host) => [
      host.name,
      protocolNamesOfHost(host).map((protocol) => registry.protocols(protocol)?.name),
    ]),
  );
  const lost = told.traffic.find(
    ({ from, to, by }) =>
      by !== undefined && [from, to].some((node) => runs.get(node)?.includes(by) !== true),
  );
  if (lost !== undefined) throw new Refusal('the coordinator has traffic of unknown layers');
  const scenario = { ...told, topology: { ...topology, hosts } };
  const wrong = hosts.find((host) => !hasFittingOptions(scenario, host, registry));
  if (wrong !== undefined) throw new Refusal(`the coordinator has wrong options for ${wrong.name}`);
  // Only the modules that this machine's own files name have been loaded; an assignment that names
  // another one is refused.
  const strangeModule = modulesOf(scenario, registry).find(
    ({ path }) => registry.userModule(path) === undefined,
  );
  if (strangeModule !== undefined) throw new Refusal('the coordinator names a module');
  return scenario;
}

function modulesOf(scenario: Scenario, registry: ProtocolRegistry): readonly NamedUserModule[] {
  const optionsOf = (placed: ProtocolOnHost): unknown => nodeOptions(scenario, placed);
  return resolvedUserModules(scenario.topology.hosts, optionsOf, registry);
}

function hasFittingOptions(
  scenario: Scenario,
  host: HostSpec,
  registry: ProtocolRegistry,
): boolean {
  return protocolsOnHost(host).every((placed) => {
    const { config } = registry.protocols(placed.protocol) ?? {};
    const options = nodeOptions(scenario, placed);
    const result = config?.safeParse(options) as { readonly success?: boolean } | undefined;
    return result?.success === true;
  });
}
