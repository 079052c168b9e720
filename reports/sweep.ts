/**
 * The result of a sweep: one row for each combination of parameters, with the verdicts of its KPIs; as
 * a table for the terminal, as Markdown, and as a grid for a heat map. This module neither runs nor
 * chooses combinations.
 *
 * @module
 */
import { greatestOf } from '../engine/pure/extremes.ts';
import { countWithNoun } from './format.ts';
import { kpiMark, kpiName, measuredText } from './kpi-text.ts';
import { oneLine } from './plain-text.ts';
import type { KpiResult, Report } from './report-schema.ts';
import { foldIntoLines, toAscii } from './terminal-layout.ts';

/** Largest number of cells in a grid: the same as the largest number of combinations in a sweep. */
const CELLS_MAX = 10_000;

/** One run of a combination. */
export interface SweepRun {
  readonly seed: number;
  readonly fingerprint: string;
  /** Value of each KPI in this run, in base units, by the name of the KPI. */
  readonly values: Readonly<Record<string, number | null>>;
}

/** One combination of parameters. */
export interface SweepRow {
  /** The value of each parameter by its path, in the order of the sweep file. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly kpis: readonly KpiResult[];
  readonly pass: boolean;
  readonly fingerprint: string;
  /** Command that runs this combination alone; absent in results of older versions. */
  readonly reproduce?: string;
  /** Folder of its report, below that of the sweep; absent when it was not kept. */
  readonly folder?: string;
  /** Why there is no result: code broke, or the run was ended; absent if there is a result. */
  readonly broke?: string;
  /** Its runs, one a seed; absent in results of older versions. */
  readonly runs?: readonly SweepRun[];
}

/** The result of a sweep over all combinations. */
export interface SweepResult {
  readonly name: string;
  readonly question: string;
  readonly seeds: readonly number[];
  readonly rows: readonly SweepRow[];
  readonly reproduce: string;
  /** Number of combinations in the file, if the sweep was interrupted before all had finished. */
  readonly interruptedOf?: number;
}

/** The first word of the verdict, and a text on how many combinations met all their limits. */
export function sweepVerdict(sweep: SweepResult): {
  readonly word: 'PASS' | 'FAIL' | 'STOP';
  readonly text: string;
} {
  const { rows, interruptedOf } = sweep;
  const met = rows.filter((row) => row.pass).length;
  const broke = rows.filter((row) => row.broke !== undefined).length;
  const also = broke === 0 ? '' : `, ${broke} broke`;
  const text = `${met} of ${countWithNoun(rows.length, 'combination')} met${also}`;
  if (interruptedOf !== undefined) {
    const ran = `${rows.length} of ${countWithNoun(interruptedOf, 'combination')} ran`;
    const ended = rows.length === 0 ? '' : `, ${met} met${also}`;
    return { word: 'STOP', text: `interrupted, inconclusive: ${ran}${ended}` };
  }
  return { word: met === rows.length ? 'PASS' : 'FAIL', text };
}

/**
 * Smallest and largest number of seeds of a combination; they differ if adaptive seeds were added to
 * some combinations.
 */
export function seedRange({ rows, seeds }: SweepResult): {
  readonly least: number;
  readonly most: number;
} {
  const counts = rows.flatMap(({ runs = [] }) => (runs.length === 0 ? [] : [runs.length]));
  if (counts.length === 0) return { least: seeds.length, most: seeds.length };
  const least = counts.reduce((a, b) => Math.min(a, b));
  return { least, most: counts.reduce((a, b) => Math.max(a, b)) };
}

/** The number of seeds as text: `3 seeds each`, or `2 to 16 seeds`. */
export function sweepSeedsText(sweep: SweepResult): string {
  const { least, most } = seedRange(sweep);
  return least === most
    ? `${countWithNoun(most, 'seed')} each`
    : `${least} to ${countWithNoun(most, 'seed')}`;
}

/** The row of a combination, from its finished report. */
export function sweepRow(
  parameters: SweepRow['parameters'],
  report: Report,
  folder: string | undefined,
): SweepRow {
  const { kpis, pass, fingerprint, reproduce } = report;
  const kept = folder === undefined ? {} : { folder };
  return { parameters, kpis, pass, fingerprint, reproduce, ...kept, runs: runsOf(report) };
}

function runsOf({ kpis, perSeed }: Report): readonly SweepRun[] {
  const values = valuesBySeed(kpis);
  return perSeed.map(({ seed, fingerprint }) => ({
    seed,
    fingerprint,
    values: values.get(seed) ?? {},
  }));
}

