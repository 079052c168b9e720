/**
 * `orrery merge RESULTS...`: joins the parts of a sweep that ran on several machines, and prints, writes and
 * exits as one run of the whole sweep would.
 *
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { quoteShellWord } from '../reports/shell-word.ts';
import { mergeResults, type ResultsPart } from '../runner/sweep/merge.ts';
import { RESULTS_FILE_NAME, readResults, type SweepHeader } from '../runner/sweep/results-file.ts';
import { sourceState } from '../runner/sweep/source-state.ts';
import { commandText, overrideFlags } from '../scenarios/command-text.ts';
import type { CombinationParameters } from '../scenarios/identity.ts';
import {
  openUntrustedScenario,
  trustedValuesFilter,
  UntrustedFileError,
} from '../scenarios/open/foreign-values.ts';
import type { OpenedScenario } from '../scenarios/open/open.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { Refusal } from '../scenarios/refusal.ts';
import { type ExitCode, FlagError, setExitCode } from './exit.ts';
import { addFlagOptions, collectOverride } from './flags.ts';
import { refuseChangedScenario, refuseUntrustedScenario } from './own-scenario.ts';
import type { RunFlags } from './run-flags.ts';
import { finishMergedSweep, flagsForSeeds } from './sweep-run.ts';

interface MergeFlags extends Pick<RunFlags, 'out' | 'json' | 'quiet' | 'debug'> {
  /**
   * Values of the sweep that name files; by repeating them, the user confirms that they are
   * trusted.
   */
  readonly set: CombinationParameters;
  /** The scenario of the results, if the user names it. */
  readonly scenario?: string;
}

/** Adds the command `orrery merge` to the program. */
export function addMergeCommand(program: Command): void {
  addFlagOptions<MergeFlags>(program.command('merge'), {
    out: new Option('--out <dir>', 'folder for the files of the sweep').default('runs'),
    scenario: new Option(
      '--scenario <file>',
      'the scenario, if it is not below the current folder',
    ),
    set: new Option(
      '--set <path=value>',
      'a value that the sweep was given, if it names a file; repeatable',
    )
      .argParser(collectOverride)
      .default({}),
    json: new Option('--json', 'print the result as JSON on stdout and nothing else'),
    quiet: new Option('-q, --quiet', 'print the first line only'),
    debug: new Option('--debug', 'print stack traces of internal errors'),
  })
    .argument('<results...>', 'folders of parts of a sweep, or their results.ndjson')
    .summary('join the parts of a sweep')
    .description(
      'Joins what `orrery sweep FILE --shard i/n` has left, into the table and the verdict of the whole sweep.',
    )
    .action(async (paths: readonly string[], flags: MergeFlags) => {
      setExitCode(await merge(paths, flags));
    });
}

async function merge(
  paths: readonly string[],
  { scenario: named, set: trusted, ...flags }: MergeFlags,
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
    refuseUntrustedScenario(
      head,
      parts.map(({ path }) => path),
    );
  } else refuseChangedScenario(head);
  refuseOtherValues(head, trusted);
  const open = opening(head, trusted, (set) => {
    const scenario = named === undefined ? [] : [`--scenario ${quoteShellWord(named)}`];
    return commandText(
      ['merge', ...paths.map(quoteShellWord)],
      [...scenario, ...overrideFlags(set)],
    );
  });
  const { scenario } = await open(head.set);
  const seeds = flagsForSeeds(head.seeds, scenario.seeds);
  if (seeds === undefined) {
    throw new Refusal(`no sweep of ${head.file} has the seeds ${head.seeds.join(', ')}`);
  }
  const task = {
    flags: { ...flags, ...seeds, set: head.set },
    file: head.file,
    scenario,
    head,
    open,
  };
  return await finishMergedSweep(task, merged);
}

/** @throws Refusal for a value that the sweep did not have. */
function refuseOtherValues({ set }: SweepHeader, trusted: CombinationParameters): void {
  for (const [path, value] of Object.entries(trusted)) {
    if (Object.hasOwn(set, path) && set[path] === value) continue;
    throw new Refusal(
      `the results are of a sweep without ${overrideFlags({ [path]: value }).join()}`,
    );
  }
}

/**
 * Returns a function that opens the scenario with the values of results, which are not trusted.
 * @param commandWith Makes the command with which the user confirms that these values are trusted.
 */
function opening(
  { file, set }: SweepHeader,
  trusted: CombinationParameters,
  commandWith: (set: CombinationParameters) => string,
): (all: CombinationParameters) => Promise<OpenedScenario> {
  const registry = new ProtocolRegistry();
  const own = trustedValuesFilter(file, trusted);
  return async (all) => {
    try {
      return await openUntrustedScenario(file, { all, own: own(all) }, registry);
    } catch (error) {
      if (!(error instanceof UntrustedFileError)) throw error;
      const hint = `if the values are your own, type ${commandWith(set)}`;
      throw new Refusal(`${error.message}: ${hint}`, { cause: error });
    }
  };
}

function partOf(path: string): ResultsPart {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const file = isFolder ? join(path, RESULTS_FILE_NAME) : path;
  if (!existsSync(file)) {
    const hint = 'give the folder of a part, such as runs/failover/sweep-shard-1-of-4';
    throw new FlagError(`${file} not found`, path, hint);
  }
  const known = readResults(file);
  if (known === undefined) throw new Refusal(`${file} is empty`);
  return { path: file, ...known };
}
