/**
 * `npm run requirements [-- --json] [--write] [--check]`: lists the requirements of the project, with the checks of
 * each and their last verdict.
 *
 * Reads the results of `npm test`, the scenarios, the benchmarks and the last nightly; runs nothing itself.
 * Exits with 1 when a requirement that is due is not green; with `--check`, when docs/REQUIREMENTS.md claims
 * more than the runs show.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { overstatedVerdicts } from './requirements/compare-verdicts.ts';
import {
  dueButNotGreen,
  type JudgedRequirement,
  judgeRequirements,
} from './requirements/judge-requirements.ts';
import { readLastRun } from './requirements/last-run.ts';
import {
  requirementsDocument,
  requirementsTerminalTable,
} from './requirements/render-requirements.ts';
import { type RequirementSection, readRequirements } from './requirements/requirement-list.ts';
import { filesByRequirement } from './requirements/test-titles.ts';
import { toolOptions } from './tool-options.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENT = join(ROOT, 'docs/REQUIREMENTS.md');
const HELP = `npm run requirements [-- OPTIONS]: the requirements with the verdicts of their checks in the last run

  --json    print the list as JSON on stdout and nothing else
  --write   write docs/REQUIREMENTS.md
  --check   only fail if docs/REQUIREMENTS.md claims more than the runs show
`;

function main(options: ReadonlySet<string>): void {
  const run = readLastRun(ROOT, join(ROOT, 'runs'));
  const sections = readRequirements(join(ROOT, 'docs/requirements.yaml'));
  const files = filesByRequirement(ROOT);
  const all = judgeRequirements(sections, run, files);
  // The committed document is compared before it is rewritten.
  const checked = options.has('--check') ? checkDocument(all) : undefined;
  if (options.has('--write')) writeDocument(sections, all, files);
  if (checked === undefined) {
    const text = options.has('--json')
      ? `${JSON.stringify(all, null, 2)}\n`
      : requirementsTerminalTable(all, run);
    process.stdout.write(text);
  }
  process.exitCode = checked ?? (dueButNotGreen(all).length === 0 ? 0 : 1);
}

/** Prints the requirements for which the committed document claims too much. */
function checkDocument(all: readonly JudgedRequirement[]): 0 | 1 {
  const wrong = overstatedVerdicts(readFileSync(DOCUMENT, 'utf8'), all);
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
  sections: readonly RequirementSection[],
  all: readonly JudgedRequirement[],
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

main(toolOptions(HELP, ['--json', '--write', '--check']));
