/**
 * Runs one row of the nightly in a process of its own and gathers its results.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readBenches } from '../requirements/bench-files.ts';
import type { NightlyRow } from '../requirements/nightly-table.ts';
import { readReports } from '../requirements/reports.ts';
import { currentCommit } from '../requirements/source-state.ts';
import type { NightlyEntry } from './nightly-list.ts';

/** What a row needs of its nightly. */
export interface NightlyRun {
  readonly root: string;
  /** Start of the nightly. */
  readonly round: string;
}

/** Where a row leaves its reports and its log, below the root. */
export function rowFolder(name: string): string {
  return join('runs/nightly', name);
}

/** Runs it to its end; undefined when it was interrupted. */
export async function runEntry(
  entry: NightlyEntry,
  { root, round }: NightlyRun,
): Promise<NightlyRow | undefined> {
  const folder = join(root, rowFolder(entry.name));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const out = entry.leaves === 'reports' ? ['--out', folder] : [];
  const startedAt = Date.now();
  const commit = currentCommit(root);
  const status = await start(['run', '--silent', ...entry.args, ...out], { root, folder });
  if (status === null) return undefined;
  const isBench = entry.leaves === 'figures';
  const figures = isBench ? figuresOf(entry.name, join(root, 'runs'), startedAt) : [];
  const kpis = isBench ? [] : readReports(folder).flatMap((report) => report.kpis);
  return {
    round,
    commit,
    at: new Date().toISOString(),
    seconds: Math.round((Date.now() - startedAt) / 1_000),
    command: `npm run ${entry.args.join(' ')}`,
    isPassed: status === 0 && (isBench ? figures.length > 0 : kpis.length > 0),
    kpis,
    figures,
  };
}

/** Figures of this run only: older ones may still be there. */
function figuresOf(name: string, runs: string, startedAt: number): NightlyRow['figures'] {
  const suite = name.replace(/^bench-/, '');
  return readBenches(runs)
    .filter((bench) => bench.suite === suite && new Date(bench.at).getTime() >= startedAt)
    .flatMap(({ figures }) => figures.map((figure) => ({ ...figure, name: figure.name.trim() })));
}

/** Exit code; null when a signal ended it. */
function start(
  args: readonly string[],
  { root, folder }: { readonly root: string; readonly folder: string },
): Promise<number | null> {
  const log = openSync(join(folder, 'log.txt'), 'w');
  return new Promise((resolve, reject) => {
    const child = spawn('npm', args, { cwd: root, stdio: ['ignore', log, log] });
    child.on('error', reject);
    child.on('exit', (code) => {
      closeSync(log);
      // A shell reports a signal as 128 plus its number.
      resolve(code === null || code === 130 ? null : code);
    });
  });
}
