/**
 * The life of an agent's process: it says who it is, gets its order, works, and ends with its
 * channel. Used by the processes that a coordinator starts and by `orrery node`.
 *
 * @module
 */
import { Refusal } from '../refusal.ts';
import type { ProtocolRegistry } from '../registry.ts';
import { Agent, brokenReport } from './agent.ts';
import type { Channel, CloseReason } from './channel/model.ts';
import { answerClockPing } from './clock-sync.ts';
import { readCommand } from './message-shapes.ts';
import type { AgentOrder, Command, Report, RunCommand } from './messages.ts';
import { runStateFolder } from './run-state.ts';

/** What a session is made of. */
export interface SessionOptions {
  readonly channel: Channel;
  readonly hosts: readonly string[];
  readonly registry: ProtocolRegistry;
  readonly topologySha256?: string;
  /** Where the process answers its operator, on loopback. */
  readonly operatorPort?: number;
  /** Stores of the hosts, over all runs; where the order says when absent. */
  readonly stateFolder?: string;
}

/** How a session ended. */
export type SessionEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'lost'; readonly reason: CloseReason }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'broken'; readonly message: string };

/** Serves one run; see the module. */
export class AgentSession {
  /** Resolves when the run is over and everything is closed. */
  readonly end: Promise<SessionEnd>;
  readonly #options: SessionOptions;
  #agent: Agent | undefined;
  #resolve: (end: SessionEnd) => void = () => undefined;
  /** What came while protocols were being loaded. */
  #early: RunCommand[] = [];
  #isStopped = false;
  #broken: string | undefined;
  #refused: string | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.end = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    const { channel, hosts, topologySha256, operatorPort } = options;
    channel.onMessage = (message): void => this.#take(message);
    channel.onClose = (reason): void => void this.#ended(reason);
    this.#send({
      type: 'hello',
      hosts,
      pid: process.pid,
      ...(operatorPort === undefined ? {} : { operatorPort }),
      ...(topologySha256 === undefined ? {} : { topologySha256 }),
    });
  }

  /** The agent, once its order has come. */
  get agent(): Agent | undefined {
    return this.#agent;
  }

  /**
   * Ends gracefully and by itself: sources stop, nodes save, the result is told.
   * @throws (rejects) Error when something broke on the way.
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
    else this.#breakOff(new Refusal(`the coordinator sent what it must not send: ${read.wrong}`));
  }

  #receive(command: Command): void {
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

  async #load(order: AgentOrder): Promise<void> {
    const { registry, stateFolder } = this.#options;
    try {
      const own =
        stateFolder === undefined ? {} : { stateFolder: runStateFolder(stateFolder, order.run) };
      for (const { protocol } of order.scenario.topology.hosts) {
        if (registry.protocols(protocol) === undefined) await registry.load(protocol);
      }
      this.#agent = new Agent(
        { ...order, ...own },
        {
          registry,
          send: (report): void => this.#send(report),
          onBroken: (error): void => this.#breakOff(error),
        },
      );
      const early = this.#early;
      this.#early = [];
      for (const command of early) this.#agent.obey(command);
      if (this.#isStopped) return;
      await this.#agent.load();
    } catch (error) {
      this.#breakOff(error);
    }
  }

  /** Tells what broke and ends; the coordinator decides what that means for the run. */
  #breakOff(error: unknown): void {
    const report = brokenReport(error);
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

  #send(report: Report): void {
    this.#options.channel.send(report);
  }
}
