/**
 * The runs of a sweep as a table: one line per run with parameters, seed, fingerprint, the verdict of its
 * combination, and the value of each KPI in its base unit.
 *
 * @module
 */

import { kpiName } from './kpi-text.ts';
import {
  type SweepResult,
  type SweepRow,
  type SweepRun,
  sweepKpiNames,
  sweepParameterNames,
  valuesBySeed,
} from './sweep.ts';

/** A line of the table: a run with its combination; `run` is undefined for a combination that broke. */
export interface SweepRunLine {
  readonly row: SweepRow;
  readonly run: SweepRun | undefined;
}

/** A column: its name, and a function that gives its value in a line, null if there is none. */
export type SweepColumn = { readonly name: string } & (
  | { readonly kind: 'text'; readonly of: (line: SweepRunLine) => string | null }
  | { readonly kind: 'number' | 'whole'; readonly of: (line: SweepRunLine) => number | null }
  | { readonly kind: 'truth'; readonly of: (line: SweepRunLine) => boolean }
);

/** Text that is a number without a unit: `3`, `-0.5`, `1e6`. */
const PLAIN_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** True for a text that any CSV reader takes for a number. */
export function isPlainNumber(text: string): boolean {
  return PLAIN_NUMBER.test(text) && Number.isFinite(Number(text));
}

/** Makes the lines one after the other, because all of them together may not fit into memory. */
export function* sweepRunLines(sweep: SweepResult): Generator<SweepRunLine> {
  for (const row of sweep.rows) {
    const runs = row.runs ?? runsOfOlder(row);
    if (runs.length === 0) yield { row, run: undefined };
    for (const run of runs) yield { row, run };
  }
}

/**
 * The runs of a row that an older version wrote. Such a row has the fingerprint of a run only if it has
 * one seed.
 */
function runsOfOlder({ kpis, fingerprint }: SweepRow): readonly SweepRun[] {
  const values = [...valuesBySeed(kpis)];
  const own = values.length === 1 ? fingerprint : '';
  return values.map(([seed, of]) => ({ seed, fingerprint: own, values: of }));
}

/** Columns of the table; each has a name of its own. */
export function sweepColumns(sweep: SweepResult): readonly SweepColumn[] {
  const taken = new Set<string>();
  const named = (name: string): string => {
    let free = name;
    for (let n = 2; taken.has(free); n += 1) free = `${name} (${n})`;
    taken.add(free);
    return free;
  };
  return [
    ...sweepParameterNames(sweep).map((path) => parameterColumn(sweep, path, named(path))),
    { name: named('seed'), kind: 'whole', of: ({ run }) => run?.seed ?? null },
    { name: named('fingerprint'), kind: 'text', of: ({ run }) => textOf(run?.fingerprint) },
    { name: named('pass'), kind: 'truth', of: ({ row }) => row.pass },
    { name: named('broke'), kind: 'text', of: ({ row }) => textOf(row.broke) },
    ...sweepKpiNames(sweep).map((kpi): SweepColumn => {
      const of = ({ run }: SweepRunLine): number | null => finite(own(run?.values, kpi));
      return { name: named(`${kpi} [${unitOf(sweep, kpi)}]`), kind: 'number', of };
    }),
  ];
}

function parameterColumn(sweep: SweepResult, path: string, name: string): SweepColumn {
  const text = ({ row }: SweepRunLine): string | null => textOf(own(row.parameters, path));
  const isNumber = sweep.rows.every(({ parameters }) => {
    const value = own(parameters, path);
    return value === undefined || isPlainNumber(value);
  });
  if (!isNumber) return { name, kind: 'text', of: text };
  const of = (line: SweepRunLine): number | null => {
    const value = text(line);
    return value === null ? null : Number(value);
  };
  return { name, kind: 'number', of };
}

/** Reads an own property only: a parameter may be named `constructor`, which every object inherits. */
function own<T>(values: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}

function textOf(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function finite(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function unitOf({ rows }: SweepResult, name: string): string {
  for (const { kpis } of rows) {
    const kpi = kpis.find((one) => kpiName(one) === name);
    if (kpi !== undefined) return kpi.unit;
  }
  return '';
}
