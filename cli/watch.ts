/**
 * `--viz`: serves the browser view from the process that runs a scenario, during the run and afterwards until
 * Ctrl-C. With `--json` and in CI, the server ends with the run.
 *
 * The view shows the run of the first seed. The server listens on loopback only.
 *
 * @module
 */
import { relative, resolve, sep } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { EnvironmentError, systemErrorCode, systemErrorText } from '../engine/live/environment.ts';
import type { SeedResult } from '../reports/model.ts';
import type { Report } from '../reports/report-schema.ts';
import type { Broadcast, BroadcastMessage } from '../runner/recording/broadcast.ts';
import type { ControlHandler } from '../viz/server/control-channel.ts';
import { LiveRun } from '../viz/server/live-run.ts';
import { startVizServer, type VizServer } from '../viz/server/server.ts';
import type { RunFlags } from './run-flags.ts';
import { builtVizPagePath } from './viz-page.ts';

/** Default port, the same as of `orrery viz`. If it is in use and no port was requested, another one is used. */
const PORT = 7470;
const HOST = '127.0.0.1';
/** Time limit for sending the last messages to open pages, ms. */
const LAST_WORDS_MS = 200;

type WatchFlags = Pick<RunFlags, 'viz' | 'out' | 'json'>;

/** A server through which browsers watch a run in progress. */
export interface WatchServer {
  /** The channel to which the run sends its data. */
  readonly broadcast: Broadcast;
  /** Called when the report has been written. On a terminal, it continues to serve until Ctrl-C. */
  finished(folder: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * A run that browsers watch: its name, its interim reports, and the handler of the commands of
 * pages.
 */
export interface WatchedRun {
  /** Name of the scenario. */
  readonly name: string;
  /** Makes the report of what the run has measured so far. */
  readonly reportOf: (result: SeedResult) => Report;
  /** Carries out the orders of pages. */
  readonly control: ControlHandler;
}

/** Starts the server through which browsers watch a run, and prints its address. */
export async function startWatch(watched: WatchedRun, flags: WatchFlags): Promise<WatchServer> {
  const { name, reportOf, control } = watched;
  const live = new LiveRun(name, Date.now());
  const server = await serve({ live, control }, flags);
  const { port1: sent, port2: port } = new MessageChannel();
  const pending = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const taken = new Int32Array(pending);
  sent.on('message', (message: BroadcastMessage) => take(live, message, { taken, reportOf }));
  // This timer must not keep the process alive if the run never begins.
  sent.unref();
  process.stderr.write(`watch the run at ${server.address}#run=live&page=network\n`);
  return {
    broadcast: { port, pending },
    finished: async (folder): Promise<void> => {
      live.written(relative(resolve(flags.out), resolve(folder)).split(sep).join('/'));
      if (flags.json === true || (process.env['CI'] ?? '') !== '') {
        await new Promise((done) => setTimeout(done, LAST_WORDS_MS));
        return;
      }
      process.stderr.write(`still served at ${server.address}; Ctrl-C ends it\n`);
      await interrupted();
    },
    close: async (): Promise<void> => {
      sent.close();
      await server.close();
    },
  };
}

function take(
  live: LiveRun,
  message: BroadcastMessage,
  { taken, reportOf }: Pick<WatchedRun, 'reportOf'> & { readonly taken: Int32Array },
): void {
  switch (message.kind) {
    case 'begin':
      live.begin(message);
      return;
    case 'blocks':
      Atomics.sub(taken, 0, message.packets.length);
      live.add(message);
      return;
    case 'measured':
      live.measured(() => new TextEncoder().encode(JSON.stringify(reportOf(message.result))));
      return;
    case 'end':
      live.end();
      return;
    default:
      message satisfies never;
  }
}

async function serve(
  parts: { readonly live: LiveRun; readonly control: ControlHandler },
  { viz, out }: WatchFlags,
): Promise<VizServer> {
  const options = { page: builtVizPagePath(), runs: resolve(out), host: HOST, ...parts };
  const wanted = typeof viz === 'number' ? viz : PORT;
  try {
    return await startVizServer({ ...options, port: wanted });
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (viz === true && code === 'EADDRINUSE') return await startVizServer({ ...options, port: 0 });
    const words = `--viz: ${HOST} port ${wanted}: ${systemErrorText(code)}`;
    throw new EnvironmentError(words, { cause: error });
  }
}

function interrupted(): Promise<void> {
  return new Promise((done) => {
    const end = (): void => done();
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
  });
}
