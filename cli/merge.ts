/**
 * `orrery merge RESULTS...`: joins the parts of a sweep that ran on machines of their own, and ends as the
 * whole sweep would have.
 *
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Refusal } from '../scenarios/refusal.ts';
import { ProtocolRegistry } from '../scenarios/registry.ts';
import { mergeResults, type Part } from '../scenarios/sweep/merge.ts';
import { RESULTS, readResults } from '../scenarios/sweep/results-file.ts';
import { sourceState } from '../scenarios/sweep/source-state.ts';
import type { RunFlags } from './execute.ts';
import { type ExitCode, exitWith, FlagError } from './exit.ts';
import { load } from './load.ts';
import { refuseForeignScenario, refuseOtherScenario } from './own-scenario.ts';
import { mergeInto, seedFlags } from './sweep-run.ts';

interface MergeFlags extends Pick<RunFlags, 'out' | 'json' | 'quiet'> {
  /** The user's own word for which file the results are of. */
  readonly scenario?: string;
}

/** Adds the command. */
export function addMerge(program: Command): void {
  program
    .command('merge')
    .argument('<results...>', 'folders of parts of a sweep, or their results.ndjson')
    .summary('join the parts of a sweep')
    .description(
      'Joins what `orrery sweep FILE --shard i/n` has left, into the table and the verdict of the whole sweep.',
    )
    .option('--out <dir>', 'folder for the files of the sweep', 'runs')
    .option('--scenario <file>', 'the scenario, if it is not below the current folder')
    .option('--json', 'print the result as JSON on stdout and nothing else')
    .option('-q, --quiet', 'print the first line only')
    .option('--debug', 'print stack traces of internal errors')
    .action(async (paths: readonly string[], flags: MergeFlags) => {
      exitWith(await merge(paths, flags));
    });
}

async function merge(
  paths: readonly string[],
  { scenario: named, ...flags }: MergeFlags,
): Promise<ExitCode> {
  const parts = paths.map(partOf);
  const merged = mergeResults(parts);
  const head = { ...merged.head, file: named ?? merged.head.file };
  const commit = sourceState();
  if (head.commit !== commit) {
    throw new Refusal(
      `the results are those of commit ${head.commit}, and this program is ${commit}: check it out, or run the sweep again`,
    );
  }
  if (named === undefined) {
    refuseForeignScenario(
      head,
      parts.map(({ path }) => path),
    );
  } else refuseOtherScenario(head);
  const registry = new ProtocolRegistry();
  const { scenario } = await load(head.file, head.set, registry);
  const seeds = seedFlags(head.seeds, scenario.seeds);
  if (seeds === undefined) {
    throw new Refusal(`no sweep of ${head.file} has the seeds ${head.seeds.join(', ')}`);
  }
  const context = { flags: { ...flags, ...seeds, set: head.set }, registry };
  return await mergeInto({ ...context, file: head.file, scenario, head }, merged);
}

function partOf(path: string): Part {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const file = isFolder ? join(path, RESULTS) : path;
  if (!existsSync(file)) {
    const hint = 'give the folder of a part, such as runs/failover/sweep-shard-1-of-4';
    throw new FlagError(`${file} not found`, path, hint);
  }
  const known = readResults(file);
  if (known === undefined) throw new Refusal(`${file} is empty`);
  return { path: file, ...known };
}
