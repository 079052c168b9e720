/**
 * One agent as its coordinator knows it: a channel, and what it runs in where the coordinator started
 * it.
 *
 * @module
 */
import type { AgentLife } from './agent-life.ts';
import type { Channel } from './channel/model.ts';
import { ClockOffset } from './clock-offset.ts';
import type { ClockProbe } from './clock-sync.ts';
import type { Command } from './messages.ts';

/** Where an agent stands. */
export type AgentState = 'starting' | 'connected' | 'loaded' | 'ready' | 'done' | 'dead';

/** See the module. */
export class AgentProcess {
  /** Counts processes, so that each life of a node has its own number. */
  readonly id: number;
  readonly hosts: readonly string[];
  readonly life: AgentLife | undefined;
  state: AgentState = 'starting';
  /** True once the coordinator itself ended it: its death is no surprise. */
  isKilled = false;
  pid: number | undefined;
  /** Where it answers its operator, on its own loopback. */
  operatorPort: number | undefined;
  /** When it was started, ns of the monotonic clock. */
  readonly startedNs = process.hrtime.bigint();
  /** What it said that it waits for. */
  waiting: readonly string[] = [];
  /** What its machine's monotonic clock shows above ours. */
  readonly clock = new ClockOffset();
  /** The offset that it was started with, ns. */
  clockOffsetNs = 0n;
  /** It was told when the scenario's time begins. */
  isStarted = false;
  /** Its channel is open: what it measured may still come, also after its death. */
  isTelling = false;
  probe: ClockProbe | undefined;
  channel: Channel | undefined;
  /** Everything that it measured up to here has been told, ns of the scenario's time. */
  toldNs = 0;
  /** The last lines of what it wrote to stderr. */
  lastWords = '';
  /** What it sent that no agent may send. */
  expelledFor: string | undefined;
  /** Rounds of clock questions must not overlap: each waits for the one before. */
  #synced: Promise<unknown> = Promise.resolve();

  constructor(id: number, hosts: readonly string[], life: AgentLife | undefined) {
    this.id = id;
    this.hosts = hosts;
    this.life = life;
    // Who is on this machine reads the clock that we read.
    if (life !== undefined) this.clock.shareClock();
  }

  /** Name for messages to people. */
  get name(): string {
    return this.hosts.join(', ');
  }

  /** What it is, for people. */
  get noun(): AgentLife['noun'] {
    return this.life?.noun ?? 'process';
  }

  get isAlive(): boolean {
    return this.state !== 'dead' && this.state !== 'done';
  }

  tell(command: Command): void {
    this.channel?.send(command);
  }

  /** Measures its clock, unless it is ours. */
  syncClock(): Promise<unknown> {
    this.#synced = this.#synced.then(async () => {
      if (!this.clock.isShared && this.isAlive) await this.probe?.round();
    });
    return this.#synced;
  }
}
