/**
 * Prints the reports of golden runs in this process as JSON, by name: of the first seed or of `all` seeds, of the runs
 * that are named or, without names, of all. A program of its own: the tests of browsers translate each module that
 * they import, which takes a minute for all of the product.
 *
 * @module
 */
import { judgeRun } from '../../reports/judge.ts';
import type { Report } from '../../reports/report-schema.ts';
import { twinJudgeInput } from '../../runner/run/judge-input.ts';
import { plannedRuns } from '../../runner/run/planned-runs.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { GOLDEN_RUNS, type GoldenRun } from '../../tools/golden/golden-runs.ts';

/** A golden run as the page takes it, and the report of Node. */
export interface NodeReport {
  readonly scenario: string;
  readonly set: readonly string[];
  readonly report: Report;
  readonly wallMs: number;
}

async function reportOf({ scenario: file, set, seeds }: GoldenRun): Promise<NodeReport> {
  const registry = new ProtocolRegistry();
  const opened = await openScenario(file, set, registry);
  const began = performance.now();
  const runs: { isTwin: boolean; result: ReturnType<typeof runSeed> }[] = [];
  for (const { isTwin, seed, overrides } of plannedRuns(opened.scenario, seeds)) {
    const { scenario } = await openScenario(file, overrides, registry);
    runs.push({ isTwin, result: runSeed({ scenario, registry, seed }) });
  }
  const wallMs = performance.now() - began;
  const environment = { node: '', os: '', cpu: '' };
  const judged = { ...opened, environment, commit: '', reproduce: '' };
  const report = judgeRun(twinJudgeInput(judged, runs, 0));
  return { scenario: file, set: Object.entries(set).map((one) => one.join('=')), report, wallMs };
}

const [which = 'first', ...names] = process.argv.slice(2);
const all = Object.entries(GOLDEN_RUNS)
  .filter(([name]) => names.includes(name) || names.length === 0)
  .map(([name, run]) => {
    return [name, which === 'all' ? run : { ...run, seeds: run.seeds.slice(0, 1) }] as const;
  });
const reports: Record<string, NodeReport> = {};
for (const [name, run] of all) reports[name] = await reportOf(run);
process.stdout.write(JSON.stringify(reports));
