/**
 * Texts from an untrusted run or scenario in all output for people and machines: Markdown, JUnit,
 * HTML, Prometheus, terminal, CSV. Each text of a report is replaced by one with markup, table
 * separators and control characters.
 *
 * @module
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { compareReports } from '../../reports/compare.ts';
import { renderComparison, renderComparisonMarkdown } from '../../reports/compare-text.ts';
import { quantityText } from '../../reports/format.ts';
import { renderHtml } from '../../reports/html/html.ts';
import { renderSweepHtml } from '../../reports/html/sweep-html.ts';
import { readReport, renderJson } from '../../reports/json.ts';
import { judgeRun } from '../../reports/judge.ts';
import { renderJunit } from '../../reports/junit.ts';
import { renderMarkdown } from '../../reports/markdown.ts';
import { oneLine } from '../../reports/plain-text.ts';
import { renderPrometheus } from '../../reports/prometheus.ts';
import type { Report } from '../../reports/report-schema.ts';
import { renderSweepTable, sweepRow } from '../../reports/sweep.ts';
import { sweepCsv } from '../../reports/sweep-csv.ts';
import { renderSweepJunit } from '../../reports/sweep-junit.ts';
import { renderSweepMarkdown } from '../../reports/sweep-markdown.ts';
import { renderTerminal, renderVerdictLine } from '../../reports/terminal.ts';
import { repeatCommand } from '../../scenarios/repeat-command.ts';
import { readQuantity } from '../../topologies/files/units.ts';
import { formatCsv } from '../../viz/app/chart/csv.ts';
import { runInput } from '../unit/reports/fixture.ts';
import { parsePrometheus } from '../unit/reports/prometheus-parser.ts';

const ESCAPE = '\u001b';
/**
 * Ends a cell, a line, a code span and a tag; moves the cursor of a terminal; reverses the
 * direction of writing.
 */
const PAYLOAD = `x|\`y\`<img src=x onerror=hit()>\n\n# hit\n| a | b |\r${ESCAPE}[2J${ESCAPE}]0;hit\u0007\u009b2J\u202e"'&]]>`;

/** Words that determine how a report is read, and therefore must stay. */
const KEPT = new Set([
  'sim',
  'virtual',
  'wall',
  'complete',
  'modelled',
  'none',
  'relative',
  'points',
  'point',
  'inside',
  'student-t',
  'order-statistics',
  'pass',
  'fail',
  'inconclusive',
  'not-applicable',
  '<=',
  '>=',
  '==',
  '<',
  '>',
  'counter',
  'gauge',
  'histogram',
  'samples',
  'ratio',
]);

function poisoned(value: unknown): unknown {
  if (typeof value === 'string') return KEPT.has(value) ? value : `${value}${PAYLOAD}`;
  if (Array.isArray(value)) return value.map(poisoned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, poisoned(inner)] as const),
  );
}

const honest = judgeRun(runInput({ seeds: 3, slowdown: 2 }));
const hostile = poisoned(honest) as Report;
const sweep = {
  name: `s${PAYLOAD}`,
  question: PAYLOAD,
  seeds: [1],
  reproduce: PAYLOAD,
  rows: [sweepRow({ [`a.b${PAYLOAD}`]: PAYLOAD }, hostile, undefined)],
};
const comparison = compareReports(hostile, hostile);
const wide = { width: 200, colour: false, unicode: true } as const;

/** The widths of the cells in all tables, counting the bars that are not escaped by a backslash. */
function tableWidths(markdown: string): readonly (readonly number[])[] {
  const tables = markdown
    .split(/\n(?!\|)/)
    .map((part) => part.split('\n').filter((line) => line.startsWith('|')));
  return tables
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.match(/(?<!\\)\|/g)?.length ?? 0));
}

