/**
 * Processor time that the default trace costs: seeds run alternately with it and without it, in this process.
 *
 * `npm run bench -- trace-cost`. The time includes all threads, compression and writing the file.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSeed } from '../runner/run/run-seed.ts';
import { loadScenario } from '../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../scenarios/folders.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { type BenchResult, cpuTimeUs, requireEqual, spreadOf } from './bench-result.ts';

/** Name of this benchmark for `npm run bench -- trace-cost`. */
export const name = 'trace-cost';

const PAIRS = 5;
const US_PER_S = 1e6;
/** A path of packets, a mixnet, and rounds of long messages. */
const SCENARIOS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['failover.yaml', {}],
  ['mixnet.yaml', {}],
  ['federated.yaml', {}],
];

/** Measures each scenario in pairs; the first run of each is the warm-up. */
export function run(): readonly BenchResult[] {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-bench-'));
  try {
    return SCENARIOS.flatMap(([path, overrides]) => compare(path, overrides, folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compare(
  path: string,
  overrides: Readonly<Record<string, string>>,
  folder: string,
): readonly BenchResult[] {
  const registry = new ProtocolRegistry();
  const scenario = loadScenario({ path, folders: SHIPPED_FILE_FOLDERS, registry, overrides });
  const trace = { path: join(folder, 'trace.orr'), extent: 'windows' } as const;
  const first = runSeed({ scenario, registry, seed: 1, recordings: {} }).fingerprint;
  const seconds = (hasTrace: boolean): number => {
    const recordings = hasTrace ? { trace } : {};
    let print = '';
    const us = cpuTimeUs(() => {
      print = runSeed({ scenario, registry, seed: 1, recordings }).fingerprint;
    });
    // Recording must not change the run.
    requireEqual('the fingerprint', print, first);
    return us / US_PER_S;
  };
  seconds(true);
  const pairs = Array.from({ length: PAIRS }, (_, turn) => {
    // The order alternates, so that neither run always pays for the other's garbage.
    const isFirst = turn % 2 === 0;
    const one = seconds(isFirst);
    const other = seconds(!isFirst);
    return isFirst ? { withTrace: one, without: other } : { withTrace: other, without: one };
  });
  const costs = pairs.map(({ withTrace, without }) => 100 * (withTrace / without - 1));
  const own = pairs.map(({ without }) => without);
  return [
    { name: `${path} without a trace`, unit: 's', ...spreadOf(own) },
    { name: '  its default trace', unit: '%', target: 10, ...spreadOf(costs) },
  ];
}
