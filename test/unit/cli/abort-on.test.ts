/** `--abort-on fail`: a run of an hour went on after its first minute had decided. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../reports/report-schema.ts';
import { type EndedHere, orreryHere } from '../../command-here.ts';

const FILE = `name: probe
topology: two-nodes.yaml
duration: 20s
warmup: 1s
traffic: [{ from: alice, to: bob, kind: poisson, rate: 20/s }]
kpis:
  ping.throughput: { count: "<= 10" }
  ping.delivery: { value: ">= 99%" }
`;
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-abort-'));
  writeFileSync(join(folder, 'probe.yaml'), FILE);
  writeFileSync(join(folder, 'met.yaml'), FILE.replace('<= 10', '<= 1000'));
  writeFileSync(join(folder, 'rate.yaml'), FILE.replace('count: "<= 10"', 'rate: "<= 10/min"'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function orrery(...words: readonly string[]): Promise<EndedHere> {
  return orreryHere(folder, ['scenario', ...words, '--no-trace', '--abort-on', 'fail']);
}

const report = (): Report =>
  JSON.parse(readFileSync(join(folder, 'runs/probe/latest/report.json'), 'utf8')) as Report;

describe('a run with --abort-on fail', () => {
  it('went on after a count was above its maximum; it fails, always at the same event', async () => {
    const { status, stdout } = await orrery('probe.yaml');
    expect(stdout).toMatch(/^FAIL {2}probe {2,3}1 of 2 KPIs missed, 1 inconclusive/);
    expect(stdout).toMatch(/stopped by --abort-on fail at 1\.\d+ s of 20 s/);
    expect(status).toBe(1);
    const { ending, fingerprint, perSeed, reproduce, kpis } = report();
    expect(ending).toBe('aborted');
    expect(perSeed[0]?.virtualSeconds).toBeLessThan(3);
    expect(reproduce).toContain('--abort-on fail');
    expect(kpis.map((kpi) => kpi.status).sort()).toEqual(['fail', 'inconclusive']);
    await orrery('probe.yaml');
    expect(report().fingerprint).toBe(fingerprint);
    const junit = readFileSync(join(folder, 'runs/probe/latest/junit.xml'), 'utf8');
    expect(junit).toContain('<failure type="kpi"');
  });

  it('ends the other seeds too, and is no interruption', async () => {
    expect((await orrery('probe.yaml', '--seeds', '3', '--threads', '1')).status).toBe(1);
    // The thread may have begun one more before it is told; that one ends at its next look.
    const { perSeed, warnings } = report();
    for (const { seed, virtualSeconds } of perSeed)
      expect(virtualSeconds, `${seed}`).toBeLessThan(2);
    const left = /seeds? ([23, ]+): not begun when the run was stopped/.exec(
      warnings[0]?.text ?? '',
    );
    const notBegun = (left?.[1] ?? '').split(', ').map(Number);
    const begun = perSeed.map(({ seed }) => seed);
    expect(begun).toContain(1);
    expect([...begun, ...notBegun].sort()).toEqual([1, 2, 3]);
    expect((await orrery('probe.yaml', '--seeds', '2', '--threads', '2')).status).toBe(1);
    expect(report().ending).toBe('aborted');
  });

  it('reaches its end where every limit can still be met, with the same result', async () => {
    expect((await orrery('met.yaml')).status).toBe(0);
    const { fingerprint } = report();
    await orreryHere(folder, ['scenario', 'met.yaml', '--no-trace']);
    expect(report().fingerprint).toBe(fingerprint);
  });

  it('is refused where nothing could end it', async () => {
    const { status, stderr } = await orrery('rate.yaml');
    expect(status).toBe(2);
    expect(stderr).toContain('hint: limits on count, max and min can be');
  });
});
