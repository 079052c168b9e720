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
import { Refusal } from '../refusal.ts';
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
const LAST_WORDS_MAX = 4_000;
/** A process whose channel has ended has this long to end too. */
const LOST_MS = 5_000;

/** See the module. */
export class ProcessFleet implements Fleet {
  readonly agents: AgentProcess[] = [];
  readonly #options: FleetOptions;
  #listener: ChannelListener | undefined;
  #program: AgentProgram | undefined;
  /** Processes of others that were started anew before their node's crash was over, by hosts. */
  readonly #early = new Map<string, () => void>();
  #isClosing = false;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Where the coordinator listens. */
  get port(): number {
    assert(this.#listener !== undefined, 'the fleet is not open');
    return this.#listener.port;
  }

  /**
   * Listens and starts all processes.
   * @throws (rejects) Refusal when the coordinator's port cannot be had.
   */
  async open(): Promise<void> {
    const { groups, entry } = this.#options;
    this.#listener = await this.#listen();
    if (entry !== undefined) this.#program = await agentProgram(entry);
    for (const hosts of groups) this.#start(hosts);
  }

  async #listen(): Promise<ChannelListener> {
    const { listen, key, onRefused } = this.#options;
    const { host, port } = listen ?? { host: LOOPBACK, port: 0 };
    try {
      return await listenChannel({
        host,
        port,
        key,
        onChannel: (channel) => this.#meet(channel),
        ...(onRefused === undefined ? {} : { onRefused }),
      });
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException;
      const why = reasonOf(code);
      throw new Refusal(`the coordinator cannot listen at ${host}:${port}: ${why}`, {
        cause: error,
      });
    }
  }

  /** True when a process has ended that nobody killed. */
  get hasLostOne(): boolean {
    return this.agents.some(({ state, isKilled }) => state === 'dead' && !isKilled);
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
    await Promise.all(this.agents.map((agent) => agent.syncClock()));
  }

  /** Ends all agents; those that do not follow within `ms` are killed. */
  async close(ms: number): Promise<void> {
    this.#isClosing = true;
    this.#early.clear();
    const alive = this.agents.filter(({ child }) => child !== undefined && !hasEnded(child));
    const ended = Promise.all(alive.map(({ child }) => child && endOf(child)));
    for (const agent of this.agents) agent.channel?.close();
    const timer = setTimeout(() => {
      for (const { child } of alive) child?.kill('SIGKILL');
    }, ms);
    await ended;
    clearTimeout(timer);
    await this.#listener?.close();
    this.dispose();
  }

  /** Removes the file that processes are started with; at once. */
  dispose(): void {
    this.#program?.dispose();
  }

  #start(hosts: readonly string[]): void {
    const child = this.#program === undefined ? undefined : this.#spawn(hosts, this.#program);
    const agent = new AgentProcess(this.agents.length, hosts, child);
    this.agents.push(agent);
    if (child === undefined) {
      this.#early.get(hosts.join())?.();
      return;
    }
    child.stderr?.on('data', (chunk: Buffer) => {
      agent.lastWords = (agent.lastWords + chunk.toString()).slice(-LAST_WORDS_MAX);
    });
    child.on('error', (error) => this.#gone(agent, error.message));
    // Not `exit`: its last words come before `close`.
    child.on('close', (code, signal) => {
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
    let early: string | undefined;
    const greet = (hello: Hello): void => {
      agent = this.#greet(channel, hello);
      if (agent !== undefined) this.#options.onReport(agent, hello);
    };
    channel.onMessage = (message): void => {
      if (agent?.probe?.take(message) === true) return;
      const report = message as Report;
      if (report.type !== 'hello') {
        if (agent !== undefined) this.#options.onReport(agent, report);
      } else if (this.#isEarly(report)) {
        early = report.hosts.join();
        this.#early.set(early, () => greet(report));
      } else {
        greet(report);
      }
    };
    channel.onClose = (reason): void => {
      if (agent !== undefined) {
        agent.isTelling = false;
        this.#lost(agent, reason);
      } else if (early !== undefined) this.#early.delete(early);
    };
  }

  /** True when others have started a node anew that a fault still holds down. */
  #isEarly({ hosts }: Hello): boolean {
    const last = this.agents.findLast((agent) => agent.hosts.join() === hosts.join());
    return !this.#isClosing && last?.state === 'dead' && last.isKilled && last.child === undefined;
  }

  #greet(channel: Channel, hello: Hello): AgentProcess | undefined {
    const name = hello.hosts.join();
    this.#early.delete(name);
    const agent = this.agents.find(
      ({ state, hosts }) => state === 'starting' && hosts.join() === name,
    );
    const reason =
      agent === undefined || this.#isClosing
        ? `nobody waits for ${hello.hosts.join(', ')}`
        : this.#options.refusal?.(hello);
    if (agent === undefined || reason !== undefined) {
      if (!this.#isClosing) this.#options.onRefused?.(channel.peer, reason ?? '');
      channel.send({ type: 'refused', reason: reason ?? '' });
      channel.close();
      return undefined;
    }
    agent.channel = channel;
    agent.probe = new ClockProbe(channel, agent.clock);
    agent.state = 'connected';
    agent.isTelling = true;
    return agent;
  }

  /** A channel has ended. A child says better why; one that lives on without it is of no use. */
  #lost(agent: AgentProcess, reason: string): void {
    const { child } = agent;
    if (child === undefined) this.#gone(agent, reason);
    if (child === undefined || hasEnded(child)) return;
    const timer = setTimeout(() => {
      this.#gone(agent, reason);
      child.kill('SIGKILL');
    }, LOST_MS);
    child.once('exit', () => clearTimeout(timer));
  }

  #gone(agent: AgentProcess, why: string): void {
    if (agent.state === 'done') return;
    const isNews = agent.state !== 'dead' || agent.isKilled;
    agent.state = 'dead';
    if (isNews) this.#options.onGone(agent, why);
  }
}

function reasonOf(code: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another program listens there';
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address';
    case 'EACCES':
      return 'this user may not listen there';
    default:
      return code;
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
