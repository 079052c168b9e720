/**
 * Part of `npm run test:interop`: a node of ours on real sockets exchanges bundles with the agent
 * `dtnd` (crate dtn7), both ways, over TCPCL and UDPCL; payloads are compared byte by byte.
 *
 * The agent is looked for on the PATH, or in the folder that `DTN7_BIN` names.
 *
 * @module
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { ForeignNeighbourTestbed, NODE_NAMES } from './interop/foreign-neighbour.ts';

const run = promisify(execFile);
/** Longest wait for each single step, ms. */
const PATIENCE_MS = 20_000;
const POLL_MS = 50;
/** Address from which dtnd sends: it binds its sending sockets to no address, so the system chooses this one. */
const FAR = '127.0.0.1';
/** dtnd writes bundles without a CRC in the primary block, against RFC 9171 section 4.3.1. */
const OPTIONS = 'requirePrimaryCrc: false';
const OUTPUT_MAX = 1 << 24;
/** Largest number of characters of the agent's log that are shown when something fails. */
const SAID_MAX = 4_000;

/**
 * Lengths of payloads to and from the agent, octets. dtnd accepts transfers of at most 64,000 octets over TCP, does
 * not reassemble fragments, and sends each bundle in one datagram over UDP. Our segments have 65,536 octets.
 */
const LAYERS = [
  {
    layer: 'tcpcl',
    cla: 'tcp',
    to: [1, 24, 1_000, 63_000],
    from: [1, 24, 1_000, 200_000],
  },
  { layer: 'udpcl', cla: 'udp', to: [1, 24, 1_000, 60_000], from: [1, 24, 1_000, 60_000] },
] as const;
type LayerCase = (typeof LAYERS)[number];

/** Both schemes of endpoint identifiers, as our nodes and dtnd write them. */
const SCHEMES = {
  dtn: {
    nodes: { here: 'here', there: 'there', third: 'third' },
    demux: 'app',
    application: (node: string): string => `dtn://${node}/app`,
  },
  ipn: {
    nodes: { here: '1', there: '2', third: '3' },
    demux: '1',
    application: (node: string): string => `ipn:${node}.1`,
  },
} as const;
type SchemeName = keyof typeof SCHEMES;
/** Names of our two nodes: the neighbour of the agent, and a node behind this neighbour. */
const OURS = [NODE_NAMES.own, NODE_NAMES.third] as const;

interface Case extends Omit<LayerCase, 'to' | 'from'> {
  readonly to: readonly number[];
  readonly from: readonly number[];
  readonly eids: SchemeName;
}

/** Exchanges bundles over each layer; prints a line for each. */
export async function checkDtnAgentInterop(folder: string): Promise<boolean> {
  const version = spawnSync(programOf('dtnd'), ['--version'], { encoding: 'utf8' });
  if (version.error !== undefined) {
    console.log('skip: dtnd is not installed (cargo install dtn7 --version 0.21.0)');
    return true;
  }
  console.log(version.stdout.trim());
  const results: boolean[] = [];
  for (const layer of LAYERS) {
    for (const eids of ['dtn', 'ipn'] as const) {
      const own = join(folder, `agents-${layer.layer}-${eids}`);
      mkdirSync(own);
      results.push(await checkCase(own, { ...layer, eids }));
    }
  }
  return results.every(Boolean);
}

async function checkCase(folder: string, each: Case): Promise<boolean> {
  const { layer, eids, to, from } = each;
  const neighbour = await ForeignNeighbourTestbed.open({
    ...{ folder, far: FAR, ...ownAddresses() },
    options: `layer: ${layer}, eids: ${eids}, ${OPTIONS}`,
  });
  const foreign = new ForeignAgent(folder, each, neighbour);
  try {
    await foreign.start();
    const ours = to.flatMap((size) => OURS.map((name) => ({ name, payload: randomBytes(size) })));
    const sent = ours.map(({ payload }) => payload);
    await Promise.all(ours.map(({ name, payload }) => neighbour.send(payload, name)));
    const came = await foreign.receive(sent.length);
    const theirs: Uint8Array[] = [];
    for (const size of from) {
      for (const name of OURS) {
        const payload = randomBytes(size);
        theirs.push(payload);
        await foreign.send(payload, name);
      }
    }
    // Our nodes delete a bundle when the agent has acknowledged it.
    await until(() => neighbour.delivered.length >= theirs.length && neighbour.holding === 0);
    const [there, here] = [equalIn(sent, came), equalIn(theirs, neighbour.delivered)];
    const { holding, drops } = neighbour;
    const isRight = there === sent.length && here === theirs.length && holding === 0;
    console.log(
      `${layer}, ${eids}: ${there} of ${sent.length} payloads to the agent and ` +
        `${here} of ${theirs.length} from it are equal, ${holding} bundles are left here ` +
        `(to ${to.join(', ')} B, from ${from.join(', ')} B, half of them through a relay of ours)`,
    );
    if (!isRight) console.log(`drops ${JSON.stringify(drops)}\n${foreign.said.slice(-SAID_MAX)}`);
    return isRight;
  } finally {
    await foreign.stop();
    await neighbour.close();
  }
}

