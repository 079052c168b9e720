/**
 * How long a command takes to start, as multiples of Node's own start (`node -e 0`) in the same
 * round, since both depend on the machine and its load in the same way. All values are medians of
 * seven rounds.
 *
 * The time of `npm run scenario` excludes the time of npm itself, which has a line of its own.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { BenchResult } from './bench-result.ts';
import { installPackage } from './workloads/installed-package.ts';

export const name = 'start';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const START = join(ROOT, 'cli/start.mjs');
const ENTRY = new URL('../runner/threads/run-worker-entry.mjs', import.meta.url).href;
const STORE = new URL('../cli/prepared-store.mjs', import.meta.url).href;
const PREPARED = new URL('../engine/live/prepared.mjs', import.meta.url).href;
const TURNS = 7;
const UNIT = 'x node -e 0';
/** Target of a first start: two seconds on a machine where `node -e 0` takes a tenth of a second. */
const FIRST_MAX = 20;
/** The mistake is found only after all that hello.yaml needs has been loaded. */
const BAD = `name: bad
question: Where is the mistake?
topology: two-nodes.yaml
duration: 10s
traffic: [{ from: alice, to: bob, kind: constant, rate: 100/s }]
kpis: { ping.rrt: { p50: "<= 1s" } }
`;
/** Exit code for a mistake in a file or a flag. */
const MISTAKE = 2;

/** The functions used here of two modules that are plain JavaScript. */
interface Prepared {
  readonly preparedFolder: () => string | undefined;
  readonly usePrepared: (folder: string) => void;
}

/** Measures how long something takes, ms of the wall clock. */
type Measure = () => number | Promise<number>;

/** The times measured in one round, ms. */
type Turn = ReadonlyMap<string, number>;

/** Measures everything in rounds; the first rounds do not count. */
export async function run(): Promise<readonly BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-bench-start-'));
  try {
    const measures = measuresIn(folder, installPackage(folder));
    // The first warm-up bundles the programs; the second lets V8 store its compiled code.
    for (let warmUp = 0; warmUp < 2; warmUp += 1) await turn(measures);
    const turns: Turn[] = [];
    while (turns.length < TURNS) turns.push(await turn(measures));
    return resultsOf(turns);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measuresIn(folder: string, packed: string): ReadonlyMap<string, Measure> {
  const hello = ['scenario', 'hello.yaml', '-q', '--out', folder];
  const node = process.execPath;
  const bad = join(folder, 'bad.yaml');
  writeFileSync(bad, BAD);
  return new Map<string, Measure>([
    ['node', (): number => timed(node, ['-e', '0'])],
    ['version', (): number => timed(node, [START, '--version'])],
    ['help', (): number => timed(node, [START, '--help'])],
    ['hello', (): number => timed(node, [START, ...hello])],
    ['mistake', (): number => timed(node, [START, 'scenario', bad], MISTAKE)],
    ['first', firstRun],
    ['packed version', (): number => timed(node, [packed, '--version'])],
    ['packed help', (): number => timed(node, [packed, '--help'])],
    ['packed hello', (): number => timed(node, [packed, ...hello])],
    ['npm', (): number => timed('npm', ['run', '--silent'])],
    [
      'npm hello',
      (): number => timed('npm', ['run', '--silent', 'scenario', '--', ...hello.slice(1)]),
    ],
    ['thread', secondThread],
  ]);
}

async function turn(measures: ReadonlyMap<string, Measure>): Promise<Turn> {
  const all = new Map<string, number>();
  for (const [what, measure] of measures) all.set(what, await measure());
  return all;
}

function resultsOf(turns: readonly Turn[]): readonly BenchResult[] {
  const of = (turn: Turn, what: string): number => turn.get(what) ?? Number.NaN;
  const multiple = (line: string, target: number, what: (turn: Turn) => number): BenchResult => ({
    name: line,
    ...spread(turns.map((turn) => what(turn) / of(turn, 'node'))),
    unit: UNIT,
    target,
  });
  return [
    { name: 'node -e 0', ...spread(turns.map((turn) => of(turn, 'node'))), unit: 'ms' },
    { name: 'npm itself', ...spread(turns.map((turn) => of(turn, 'npm'))), unit: 'ms' },
    multiple('orrery --version', 3, (turn) => of(turn, 'version')),
    multiple('orrery --help', 3, (turn) => of(turn, 'help')),
    multiple('orrery scenario hello.yaml', 12, (turn) => of(turn, 'hello')),
    multiple(
      'npm run scenario hello.yaml, less npm',
      12,
      (turn) => of(turn, 'npm hello') - of(turn, 'npm'),
    ),
    multiple('second worker thread', 3, (turn) => of(turn, 'thread')),
    multiple('a scenario that does not load', 12, (turn) => of(turn, 'mistake')),
    multiple(
      'first run after a change, more than a later one',
      FIRST_MAX,
      (turn) => of(turn, 'first') - of(turn, 'version'),
    ),
    multiple('package: orrery --version', 3, (turn) => of(turn, 'packed version')),
    multiple('package: orrery --help', 3, (turn) => of(turn, 'packed help')),
    multiple('package: orrery scenario hello.yaml', 12, (turn) => of(turn, 'packed hello')),
  ];
}

function spread(values: readonly number[]): Pick<BenchResult, 'value' | 'min' | 'max'> {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted.at(index) ?? Number.NaN;
  return { value: at(Math.floor(sorted.length / 2)), min: at(0), max: at(-1) };
}

function timed(program: string, words: readonly string[], expected = 0): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(program, words, { cwd: ROOT, encoding: 'utf8' });
  if (status !== expected) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - began;
}

/** Starts without prepared programs, as after a change; then puts the programs back that were there before. */
async function firstRun(): Promise<number> {
  const { preparedFolder } = (await import(STORE)) as Pick<Prepared, 'preparedFolder'>;
  const folder = preparedFolder();
  if (folder === undefined) throw new Error('there is no place for prepared programs');
  const kept = `${folder}.kept`;
  renameSync(folder, kept);
  try {
    return timed(process.execPath, [START, '--version']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    renameSync(kept, folder);
  }
}

/** Time until a second worker for virtual time is ready, while another already is. */
async function secondThread(): Promise<number> {
  const { preparedFolder } = (await import(STORE)) as Pick<Prepared, 'preparedFolder'>;
  const { usePrepared } = (await import(PREPARED)) as Pick<Prepared, 'usePrepared'>;
  const folder = preparedFolder();
  if (folder !== undefined) usePrepared(folder);
  const first = await readyWorker();
  const began = performance.now();
  const second = await readyWorker();
  const ms = performance.now() - began;
  await Promise.all([first.terminate(), second.terminate()]);
  return ms;
}

async function readyWorker(): Promise<Worker> {
  const ready = "() => require('node:worker_threads').parentPort.postMessage('ready')";
  const worker = new Worker(`import(${JSON.stringify(ENTRY)}).then(${ready})`, {
    eval: true,
    execArgv: [],
  });
  await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return worker;
}
