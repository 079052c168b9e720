/**
 * `orrery requirements`: what the project owes, with the checks that show it and their last verdict.
 *
 * Reads what `npm test` and the scenarios left; runs nothing itself. Exit 1 when something that is
 * owed now is not green.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { judgeAll, owedAndNotGreen } from '../tools/requirements/judge-requirements.ts';
import { type LastRun, readLastRun } from '../tools/requirements/last-run.ts';
import { requirementsDocument, terminalTable } from '../tools/requirements/render-requirements.ts';
import { readRequirements } from '../tools/requirements/requirement-list.ts';
import { filesByRequirement } from '../tools/requirements/test-titles.ts';
import { exitWith } from './exit.ts';
import { projectFile } from './project.ts';

interface Flags {
  readonly json?: boolean;
  readonly write?: boolean;
  readonly runs: string;
}

/** Adds the command. */
export function addRequirements(program: Command): void {
  program
    .command('requirements')
    .summary('what the project owes, and what shows it')
    .description('Lists the requirements with the verdict of their checks in the last run.')
    .option('--json', 'print the list as JSON on stdout and nothing else')
    .option('--write', 'write docs/REQUIREMENTS.md')
    .option('--runs <dir>', 'folder with what scenarios left', projectFile('runs'))
    .action((flags: Flags) => {
      const run = readLastRun(projectFile('.'), flags.runs);
      const sections = readRequirements(projectFile('docs/requirements.yaml'));
      const all = judgeAll(sections, run);
      if (flags.write === true) writeDocument(sections, run);
      process.stdout.write(
        flags.json === true ? `${JSON.stringify(all, null, 2)}\n` : terminalTable(all, run),
      );
      exitWith(owedAndNotGreen(all).length === 0 ? 0 : 1);
    });
}

function writeDocument(sections: ReturnType<typeof readRequirements>, run: LastRun): void {
  const path = projectFile('docs/REQUIREMENTS.md');
  const verdicts = new Map(judgeAll(sections, run).map(({ id, verdict }) => [id, verdict]));
  const text = requirementsDocument(sections, {
    verdictOf: (id) => verdicts.get(id) ?? 'missing',
    files: filesByRequirement(projectFile('.')),
  });
  if (isSame(path, text)) return;
  writeFileSync(path, text);
}

function isSame(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8') === text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
