/**
 * Helpers for the tests of distributed runs: tallies, fleets that record the commands they receive,
 * and channels without another side.
 *
 * @module
 */
import { LogHistogram } from '../../../../engine/measure/histogram.ts';
import type { Channel } from '../../../../runner/distributed/channel/model.ts';
import type {
  AgentCommand,
  AgentFleet,
  AgentTally,
} from '../../../../runner/distributed/messages/messages.ts';
import { packHistogram } from '../../../../runner/distributed/messages/packed-histogram.ts';

/** The tally of a process that has counted nothing, with changes. */
export function tallyOf(more: Partial<AgentTally> = {}): AgentTally {
  return {
    metrics: {},
    nodeDrops: {},
    packets: { sent: 0, duplicated: 0, injected: 0, delivered: 0, inFlight: 0, drops: {} },
    written: 0,
    received: 0,
    unsent: 0,
    foreign: 0,
    lateness: packHistogram(new LogHistogram().data()),
    cpuUs: 0,
    wallUs: 0,
    memoryBytes: 0,
    receiveBufferBytes: 0,
    events: 0,
    streamPackets: 0,
    directStreams: 0,
    storeFailures: 0,
    stallNs: 0,
    damaged: 0,
    refusals: {},
    refused: [],
    filesSent: [],
    ...more,
  };
}

/** A command with its recipients; all processes if absent. */
export type Told = readonly [AgentCommand, (readonly string[])?];

/** A fleet that records its commands. */
export class WritingFleet implements AgentFleet {
  readonly told: Told[] = [];
  readonly killed: string[] = [];
  readonly revived: string[] = [];

  tell(command: AgentCommand, hosts?: readonly string[]): void {
    this.told.push(hosts === undefined ? [command] : [command, hosts]);
  }

  kill(node: string): void {
    this.killed.push(node);
  }

  revive(node: string): void {
    this.revived.push(node);
  }
}

/** A channel that stores sent messages; the test plays the other side. */
export class NobodysChannel implements Channel {
  readonly peer = '127.0.0.1:1';
  readonly sent: object[] = [];
  isClosed = false;
  onMessage: Channel['onMessage'] = () => undefined;
  onClose: Channel['onClose'] = () => undefined;

  send(message: object): void {
    if (!this.isClosed) this.sent.push(message);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    queueMicrotask(() => this.onClose('closed'));
  }

  /** The types of the sent messages. */
  get types(): readonly unknown[] {
    return this.sent.map((message) => (message as { readonly type?: unknown }).type);
  }
}
