/**
 * Two nodes that are idle for 14 days of virtual time: processor time of the run with its trace,
 * memory, and bytes of trace and report (ADR 0038).
 *
 * `npm run bench -- idle`. The counts are also a test (`test/unit/runner/idle.test.ts`).
 *
 * @module
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeRun } from '../reports/judge.ts';
import type { SeedResult } from '../reports/model.ts';
import { makeJudgeInput } from '../runner/run/run-order.ts';
import { runSeed } from '../runner/run/run-seed.ts';
import { loadScenario } from '../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../scenarios/folders.ts';
import { scenarioMetrics } from '../scenarios/open/nodes.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { type BenchResult, cpuTimeUs, requireEqual, spreadOf } from './bench-result.ts';

/** Name of this benchmark for `npm run bench -- idle`. */
export const name = 'idle';

const RUNS = 5;
const US_PER_S = 1e6;
/** Number of packets: one every 10,000 s. */
const PACKETS = 120;
const SCENARIO = `
name: idle
topology:
  name: idle
  defaults: { node: { run: datagram }, link: { rate: 1Mbit/s, delay: 10ms } }
  nodes: [{ name: earth }, { name: probe }]
  links: [{ ends: earth <-> probe }]
duration: 14d
traffic: [{ from: earth, to: probe, kind: constant, rate: 0.0001/s }]
`;

/** Measures processor time, memory and file sizes. */
export function run(): readonly BenchResult[] {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-bench-'));
  try {
    return measure(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measure(folder: string): readonly BenchResult[] {
  const file = join(folder, 'idle.yaml');
  const path = join(folder, 'trace.orr');
  writeFileSync(file, SCENARIO);
  const registry = new ProtocolRegistry();
  const scenario = loadScenario({ path: file, folders: SHIPPED_FILE_FOLDERS, registry });
  const recordings = { trace: { path, extent: 'full' } } as const;
  let result: SeedResult | undefined;
  const seconds = Array.from({ length: 1 + RUNS }, () => {
    const run = (): void => {
      result = runSeed({ scenario, registry, seed: 1, recordings });
    };
    return cpuTimeUs(run) / US_PER_S;
  });
  requireEqual('packets', result?.packets.delivered ?? 0, PACKETS);
  const order = {
    scenario,
    definitions: scenarioMetrics(scenario, registry),
    seeds: [1],
    recordingsOf: (): typeof recordings => recordings,
    reproduce: 'npm run bench -- idle',
    commit: 'bench',
  };
  const report = JSON.stringify(
    judgeRun(makeJudgeInput(order, result === undefined ? [] : [result], 1)),
  );
  const memory = process.resourceUsage().maxRSS / 1_000;
  return [
    { name: 'two idle nodes, 14 days', unit: 's', target: 5, ...spreadOf(seconds.slice(1)) },
    { name: '  memory of the process', unit: 'MB', target: 250, value: memory },
    { name: '  trace', unit: 'MB', target: 1, value: statSync(path).size / 1e6 },
    { name: '  report', unit: 'MB', target: 1, value: report.length / 1e6 },
  ];
}
