/**
 * `orrery requirements`: what the project owes, with the checks that show it and their last verdict.
 *
 * Reads what `npm test`, the scenarios, the benchmarks and the last nightly left; runs nothing itself.
 * Exit 1 when something that is owed now is not green; with `--check`, when docs/REQUIREMENTS.md says
 * more than the runs show.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { overstated } from '../tools/requirements/compare-verdicts.ts';
import {
  type Judged,
  judgeAll,
  owedAndNotGreen,
} from '../tools/requirements/judge-requirements.ts';
import { readLastRun } from '../tools/requirements/last-run.ts';
import { requirementsDocument, terminalTable } from '../tools/requirements/render-requirements.ts';
import { readRequirements, type Section } from '../tools/requirements/requirement-list.ts';
import { filesByRequirement } from '../tools/requirements/test-titles.ts';
import { exitWith } from './exit.ts';
import { addOptions } from './flags.ts';
import { projectFile } from './project.ts';

const DOCUMENT = projectFile('docs/REQUIREMENTS.md');

interface Flags {
  readonly json?: boolean;
  readonly write?: boolean;
  readonly check?: boolean;
  readonly runs: string;
}

/** Adds the command. */
export function addRequirements(program: Command): void {
  addOptions<Flags>(program.command('requirements'), {
    json: new Option('--json', 'print the list as JSON on stdout and nothing else'),
    write: new Option('--write', 'write docs/REQUIREMENTS.md'),
    check: new Option(
      '--check',
      'only fail if docs/REQUIREMENTS.md claims more than the runs show',
    ),
    runs: new Option('--runs <dir>', 'folder with the output of scenarios').default(
      projectFile('runs'),
    ),
  })
    .summary('list the requirements with the verdicts of their checks')
    .description('Lists the requirements with the verdict of their checks in the last run.')
    .action((flags: Flags) => {
      const run = readLastRun(projectFile('.'), flags.runs);
      const sections = readRequirements(projectFile('docs/requirements.yaml'));
      const files = filesByRequirement(projectFile('.'));
      const all = judgeAll(sections, run, files);
      // The committed document is compared before it is rewritten.
      const checked = flags.check === true ? checkDocument(all) : undefined;
      if (flags.write === true) writeDocument(sections, all, files);
      if (checked !== undefined) {
        exitWith(checked);
        return;
      }
      process.stdout.write(
        flags.json === true ? `${JSON.stringify(all, null, 2)}\n` : terminalTable(all, run),
      );
      exitWith(owedAndNotGreen(all).length === 0 ? 0 : 1);
    });
}

/** Prints the requirements for which the committed document claims too much. */
function checkDocument(all: readonly Judged[]): 0 | 1 {
  const wrong = overstated(readFileSync(DOCUMENT, 'utf8'), all);
  for (const { id, committed, shown, why } of wrong) {
    const reasons = why.map((one) => `    ${one}\n`).join('');
    process.stdout.write(
      `${id}: docs/REQUIREMENTS.md says ${committed}, shown is ${shown}\n${reasons}`,
    );
  }
  const end = wrong.length === 0 ? 'no verdict says' : `${wrong.length} verdicts say`;
  process.stdout.write(`docs/REQUIREMENTS.md: ${end} more than the runs show\n`);
  return wrong.length === 0 ? 0 : 1;
}

function writeDocument(
  sections: readonly Section[],
  all: readonly Judged[],
  files: ReadonlyMap<string, readonly string[]>,
): void {
  const judged = new Map(all.map((one) => [one.id, one]));
  const text = requirementsDocument(sections, {
    verdictOf: (id) => judged.get(id) ?? { verdict: 'missing', nightly: undefined },
    files,
  });
  if (isSame(DOCUMENT, text)) return;
  writeFileSync(DOCUMENT, text);
}

function isSame(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8') === text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