/** For each seed in which a KPI was measured, the value of each KPI by its name. */
export function valuesBySeed(kpis: readonly KpiResult[]): ReadonlyMap<number, SweepRun['values']> {
  const values = new Map<number, Record<string, number | null>>();
  for (const kpi of kpis) {
    for (const { seed, value } of kpi.perSeed) {
      const own = values.get(seed) ?? {};
      own[kpiName(kpi)] = value;
      values.set(seed, own);
    }
  }
  return values;
}

/** The row of a combination that has no result. */
export function brokenRow(
  parameters: SweepRow['parameters'],
  { broke, reproduce }: { readonly broke: string; readonly reproduce: string },
): SweepRow {
  return { parameters, kpis: [], pass: false, fingerprint: 'none', reproduce, broke };
}

/** Names of the parameters, in order of first appearance. */
export function sweepParameterNames(sweep: SweepResult): readonly string[] {
  return [...new Set(sweep.rows.flatMap((row) => Object.keys(row.parameters)))];
}

/** Names of the KPIs, in order of first appearance. */
export function sweepKpiNames(sweep: SweepResult): readonly string[] {
  return [...new Set(sweep.rows.flatMap((row) => row.kpis.map(kpiName)))];
}

/** Columns of the table that follow the parameters: KPIs, or the column `result` if all combinations broke. */
export function sweepResultColumns(sweep: SweepResult): readonly string[] {
  const kpis = sweepKpiNames(sweep);
  const isBroken = kpis.length === 0 && sweep.rows.some(({ broke }) => broke !== undefined);
  return isBroken ? ['result'] : kpis;
}

/**
 * The result of a combination for a KPI; if the KPI has several limits, the first that was missed, else
 * the first.
 */
export function kpiResultOfRow(row: SweepRow, name: string): KpiResult | undefined {
  const limits = row.kpis.filter((kpi) => kpiName(kpi) === name);
  return limits.find(({ status }) => status === 'fail') ?? limits[0];
}

/**
 * One result for each distinct limit (comparison and value) of a KPI; the combinations of a sweep may
 * have different limits.
 */
export function sweepLimits(sweep: SweepResult, name: string): readonly KpiResult[] {
  const all = sweep.rows.flatMap(({ kpis }) => kpis.filter((kpi) => kpiName(kpi) === name));
  return [...new Map(all.map((kpi) => [`${kpi.comparison} ${kpi.limit}`, kpi])).values()];
}

/**
 * The cells of the table: the header, then a row for each combination with verdict, parameters and
 * KPIs.
 */
export function sweepTableCells(sweep: SweepResult): readonly (readonly string[])[] {
  const parameters = sweepParameterNames(sweep);
  const kpis = sweepResultColumns(sweep);
  const rows = sweep.rows.map((row) => [
    row.pass ? '✓' : '✗',
    ...parameters.map((name) => parameterValueIn(row, name)),
    ...kpis.map((name) => {
      const kpi = kpiResultOfRow(row, name);
      if (kpi === undefined) return missingKpiText(row);
      return `${measuredText(kpi)}${kpi.pass ? '' : ` ${kpiMark(kpi)}`}`;
    }),
  ]);
  return [
    ['', ...parameters.map((name) => shortestUniqueEnding(name, parameters)), ...kpis],
    ...rows,
  ];
}

/** The text that stands for a KPI without a value in a combination. */
export function missingKpiText({ broke }: SweepRow): string {
  return broke === undefined ? '-' : 'broke';
}

/** The shortest ending of a path that no other parameter shares: `probeInterval`. */
export function shortestUniqueEnding(path: string, all: readonly string[]): string {
  const parts = path.split('.');
  for (let n = 1; n < parts.length; n += 1) {
    const end = parts.slice(-n).join('.');
    if (all.filter((other) => other === end || other.endsWith(`.${end}`)).length === 1) return end;
  }
  return path;
}

/** How to print a table. */
interface TableOptions {
  readonly width: number;
  readonly unicode: boolean;
}

/** The gap between the parts of the first line. */
const HEAD_GAP = '   ';

/** The first line of the table alone (`-q`), never folded. */
export function renderSweepVerdict(sweep: SweepResult, options: TableOptions): string {
  const text = `${headOf(sweep).join(HEAD_GAP)}\n`;
  return options.unicode ? text : toAscii(text);
}

