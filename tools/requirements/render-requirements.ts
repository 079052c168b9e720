/**
 * The requirements and their verdicts for people: a table for the terminal, and docs/REQUIREMENTS.md.
 *
 * @module
 */
import type { JudgedRequirement, Verdict } from './judge-requirements.ts';
import type { LastRun } from './last-run.ts';
import type { Requirement, RequirementSection } from './requirement-list.ts';

const MARKS: Readonly<Record<Verdict, string>> = {
  green: '✓',
  red: '✗',
  partly: '~',
  stale: '…',
  missing: '?',
  later: '·',
};
const WIDTH = 78;
const HEADER = `# Requirements

What the project owes, in its own words. Written by \`npm run requirements -- --write\` from
[requirements.yaml](requirements.yaml), the titles of the tests, the last runs and the [last nightly](nightly.json);
\`.ci/run\` judges again from its own run, and fails when a verdict here says more than that run shows. A requirement is
shown by every test with its number in the title, and by what its \`checks\` name; the defects that it names are planted
by \`npm run mutants\`, and one that these tests do not find makes it red. It is

- *green* when all of these have run on this source and passed; *nightly* names the date and commit of the oldest result
  that comes from \`npm run nightly\`, which runs what takes too long for every change. Such a result counts for 14 days,
  counted to the commit that is judged.
- *partly* when some passed, and others were skipped, did not run, had too few seeds, or are of other files;
- *stale* when there are only results of other files, or of long ago; *missing* when nothing has run; *red* when one failed;
- *later* when it is owed by a later release and not all is shown.
`;

/** The line with totals: the number of requirements, of those that are due, and of green ones among both. */
function totalsOf(all: readonly JudgedRequirement[]): string {
  const owed = all.filter(({ due }) => due === true);
  const green = owed.filter(({ verdict }) => verdict === 'green').length;
  const early = all.filter(({ due, verdict }) => due !== true && verdict === 'green').length;
  return `${all.length} requirements: ${green} of ${owed.length} owed now are green, ${early} are green early`;
}

/** The requirements that are due, or for which a check gave a result early, as a table for a terminal. */
export function requirementsTerminalTable(all: readonly JudgedRequirement[], run: LastRun): string {
  const lines = all
    .filter(({ due, verdict }) => due === true || verdict !== 'later')
    .flatMap((one) => [lineOf(one), ...detailsOf(one)]);
  const when = run.testedAt?.toISOString() ?? 'never: run npm test first';
  return `${lines.join('\n')}\n\n${totalsOf(all)}\ntests of ${when}\n`;
}

function detailsOf({ verdict, failed, silent }: JudgedRequirement): readonly string[] {
  const said = verdict === 'later' ? [] : silent;
  return [
    ...failed.map((what) => `        failed: ${what}`),
    ...said.map((what) => `        not shown: ${what}`),
  ];
}

function lineOf({ id, verdict, shall, passed, failed, silent }: JudgedRequirement): string {
  const count = `${passed.length}/${passed.length + failed.length + silent.length}`;
  const text = shall.length > WIDTH ? `${shall.slice(0, WIDTH - 1)}…` : shall;
  return `  ${MARKS[verdict]} ${id}  ${count.padStart(7)}  ${text}`;
}

/** A verdict with the oldest nightly on which it depends. */
export type ShownVerdict = Pick<JudgedRequirement, 'verdict' | 'nightly'>;

/** The verdicts of requirements, and the test files that name them, which the document shows. */
export interface ShownRequirements {
  readonly verdictOf: (id: string) => ShownVerdict;
  readonly files: ReadonlyMap<string, readonly string[]>;
}

/** The text of docs/REQUIREMENTS.md. */
export function requirementsDocument(
  sections: readonly RequirementSection[],
  shown: ShownRequirements,
): string {
  const parts = sections.map(({ title, rows }) => {
    const lines = rows.map((row) => documentRow(row, shown));
    return `## ${title}\n\n| R | What is owed | Target | Shown by | Verdict |\n|---|---|---|---|---|\n${lines.join('\n')}\n`;
  });
  return `${HEADER}\n${parts.join('\n')}`;
}

function documentRow(row: Requirement, { verdictOf, files }: ShownRequirements): string {
  const planted = row.defects.length === 0 ? [] : [`planted defects: ${row.defects.length}`];
  const named = [...row.checks.map(namedBy), ...planted];
  const links = [...new Set([...(files.get(row.id) ?? []).map(linkTo), ...named])];
  const when = row.due === true ? '' : `, wave ${row.wave}`;
  const cells = [
    row.id,
    row.shall,
    row.target ?? '–',
    links.join('<br>') || '–',
    `${verdictText(verdictOf(row.id))}${when}${row.open === undefined ? '' : ` (${row.open})`}`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** The verdict as text; the nightly is named only if the verdict is green. */
function verdictText({ verdict, nightly }: ShownVerdict): string {
  if (verdict !== 'green' || nightly === undefined) return verdict;
  return `${verdict}, nightly ${nightly.date} ${nightly.commit}`;
}

function namedBy(check: Requirement['checks'][number]): string {
  if ('kpi' in check) {
    const seeds = check.seeds === 1 ? '' : `, ${check.seeds} seeds`;
    return `\`${check.kpi}\`${seeds}`;
  }
  if ('bench' in check) return `\`npm run bench -- ${check.bench}\` ${check.limit}`;
  if ('nightly' in check) return `nightly \`${check.nightly}\``;
  return linkTo(check.test.split(' > ')[0] ?? '');
}

function linkTo(path: string): string {
  return `[${path.replace(/^test\//, '').replace(/\.test\.ts$/, '')}](../${path})`;
}

/** The document without its verdicts, which change with every run. */
export function withoutVerdicts(document: string): string {
  return document.replace(/^(\| R-\d{3} \|.*) \| [^|]*\|$/gm, '$1 |');
}
