/**
 * The list for `npm run nightly`: every check of a requirement that takes too long to run for each
 * change.
 *
 * Every scenario in virtual time is listed by its file name, so a new one is included
 * automatically.
 *
 * @module
 */
import { readdirSync } from 'node:fs';
import { HUNTED_SCENARIOS } from './hunted-scenarios.ts';

/** One row of the list. */
export interface NightlyEntry {
  readonly name: string;
  /** Arguments for `npm run`. */
  readonly args: readonly string[];
  /** The kind of results: reports of scenarios, figures of a benchmark, or planted defects. */
  readonly leaves: 'reports' | 'figures' | 'defects' | 'nothing';
}

/** The row of the long tests, of which each commit runs a third. */
export const LONG_TESTS_ROW = 'long-tests';
/** Number of seeds for scenarios whose requirement demands several. */
const SEEDS: Readonly<Record<string, number>> = {
  failover: 30,
  'failover-probes': 30,
  'failover-hot': 30,
  'failover-congestion': 30,
  'failover-kinds': 30,
  'gateway-capture': 30,
  'gateway-prefixes': 30,
  'gateway-striping': 30,
  'replay-attack': 5,
};
const SEEDS_USUAL = 3;
/** Scenarios on real sockets and processes of this machine, which run in real time. */
const LIVE = [
  ['processes-steady', 'live-steady.yaml'],
  ['processes-crash', 'live-crash.yaml'],
  ['processes-partition', 'live-partition.yaml'],
  ['soak', 'soak-live.yaml'],
] as const;
const BENCHES = [
  'promises',
  'replay',
  'frame',
  'sphinx',
  'pipeline',
  'overload',
  'dtn',
  'fabric',
  'federated-round',
];

/**
 * Lists the rows that `npm run nightly` runs.
 * @param scenarios The folder with the shipped scenarios.
 */
export function nightlyList(scenarios: string): readonly NightlyEntry[] {
  const virtual = readdirSync(scenarios)
    .filter((file) => file.endsWith('.yaml') && !/^(emulate|soak)-/.test(file))
    .sort()
    .map((file): NightlyEntry => {
      const name = file.replace('.yaml', '');
      const seeds = SEEDS[name] ?? SEEDS_USUAL;
      return { name, args: ['scenario', file, '--', '--seeds', String(seeds)], leaves: 'reports' };
    });
  const live = LIVE.map(
    ([name, file]): NightlyEntry => ({
      name,
      args: ['live', file, '--', '--processes'],
      leaves: 'reports',
    }),
  );
  const benches = BENCHES.map(
    (name): NightlyEntry => ({
      name: `bench-${name}`,
      args: ['bench', '--', name],
      leaves: 'figures',
    }),
  );
  const hunts = Object.keys(HUNTED_SCENARIOS).map(
    (scenario): NightlyEntry => ({
      name: `hunt-${scenario}`,
      args: ['hunt', scenario, '--', '--budget', '60m'],
      leaves: 'nothing',
    }),
  );
  const mutants: NightlyEntry = { name: 'mutants', args: ['mutants'], leaves: 'defects' };
  const tests: NightlyEntry = {
    name: 'tests',
    args: ['test:nightly', '--', '--exclude', 'test/how-to/calibrate*'],
    leaves: 'nothing',
  };
  const long: NightlyEntry = {
    name: LONG_TESTS_ROW,
    args: ['test:thorough', '--', '--all'],
    leaves: 'nothing',
  };
  const calibration: NightlyEntry = {
    name: 'calibration',
    args: ['test:nightly', '--', 'test/how-to/calibrate'],
    leaves: 'nothing',
  };
  return [...virtual, ...benches, ...hunts, mutants, tests, long, calibration, ...live];
}

/** The rows that a nightly still has to run: the named ones, or those missing in its round. */
export function rowsToRun(
  list: readonly NightlyEntry[],
  { only, done }: { readonly only: readonly string[]; readonly done: ReadonlySet<string> },
): readonly NightlyEntry[] {
  const unknown = only.filter((name) => !list.some((entry) => entry.name === name));
  if (unknown.length > 0) {
    const names = list.map(({ name }) => name).join(', ');
    throw new RangeError(`unknown: ${unknown.join(', ')}; there are ${names}`);
  }
  if (only.length > 0) return list.filter(({ name }) => only.includes(name));
  return list.filter(({ name }) => !done.has(name));
}
