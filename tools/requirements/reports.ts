/**
 * Reads the KPIs of the reports in `runs/`, with the facts that decide whether they count: commit,
 * number of seeds, age.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** A KPI of a report; numbers in base units. */
export const reportKpiSchema = z.strictObject({
  scenario: z.string(),
  /** `sim`, `live` or `emulate`. */
  mode: z.string(),
  seeds: z.int(),
  metric: z.string(),
  aggregation: z.string(),
  status: z.enum(['pass', 'fail', 'not-applicable', 'inconclusive']),
  value: z.number().nullable(),
  /** Number of samples, events or trials over all seeds on which the value is based. */
  n: z.number(),
});

/** A KPI of a report; numbers in base units. */
export type ReportKpi = z.output<typeof reportKpiSchema>;

/** The report of one run. */
export interface RunReport {
  readonly commit: string;
  readonly at: string;
  readonly kpis: readonly ReportKpi[];
}

const reportFile = z.object({
  mode: z.string(),
  overrides: z.record(z.string(), z.string()),
  seeds: z.array(z.int()),
  interactive: z.unknown().optional(),
  environment: z.object({ commit: z.string() }),
  kpis: z.array(
    z.object({
      metric: z.string(),
      aggregation: z.string(),
      status: z.enum(['pass', 'fail', 'not-applicable', 'inconclusive']),
      value: z.number().nullable(),
      n: z.number(),
    }),
  ),
});

/** Reads the reports in a folder of runs, newest first; only those of unchanged shipped scenarios. */
export function readReports(folder: string): readonly RunReport[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((scenario) => statSync(join(folder, scenario)).isDirectory())
    .flatMap((scenario) => reportsOf(folder, scenario))
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}

function reportsOf(folder: string, scenario: string): readonly RunReport[] {
  return readdirSync(join(folder, scenario))
    .map((id) => join(folder, scenario, id, 'report.json'))
    .filter((path) => existsSync(path))
    .flatMap((path) => {
      const parsed = reportFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
      if (!parsed.success || parsed.data.interactive !== undefined) return [];
      const { mode, overrides, seeds, environment, kpis } = parsed.data;
      if (Object.keys(overrides).length > 0) return [];
      return [
        {
          commit: environment.commit,
          at: statSync(path).mtime.toISOString(),
          kpis: kpis.map(({ metric, aggregation, status, value, n }) => ({
            ...{ scenario, mode, seeds: seeds.length },
            ...{ metric, aggregation, status, value, n },
          })),
        },
      ];
    });
}
