/**
 * `docs/nightly.json`: what `npm run nightly` found, row by row, with date and commit.
 *
 * A round is one nightly over the whole list; rows of an earlier round are kept for people, and do
 * not count as results of the last nightly.
 *
 * @module
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { reportKpi } from './reports.ts';

const benchFigure = z.strictObject({
  name: z.string(),
  unit: z.string(),
  value: z.number(),
  /** Multiple of the calibration loop of the same run (bench/ratio.ts). */
  ratio: z.number().nullable(),
});

const nightlyRow = z.strictObject({
  /** Start of the nightly that ran it. */
  round: z.string(),
  commit: z.string(),
  at: z.string(),
  seconds: z.number(),
  command: z.string(),
  isPassed: z.boolean(),
  kpis: z.array(reportKpi).default([]),
  figures: z.array(benchFigure).default([]),
});

const nightlyTable = z.strictObject({
  /** Start of the last nightly; empty before the first. */
  round: z.string(),
  rows: z.record(z.string(), nightlyRow),
});

/** A figure of a benchmark. */
export type BenchFigure = z.output<typeof benchFigure>;
/** The outcome of one row of the list. */
export type NightlyRow = z.output<typeof nightlyRow>;
/** The file. */
export type NightlyTable = z.output<typeof nightlyTable>;

/** Reads it; an empty one where there is no file. */
export function readNightly(path: string): NightlyTable {
  if (!existsSync(path)) return { round: '', rows: {} };
  return nightlyTable.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** Records one row immediately, so that it is kept if the nightly is interrupted. */
export function landRow(path: string, name: string, row: NightlyRow): void {
  const { rows } = readNightly(path);
  const all = Object.entries({ ...rows, [name]: row }).sort(([a], [b]) => (a < b ? -1 : 1));
  const table: NightlyTable = { round: row.round, rows: Object.fromEntries(all) };
  const beside = `${path}.new`;
  writeFileSync(beside, `${JSON.stringify(table, undefined, 1)}\n`);
  renameSync(beside, path);
}
