/** The report of a run in progress. */
import { describe, expect, it } from 'vitest';
import { judgeRun } from '../../../reports/judge.ts';
import { reportSoFar } from '../../../reports/so-far.ts';
import { runInput } from './fixture.ts';

describe('the report of a run that goes on', () => {
  it('leaves open what has no sample yet, judges no invariant, and never passes', () => {
    const input = runInput({ seeds: 1, slowdown: 1 });
    const [spec] = input.kpis;
    const metrics = Object.fromEntries(
      Object.entries(input.seeds[0]?.metrics ?? {}).filter(([name]) => name !== spec?.metric),
    );
    const seeds = input.seeds.map((seed) => ({ ...seed, metrics }));
    const report = reportSoFar({ ...input, seeds });
    const open = report.kpis.find(({ metric }) => metric === spec?.metric);
    expect(judgeRun({ ...input, seeds }).kpis[0]).toMatchObject({ status: 'fail', code: 'E125' });
    expect(open).toMatchObject({ status: 'not-applicable', value: null });
    expect(open?.reason).toMatch(/has no sample yet/);
    expect(open).not.toHaveProperty('code');
    expect(report.invariants).toEqual([]);
    expect(report.pass).toBe(false);
  });
});
