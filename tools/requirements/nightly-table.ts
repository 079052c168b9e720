/**
 * Reads and writes `docs/nightly.json`: the results of `npm run nightly`, row by row, with date and
 * commit.
 *
 * A round is one nightly over the whole list. Rows of earlier rounds are kept as information, but
 * do not count as results of the last nightly.
 *
 * @module
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { foundDefectSchema } from './found-defects.ts';
import { reportKpiSchema } from './reports.ts';

const benchFigure = z.strictObject({
  name: z.string(),
  unit: z.string(),
  value: z.number(),
  /** The value as a multiple of the calibration loop of the same run (bench/ratio.ts). */
  ratio: z.number().nullable(),
});

const nightlyRow = z.strictObject({
  /** When the nightly that ran this row started. */
  round: z.string(),
  commit: z.string(),
  at: z.string(),
  seconds: z.number(),
  command: z.string(),
  isPassed: z.boolean(),
  kpis: z.array(reportKpiSchema).default([]),
  figures: z.array(benchFigure).default([]),
  defects: z.array(foundDefectSchema).optional(),
});

const nightlyTable = z.strictObject({
  /** When the last nightly started; empty before the first one. */
  round: z.string(),
  rows: z.record(z.string(), nightlyRow),
});

/** A figure from a benchmark. */
export type BenchFigure = z.output<typeof benchFigure>;
/** The result of one row of the nightly's list. */
export type NightlyRow = z.output<typeof nightlyRow>;
/** The content of `docs/nightly.json`. */
export type NightlyTable = z.output<typeof nightlyTable>;

/** Reads `docs/nightly.json`; an empty table if there is no file. */
export function readNightly(path: string): NightlyTable {
  if (!existsSync(path)) return { round: '', rows: {} };
  return nightlyTable.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** Records a row as soon as it has finished, so that an interruption does not lose it. */
export function saveNightlyRow(path: string, name: string, row: NightlyRow): void {
  const { rows } = readNightly(path);
  const all = Object.entries({ ...rows, [name]: row }).sort(([a], [b]) => (a < b ? -1 : 1));
  const table: NightlyTable = { round: row.round, rows: Object.fromEntries(all) };
  const beside = `${path}.new`;
  writeFileSync(beside, `${JSON.stringify(table, undefined, 1)}\n`);
  renameSync(beside, path);
}
