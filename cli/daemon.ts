/**
 * `orrery daemon`: serves the API of a SCION daemon to programs outside Orrery. A control service of a running network
 * gives the answers, through the operator endpoint of its process (docs/how-to/emulate.md).
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { EnvironmentError } from '../engine/live/environment.ts';
import {
  type AskControlService,
  DaemonStartError,
  startDaemonServer,
} from '../services/daemon/index.ts';
import { askNodeEndpoint, type EndpointAddress } from '../services/operator/index.ts';
import { collectEndpoint, collectPort, requireOneEndpoint } from './endpoint-flags.ts';
import { addFlagOptions, numberOption } from './flags.ts';

/** Default port, that of the reference's daemon. */
const PORT = 30_255;
const HOST = '127.0.0.1';
const PORT_MAX = 65_535;
const WITHIN_MS = 10_000;

interface DaemonFlags {
  readonly port: readonly EndpointAddress[];
  readonly endpoint: readonly EndpointAddress[];
  readonly node?: string;
  readonly listen: number;
}

/** Adds the command `orrery daemon` to the program. */
export function addDaemonCommand(program: Command): void {
  addFlagOptions<DaemonFlags>(program.command('daemon'), {
    port: new Option('--port <n>', 'operator port of the process, on this machine')
      .argParser(collectPort)
      .default([], 'none'),
    endpoint: new Option('--endpoint <host:port>', 'operator endpoint of the process')
      .argParser(collectEndpoint)
      .default([], 'none'),
    node: new Option('--node <name>', 'the control service, if the process runs several nodes'),
    listen: numberOption('--listen <n>', 'port of the API, on this machine; 0 for any', {
      least: 0,
      most: PORT_MAX,
    }).default(PORT),
  })
    .summary('answer SCION programs of others as a daemon')
    .description(
      'Serves the API of a SCION daemon (gRPC) for programs of others. See docs/how-to/emulate.md.',
    )
    .action(async (flags: DaemonFlags) => {
      const ask = askerOf(requireOneEndpoint('daemon', flags), flags.node);
      const server = await startDaemonServer({ host: HOST, port: flags.listen, ask }).catch(
        (error: unknown) => {
          if (!(error instanceof DaemonStartError)) throw error;
          throw new EnvironmentError(`daemon: ${error.message}`, { cause: error });
        },
      );
      process.stderr.write(`daemon API at ${server.host}:${server.port}\n`);
      await new Promise<void>((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
      });
      server.close();
    });
}

function askerOf(endpoint: EndpointAddress, node: string | undefined): AskControlService {
  return async (kind, body, signal) => {
    const named = node === undefined ? {} : { node };
    const question = { ...{ kind, body, target: '', withinMs: WITHIN_MS }, ...named };
    const reply = await askNodeEndpoint(endpoint, question, signal);
    return 'problem' in reply ? reply : { outcome: reply.outcome, text: reply.parts.join('') };
  };
}