function headOf(sweep: SweepResult): readonly string[] {
  const { word, text } = sweepVerdict(sweep);
  return [`${word}  ${oneLine(sweep.name)}`, text, sweepSeedsText(sweep)];
}

/** The table for a terminal; KPI columns that do not fit are omitted and counted. */
export function renderSweepTable(sweep: SweepResult, options: TableOptions): string {
  const table = sweepTableCells(sweep).map((cells) => cells.map(oneLine));
  const widths = (table[0] ?? []).map((_, i) =>
    greatestOf(table.map((cells) => cells[i]?.length ?? 0)),
  );
  let shown = widths.length;
  const total = (n: number): number => widths.slice(0, n).reduce((sum, w) => sum + w + 2, 2);
  while (shown > sweepParameterNames(sweep).length + 2 && total(shown) > options.width) shown -= 1;
  const lines = table.map((cells) =>
    `  ${cells
      .slice(0, shown)
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')}`.trimEnd(),
  );
  const hidden = widths.length - shown;
  const note = hidden === 0 ? [] : [`  ${countWithNoun(hidden, 'KPI')} more in the report`];
  const head = foldIntoLines(headOf(sweep), { width: options.width, indent: 6, gap: HEAD_GAP });
  const body = sweep.rows.length === 0 ? [] : ['', ...lines, ...note];
  const text = `${[...head, ...body].join('\n')}\n`;
  return options.unicode ? text : toAscii(text);
}

/** A grid of one KPI over two parameters; with one parameter it has a single row. */
export interface SweepGrid {
  readonly kpi: string;
  readonly limits: readonly KpiResult[];
  readonly x: { readonly name: string; readonly values: readonly string[] };
  readonly y: { readonly name: string; readonly values: readonly string[] };
  /** `cells[y][x]`; undefined when the sweep has no such combination. */
  readonly cells: readonly (readonly (KpiResult | undefined)[])[];
  /** The combination of each cell. */
  readonly rows: readonly (readonly (SweepRow | undefined)[])[];
  /** The values at which all other parameters are fixed, their first ones. */
  readonly fixed: Readonly<Record<string, string>>;
}

/** Arranges a KPI over the first two varying parameters. */
export function sweepGrid(sweep: SweepResult, kpi: string): SweepGrid {
  const names = sweepParameterNames(sweep);
  const valuesOf = (name: string | undefined): readonly string[] =>
    name === undefined ? [''] : [...new Set(sweep.rows.map((row) => parameterValueIn(row, name)))];
  const varying = names.filter((name) => valuesOf(name).length > 1);
  const [xName = names[0], yName] = varying;
  const others = names.filter((name) => name !== xName && name !== yName);
  const fixed = Object.fromEntries(others.map((name) => [name, valuesOf(name)[0] ?? '-'] as const));
  const [x, y] = withinCells(valuesOf(xName), valuesOf(yName));
  const known = new Map<string, SweepRow>();
  for (const row of sweep.rows) {
    if (Object.entries(fixed).some(([name, value]) => parameterValueIn(row, name) !== value))
      continue;
    const key = cellKey(parameterValueIn(row, xName), parameterValueIn(row, yName));
    if (!known.has(key)) known.set(key, row);
  }
  const rows = y.map((yValue) => x.map((xValue) => known.get(cellKey(xValue, yValue))));
  return {
    kpi,
    limits: sweepLimits(sweep, kpi),
    x: { name: xName ?? '', values: x },
    y: { name: yName ?? '', values: y },
    cells: rows.map((row) =>
      row.map((one) => (one === undefined ? undefined : kpiResultOfRow(one, kpi))),
    ),
    rows,
    fixed,
  };
}

/**
 * The values of both axes, cut so that the grid has at most {@link CELLS_MAX} cells, which only sampled
 * combinations would exceed.
 */
function withinCells(
  x: readonly string[],
  y: readonly string[],
): readonly [x: readonly string[], y: readonly string[]] {
  if (x.length * y.length <= CELLS_MAX) return [x, y];
  const side = Math.floor(Math.sqrt(CELLS_MAX));
  return [x.slice(0, side), y.slice(0, side)];
}

/**
 * The value of a parameter in a row, empty if it has none. Inherited properties such as `constructor`
 * do not count.
 */
export function parameterValueIn({ parameters }: SweepRow, name: string | undefined): string {
  if (name === undefined) return '';
  return (Object.hasOwn(parameters, name) ? parameters[name] : undefined) ?? '-';
}

function cellKey(x: string, y: string): string {
  return `${x.length} ${x} ${y}`;
}
