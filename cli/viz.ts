/**
 * `orrery viz [RUN]`: serves the browser view of everything under runs/ at a printed address, until
 * Ctrl-C.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { type Command, Option } from 'commander';
import { EnvironmentError, systemErrorCode, systemErrorText } from '../engine/live/environment.ts';
import { startVizServer, type VizServer } from '../viz/server/server.ts';
import { FlagError } from './exit.ts';
import { addFlagOptions, numberOption, PORT_RANGE } from './flags.ts';
import { builtLabPagePath, builtVizPagePath } from './viz-page.ts';

const PORT = 7470;
const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '::1'];

interface VizFlags {
  readonly port: number;
  readonly host: string;
  readonly out: string;
}

/** Adds the command `orrery viz` to the program. */
export function addVizCommand(program: Command): void {
  addFlagOptions<VizFlags>(program.command('viz'), {
    port: numberOption('--port <n>', 'port to listen on; 0 picks a free port', PORT_RANGE).default(
      PORT,
    ),
    host: new Option(
      '--host <host>',
      'address to listen on; anyone who can reach it can read the runs',
    ).default('127.0.0.1'),
    out: new Option('--out <dir>', 'folder that holds the runs').default('runs'),
  })
    .argument('[run]', 'folder of a run, or its name below runs/, e.g. failover/1')
    .summary('show runs in the browser')
    .description(
      'Serves a page with every run under runs/ and a demo at the printed address, until ' +
        'Ctrl-C. Files from elsewhere can be dropped on the page.',
    )
    .action(async (run: string | undefined, flags: VizFlags) => {
      const id = run === undefined ? undefined : runId(run, flags.out);
      const page = builtVizPagePath();
      const server = await start(page, flags);
      const at = id === undefined ? server.address : `${server.address}#run=${id}&page=network`;
      process.stdout.write(`${at}\n`);
      process.stderr.write(`${openNote(flags.host)}Ctrl-C ends it.\n`);
      await untilInterrupted();
      await server.close();
    });
}

/** The run's name below the folder of the runs. */
function runId(run: string, out: string): string {
  const inFolder = existsSync(join(out, run, 'report.json')) ? run : undefined;
  const path = relative(resolve(out), resolve(run));
  const isBelow = !path.startsWith('..') && existsSync(join(run, 'report.json'));
  const id = inFolder ?? (isBelow ? path : undefined);
  if (id !== undefined) return id.replace(/\/+$/, '').split(sep).join('/');
  const hint = `name a folder with a report.json below ${out}, e.g. failover/1`;
  throw new FlagError(`viz: there is no run ${run}`, run, hint);
}

async function start(page: string, { host, port, out }: VizFlags): Promise<VizServer> {
  try {
    return await startVizServer({ page, runs: resolve(out), host, port, lab: builtLabPagePath });
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    const more = code === 'EADDRINUSE' ? '; --port 0 picks a free port' : '';
    throw new EnvironmentError(`${host} port ${port}: ${systemErrorText(code)}${more}`, {
      cause: error,
    });
  }
}

function openNote(host: string): string {
  return LOOPBACK.includes(host)
    ? ''
    : `Anyone who can reach ${host} can read the runs: there is no password. `;
}

function untilInterrupted(): Promise<void> {
  return new Promise((done) => {
    const end = (): void => done();
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
  });
}
