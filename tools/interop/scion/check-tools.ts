/**
 * The tools of the reference implementation, unmodified, as a host of an emulated network: `scion showpaths` and
 * `scion ping` ask our daemon's API and send through our routers.
 *
 * @module
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import { askNodeEndpoint } from '../../../services/operator/index.ts';
import { buildReferenceTool } from './driver.ts';
import {
  OWN_SERVICE,
  roundTripMs,
  TARGET,
  TOOLS_ADDRESS,
  toolsScenario,
} from './tools-scenario.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Longest wait for each single step, ms. */
const PATIENCE_MS = 120_000;
const POLL_MS = 200;
const RUN_SECONDS = 600;
const PINGS = 20;
/** Number of digits of a fingerprint that the tools print. */
const FINGERPRINT_DIGITS = 16;
/** Largest allowed difference between the median round trip and the delays of the links, ms. */
const TOLERANCE_MS = 2;

const run = promisify(execFile);

/** A path in the answer of our nodes to `paths`. */
interface OwnPath {
  readonly fingerprint: string;
  readonly interfaces: readonly string[];
}

/** A path in the output of the tools. */
interface ToolPath {
  readonly fingerprint: string;
  readonly hops: readonly { readonly interface: number; readonly isd_as: string }[];
}

interface PingOutput {
  readonly path: ToolPath;
  readonly replies: readonly { readonly round_trip_time: number }[];
}

/** Runs both tools; prints a line for each. @param folder For programs and files. */
export async function checkTools(folder: string): Promise<boolean> {
  const tool = buildReferenceTool(folder);
  const file = join(folder, 'scion-tools.yaml');
  writeFileSync(file, toolsScenario(RUN_SECONDS));
  const flags = ['emulate', file, '--operator-port', '0', '--quiet', '--out', folder];
  const emulated = new StartedCommand(flags);
  const daemons: StartedCommand[] = [];
  try {
    const port = await emulated.said(/operator endpoint at [\d.]+:(\d+)/);
    const paths = await ownPaths(Number(port));
    const daemon = new StartedCommand([
      ...['daemon', '--port', port, '--node', OWN_SERVICE, '--listen', '0'],
    ]);
    daemons.push(daemon);
    const address = `127.0.0.1:${await daemon.said(/daemon API at [\d.]+:(\d+)/)}`;
    const common = ['--sciond', address, '--local', TOOLS_ADDRESS, '--format', 'json'];
    const shown = await run(tool, ['showpaths', TARGET.isdAs, '--no-probe', ...common]);
    const arePathsRight = comparePaths(paths, JSON.parse(shown.stdout) as { paths: ToolPath[] });
    const pinged = await run(
      tool,
      ['ping', `${TARGET.isdAs},${TARGET.address}`, '-c', String(PINGS), ...common],
      { timeout: PATIENCE_MS },
    );
    return judgePing(JSON.parse(pinged.stdout) as PingOutput) && arePathsRight;
  } catch (error) {
    console.log(`the tools failed: ${String(error)}\n${emulated.text}${daemons[0]?.text ?? ''}`);
    return false;
  } finally {
    await Promise.all([emulated, ...daemons].map((command) => command.stop()));
  }
}

/**
 * The paths that the control service reports to an operator, in the form of {@link textOf}; waits
 * until there are two.
 */
async function ownPaths(port: number): Promise<readonly string[]> {
  const endpoint = { host: '127.0.0.1', port };
  const question = { kind: 'paths', node: OWN_SERVICE, target: '', body: TARGET.isdAs };
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    const reply = await askNodeEndpoint(endpoint, { ...question, withinMs: PATIENCE_MS });
    const isThere = 'outcome' in reply && reply.outcome === 'ok';
    const found = isThere ? (JSON.parse(reply.parts.join('')) as OwnPath[]) : [];
    // The second path appears when the core ASes have found each other.
    if (found.length > 1) return found.map((path) => textOf(path.fingerprint, path.interfaces));
    await sleep(POLL_MS);
  }
  throw new Error('no paths were discovered');
}

/** A path by its fingerprint, of which the tools print the beginning, and its interfaces. */
function textOf(fingerprint: string, interfaces: readonly string[]): string {
  return `${fingerprint.slice(0, FINGERPRINT_DIGITS)} ${interfaces.join(' ')}`;
}

function comparePaths(own: readonly string[], shown: { readonly paths: ToolPath[] }): boolean {
  const theirs = shown.paths.map(({ fingerprint, hops }) => {
    return textOf(
      fingerprint,
      hops.map((hop) => `${hop.isd_as}#${hop.interface}`),
    );
  });
  const same = theirs.filter((text) => own.includes(text)).length;
  console.log(`scion showpaths: ${theirs.length} paths, ${same} of them among our ${own.length}`);
  return isDeepStrictEqual(own.toSorted(), theirs.toSorted());
}

function judgePing({ path, replies }: PingOutput): boolean {
  const ases = path.hops.filter((_, at) => at % 2 === 1).map(({ isd_as: isdAs }) => isdAs);
  const expected = roundTripMs([path.hops[0]?.isd_as ?? '', ...ases]);
  const times = replies.map((reply) => reply.round_trip_time).sort((left, right) => left - right);
  const median = times[Math.floor(times.length / 2)] ?? Number.NaN;
  console.log(
    `scion ping: ${replies.length} of ${PINGS} replies, median ${median} ms, links ${expected} ms`,
  );
  return replies.length === PINGS && Math.abs(median - expected) <= TOLERANCE_MS;
}

/** A command of ours that runs beside this one. */
class StartedCommand {
  text = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(flags: readonly string[]) {
    this.#child = spawn('node', ['cli/start.mjs', ...flags], { cwd: ROOT });
    const hear = (chunk: Buffer): void => {
      this.text += chunk.toString();
    };
    this.#child.stdout?.on('data', hear);
    this.#child.stderr?.on('data', hear);
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  /** Waits until the output of the command matches; returns the first group of the match. */
  async said(pattern: RegExp): Promise<string> {
    const end = Date.now() + PATIENCE_MS;
    while (Date.now() < end && this.#child.exitCode === null) {
      const [, part] = pattern.exec(this.text) ?? [];
      if (part !== undefined) return part;
      await sleep(POLL_MS);
    }
    throw new Error(`it did not say ${pattern.source}`);
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }
}
