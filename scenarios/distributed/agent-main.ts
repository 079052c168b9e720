/**
 * A process with the nodes of some hosts, started by a coordinator of the same machine.
 *
 * It reads one line of JSON from its input: where the coordinator listens, the key, and its hosts. So
 * the key is in no list of processes and in no environment. Ctrl-C in a terminal reaches every
 * process of it: only the coordinator acts on it, and ends its agents.
 *
 * @module
 */
import { createInterface } from 'node:readline';
import { ProtocolRegistry } from '../registry.ts';
import { type SessionEnd, serveAgent } from './agent-session.ts';
import { dialChannel } from './channel/dial.ts';

/** What the first line of the input says. */
export interface AgentBoot {
  readonly host: string;
  readonly port: number;
  /** 32 bytes, hexadecimal. */
  readonly key: string;
  readonly hosts: readonly string[];
}

/** Runs the process; resolves when the run is over. */
export async function runAgent(): Promise<SessionEnd> {
  process.on('SIGINT', () => undefined);
  const { host, port, key, hosts } = await readBoot();
  const channel = await dialChannel({ host, port, key: Buffer.from(key, 'hex') });
  return serveAgent({ channel, hosts, registry: new ProtocolRegistry() });
}

async function readBoot(): Promise<AgentBoot> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdin.destroy();
    return JSON.parse(line) as AgentBoot;
  }
  throw new Error('an agent is started by its coordinator, which tells it what to do');
}
