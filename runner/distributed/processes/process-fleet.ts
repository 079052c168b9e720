/**
 * All agents of a run: starts their processes or event loops, or admits processes started on other
 * machines, and passes commands and reports on.
 *
 * It does not interpret commands and reports; the coordinator does.
 *
 * @module
 */
import { availableParallelism } from 'node:os';
import { assert } from '../../../engine/core/assert.ts';
import { toHex } from '../../../nodes/_kit/bytes.ts';
import { wipe } from '../../../nodes/_kit/secrets.ts';
import { Refusal } from '../../../scenarios/refusal.ts';
import { pause } from '../../run/pause.ts';
import type { StoreFault } from '../../world.ts';
import { ClockProbe } from '../channel/clock-sync.ts';
import { newChannelKey, publicKeyOf } from '../channel/handshake.ts';
import { listenChannel } from '../channel/listen.ts';
import type { Channel, ChannelListener } from '../channel/model.ts';
import { type ReadMessageResult, readReport } from '../messages/message-shapes.ts';
import type { AgentCommand, AgentFleet, AgentReport } from '../messages/messages.ts';
import { startChild } from './agent-child.ts';
import type { AgentHandle, AgentHandleListener } from './agent-handle.ts';
import { AgentProcess } from './agent-process.ts';
import { startAgentThread } from './agent-thread.ts';
import { type PreparedAgentPrograms, prepareAgentPrograms } from './prepared-agents.ts';

/** The agents that a {@link ProcessFleet} consists of, its keys, and its callbacks. */
export interface FleetOptions {
  /** The hosts of each agent. */
  readonly groups: readonly (readonly string[])[];
  /** Secret of the coordinator, 32 bytes. */
  readonly key: Uint8Array;
  /**
   * Public keys of the agents that somebody else starts, by the name of the agent. Agents that the
   * fleet starts get new keys.
   */
  readonly nodeKeys?: ReadonlyMap<string, Uint8Array>;
  /** Where agents on other machines reach the coordinator; by default, a free port of 127.0.0.1. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** URL of the module that runs an agent; absent if somebody else starts the agents. */
  readonly entry?: string;
  /** Whether agents are processes or threads; default `process`. */
  readonly executor?: 'process' | 'loop';
  readonly onReport: (agent: AgentProcess, report: AgentReport) => void;
  /** Checks a well-formed report; returns what is wrong with it, undefined if nothing is. */
  readonly wrongWith?: (agent: AgentProcess, report: AgentReport) => string | undefined;
  /** Called when an agent has sent something forbidden, so that its channel is closed. */
  readonly onExpelled?: (agent: AgentProcess, wrong: string) => void;
  /** Called when an agent's channel has ended, for any reason. */
  readonly onGone: (agent: AgentProcess, why: string) => void;
  readonly onRefused?: (peer: string, reason: string) => void;
  /** Returns the reason why an agent that sends `hello` is not admitted; undefined if it is admitted. */
  readonly refusal?: (hello: HelloReport) => string | undefined;
  /** Once it aborts, no more agents are started. */
  readonly signal?: AbortSignal;
}

/** The first message of an agent. */
export type HelloReport = Extract<AgentReport, { readonly type: 'hello' }>;

const LOOPBACK = '127.0.0.1';
const STDERR_TAIL_MAX = 4_000;
/**
 * Largest number of processes that start at the same time, per core. A hundred that start together
 * would be too slow to answer in time.
 */
const STARTING_PER_CORE = 4;
/** Longest wait for an agent to start; after that, the next one is started anyway. */
const STARTING_MAX_MS = 30_000;
const POLL_MS = 5;
/** Time limit for a process to end after its channel has ended. */
const EXIT_WAIT_MAX_MS = 5_000;

/** All agents of a run: starts or admits them, sends them commands, and passes their reports on. */
export class ProcessFleet implements AgentFleet {
  readonly agents: AgentProcess[] = [];
  readonly #options: FleetOptions;
  #listener: ChannelListener | undefined;
  #prepared: PreparedAgentPrograms | undefined;
  /**
   * For processes that somebody else restarted while a fault still keeps their nodes down: the function
   * that admits the process, by the names of its hosts.
   */
  readonly #early = new Map<string, () => void>();
  /** The name of the owner of each public key, by the key in hexadecimal. */
  readonly #names = new Map<string, string>();
  /**
   * By the owner of a public key: the latest channel on which no `hello` has arrived yet. A newer
   * channel of the owner closes it.
   */
  readonly #withoutHello = new Map<string, Channel>();
  #isClosing = false;

  constructor(options: FleetOptions) {
    this.#options = options;
    for (const [name, key] of options.nodeKeys ?? []) this.#names.set(toHex(key), name);
  }

