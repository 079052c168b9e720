/**
 * Every limit of every shipped scenario can fail: for each there is a defect (a shipped option or
 * an override of the network) that turns it red, while the same run without the defect is green.
 * The runs are short, slow versions of the shipped ones.
 *
 * @module
 */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { KpiResult, Report } from '../../reports/report-schema.ts';
import { folders, load, report, run } from '../unit/scenarios/runner/fixture.ts';
import type { Overrides, Row } from './double-row.ts';

const FOLDER = new URL('doubles/', import.meta.url);

/** The rows by scenario: one file for each, found by its name. */
const ROWS: readonly (Row & { readonly file: string })[] = await Promise.all(
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

describe('defective doubles', () => {
  it('exist for every limit of every shipped scenario; a new limit needs a defect in doubles/', () => {
    // Defects for emulated scenarios are in test/emulate, because they need the wall clock.
    const files = readdirSync(folders.scenarios).filter(
      (name) => name.endsWith('.yaml') && !/^(emulate|soak)-/.test(name),
    );
    expect(ROWS.map(({ file }) => file).sort()).toEqual(files.sort());
    for (const { file, doubles } of ROWS) {
      const covered = new Set(Object.values(doubles).flatMap(({ red }) => red));
      const limits = load(file).kpis.map(
        ({ metric, aggregation, comparison }) => `${metric} ${aggregation} ${comparison}`,
      );
      expect({ file, limits: [...covered].sort() }).toEqual({ file, limits: limits.sort() });
    }
  });

  const cases = ROWS.flatMap((row) =>
    Object.entries(row.doubles).map(([name, double]) => [row.file, name, row, double] as const),
  );

  it.each(cases)('%s: %s turns red what is green without it', (_file, _name, row, double) => {
    const base = row.bases[double.base]!;
    const green = reportOn(row, base)
      .kpis.filter(({ pass }) => pass)
      .map(keyOf);
    expect(green).toEqual(expect.arrayContaining([...double.red]));
    const broken = reportOn(row, { ...base, ...double.set });
    const red = broken.kpis.filter(({ pass }) => !pass).map(keyOf);
    expect(red).toEqual(expect.arrayContaining([...double.red]));
    expect(broken.pass).toBe(false);
    // The value was measured and missed its limit; a missing value would not count.
    for (const kpi of broken.kpis) {
      if (double.red.includes(keyOf(kpi))) expect(kpi.value).not.toBeNull();
    }
  });
});
