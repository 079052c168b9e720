import { describe, expect, it } from 'vitest';
import { changeText, compareReports } from '../../../reports/compare.ts';
import {
  comparisonExitCode,
  renderComparison,
  renderComparisonMarkdown,
} from '../../../reports/compare-text.ts';
import { judgeRun } from '../../../reports/judge.ts';
import { sameEventsText } from '../../../reports/partings.ts';
import type { Report } from '../../../reports/report-schema.ts';
import { runInput } from './fixture.ts';

type SeedFacts = Report['perSeed'][number];

const input = runInput({ seeds: 30, slowdown: 1 });
const before = judgeRun(input);
const slower = judgeRun(runInput({ seeds: 30, slowdown: 1.02 }));

describe('the comparison of two reports', () => {
  it('finds a 2 % change of the fail-over time by pairing seeds', () => {
    const comparison = compareReports(before, slower);
    expect(comparison.isPaired).toBe(true);
    const [failover] = comparison.kpis;
    expect(failover?.verdict).toBe('worse');
    expect(failover?.difference?.correlation).toBeGreaterThan(0.95);
    expect(comparisonExitCode(comparison)).toBe(1);
    expect(compareReports(slower, before).kpis[0]?.verdict).toBe('better');
  });

  it('misses it without pairs, and says why there are none', () => {
    const other = judgeRun({
      ...runInput({ seeds: 30, slowdown: 1.02 }),
      scenario: { ...input.scenario, topologySha256: 'other' },
    });
    const comparison = compareReports(before, other);
    expect(comparison).toMatchObject({ isPaired: false, pairingNote: 'the topologies differ' });
    expect(comparison.kpis[0]?.verdict).toBe('inconclusive');
    const fewer = judgeRun(runInput({ seeds: 10, slowdown: 1 }));
    expect(compareReports(before, fewer).pairingNote).toBe('the seeds differ');
  });

  it('calls a report the same as itself', () => {
    const comparison = compareReports(before, before);
    expect(comparison.verdict).toBe('same');
    expect(comparison.kpis.map(changeText)).toEqual(comparison.kpis.map(() => 'n.s.'));
    expect(comparisonExitCode(comparison)).toBe(0);
  });

  it('exited with 0 where nothing could be compared', () => {
    expect(comparisonExitCode(compareReports({ ...before, kpis: [] }, slower))).toBe(2);
    expect(comparisonExitCode(compareReports(before, { ...slower, kpis: [] }))).toBe(2);
  });

  it('judges a ratio near 1 by what is missing', () => {
    const seeds = input.seeds.map((seed) => ({
      ...seed,
      metrics: {
        ...seed.metrics,
        'gateway.availability': {
          kind: 'ratio' as const,
          numerator: 537 - (seed.seed % 2),
          denominator: 540,
        },
      },
    }));
    const change = compareReports(before, judgeRun({ ...input, seeds })).kpis.find(
      (one) => one.metric === 'gateway.availability',
    );
    expect(change?.relative).toBeGreaterThan(-0.01);
    expect(change?.verdict).toBe('worse');
  });

  it('says between which checkpoints the events of a seed part', () => {
    const seed = (number: number, everyNs: number, ...digests: readonly string[]): SeedFacts => ({
      ...(before.perSeed[0] as SeedFacts),
      ...{
        seed: number,
        fingerprint: digests.join(''),
        checkpoints: { everyNs, digests: digests.join('') },
      },
    });
    const [one, two, three] = ['aaaaaaaa', 'bbbbbbbb', 'cccccccc'];
    const { checkpoints, ...without } = seed(9, 1e9);
    const a = {
      ...before,
      perSeed: [seed(1, 1e9, one, two), seed(2, 1e9, one, two, three, one), without],
    };
    expect(checkpoints).toBeDefined();
    const near = { ...before, perSeed: [seed(1, 1e9, one, two), seed(2, 1e9, one, three, three)] };
    expect(compareReports(a, near).partings).toEqual([
      { kind: 'same', seed: 1 },
      { kind: 'parted', seed: 2, sameUntilNs: 1e9, partedByNs: 2e9 },
    ]);
    expect(sameEventsText(compareReports(a, near).partings)).toBe(
      '1 of 2 seeds had the same events in both; seed 2 parts between 1 s and 2 s',
    );
    // With twice the interval and only one checkpoint, the last common instant is 2 s.
    const coarse = { ...before, perSeed: [seed(2, 2e9, two), without] };
    expect(sameEventsText(compareReports(a, coarse).partings)).toBe(
      '0 of 1 seed had the same events in both; seed 2 parts after 2 s',
    );
    expect(sameEventsText([])).toBeUndefined();
  });

  it('does not compare what one side has not', () => {
    const without = judgeRun({ ...input, kpis: input.kpis.slice(1) });
    const [failover] = compareReports(without, before).kpis;
    expect(failover).toMatchObject({ verdict: 'not comparable', note: 'not in the baseline' });
    const one = judgeRun(runInput({ seeds: 1, slowdown: 1 }));
    expect(compareReports(one, one).kpis[0]).toMatchObject({
      verdict: 'same',
      note: 'fewer than two seeds: no interval',
    });
  });

  it('a comparison of single runs was 111 columns wide: one reason in each line', () => {
    const one = judgeRun(runInput({ seeds: 1, slowdown: 1 }));
    const text = renderComparison(
      { comparison: compareReports(one, one), candidate: one },
      { colour: false, unicode: true, width: 80 },
    );
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text.match(/fewer than two seeds: no interval/g)).toHaveLength(1);
  });

  it('prints the interval of the difference, the correlation and n', () => {
    const comparison = compareReports(before, slower);
    const text = renderComparison(
      { comparison, candidate: slower },
      { colour: false, unicode: true, width: 120 },
    );
    expect(text).toMatch(/^WORSE {2}failover .*paired by seed {3}smallest effect 1 %/);
    expect(text).toMatch(/✗ gateway\.failover p95 .*\[.*\] ms r=[01]\.\d\d n=30 +worse/);
    const narrow = renderComparison(
      { comparison, candidate: slower },
      { colour: false, unicode: true, width: 80 },
    );
    expect(narrow.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(narrow).toMatch(
      /✗ gateway\.failover p95 .* worse\n {6}95 % of the difference \[.* n=30/,
    );
    const markdown = renderComparisonMarkdown(comparison, slower);
    expect(markdown).toMatch(/^### ❌ failover: worse/);
    expect(markdown).toContain('| ➖ | antireplay.false\\_reject |');
  });
});
