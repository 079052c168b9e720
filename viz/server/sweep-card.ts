/**
 * Makes the card of a sweep from `sweep.json`: for each KPI, a table over the two parameters that
 * vary. The file is untrusted, so its structure is checked first.
 *
 * @module
 */
import * as z from 'zod';
import { type SweepResult, sweepGrid, sweepKpiNames } from '../../reports/sweep.ts';
import type { HeatGrid, SweepCard } from '../format/run-card.ts';

/** Largest number of KPIs on a card. */
const GRIDS_MAX = 12;
/** Largest number of rows that are read from `sweep.json`. */
const ROWS_MAX = 1_000;

const sweepSchema = z.looseObject({
  name: z.string(),
  question: z.string(),
  seeds: z.array(z.number()),
  rows: z
    .array(
      z.looseObject({
        parameters: z.record(z.string(), z.string()),
        pass: z.boolean(),
        reproduce: z.string().optional(),
        folder: z.string().optional(),
        kpis: z.array(
          z.looseObject({
            metric: z.string(),
            aggregation: z.string(),
            unit: z.string(),
            comparison: z.string(),
            limit: z.number(),
            value: z.number().nullable(),
            status: z.enum(['pass', 'fail', 'not-applicable', 'inconclusive']),
          }),
        ),
      }),
    )
    .max(ROWS_MAX),
});

/** The part of a sweep's card that `sweep.json` does not contain. */
export interface SweepFacts {
  readonly id: string;
  readonly writtenMs: number;
  /**
   * Names of the folders, below the folder of the sweep, that contain the reports of combinations.
   */
  readonly kept: readonly string[];
}

/**
 * Makes the card from the text of `sweep.json`; undefined if the text is not the result of a sweep.
 */
export function sweepCard(text: string, { kept, ...facts }: SweepFacts): SweepCard | undefined {
  const read = sweepSchema.safeParse(jsonOf(text));
  if (!read.success) return undefined;
  const { name, question, seeds, rows } = read.data;
  // The schema has checked everything of a KPI that the tables need.
  const sweep = read.data as unknown as SweepResult;
  return {
    kind: 'sweep',
    ...facts,
    ...{ name, question, seeds: seeds.length },
    met: rows.filter(({ pass }) => pass).length,
    total: rows.length,
    grids: sweepKpiNames(sweep)
      .slice(0, GRIDS_MAX)
      .flatMap((kpi) => gridOf(sweep, kpi, (folder) => runOf(facts.id, kept, folder))),
  };
}

function runOf(
  id: string,
  kept: readonly string[],
  folder: string | undefined,
): string | undefined {
  return folder !== undefined && kept.includes(folder) ? `${id}/${folder}` : undefined;
}

function gridOf(
  sweep: SweepResult,
  name: string,
  runIn: (folder: string | undefined) => string | undefined,
): readonly HeatGrid[] {
  const { kpi, limits, x, y, fixed, cells, rows } = sweepGrid(sweep, name);
  const some = cells.flat().find((cell) => cell !== undefined);
  if (some === undefined) return [];
  return [
    {
      ...{ kpi, unit: some.unit, x, y, fixed },
      limits: limits.map(({ comparison, limit }) => ({ comparison, limit })),
      cells: cells.map((row, at) =>
        row.map((cell, column) => {
          if (cell === undefined) return null;
          const { folder, reproduce } = rows[at]?.[column] ?? {};
          const run = runIn(folder);
          return {
            ...{ value: cell.value, status: cell.status },
            ...(run === undefined ? {} : { run }),
            ...(reproduce === undefined ? {} : { command: reproduce }),
          };
        }),
      ),
    },
  ];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