describe('Markdown of a foreign report', () => {
  it.each([
    ['report.md', renderMarkdown(hostile, { comparison })],
    ['a comparison', renderComparisonMarkdown(comparison, hostile)],
    ['a sweep', renderSweepMarkdown(sweep)],
  ])('has no tag, heading, row or control character of the report (%s)', (_, markdown) => {
    const outsideOfCode = markdown.replaceAll(/(`+) .*? \1/g, '');
    expect(outsideOfCode).not.toContain('<img');
    expect(markdown).not.toMatch(/^ *#+ hit/m);
    expect(markdown).not.toMatch(/^\| a \| b/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
    expect(markdown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    for (const widths of tableWidths(markdown)) expect(new Set(widths).size).toBe(1);
  });

  it('escapes a unit, which is a text of the report as any other', () => {
    const unit = '<img src=x onerror=hit()>|`';
    const kpis = honest.kpis.map((kpi) => ({ ...kpi, unit }));
    const markdown = renderMarkdown({ ...honest, kpis });
    expect(markdown).not.toContain('<img');
    expect(markdown).toContain('&lt;img');
    for (const widths of tableWidths(markdown)) expect(new Set(widths).size).toBe(1);
  });
});

it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
  '%s as a unit is a text',
  (unit) => {
    expect(quantityText(5, unit)).toBe(`5 ${unit}`);
  },
);

it('JUnit of a foreign report is well-formed and says the same number of cases', () => {
  const xml = renderJunit(hostile);
  expect(XMLValidator.validate(xml)).toBe(true);
  const cases = (text: string): number => (text.match(/<testcase /g) ?? []).length;
  expect(cases(xml)).toBe(cases(renderJunit(honest)));
  expect(xml).not.toContain(ESCAPE);
  const parsed = new XMLParser({ ignoreAttributes: false }).parse(xml) as object;
  expect(JSON.stringify(parsed)).not.toContain('"img"');
});

it('JUnit and CSV of a foreign sweep keep their cases and cells', () => {
  const xml = renderSweepJunit(sweep);
  expect(XMLValidator.validate(xml)).toBe(true);
  expect(xml.match(/<testcase /g)).toHaveLength(1);
  expect(xml).not.toContain(ESCAPE);
  const csv = [...sweepCsv(sweep)].join('');
  // Outside of quotes there is no line that does not begin with a cell of ours.
  const lines = csv.replaceAll(/"(?:[^"]|"")*"/g, 'quoted').split('\r\n');
  expect(new Set(lines.slice(0, -1).map((line) => line.split(',').length)).size).toBe(1);
  expect(lines).toHaveLength(5);
});

it.each([
  ['report.html', renderHtml(hostile, { comparison })],
  ['sweep.html', renderSweepHtml(sweep, readQuantity)],
])('%s of a foreign report has no element of the report', (_, page) => {
  expect(page).not.toContain('<img');
  expect(page).not.toContain(ESCAPE);
  expect(page.match(/<script/g)).toHaveLength(1);
});

it('Prometheus text of a foreign report keeps its lines and labels', async () => {
  const plain = parsePrometheus(await renderPrometheus(honest));
  const names = hostile.scenario.name;
  const { samples } = parsePrometheus(
    await renderPrometheus({ ...honest, scenario: { ...honest.scenario, name: names } }),
  );
  expect(samples).toHaveLength(plain.samples.length);
  for (const { labels } of samples) expect(labels['scenario']).toBe(oneLine(names));
});

describe('a terminal', () => {
  it.each([
    ['the report', renderTerminal(hostile, wide)],
    ['the verdict', renderVerdictLine(hostile, wide)],
    ['a comparison', renderComparison({ comparison, candidate: hostile }, wide)],
    ['a sweep', renderSweepTable(sweep, wide)],
  ])('gets no control character of a foreign report (%s)', (_, text) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

it('the command that repeats a run is one command, whatever was set', () => {
  const value = `1'; touch hit; echo '$(touch hit)`;
  const command = repeatCommand('scenario', 'x.yaml', {
    set: { 'a.b': value, [`k'; touch hit; '`]: '1' },
  });
  expect(command).toContain(`--set 'a.b=1'\\''; touch hit; echo '\\''$(touch hit)'`);
  expect(command).toContain(`--set 'k'\\''; touch hit; '\\''=1'`);
  expect(repeatCommand('scenario', 'a b;hit.yaml', {})).toContain(`'a b;hit.yaml'`);
  expect(repeatCommand('scenario', 'x.yaml', { set: { duration: '10s' } })).toMatch(
    / --set duration=10s$/,
  );
});

it.each(['=cmd|1', '+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠A'])(
  'CSV starts no formula with %j',
  (text) => {
    const csv = formatCsv({ columns: ['c'], rows: [[text]] }, { run: text, seed: '' });
    for (const cell of csv
      .split('\r\n')[1]
      ?.split(',')
      .filter((one) => one !== '') ?? []) {
      expect(cell).toMatch(/^"?'/);
    }
  },
);

describe('a report.json of a stranger', () => {
  it.each([
    ['not JSON', `{"a": ${ESCAPE}[2J`],
    ['another version', '{"schemaVersion": 9}'],
    [
      'a key of all objects',
      renderJson(honest).replace(
        '"schemaVersion": 1',
        '"schemaVersion": 1, "__proto__": {"pass": true}',
      ),
    ],
    ['a list', '[]'],
    ['deep', `{"schemaVersion": 1, "kpis": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ])('that is %s is refused in words', (_, text) => {
    const read = readReport(text);
    expect(read.kind).toBe('unreadable');
    expect(({} as { readonly pass?: boolean }).pass).toBeUndefined();
  });
});
