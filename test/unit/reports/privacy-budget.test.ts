/**
 * What a report says about a privacy budget: the rounds of all seeds, limited in number, and
 * warnings about impossible values.
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { MetricDefinition } from '../../../engine/host/measure.ts';
import { readReport, renderJson } from '../../../reports/json.ts';
import { judgeRun } from '../../../reports/judge.ts';
import type { SeedResult } from '../../../reports/model.ts';
import {
  BUDGET_METRICS,
  budgetWarnings,
  privacyBudgetReportPart,
} from '../../../reports/privacy-budget.ts';
import type { Report } from '../../../reports/report-schema.ts';
import { runInput, seedResult } from './fixture.ts';

const DEFINITIONS: readonly MetricDefinition[] = Object.values(BUDGET_METRICS).map((name) => ({
  ...{ name, kind: 'samples', unit: 'ratio', help: 'of a test' },
}));

interface Spent {
  readonly epsilon: readonly number[];
  readonly delta?: readonly number[];
  readonly accuracy?: readonly number[];
}

const BASE = seedResult(1, 1);

function spending(seed: number, { epsilon, delta = [1e-5], accuracy = [] }: Spent): SeedResult {
  const samples = (values: readonly number[]): SeedResult['metrics'][string] => ({
    ...{ kind: 'samples', values },
  });
  const own = {
    [BUDGET_METRICS.epsilon]: samples(epsilon),
    [BUDGET_METRICS.delta]: samples(delta),
    [BUDGET_METRICS.accuracy]: samples(accuracy),
  };
  return { ...BASE, seed, metrics: { ...BASE.metrics, ...own } };
}

function judged(seeds: readonly SeedResult[]): Report {
  const input = runInput({ seeds: 1, slowdown: 1 });
  return judgeRun({ ...input, definitions: [...input.definitions, ...DEFINITIONS], seeds });
}

const rising = (rounds: number): readonly number[] =>
  Array.from({ length: rounds }, (_, at) => Math.sqrt(at + 1));

function grows({ invariants }: Report): boolean | undefined {
  return invariants.find(({ name }) => name === 'privacy budget only grows')?.pass;
}

describe('the budget of a report', () => {
  it('R-160: holds every round of every seed, with the accuracy after it', () => {
    const part = privacyBudgetReportPart([
      spending(1, { epsilon: [0.5, 0.7], accuracy: [0.6, 0.8] }),
      spending(2, { epsilon: [0.4], accuracy: [0.9] }),
    ]);
    expect(part).toEqual({
      delta: 1e-5,
      rounds: [
        { seed: 1, round: 1, epsilon: 0.5, accuracy: 0.6 },
        { seed: 1, round: 2, epsilon: 0.7, accuracy: 0.8 },
        { seed: 2, round: 1, epsilon: 0.4, accuracy: 0.9 },
      ],
    });
  });

  it('names the largest delta, at which every round holds, and none where none was said', () => {
    const epsilon = [0.5, 0.7];
    const two = [spending(1, { epsilon }), spending(2, { epsilon, delta: [1e-6, 1e-4] })];
    expect(privacyBudgetReportPart(two)?.delta).toBe(1e-4);
    expect(privacyBudgetReportPart([spending(1, { epsilon, delta: [] })])?.delta).toBeNull();
  });

  it.each([1, 7, 30, 900, 2_000, 2_500])(
    'of %i seeds is bounded and keeps last rounds',
    (count) => {
      const long = rising(3_001);
      const seeds = Array.from({ length: count }, (_, at) => ({
        ...spending(1, { epsilon: at % 2 === 0 ? long : long.slice(0, 2_990), accuracy: long }),
        seed: at + 1,
      }));
      const { rounds = [] } = privacyBudgetReportPart(seeds) ?? {};
      expect(rounds.length).toBeLessThanOrEqual(2_000);
      const ends = new Set(rounds.filter(({ round }) => round >= 2_990).map(({ seed }) => seed));
      expect(ends.size).toBe(Math.min(2_000, count));
    },
  );

  it('keeps the same rounds of all seeds, so that there are quantiles over them', () => {
    const seeds = [1, 2, 3].map((seed) => spending(seed, { epsilon: rising(4_000 - seed) }));
    const { rounds = [] } = privacyBudgetReportPart(seeds) ?? {};
    const kept = (wanted: number): number[] =>
      rounds.flatMap(({ seed, round }) => (seed === wanted ? round : []));
    const [first, third] = [kept(1), kept(3)];
    expect(first.length).toBeGreaterThan(500);
    expect(third).toEqual(first.filter((round) => round <= 3_997));
    expect(first.at(-1)).toBe(3_999);
  });

  it('leaves accuracies out that cannot be told apart by round, and says so', () => {
    const seeds = [
      spending(1, { epsilon: [1, 2], accuracy: [0.5, 0.6] }),
      spending(2, { epsilon: [1, 2], accuracy: [0.5] }),
      spending(3, { epsilon: [1, 2] }),
    ];
    const { rounds = [] } = privacyBudgetReportPart(seeds) ?? {};
    expect(rounds.flatMap(({ seed, accuracy }) => (accuracy === undefined ? [] : seed))).toEqual([
      1, 1,
    ]);
    expect(budgetWarnings(seeds).map(({ seeds: affected }) => affected)).toEqual([[2]]);
    expect(judged(seeds).warnings.some(({ text }) => text.startsWith('privacy: '))).toBe(true);
  });

  it('is written and read back', () => {
    const report = judged([spending(1, { epsilon: [0.5, 0.7], accuracy: [0.6, 0.8] })]);
    const back = readReport(renderJson(report));
    expect(back.kind === 'report' && back.report.privacyBudget).toEqual(report.privacyBudget);
  });

  it('is absent, like its invariant, where no node spends', () => {
    const report = judged([seedResult(1, 1), spending(2, { epsilon: [], delta: [] })]);
    expect(report).not.toHaveProperty('privacyBudget');
    expect(grows(report)).toBeUndefined();
  });
});

describe('the invariant that a privacy budget only grows', () => {
  it('is met by a budget that rises or stands', () => {
    expect(grows(judged([spending(1, { epsilon: [0.5, 0.5, 0.7] })]))).toBe(true);
  });

  it.each([
    ['falls', [0.5, 0.7, 0.5]],
    ['is negative', [-0.1, 0.2]],
    ['is no number', [0.1, Number.NaN]],
    ['has no bound', [0.1, Number.POSITIVE_INFINITY]],
  ])('is broken where epsilon %s', (_, epsilon) => {
    const report = judged([spending(1, { epsilon: [0.5, 0.7] }), spending(2, { epsilon })]);
    expect(grows(report)).toBe(false);
    expect(report.pass).toBe(false);
    expect(report.privacyBudget?.rounds.every((one) => Number.isFinite(one.epsilon))).toBe(true);
  });
});
