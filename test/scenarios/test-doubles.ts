/**
 * Runs the defective doubles of scenarios: what a defect turns red is green without it. In several test
 * files, so that they share the machine.
 *
 * @module
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { KpiResult, Report } from '../../reports/report-schema.ts';
import { turnOf } from '../../tools/long-tests.ts';
import { currentCommit } from '../../tools/requirements/source-state.ts';
import { load, report, run } from '../unit/runner/fixture.ts';
import type { Overrides, Row } from './double-row.ts';

const FOLDER = new URL('doubles/', import.meta.url);
const ROOT: string = fileURLToPath(new URL('../../', import.meta.url));
/** Each commit tries one in so many of the rows, and of those that take long. */
const ONE_IN = 3;
const ONE_IN_OF_LONG = 6;

/** The rows by scenario: one file for each, found by its name. */
export const ROWS: readonly (Row & { readonly file: string })[] = await Promise.all(
  readdirSync(FOLDER)
    .sort()
    .map(async (name) => {
      const { row } = (await import(new URL(name, FOLDER).href)) as { readonly row: Row };
      return { file: name.replace(/\.ts$/, '.yaml'), ...row };
    }),
);

const keyOf = ({ metric, aggregation, comparison }: KpiResult): string =>
  `${metric} ${aggregation} ${comparison}`;

const reports = new Map<string, Report>();

/** The report of a run; the runs without a defect are cached. */
function reportOn(row: (typeof ROWS)[number], set: Overrides): Report {
  const name = `${row.file} ${JSON.stringify(set)}`;
  const known = reports.get(name);
  if (known !== undefined) return known;
  const scenario = load(row.file, set);
  const made = report(scenario, [run(scenario, row.seed ?? 1)]);
  reports.set(name, made);
  return made;
}

/** Half of the time goes to these. */
export const isFederated = ({ file }: { readonly file: string }): boolean =>
  file.startsWith('federated');

const LONG: readonly string[] = ROWS.filter(({ isLong }) => isLong).map(({ file }) => file);
const SHORT: readonly string[] = ROWS.filter(({ isLong }) => !isLong).map(({ file }) => file);
const commit: string = currentCommit(ROOT);
const firstLong: number = turnOf(commit, ONE_IN_OF_LONG);
const firstShort: number = turnOf(commit, ONE_IN);

/** True if this commit tries the row. */
export function isTried({ file, isLong, isRequired }: (typeof ROWS)[number]): boolean {
  if (isRequired) return true;
  if (isLong) return LONG.indexOf(file) % ONE_IN_OF_LONG === firstLong;
  return SHORT.indexOf(file) % ONE_IN === firstShort;
}

/** Tests all doubles of the rows that are wanted. */
export function testDoubles(isWanted: (row: (typeof ROWS)[number]) => boolean): void {
  const cases = ROWS.filter(isWanted).flatMap((row) =>
    Object.entries(row.doubles).map(([name, double]) => [row.file, name, row, double] as const),
  );

  it.each(cases)('%s: %s turns red what is green without it', (_file, _name, row, double) => {
    const base = row.bases[double.base]!;
    const green = reportOn(row, base)
      .kpis.filter(({ pass }) => pass)
      .map(keyOf);
    expect(green).toEqual(expect.arrayContaining([...double.red]));
    const broken = reportOn(row, { ...base, ...double.set });
    // A limit that was not measured, or that the base misses as well, says nothing of the defect.
    const red = broken.kpis
      .filter((kpi) => !kpi.pass && kpi.value !== null && green.includes(keyOf(kpi)))
      .map(keyOf);
    expect([...new Set(red)].sort()).toEqual([...double.red].sort());
    expect(broken.pass).toBe(false);
  });
}
