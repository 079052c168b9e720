/**
 * `npm run bench [-- NAME ...] [--json]`: runs the named benchmarks, or else all that take only
 * seconds, and prints each value with its spread, its multiple of the calibration loop, its target
 * and its ratio to other libraries. Each benchmark writes `runs/bench/NAME.json` with commit and
 * date, which `npm run requirements` and `npm run figures` read.
 *
 * A new benchmark is a file that exports `name` and `run()` (bench-result.ts), and one line in the
 * table below. Each runs in a process of its own, so that none affects another's compiled code or
 * garbage.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foldIntoLines } from '../reports/terminal-layout.ts';
import { currentCommit } from '../tools/requirements/source-state.ts';
import type { BenchModule, BenchResult } from './bench-result.ts';
import { run as calibrate } from './calibration.ts';
import { memoryPace } from './memory-loop.ts';
import { loopRatio } from './ratio.ts';
import { tableOf } from './table.ts';

/** Every benchmark by name; a module is loaded only if its benchmark runs. */
const BENCHES: Readonly<Record<string, () => Promise<BenchModule>>> = {
  hold: () => import('./hold.ts'),
  'hold-alone': () => import('./hold-alone.ts'),
  'hold-steps': () => import('./hold-steps.ts'),
  chain: () => import('./chain-rate.ts'),
  scale: () => import('./scale.ts'),
  'random-network': () => import('./random-network-rate.ts'),
  beaconing: () => import('./beaconing.ts'),
  core: () => import('./core.ts'),
  crc32c: () => import('./crc32c.ts'),
  dtn: () => import('./dtn.ts'),
  router: () => import('./router.ts'),
  secagg: () => import('./secagg.ts'),
  'secagg-threads': () => import('./secagg-threads.ts'),
  effects: () => import('./effects.ts'),
  trace: () => import('./trace.ts'),
  'trace-cost': () => import('./trace-cost.ts'),
  'privacy-steps': () => import('./privacy-steps.ts'),
  'two-threads': () => import('./two-threads.ts'),
  idle: () => import('./idle.ts'),
  replay: () => import('./replay.ts'),
  'replay-double': () => import('./replay-double.ts'),
  store: () => import('./store.ts'),
  vault: () => import('./vault.ts'),
  fabric: () => import('./fabric.ts'),
  'federated-round': () => import('./federated-round.ts'),
  frame: () => import('./frame.ts'),
  opening: () => import('./opening.ts'),
  handshake: () => import('./handshake.ts'),
  p256: () => import('./p256.ts'),
  sphinx: () => import('./sphinx.ts'),
  mix: () => import('./mix.ts'),
  navigator: () => import('./navigator.ts'),
  pipeline: () => import('./pipeline.ts'),
  live: () => import('./live.ts'),
  overload: () => import('./overload.ts'),
  'live-cost': () => import('./live-cost.ts'),
  promises: () => import('./promises.ts'),
  start: () => import('./start.ts'),
  hunt: () => import('./hunt.ts'),
};

/** Benchmarks that take minutes or need the whole machine. They run only when named. */
const ON_REQUEST: readonly string[] = [
  'beaconing',
  'federated-round',
  'hold-alone',
  'hold-steps',
  'hunt',
  'live',
  'live-cost',
  'overload',
  'pipeline',
  'privacy-steps',
  'promises',
  'replay-double',
  'scale',
  'start',
  'trace-cost',
  'two-threads',
  'vault',
];

const FAILED = 1;
const BAD_ARGUMENT = 2;
const WIDTH = 80;
/** Flag for running one benchmark in this process and writing its results as JSON. */
const ALONE = '--alone';

interface Environment {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
}

async function main(args: readonly string[]): Promise<number> {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const flags: readonly string[] = ['--help', '--json', ALONE];
  const unknown = args.filter((arg) => !names.includes(arg) && !flags.includes(arg));
  unknown.push(...names.filter((name) => BENCHES[name] === undefined));
  if (args.includes('--help')) {
    process.stdout.write(helpText());
    return 0;
  }
  if (unknown.length > 0) {
    process.stderr.write(`unknown: ${unknown.join(', ')}\n\n${helpText()}`);
    return BAD_ARGUMENT;
  }
  if (args.includes(ALONE)) {
    process.stdout.write(JSON.stringify(await measureAlone(names[0] ?? '')));
    return 0;
  }
  return report(names.length > 0 ? names : usualNames(), args.includes('--json'));
}

