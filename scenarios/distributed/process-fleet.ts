/**
 * All agents of a run: starts their processes, or meets those that somebody started on other
 * machines, and passes orders and reports.
 *
 * Does not know what orders and reports mean: that is the coordinator.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { assert } from '../../engine/core/assert.ts';
import { type AgentProgram, agentProgram } from './agent-bundle.ts';
import { AgentProcess } from './agent-process.ts';
import type { AgentBoot } from './boot.ts';
import { listenChannel } from './channel/listen.ts';
import type { Channel, ChannelListener } from './channel/model.ts';
import { ClockProbe } from './clock-sync.ts';
import type { Command, Report } from './messages.ts';
import type { Fleet } from './remote-world.ts';

/** What a fleet is made of. */
export interface FleetOptions {
  /** Hosts of each process. */
  readonly groups: readonly (readonly string[])[];
  /** Deployment key, 32 bytes. */
  readonly key: Uint8Array;
  /** Where agents of other machines find the coordinator; a free port of 127.0.0.1 when absent. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** `file:` address of the module that runs an agent; absent when others start the agents. */
  readonly entry?: string;
  readonly onReport: (agent: AgentProcess, report: Report) => void;
  /** An agent's channel has ended, for whatever reason. */
  readonly onGone: (agent: AgentProcess, why: string) => void;
  readonly onRefused?: (peer: string, reason: string) => void;
  /** Why an agent that says hello cannot take part. */
  readonly refusal?: (hello: Hello) => string | undefined;
}

/** The first word of an agent. */
export type Hello = Extract<Report, { readonly type: 'hello' }>;

const LOOPBACK = '127.0.0.1';
const LAST_WORDS_MAX = 2_000;

/** See the module. */
export class ProcessFleet implements Fleet {
  readonly agents: AgentProcess[] = [];
  readonly #options: FleetOptions;
  #listener: ChannelListener | undefined;
  #program: AgentProgram | undefined;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Where the coordinator listens. */
  get port(): number {
    assert(this.#listener !== undefined, 'the fleet is not open');
    return this.#listener.port;
  }

  /** Listens and starts all processes. */
  async open(): Promise<void> {
    const { listen, key, groups, onRefused, entry } = this.#options;
    if (entry !== undefined) this.#program = await agentProgram(entry);
    this.#listener = await listenChannel({
      host: listen?.host ?? LOOPBACK,
      port: listen?.port ?? 0,
      key,
      onChannel: (channel) => this.#meet(channel),
      ...(onRefused === undefined ? {} : { onRefused }),
    });
    for (const hosts of groups) this.#start(hosts);
  }

  /** The present life of a node's process. */
  agentOf(host: string): AgentProcess | undefined {
    return this.agents.findLast(({ hosts }) => hosts.includes(host));
  }

  tell(command: Command, hosts?: readonly string[]): void {
    for (const agent of this.agents) {
      if (!agent.isAlive || agent.channel === undefined) continue;
      if (hosts === undefined || hosts.some((host) => agent.hosts.includes(host))) {
        agent.tell(command);
      }
    }
  }

  kill(node: string): void {
    const agent = this.agentOf(node);
    if (agent === undefined || !agent.isAlive) return;
    agent.isKilled = true;
    agent.state = 'dead';
    // An agent that somebody else started does it to itself, and is started anew by them.
    if (agent.child === undefined) agent.tell({ type: 'die' });
    else agent.child.kill('SIGKILL');
  }

  revive(node: string): void {
    const group = this.#options.groups.find((hosts) => hosts.includes(node));
    assert(group !== undefined, `no process holds ${node}`);
    if (this.agentOf(node)?.isAlive !== true) this.#start(group);
  }

  /** Measures the clocks of other machines, all at once. */
  async syncClocks(): Promise<void> {
    const others = this.agents.filter(({ isAlive, clock }) => isAlive && !clock.isShared);
    await Promise.all(others.map(({ probe }) => probe?.round()));
  }

  /** Ends all agents; those that do not follow within `ms` are killed. */
  async close(ms: number): Promise<void> {
    const alive = this.agents.filter(({ child }) => child !== undefined && !hasEnded(child));
    const ended = Promise.all(alive.map(({ child }) => child && endOf(child)));
    for (const agent of this.agents) agent.channel?.close();
    const timer = setTimeout(() => {
      for (const { child } of alive) child?.kill('SIGKILL');
    }, ms);
    await ended;
    clearTimeout(timer);
    await this.#listener?.close();
    this.#program?.dispose();
  }

  #start(hosts: readonly string[]): void {
    const child = this.#program === undefined ? undefined : this.#spawn(hosts, this.#program);
    const agent = new AgentProcess(this.agents.length, hosts, child);
    this.agents.push(agent);
    if (child === undefined) return;
    child.stderr?.on('data', (chunk: Buffer) => {
      agent.lastWords = (agent.lastWords + chunk.toString()).slice(-LAST_WORDS_MAX);
    });
    child.on('error', (error) => this.#gone(agent, error.message));
    child.on('exit', (code, signal) => {
      this.#gone(agent, signal === null ? `exit ${code}` : `${signal}`);
    });
  }

  #spawn(hosts: readonly string[], { path }: AgentProgram): ChildProcess {
    const child = spawn(process.execPath, [path], { stdio: ['pipe', 'ignore', 'pipe'] });
    const { key } = this.#options;
    const hex = Buffer.from(key).toString('hex');
    const boot: AgentBoot = { host: LOOPBACK, port: this.port, key: hex, hosts };
    // A child that died at once is told of by its exit.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(`${JSON.stringify(boot)}\n`);
    return child;
  }

  #meet(channel: Channel): void {
    let agent: AgentProcess | undefined;
    channel.onMessage = (message): void => {
      if (agent?.probe?.take(message) === true) return;
      const report = message as Report;
      if (report.type === 'hello') agent = this.#greet(channel, report);
      if (agent !== undefined) this.#options.onReport(agent, report);
    };
    channel.onClose = (reason): void => {
      if (agent !== undefined) this.#gone(agent, reason);
    };
  }

  #greet(channel: Channel, hello: Hello): AgentProcess | undefined {
    const agent = this.agents.find(
      ({ state, hosts }) => state === 'starting' && hosts.join() === hello.hosts.join(),
    );
    const { refusal, onRefused } = this.#options;
    const reason =
      agent === undefined ? `nobody waits for ${hello.hosts.join(', ')}` : refusal?.(hello);
    if (agent === undefined || reason !== undefined) {
      onRefused?.(channel.peer, reason ?? '');
      channel.close();
      return undefined;
    }
    agent.channel = channel;
    agent.probe = new ClockProbe(channel, agent.clock);
    agent.state = 'connected';
    return agent;
  }

  #gone(agent: AgentProcess, why: string): void {
    if (agent.state === 'done') return;
    const isNews = agent.state !== 'dead' || agent.isKilled;
    agent.state = 'dead';
    if (isNews) this.#options.onGone(agent, why);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (hasEnded(child)) resolve();
    else child.once('exit', () => resolve());
  });
}
