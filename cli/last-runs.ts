/**
 * Finds the last two runs of the scenario that ran last, for `orrery compare` without arguments.
 *
 * @module
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FlagError } from './exit.ts';

interface Run {
  readonly scenario: string;
  readonly folder: string;
  readonly writtenMs: number;
}

/**
 * Finds the latest run and the run of the same scenario before it, by the time of their reports,
 * whatever their inputs. The combinations of a sweep do not count.
 * @param out The folder of the runs.
 * @throws FlagError if there are fewer than two such runs.
 */
export function findLastTwoRuns(out: string): { readonly before: string; readonly last: string } {
  const runs = foldersIn(out)
    .flatMap((scenario) => runsOf(out, scenario))
    .sort((a, b) => b.writtenMs - a.writtenMs);
  const [last] = runs;
  const hint = 'name two: npm run compare A B';
  if (last === undefined) throw new FlagError(`compare: there is no run below ${out}`, out, hint);
  const before = runs.find((run) => run.scenario === last.scenario && run !== last);
  if (before !== undefined) return { before: before.folder, last: last.folder };
  const message = `compare: ${last.folder} is the only run of ${last.scenario} below ${out}`;
  throw new FlagError(message, 'compare', `run it again after a change, or ${hint}`);
}

function runsOf(out: string, scenario: string): readonly Run[] {
  return foldersIn(join(out, scenario)).flatMap((name) => {
    const folder = join(out, scenario, name);
    const facts = statSync(join(folder, 'report.json'), { throwIfNoEntry: false });
    return facts === undefined ? [] : [{ scenario, folder, writtenMs: facts.mtimeMs }];
  });
}

function foldersIn(path: string): readonly string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