  /** The port on which the coordinator listens. */
  get port(): number {
    assert(this.#listener !== undefined, 'the fleet is not open');
    return this.#listener.port;
  }

  /**
   * Listens if agents connect over TCP, and starts all agents, only a few processes at a time. If one
   * dies, no more are started; `onGone` reports its death.
   * @throws (rejects) Refusal if the coordinator's port is not available, or a process does not
   * connect.
   */
  async open(): Promise<void> {
    const { groups, entry } = this.#options;
    if (!this.#hasLoops) this.#listener = await this.#listen();
    if (entry !== undefined) this.#prepared = await prepareAgentPrograms();
    for (const hosts of groups) {
      if (!(await this.#hasRoom())) return;
      this.#start(hosts);
    }
  }

  /** Waits until another process may be started. @returns false if no more should be started. */
  async #hasRoom(): Promise<boolean> {
    const { entry, signal } = this.#options;
    if (entry === undefined || this.#hasLoops) return true;
    const deadline = performance.now() + STARTING_MAX_MS;
    const most = STARTING_PER_CORE * availableParallelism();
    for (;;) {
      if (this.#isClosing || this.hasLostOne || signal?.aborted === true) return false;
      const starting = this.agents.filter(({ state }) => state === 'starting');
      if (starting.length < most) return true;
      if (performance.now() > deadline) {
        const late = `the process did not connect within ${STARTING_MAX_MS / 1_000} s`;
        throw new Refusal(`${starting[0]?.name ?? ''}: ${late}`);
      }
      await pause(POLL_MS, signal);
    }
  }

  get #hasLoops(): boolean {
    return this.#options.executor === 'loop';
  }

  async #listen(): Promise<ChannelListener> {
    const { listen, key, onRefused } = this.#options;
    const { host, port } = listen ?? { host: LOOPBACK, port: 0 };
    try {
      return await listenChannel({
        host,
        port,
        key,
        nameOf: (publicKey) => this.#names.get(toHex(publicKey)),
        onChannel: (channel, name) => this.#connected(channel, name),
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

  /** True if an agent has ended that the coordinator did not kill. */
  get hasLostOne(): boolean {
    return this.agents.some(({ state, isKilled }) => state === 'dead' && !isKilled);
  }

  /** The current process of a node. */
  agentOf(host: string): AgentProcess | undefined {
    return this.agents.findLast(({ hosts }) => hosts.includes(host));
  }

  tell(command: AgentCommand, hosts?: readonly string[]): void {
    for (const agent of this.agents) {
      if (!agent.isAlive || agent.channel === undefined) continue;
      if (hosts === undefined || hosts.some((host) => agent.hosts.includes(host))) {
        agent.tell(command);
      }
    }
  }

  kill(node: string, store: StoreFault): void {
    const agent = this.agentOf(node);
    if (agent === undefined || !agent.isAlive) return;
    if (this.#hasLoops) {
      // Only this node crashes: the other nodes of the event loop continue.
      agent.tell({ type: 'crash', node, store });
      return;
    }
    agent.isKilled = true;
    agent.state = 'dead';
    // An agent that somebody else started is told to end itself; its supervisor restarts it.
    if (agent.life === undefined) agent.tell({ type: 'die' });
    else agent.life.kill();
  }

  revive(node: string): void {
    if (this.#hasLoops) {
      this.tell({ type: 'restart', node }, [node]);
      return;
    }
    const group = this.#options.groups.find((hosts) => hosts.includes(node));
    assert(group !== undefined, `no process holds ${node}`);
    if (this.agentOf(node)?.isAlive !== true) this.#start(group);
  }

  /** Measures the clocks of other machines, in parallel. */
  async syncClocks(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.syncClock()));
  }

  /** Ends all agents; kills those that have not ended after `ms`. */
  async close(ms: number): Promise<void> {
    this.#isClosing = true;
    this.#early.clear();
    const alive = this.agents.flatMap(({ life }) => life ?? []).filter(({ hasEnded }) => !hasEnded);
    const ended = Promise.all(alive.map((life) => life.ended));
    for (const agent of this.agents) agent.channel?.close();
    const timer = setTimeout(() => {
      for (const life of alive) life.kill();
    }, ms);
    await ended;
    clearTimeout(timer);
    await this.#listener?.close();
    this.dispose();
  }

  /** Removes the files prepared for this run's agents, synchronously. */
  dispose(): void {
    this.#prepared?.dispose();
  }

  #start(hosts: readonly string[]): void {
    const listener: AgentHandleListener = {
      onWords: (text) => {
        agent.stderrTail = (agent.stderrTail + text).slice(-STDERR_TAIL_MAX);
      },
      onEnd: (why) => this.#gone(agent, why),
    };
    const { entry } = this.#options;
    const life = entry === undefined ? undefined : this.#begin(entry, hosts, listener);
    const agent = new AgentProcess(this.agents.length, hosts, life);
    this.agents.push(agent);
    if (life === undefined) this.#early.get(hosts.join())?.();
  }

  #begin(entry: string, hosts: readonly string[], listener: AgentHandleListener): AgentHandle {
    const program = { entry, ...this.#prepared };
    if (this.#hasLoops) {
      const { life, channel } = startAgentThread(program, hosts, listener);
      this.#connected(channel, hosts.join(', '));
      return life;
    }
    const secret = newChannelKey();
    this.#names.set(toHex(publicKeyOf(secret)), hosts.join(', '));
    const keys = { key: toHex(secret), coordinator: toHex(publicKeyOf(this.#options.key)) };
    wipe(secret);
    return startChild(program, { host: LOOPBACK, port: this.port, ...keys, hosts }, listener);
  }

  /** @param name Owner of the key that the other side has proved to hold. */
  #connected(channel: Channel, name: string): void {
    this.#withoutHello.get(name)?.close();
    this.#withoutHello.set(name, channel);
    let agent: AgentProcess | undefined;
    let early: string | undefined;
    const greet = (hello: HelloReport): void => {
      agent = this.#greet(channel, hello, name);
      if (agent !== undefined) this.#options.onReport(agent, hello);
    };
    channel.onMessage = (message): void => {
      if (agent?.probe?.take(message) === true) return;
      const read = this.#read(agent, message);
      if ('wrong' in read) {
        this.#expel(channel, agent, read.wrong);
        return;
      }
      const report = read.message;
      if (this.#withoutHello.get(name) === channel) this.#withoutHello.delete(name);
      if (report.type !== 'hello') {
        if (agent !== undefined) this.#options.onReport(agent, report);
      } else if (this.#isEarly(report) && this.#foreignKeyProblem(report, name) === undefined) {
        early = report.hosts.join();
        this.#early.set(early, () => greet(report));
      } else {
        greet(report);
      }
    };
    channel.onClose = (reason): void => {
      if (this.#withoutHello.get(name) === channel) this.#withoutHello.delete(name);
      if (agent !== undefined) {
        agent.hasOpenChannel = false;
        this.#lost(agent, reason);
      } else if (early !== undefined) this.#early.delete(early);
    };
  }

  /**
   * Checks the shape of a report. Reports of threads of this process are not checked, because they come
   * from the same program.
   */
  #read(agent: AgentProcess | undefined, message: unknown): ReadMessageResult<AgentReport> {
    if (this.#hasLoops) return { message: message as AgentReport };
    const read = readReport(message);
    if ('wrong' in read || agent === undefined) return read;
    const wrong = this.#options.wrongWith?.(agent, read.message);
    return wrong === undefined ? read : { wrong };
  }

  /** Disconnects an agent that sent a forbidden message; the other agents continue. */
  #expel(channel: Channel, agent: AgentProcess | undefined, wrong: string): void {
    channel.close();
    if (agent === undefined) {
      this.#options.onRefused?.(channel.peer, `it sent an invalid message: ${wrong}`);
      return;
    }
    agent.hasOpenChannel = false;
    if (agent.state === 'done' || agent.state === 'dead') return;
    agent.state = 'dead';
    agent.expelledFor = wrong;
    this.#options.onExpelled?.(agent, wrong);
    agent.life?.kill();
  }

  /** True if somebody else has restarted a node while a fault still keeps it down. */
  #isEarly({ hosts }: HelloReport): boolean {
    const last = this.agents.findLast((agent) => agent.hosts.join() === hosts.join());
    return !this.#isClosing && last?.state === 'dead' && last.isKilled && last.life === undefined;
  }

  #greet(channel: Channel, hello: HelloReport, holder: string): AgentProcess | undefined {
    const name = hello.hosts.join();
    this.#early.delete(name);
    const agent = this.agents.find(
      ({ state, hosts }) => state === 'starting' && hosts.join() === name,
    );
    const reason =
      this.#foreignKeyProblem(hello, holder) ??
      (agent === undefined || this.#isClosing
        ? `this run does not expect ${hello.hosts.join(', ')}`
        : this.#options.refusal?.(hello));
    if (agent === undefined || reason !== undefined) {
      if (!this.#isClosing) this.#options.onRefused?.(channel.peer, reason ?? '');
      channel.send({ type: 'refused', reason: reason ?? '' });
      channel.close();
      return undefined;
    }
    agent.channel = channel;
    agent.probe = new ClockProbe(channel, agent.clock);
    agent.state = 'connected';
    agent.hasOpenChannel = true;
    return agent;
  }

  /** Why a hello is refused if its hosts are not the owner of the key; undefined if they are. */
  #foreignKeyProblem({ hosts }: HelloReport, holder: string): string | undefined {
    const claimed = hosts.join(', ');
    return claimed === holder
      ? undefined
      : `it claims to be ${claimed}, but its key belongs to ${holder}`;
  }

  /**
   * Called when a channel has ended, after which its agent cannot be used. If its process ends as well,
   * that end is reported instead, because it explains more.
   */
  #lost(agent: AgentProcess, reason: string): void {
    const { life } = agent;
    if (life === undefined) this.#gone(agent, reason);
    if (life === undefined || life.hasEnded) return;
    const timer = setTimeout(() => {
      this.#gone(agent, reason);
      life.kill();
    }, EXIT_WAIT_MAX_MS);
    void life.ended.then(() => clearTimeout(timer));
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
      return 'this user is not allowed to listen there';
    default:
      return code;
  }
}
