/**
 * Verdicts of the suite for a terminal, as JSON, and as the Markdown of docs/VERIFICATION.md.
 *
 * @module
 */
import picocolors from 'picocolors';
import {
  countWithNoun,
  groupThousands,
  significantDigitsText,
  wallSecondsText,
} from '../../reports/format.ts';
import { toAscii } from '../../reports/terminal-layout.ts';
import { isOfPrivacy } from './base/model.ts';
import type { CheckVerdict, MeasureVerdict } from './judge.ts';

/** The verdicts of a run of the suite, and how it was run. */
export interface SuiteReport {
  readonly verdicts: readonly CheckVerdict[];
  readonly seeds: readonly number[];
  /** The wrong engine on which the suite ran, if any. */
  readonly mutation?: { readonly name: string; readonly mistake: string };
  /** Wall time of this machine, seconds. */
  readonly wallSeconds: number;
}

/** How to print for a terminal. */
export interface RenderOptions {
  readonly colour: boolean;
  readonly unicode: boolean;
}

/** Widths of the columns in characters; with the gaps they add up to 80. */
const WIDTHS = { id: 4, label: 35, theory: 11, measured: 11, interval: 12, verdict: 3 } as const;

interface Cells {
  readonly id: string;
  readonly label: string;
  /** Figure from the literature; empty if there is none. */
  readonly published: string;
  readonly theory: string;
  readonly measured: string;
  readonly interval: string;
  readonly verdict: string;
}

/** True when every check is green. */
export function isGreen(report: SuiteReport): boolean {
  return report.verdicts.every((check) => check.isGreen);
}

/**
 * Renders the verdicts as a table for a terminal: the overall verdict first, then one line per
 * measure.
 */
export function renderTable(report: SuiteReport, options: RenderOptions): string {
  const paint = picocolors.createColors(options.colour);
  const line = (cells: Cells): string => {
    const text = lineOf(cells);
    if (cells.verdict === 'RED') return paint.red(text);
    return text.replace(/ok$/, paint.green('ok'));
  };
  const text = [
    headOf(report, paint),
    ...noteOf(report),
    '',
    ...sectionsOf(report.verdicts).flatMap(({ header, checks }) => [
      paint.dim(lineOf(header)),
      ...checks.flatMap((check) => rowsOf(check).map(line)),
    ]),
    '',
  ].join('\n');
  return options.unicode ? text : toAscii(text);
}

const HEADER: Cells = {
  id: ' #',
  label: 'check',
  published: '',
  theory: 'theory',
  measured: 'measured',
  interval: 'interval',
  verdict: '',
};

/**
 * The sections of the table. Checks of privacy have their own header, with a column for figures from
 * the literature.
 */
function sectionsOf(
  verdicts: readonly CheckVerdict[],
): readonly { readonly header: Cells; readonly checks: readonly CheckVerdict[] }[] {
  return [
    { header: HEADER, checks: verdicts.filter((check) => !isOfPrivacy(check)) },
    { header: { ...HEADER, published: 'published' }, checks: verdicts.filter(isOfPrivacy) },
  ].filter(({ checks }) => checks.length > 0);
}

function headOf(report: SuiteReport, paint: ReturnType<typeof picocolors.createColors>): string {
  const { verdicts, seeds, wallSeconds } = report;
  const green = verdicts.filter((check) => check.isGreen).length;
  const verdict = isGreen(report) ? paint.green(paint.bold('PASS')) : paint.red(paint.bold('FAIL'));
  const checks = `${green} of ${countWithNoun(verdicts.length, 'check')} green`;
  const seed = seeds.length === 1 ? `seed ${seeds[0]}` : countWithNoun(seeds.length, 'seed');
  return `${verdict}  verify   ${checks}   ${seed}   ${wallSecondsText(wallSeconds)}`;
}

function noteOf({ mutation }: SuiteReport): readonly string[] {
  return mutation === undefined ? [] : [`      wrong engine ${mutation.name}: ${mutation.mistake}`];
}

function rowsOf(check: CheckVerdict): readonly Cells[] {
  const id = check.id.padStart(check.id.endsWith('b') ? 3 : 2);
  const [first, second] = check.measures;
  if (first !== undefined && second === undefined) {
    return [cellsOf(id, `${check.name}, ${first.label}`, first)];
  }
  const blank = { published: '', theory: '', measured: '', interval: '', verdict: '' };
  return [
    { id, label: check.name, ...blank },
    ...check.measures.map((measure) => cellsOf('', `  ${measure.label}`, measure)),
  ];
}

