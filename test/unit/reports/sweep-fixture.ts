import { judgeRun } from '../../../reports/judge.ts';
import type { KpiResult } from '../../../reports/report-schema.ts';
import { type SweepResult, type SweepRow, sweepRow } from '../../../reports/sweep.ts';
import { runInput } from './fixture.ts';

const good = judgeRun(runInput({ seeds: 3, slowdown: 1 }));
const bad = judgeRun(runInput({ seeds: 3, slowdown: 3 }));

/** A combination with the results of a real judgement. */
export function cell(parameters: SweepRow['parameters'], isMet: boolean): SweepRow {
  return sweepRow(parameters, isMet ? good : bad, undefined);
}

/** A combination with one KPI of this value, met up to 250 ms. */
export function cellOf(
  parameters: SweepRow['parameters'],
  value: number,
  change: Partial<KpiResult> = {},
): SweepRow {
  const [first] = good.kpis as [KpiResult];
  const pass = value <= 250e6;
  const ci95 = { ...first.ci95, low: value * 0.9, high: value * 1.1 };
  const margin = (250e6 - value) / 250e6;
  const status = pass ? ('pass' as const) : ('fail' as const);
  const kpi = { ...first, value, pass, status, margin, ci95, ...change };
  return { parameters, kpis: [kpi], pass: kpi.pass, fingerprint: 'f', reproduce: 'npm run one' };
}

/** A sweep of these rows. */
export function sweepOf(rows: readonly SweepRow[], change: Partial<SweepResult> = {}): SweepResult {
  const reproduce = 'npm run sweep probe.yaml';
  return { name: 'probe', question: 'Which?', seeds: [1, 2, 3], rows, reproduce, ...change };
}
