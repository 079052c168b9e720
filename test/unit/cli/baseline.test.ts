/** `--baseline` as a gate. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { judgeAndReport } from '../../../cli/execute.ts';
import { judgeRun } from '../../../reports/judge.ts';
import { runInput } from '../reports/fixture.ts';

const SEEDS = 30;
const before = judgeRun(runInput({ seeds: SEEDS, slowdown: 1 }));
const slower = runInput({ seeds: SEEDS, slowdown: 1.02 });
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-baseline-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function ended(
  input: typeof slower,
  flags: { readonly baselineReportOnly?: boolean } = {},
): Promise<Ended> {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const context = { folder, baseline: before, flags: { out: folder, ...flags } };
    const code = await judgeAndReport({ kind: 'judged', input }, context);
    return { code, out: out.mock.calls.flat().join(''), err: err.mock.calls.flat().join('') };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

const fileOf = (name: string): string => readFileSync(join(folder, name), 'utf8');

it('a latency 2 % above the baseline passed with exit 0', async () => {
  const { code, out } = await ended(slower);
  expect(code).toBe(1);
  expect(out).toMatch(/^FAIL/);
  expect(out).toMatch(/no worse than the baseline: gateway\.failover p95 \+\d/);
  expect(fileOf('junit.xml')).toMatch(/failover: no worse than the baseline[^>]*>\n?<failure/);
  expect(JSON.parse(fileOf('report.json'))).toMatchObject({ pass: false });
});

it('only reports it if asked, and passes what is the same or better', async () => {
  expect((await ended(slower, { baselineReportOnly: true })).code).toBe(0);
  expect((await ended(runInput({ seeds: SEEDS, slowdown: 1 }))).code).toBe(0);
  expect((await ended(runInput({ seeds: SEEDS, slowdown: 0.9 }))).code).toBe(0);
});

it('what cannot be compared passed with exit 0', async () => {
  const { code, err } = await ended({ ...slower, kpis: [] });
  expect(code).toBe(2);
  expect(err).toContain('--baseline: cannot be compared: there is no limit to compare');
});
