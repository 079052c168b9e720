/**
 * Prints the reports of golden runs in this process as JSON, by name. A program of its own: the tests of browsers
 * translate each module that they import, which takes a minute for all of the product.
 *
 * @module
 */
import { judgeRun } from '../../reports/judge.ts';
import type { Report } from '../../reports/report-schema.ts';
import { makeJudgeInput } from '../../runner/run/run-order.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { GOLDEN_RUNS, type GoldenRun } from '../../tools/golden/golden-runs.ts';

/** A golden run as the page takes it, and the report of Node about its first seed. */
export interface NodeReport {
  readonly scenario: string;
  readonly set: readonly string[];
  readonly report: Report;
  readonly wallMs: number;
}

async function reportOf({ scenario: file, set }: GoldenRun): Promise<NodeReport> {
  const registry = new ProtocolRegistry();
  const opened = await openScenario(file, set, registry);
  const began = performance.now();
  const result = runSeed({ ...opened, registry, seed: 1 });
  const wallMs = performance.now() - began;
  const report = judgeRun(makeJudgeInput({ ...opened, commit: '', reproduce: '' }, [result], 0));
  return { scenario: file, set: Object.entries(set).map((one) => one.join('=')), report, wallMs };
}

const names = process.argv.slice(2);
const all = Object.entries(GOLDEN_RUNS).filter(
  ([name]) => names.includes(name) || names.length === 0,
);
const reports: Record<string, NodeReport> = {};
for (const [name, run] of all) reports[name] = await reportOf(run);
process.stdout.write(JSON.stringify(reports));
