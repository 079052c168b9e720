/**
 * Runs an agent on a thread of the process that judges. It answers no operator and hears no signals:
 * both are the process's own.
 *
 * @module
 */
import { type MessagePort, workerData } from 'node:worker_threads';
import { ProtocolRegistry } from '../registry.ts';
import { AgentSession } from './agent-session.ts';
import { portChannel } from './channel/port-channel.ts';

/** What a thread is started with. */
export interface LoopBoot {
  readonly hosts: readonly string[];
  /** The way to the coordinator. */
  readonly port: MessagePort;
}

const { hosts, port } = workerData as LoopBoot;
const session = new AgentSession({
  channel: portChannel(port, 'the coordinator'),
  hosts,
  registry: new ProtocolRegistry(),
});
const { kind } = await session.end;
// Ends this thread only, also when a protocol left something open.
process.exit(kind === 'done' ? 0 : 1);
