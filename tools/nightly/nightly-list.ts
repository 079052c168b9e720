/**
 * What `npm run nightly` runs: everything that shows a requirement and takes too long for each change.
 *
 * Every scenario in virtual time is listed by its file name, so a new one is included
 * automatically.
 *
 * @module
 */
import { readdirSync } from 'node:fs';

/** One row of the list. */
export interface NightlyEntry {
  readonly name: string;
  /** Arguments of `npm run`. */
  readonly args: readonly string[];
  /** It leaves reports of scenarios, or the figures of a benchmark. */
  readonly leaves: 'reports' | 'figures';
}

/** Rows whose requirement asks for so many. */
const SEEDS: Readonly<Record<string, number>> = {
  failover: 30,
  'failover-probes': 30,
  'replay-attack': 5,
};
const SEEDS_USUAL = 3;
/** Scenarios on sockets and processes of this machine, by the wall clock. */
const LIVE = [
  ['processes-steady', 'live-steady.yaml'],
  ['processes-crash', 'live-crash.yaml'],
  ['processes-partition', 'live-partition.yaml'],
  ['soak', 'soak-live.yaml'],
] as const;
const BENCHES = ['promises', 'replay', 'frame', 'sphinx', 'pipeline', 'overload'];

/** The list. @param scenarios the folder with the shipped files. */
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
  return [...virtual, ...benches, ...live];
}

/** Rows that a nightly still has to run: those named, or those that its round lacks. */
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
