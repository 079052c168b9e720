/**
 * Runs an agent on a thread of the coordinator's process. It has no operator endpoint and handles
 * no signals: both belong to the process.
 *
 * @module
 */
import { type MessagePort, workerData } from 'node:worker_threads';
import { ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import { makePortChannel } from '../channel/port-channel.ts';
import { AgentSession } from './agent-session.ts';

/** The parameters with which an agent's thread starts. */
export interface AgentThreadStart {
  readonly hosts: readonly string[];
  /** The port of the channel to the coordinator. */
  readonly port: MessagePort;
  /** Folder with the compiled program for this thread; absent if the process runs without one. */
  readonly prepared?: string;
}

/** Runs the agent until its coordinator ends it, then ends this thread. */
export async function runLoopAgent(): Promise<void> {
  const { hosts, port } = workerData as AgentThreadStart;
  const session = new AgentSession({
    channel: makePortChannel(port, 'the coordinator'),
    hosts,
    registry: new ProtocolRegistry(),
  });
  const { kind } = await session.end;
  // In a worker thread, `process.exit` ends this thread only; it does so even if a protocol left a
  // handle open.
  process.exit(kind === 'done' ? 0 : 1);
}
