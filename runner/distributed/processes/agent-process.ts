/**
 * One agent as its coordinator knows it: a channel, and the process or thread if the coordinator
 * started it.
 *
 * @module
 */

import { ClockOffset } from '../channel/clock-offset.ts';
import type { ClockProbe } from '../channel/clock-sync.ts';
import type { Channel } from '../channel/model.ts';
import type { AgentCommand } from '../messages/messages.ts';
import type { AgentHandle } from './agent-handle.ts';

/** How far an agent has come, from its start to its end. */
export type AgentState = 'starting' | 'connected' | 'loaded' | 'ready' | 'done' | 'dead';

/** One agent as its coordinator knows it: a channel, and the process or thread behind it. */
export class AgentProcess {
  /** A number that is different for every process of the run, also after a restart of a node. */
  readonly id: number;
  readonly hosts: readonly string[];
  readonly life: AgentHandle | undefined;
  state: AgentState = 'starting';
  /** True once the coordinator itself has killed it, so that its end is not a failure. */
  isKilled = false;
  pid: number | undefined;
  /** Port of its operator endpoint, on its own loopback address. */
  operatorPort: number | undefined;
  /** When the process was started, ns of the local monotonic clock. */
  readonly startedNs = process.hrtime.bigint();
  /** Nodes of the process that are not ready, as it last reported. */
  waiting: readonly string[] = [];
  /** How far the monotonic clock of its machine is ahead of the local monotonic clock. */
  readonly clock = new ClockOffset();
  /** The clock offset by which the process was told time 0 of the scenario, ns. */
  clockOffsetNs = 0n;
  /** True once the process was told when the scenario's time begins. */
  isStarted = false;
  /**
   * True while its channel is open, so that measurements may arrive, even after the process has
   * died.
   */
  hasOpenChannel = false;
  probe: ClockProbe | undefined;
  channel: Channel | undefined;
  /**
   * The process has reported all its measurements up to this instant of the scenario's time, ns.
   */
  reportedUpToNs = 0;
  /** The last characters of its output on stderr. */
  stderrTail = '';
  /** The forbidden message that the process sent; undefined if it sent none. */
  expelledFor: string | undefined;
  /**
   * The latest round of clock questions; the next round waits for it, because rounds must not
   * overlap.
   */
  #synced: Promise<unknown> = Promise.resolve();

  constructor(id: number, hosts: readonly string[], life: AgentHandle | undefined) {
    this.id = id;
    this.hosts = hosts;
    this.life = life;
    // An agent that the coordinator started is on this machine and shares its clock.
    if (life !== undefined) this.clock.shareClock();
  }

  /** Name of the agent in messages for people: its hosts. */
  get name(): string {
    return this.hosts.join(', ');
  }

  /** The word for this kind of process in messages. */
  get noun(): AgentHandle['noun'] {
    return this.life?.noun ?? 'process';
  }

  get isAlive(): boolean {
    return this.state !== 'dead' && this.state !== 'done';
  }

  tell(command: AgentCommand): void {
    this.channel?.send(command);
  }

  /** Measures the clock of the agent's machine, unless the agent shares the local clock. */
  syncClock(): Promise<unknown> {
    this.#synced = this.#synced.then(async () => {
      if (!this.clock.isShared && this.isAlive) await this.probe?.round();
    });
    return this.#synced;
  }
}