function usualNames(): readonly string[] {
  return Object.keys(BENCHES).filter((name) => !ON_REQUEST.includes(name));
}

function helpText(): string {
  return [
    'Usage: npm run bench -- [NAME ...] [--json]',
    '',
    'Runs benchmarks in turn with the calibration loop, writes runs/bench/NAME.json.',
    '',
    'Without a name:',
    ...linesOf(usualNames()),
    'Only by name, since they take minutes or need the whole machine:',
    ...linesOf(ON_REQUEST),
    '',
  ].join('\n');
}

function linesOf(names: readonly string[]): readonly string[] {
  return foldIntoLines(names, { width: WIDTH - 2, indent: 0, gap: ' ' }).map((line) => `  ${line}`);
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The results of one benchmark, and the rate of the calibration loop around it. */
interface Alone {
  readonly results: readonly BenchResult[];
  /** Millions of steps of the calibration loop per CPU second, before and after. */
  readonly pace: readonly [number, number];
  /** The same of the loop over memory, only after: its 32 MiB would otherwise count as the benchmark's memory. */
  readonly memoryPace: number;
}

/**
 * Measures one benchmark in this process. The calibration loop runs before and after it, because
 * machines change their speed.
 */
async function measureAlone(name: string): Promise<Alone> {
  const bench = await BENCHES[name]?.();
  const before = paceOf(calibrate());
  const results = (await bench?.run()) ?? [];
  const unmeasured = results.filter(({ value }) => !Number.isFinite(value)).map((one) => one.name);
  if (unmeasured.length > 0) throw new Error(`void: no number for ${unmeasured.join(', ')}`);
  return { results, pace: [before, paceOf(calibrate())], memoryPace: memoryPace() };
}

function paceOf([loop]: readonly BenchResult[]): number {
  return loop?.value ?? Number.NaN;
}

/** Runs and prints benchmarks; returns the exit code. */
function report(names: readonly string[], isJson: boolean): number {
  const cpu = cpus()[0]?.model ?? 'unknown';
  const environment: Environment = { node: process.version, cpu, cores: cpus().length };
  const say = (text: string): void => {
    if (!isJson) console.log(text);
  };
  say(`node ${environment.node}, ${environment.cores} x ${cpu}`);
  const results: BenchResult[] = calibrate();
  const unit = results[0];
  say(tableOf(results, unit));
  for (const name of names) {
    say(`\n${name} ...`);
    const found = runAlone(name);
    if (found === undefined) {
      console.error(`bench ${name} failed`);
      return FAILED;
    }
    keep(name, found, environment);
    results.push(...found.results);
    say(tableOf(found.results, unit, found.memoryPace));
  }
  if (isJson) console.log(JSON.stringify({ environment, results }, undefined, 2));
  return 0;
}

/** Writes the results to the file where other commands look for them. */
function keep(
  name: string,
  { results, pace, memoryPace: memory }: Alone,
  environment: Environment,
): void {
  const folder = join(ROOT, 'runs/bench');
  mkdirSync(folder, { recursive: true });
  const mean = (pace[0] + pace[1]) / 2;
  const figures = results.map((one) => ({
    ...one,
    ratio: one.ratio ?? loopRatio(one, mean),
    memoryRatio: loopRatio(one, memory),
  }));
  const facts = { name, commit: currentCommit(ROOT), at: new Date().toISOString() };
  const text = JSON.stringify(
    { ...facts, environment, pace, memoryPace: memory, results: figures },
    undefined,
    2,
  );
  writeFileSync(join(folder, `${name}.json`), `${text}\n`);
}

/**
 * Runs one benchmark in a process of its own; undefined if it failed, after it has printed the reason.
 */
function runAlone(name: string): Alone | undefined {
  const file = fileURLToPath(import.meta.url);
  const args = [...process.execArgv, file, name, ALONE];
  const child = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (child.status !== 0) return undefined;
  return JSON.parse(child.stdout) as Alone;
}

process.exitCode = await main(process.argv.slice(2));
