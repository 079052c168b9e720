/**
 * Runs an agent in this process, started by a coordinator of the same machine.
 *
 * Ctrl-C in a terminal reaches every process of the terminal; agents ignore it, and the coordinator ends
 * its agents. A failure is one line on stderr, which the coordinator passes on.
 *
 * @module
 */

import { dialChannel } from '../runner/distributed/channel/dial.ts';
import { channelKeys, readStartLine } from '../runner/distributed/processes/agent-start-line.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { runNodeProcess } from './node-process.ts';

const EXIT_MISTAKE = 3;

/** Runs the agent until its coordinator ends it; then the process exits. */
export function runAgent(): void {
  process.on('SIGINT', () => undefined);
  process.on('uncaughtException', fail);
  void run().catch(fail);
}

async function run(): Promise<void> {
  const start = await readStartLine();
  const { host, port, hosts } = start;
  await runNodeProcess({
    connect: () => dialChannel({ host, port, ...channelKeys(start) }),
    hosts,
    registry: new ProtocolRegistry(),
    levels: 'warn',
    operatorPort: 0,
    interrupt: 'ignore',
  });
}

function fail(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message.replaceAll('\n', ' ')}\n`);
  process.exit(EXIT_MISTAKE);
}
