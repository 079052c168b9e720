/**
 * `npm run bench [-- NAME ...] [--json]`: runs the named benchmarks, or all, and prints each number
 * with its spread, its multiple of the calibration loop, its target and its ratio to peers.
 *
 * A new benchmark is a file that exports `name` and `run()`, and one line in the table below.
 *
 * @module
 */
import { cpus } from 'node:os';
import type { BenchModule, BenchResult } from './bench-result.ts';
import { run as calibrate } from './calibration.ts';
import { tableOf } from './table.ts';

/** Every benchmark by its name; loaded only when asked for. */
const BENCHES: Readonly<Record<string, () => Promise<BenchModule>>> = {
  hold: () => import('./hold.ts'),
  core: () => import('./core.ts'),
  net: () => import('./net.ts'),
  router: () => import('./router.ts'),
};

interface Environment {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
}

async function main(args: readonly string[]): Promise<number> {
  const isJson = args.includes('--json');
  const names = args.filter((arg) => arg !== '--json');
  const unknown = names.filter((name) => BENCHES[name] === undefined);
  if (unknown.length > 0) {
    console.error(`unknown: ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`);
    return 2;
  }
  const environment: Environment = {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
  };
  if (!isJson) console.log(`node ${environment.node}, ${environment.cores} x ${environment.cpu}`);
  const calibration = calibrate();
  const all: BenchResult[] = [...calibration];
  if (!isJson) console.log(tableOf(calibration, calibration[0]));
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    if (!isJson) console.log(`\n${name} ...`);
    const results = await (await BENCHES[name]?.())?.run();
    all.push(...(results ?? []));
    if (!isJson) console.log(tableOf(results ?? [], calibration[0]));
  }
  if (isJson) console.log(JSON.stringify({ environment, results: all }, undefined, 2));
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
