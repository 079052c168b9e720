/** `--abort-on fail` where time passes by the wall clock. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { orreryHere } from '../command-here.ts';

const FILE = `name: probe
topology: two-nodes.yaml
duration: 60s
warmup: 1s
traffic: [{ from: alice, to: bob, kind: poisson, rate: 50/s }]
kpis:
  ping.throughput: { count: "<= 20" }
  ping.delivery: { value: ">= 0%" }
`;
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-abort-live-'));
  writeFileSync(join(folder, 'probe.yaml'), FILE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([[['live']], [['live', '--loops', '2']], [['live', '--processes', 'node']], [['emulate']]])(
  '%j went on for a minute after its limit was missed',
  async ([command = '', ...flags]) => {
    const words = [command, 'probe.yaml', ...flags, '--abort-on', 'fail', '--no-trace'];
    const { status, stderr } = await orreryHere(folder, words);
    expect(status, stderr).toBe(1);
    const text = readFileSync(join(folder, 'runs/probe/latest/report.json'), 'utf8');
    const { ending, kpis, virtualSeconds } = JSON.parse(text) as Report;
    expect(ending).toBe('aborted');
    expect(kpis.map((kpi) => kpi.status)).toEqual(['fail', 'inconclusive']);
    expect(virtualSeconds).toBeLessThan(59);
  },
);
