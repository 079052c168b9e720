/**
 * Runs one row of the nightly in a process of its own and collects its results.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readBenches } from '../requirements/bench-files.ts';
import { readFoundDefects } from '../requirements/found-defects.ts';
import type { NightlyRow } from '../requirements/nightly-table.ts';
import { readReports } from '../requirements/reports.ts';
import { currentCommit } from '../requirements/source-state.ts';
import type { NightlyEntry } from './nightly-list.ts';

/** What a row of the nightly is run with: the root of the repository, and the nightly's start time, which names it. */
export interface NightlyContext {
  readonly root: string;
  /** When the nightly started. */
  readonly round: string;
}

/** The folder, relative to the root, for the reports and the log of a row. */
export function nightlyEntryFolder(name: string): string {
  return join('runs/nightly', name);
}

/** Runs a row to its end; undefined if it was interrupted. */
export async function runEntry(
  entry: NightlyEntry,
  { root, round }: NightlyContext,
): Promise<NightlyRow | undefined> {
  const folder = join(root, nightlyEntryFolder(entry.name));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const out = entry.leaves === 'reports' ? ['--out', folder] : [];
  const startedAt = Date.now();
  const commit = currentCommit(root);
  const status = await start(['run', '--silent', ...entry.args, ...out], { root, folder });
  if (status === null) return undefined;
  const { leaves, name } = entry;
  const figures = leaves === 'figures' ? figuresOf(name, join(root, 'runs'), startedAt) : [];
  const kpis = leaves === 'reports' ? readReports(folder).flatMap((report) => report.kpis) : [];
  const planted = leaves === 'defects' ? readFoundDefects(root) : [];
  const defects = planted.filter((one) => one.commit === commit);
  return {
    round,
    commit,
    at: new Date().toISOString(),
    seconds: Math.round((Date.now() - startedAt) / 1_000),
    command: `npm run ${entry.args.join(' ')}`,
    isPassed:
      status === 0 && (leaves === 'nothing' || figures.length + kpis.length + defects.length > 0),
    kpis,
    figures,
    ...(leaves === 'defects' ? { defects } : {}),
  };
}

/** Reads the figures of this run only, since older ones may still exist. */
function figuresOf(name: string, runs: string, startedAt: number): NightlyRow['figures'] {
  const suite = name.replace(/^bench-/, '');
  return readBenches(runs)
    .filter((bench) => bench.suite === suite && new Date(bench.at).getTime() >= startedAt)
    .flatMap(({ figures }) => figures.map((figure) => ({ ...figure, name: figure.name.trim() })));
}

/** Starts the process; resolves with its exit code, or with null if a signal ended it. */
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
      // A shell reports a signal as 128 plus the number of the signal.
      resolve(code === null || code === 130 ? null : code);
    });
  });
}
