/**
 * The list for people: a table for the terminal, and docs/REQUIREMENTS.md.
 *
 * @module
 */
import type { Judged, Verdict } from './judge-requirements.ts';
import type { LastRun } from './last-run.ts';
import type { Requirement, Section } from './requirement-list.ts';

const MARKS: Readonly<Record<Verdict, string>> = {
  green: '✓',
  red: '✗',
  missing: '?',
  later: '·',
};
const WIDTH = 78;
const HEADER = `# Requirements

What the project owes, in its own words. Written by \`npm run requirements -- --write\` from
[requirements.yaml](requirements.yaml), the titles of the tests, and the last runs; a test fails when it is
stale. A requirement is shown by every test with its number in the title, and by what its \`checks\` name. It is
green when such a check has run and none failed; \`missing\` when it is owed and no check has run; \`later\` when it
is owed by a later release.
`;

/** Counts by verdict, and of what is owed now. */
function totalsOf(all: readonly Judged[]): string {
  const owed = all.filter(({ due }) => due === true);
  const green = owed.filter(({ verdict }) => verdict === 'green').length;
  const early = all.filter(({ due, verdict }) => due !== true && verdict === 'green').length;
  return `${all.length} requirements: ${green} of ${owed.length} owed now are green, ${early} are green early`;
}

/** Table for a terminal. */
export function terminalTable(all: readonly Judged[], run: LastRun): string {
  const lines = all
    .filter(({ due, verdict }) => due === true || verdict !== 'later')
    .flatMap((one) => [lineOf(one), ...one.failed.map((what) => `        failed: ${what}`)]);
  const when = run.testedAt?.toISOString() ?? 'never: run npm test first';
  return `${lines.join('\n')}\n\n${totalsOf(all)}\ntests of ${when}\n`;
}

function lineOf({ id, verdict, shall, passed, failed }: Judged): string {
  const count = `${passed.length}/${passed.length + failed.length}`;
  const text = shall.length > WIDTH ? `${shall.slice(0, WIDTH - 1)}…` : shall;
  return `  ${MARKS[verdict]} ${id}  ${count.padStart(7)}  ${text}`;
}

/** What a document needs to know about a requirement. */
export interface Shown {
  readonly verdictOf: (id: string) => string;
  readonly files: ReadonlyMap<string, readonly string[]>;
}

/** The text of docs/REQUIREMENTS.md. */
export function requirementsDocument(sections: readonly Section[], shown: Shown): string {
  const parts = sections.map(({ title, rows }) => {
    const lines = rows.map((row) => documentRow(row, shown));
    return `## ${title}\n\n| R | What is owed | Target | Shown by | Verdict |\n|---|---|---|---|---|\n${lines.join('\n')}\n`;
  });
  return `${HEADER}\n${parts.join('\n')}`;
}

function documentRow(row: Requirement, { verdictOf, files }: Shown): string {
  const named = row.checks.map((check) =>
    'kpi' in check ? `\`${check.kpi}\`` : linkTo(check.test.split(' > ')[0] ?? ''),
  );
  const links = [...new Set([...(files.get(row.id) ?? []).map(linkTo), ...named])];
  const when = row.due === true ? '' : `, wave ${row.wave}`;
  const cells = [
    row.id,
    row.shall,
    row.target ?? '–',
    links.join('<br>') || '–',
    `${verdictOf(row.id)}${when}`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function linkTo(path: string): string {
  return `[${path.replace(/^test\//, '').replace(/\.test\.ts$/, '')}](../${path})`;
}

/** The document without its verdicts, which change with every run. */
export function withoutVerdicts(document: string): string {
  return document.replace(/ \| (green|red|missing|later)(, wave \d)? \|$/gm, ' |');
}