function cellsOf(id: string, label: string, measure: MeasureVerdict): Cells {
  return {
    id,
    label,
    published: measure.published === undefined ? '' : numberText(measure.published, measure.digits),
    theory: numberText(measure.theory, measure.digits),
    measured: numberText(measure.measured, measure.digits),
    interval: intervalText(measure),
    verdict: measure.isGreen ? 'ok' : 'RED',
  };
}

function lineOf(cells: Cells): string {
  return [
    cells.id.padEnd(WIDTHS.id) + labelOf(cells).padEnd(WIDTHS.label),
    cells.theory.padStart(WIDTHS.theory),
    cells.measured.padStart(WIDTHS.measured),
    cells.interval.padStart(WIDTHS.interval),
    cells.verdict,
  ]
    .join(' ')
    .trimEnd();
}

/** The text in the column of labels, with the published figure at its end. */
function labelOf({ label, published }: Cells): string {
  return published === '' ? label : label + published.padStart(WIDTHS.label - label.length);
}

function numberText(value: number, digits: number): string {
  if (Number.isNaN(value)) return 'none';
  const text = value.toFixed(digits);
  // A small negative number is not printed as -0.0000.
  return groupThousands(Number(text) === 0 ? (0).toFixed(digits) : text);
}

/** The most informative form of the interval in 12 characters. */
function intervalText(measure: MeasureVerdict): string {
  const { kind, theory, low, high } = measure;
  if (kind === 'equal') return 'equal';
  if (low === Number.NEGATIVE_INFINITY) return `<= ${bound(high)}`;
  const [below, above] = [
    significantDigitsText(theory - low, 4),
    significantDigitsText(high - theory, 4),
  ];
  if (below === above) return `± ${short(trimmed(above), high - theory)}`;
  return `${bound(low)}..${bound(high)}`;
}

/** The text, or the value as a power of ten if the text and `± ` do not fit their column. */
function short(text: string, value: number): string {
  return text.length <= WIDTHS.interval - 2 ? text : value.toExponential(0);
}

function bound(value: number): string {
  return trimmed(significantDigitsText(value, 4).replaceAll(' ', ''));
}

/** Removes zeros at the end of a fraction. */
function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** Version of the JSON form. */
const SCHEMA_VERSION = 1;

/** The verdicts as JSON for programs. A missing bound is null. */
export function renderSuiteJson(report: SuiteReport): string {
  const { verdicts, seeds, mutation, wallSeconds } = report;
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const checks = verdicts.map(({ id, name, formula, catches, isGreen: pass, measures }) => ({
    check: id,
    name,
    formula,
    catches,
    pass,
    measures: measures.map(({ label, theory, measured, kind, low, high, perSeed, ...rest }) => ({
      label,
      ...(rest.published === undefined ? {} : { published: rest.published }),
      theory,
      measured: finite(measured),
      accept: kind,
      low: finite(low),
      high: finite(high),
      pass: rest.isGreen,
      perSeed: perSeed.map(finite),
    })),
  }));
  const json = {
    schemaVersion: SCHEMA_VERSION,
    pass: isGreen(report),
    ...(mutation === undefined ? {} : { mutation: mutation.name }),
    seeds,
    wallSeconds,
    checks,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** Markdown with two tables: the checks, and their measurements. The same run gives the same text. */
export function renderSuiteMarkdown(report: SuiteReport): string {
  const { verdicts } = report;
  const checks = verdicts.map(({ id, name, formula, catches }) => [id, name, formula, catches]);
  const hasPublished = verdicts.some(({ measures }) =>
    measures.some(({ published }) => published !== undefined),
  );
  const publishedOnly = <T>(value: T): readonly T[] => (hasPublished ? [value] : []);
  const results = verdicts.flatMap(({ id, measures }) =>
    measures.map((measure) => {
      const cells = cellsOf(id, measure.label, measure);
      const { theory, measured, interval, verdict } = cells;
      const published = publishedOnly(cells.published);
      return [id, cells.label.trim(), ...published, theory, measured, interval, verdict];
    }),
  );
  const columns = ['#', 'measure', ...publishedOnly('published')];
  return [
    ...tableLines(['#', 'check', 'held against', 'catches'], '|---|---|---|---|', checks),
    '',
    ...tableLines(
      [...columns, 'theory', 'measured', 'interval', 'verdict'],
      `|---|---|${hasPublished ? '---:|' : ''}---:|---:|---:|---|`,
      results,
    ),
    '',
  ].join('\n');
}

function tableLines(
  head: readonly string[],
  align: string,
  rows: readonly (readonly string[])[],
): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), align, ...rows.map(line)];
}
