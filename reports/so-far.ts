/**
 * The report of a run in progress, for people watching it: what was measured so far, in the form of the
 * final report. It must not be presented as a verdict: a KPI without a sample is undecided, and no
 * invariant is judged.
 *
 * @module
 */
import { judgeRun } from './judge.ts';
import type { JudgeInput } from './model.ts';
import type { KpiResult, Report } from './report-schema.ts';

/** The report as it would be if the run ended now. */
export function reportSoFar(input: JudgeInput): Report {
  // Since the run has not ended, no seed counts as ended early.
  const seeds = input.seeds.map((seed) => ({ ...seed, ending: 'complete' as const }));
  const report = judgeRun({ ...input, seeds });
  const kpis = report.kpis.map(openWithoutSamples);
  return { ...report, kpis, invariants: [], pass: false };
}

function openWithoutSamples(kpi: KpiResult): KpiResult {
  if (kpi.value !== null) return kpi;
  const { code: _code, ...rest } = kpi;
  const reason = `${kpi.metric} has no sample yet`;
  return { ...rest, status: 'not-applicable', pass: true, seedsMissed: 0, reason };
}