/** Addresses of our nodes, which differ between processes, so that two checks at a time do not collide. */
function ownAddresses(): { readonly own: string; readonly third: string } {
  const block = `127.77.${(process.pid >>> 6) & 255}`;
  const number = (process.pid & 63) + 1;
  return { own: `${block}.${number}`, third: `${block}.${number + 64}` };
}

/** Number of sent payloads that arrived; each payload that arrived counts for one sent payload only. */
function equalIn(sent: readonly Uint8Array[], came: readonly Uint8Array[]): number {
  const left = came.map((bytes) => Buffer.from(bytes).toString('hex'));
  return sent.filter((bytes) => {
    const at = left.indexOf(Buffer.from(bytes).toString('hex'));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
}

/** The process `dtnd`, and the commands that talk to it. */
class ForeignAgent {
  said = '';
  readonly #folder: string;
  readonly #case: Case;
  readonly #neighbour: ForeignNeighbourTestbed;
  #child: ChildProcess | undefined;
  #webPort = 0;
  #files = 0;

  constructor(folder: string, each: Case, neighbour: ForeignNeighbourTestbed) {
    this.#folder = folder;
    this.#case = each;
    this.#neighbour = neighbour;
  }

  async start(): Promise<void> {
    const { cla, eids } = this.#case;
    const { nodes, demux } = SCHEMES[eids];
    const { own, far } = this.#neighbour;
    this.#webPort = await freePort();
    const child = spawn(programOf('dtnd'), [
      ...['-n', nodes.there, '-e', demux, '-W', this.#folder, '-D', 'mem'],
      ...['-r', 'epidemic', '-j', '500ms', '-i', '0', '--disable_nd'],
      ...['-w', String(this.#webPort), '-C', `${cla}:port=${far.port}:bind=${far.address}`],
      ...['-s', `${cla}://${own.address}:${own.port}/${nodes.here}`],
    ]);
    const hear = (chunk: Buffer): void => {
      this.said += chunk.toString();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    this.#child = child;
    await until(async () => (await this.#ask('dtnquery', ['nodeid'])) !== undefined);
  }

  /** Payloads that reached the application of the agent. */
  async receive(count: number): Promise<readonly Uint8Array[]> {
    const payloads: Uint8Array[] = [];
    await until(async () => {
      const file = this.#nextFile();
      const said = await this.#ask('dtnrecv', ['-e', SCHEMES[this.#case.eids].demux, '-o', file]);
      const bytes = said === undefined ? undefined : readIfThere(file);
      if (bytes !== undefined) payloads.push(bytes);
      return payloads.length >= count;
    });
    return payloads;
  }

  async send(payload: Uint8Array, to: (typeof OURS)[number]): Promise<void> {
    const file = this.#nextFile();
    writeFileSync(file, payload);
    const { nodes, application } = SCHEMES[this.#case.eids];
    const ends = ['-s', application(nodes.there), '-r', application(nodes[to])];
    await run(programOf('dtnsend'), ['-p', String(this.#webPort), ...ends, file]);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  #nextFile(): string {
    this.#files += 1;
    return join(this.#folder, `payload-${this.#files}`);
  }

  /** Output of a command; undefined if it fails, because the agent is not up yet or has no bundle. */
  async #ask(program: string, parts: readonly string[]): Promise<string | undefined> {
    try {
      const all = ['-p', String(this.#webPort), ...parts];
      const { stdout } = await run(programOf(program), all, { maxBuffer: OUTPUT_MAX });
      return stdout;
    } catch {
      return undefined;
    }
  }
}

function readIfThere(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function programOf(name: string): string {
  const folder = process.env['DTN7_BIN'];
  return folder === undefined ? name : join(folder, name);
}

/** Waits until a condition holds, at most {@link PATIENCE_MS}. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    if (await isSo()) return;
    await sleep(POLL_MS);
  }
}
