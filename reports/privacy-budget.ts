/**
 * How protocols with differential privacy spent their budget, round by round: taken from the
 * samples of {@link BUDGET_METRICS}, which any protocol may declare.
 *
 * In each round one node samples `dp.epsilon`, the total spent since the start of the run; the
 * delta at which it holds; and, if measured, `dp.accuracy`. Whether an accountant computes
 * correctly is not checked here but by the tests of the protocol.
 *
 * @module
 */
import { greatestOf } from '../engine/pure/extremes.ts';
import type { SeedResult } from './model.ts';
import type { Report } from './report-schema.ts';

/** Names of the metrics, all of kind `samples`. */
export const BUDGET_METRICS = {
  epsilon: 'dp.epsilon',
  delta: 'dp.delta',
  accuracy: 'dp.accuracy',
} as const;

/** Rounds kept in a report; every seed keeps its last one. */
const ROUNDS_MAX = 2_000;

type Budget = NonNullable<Report['privacyBudget']>;

/** True when any seed spent from a privacy budget. */
export function hasPrivacySpending(seeds: readonly SeedResult[]): boolean {
  return seeds.some((one) => samplesOf(one, BUDGET_METRICS.epsilon).length > 0);
}

/** The privacy budget in the report; undefined if no seed spent from a budget. */
export function privacyBudgetReportPart(seeds: readonly SeedResult[]): Budget | undefined {
  const spending = seeds.filter((one) => samplesOf(one, BUDGET_METRICS.epsilon).length > 0);
  if (spending.length === 0) return undefined;
  const longest = greatestOf(spending.map((one) => samplesOf(one, BUDGET_METRICS.epsilon).length));
  // One round fewer than fits, because the last round is kept too even if it is not a multiple of the
  // step.
  const perSeed = Math.max(1, Math.floor(ROUNDS_MAX / spending.length) - 1);
  const step = Math.ceil(longest / perSeed);
  const rounds = spending.slice(0, ROUNDS_MAX).flatMap((one) => keptRounds(one, step));
  const deltas = spending.flatMap((one) => samplesOf(one, BUDGET_METRICS.delta));
  // If seeds have different deltas, the largest is reported, because a guarantee at one delta also
  // holds at every larger one (Dwork and Roth 2014, definition 2.4).
  return { delta: deltas.length === 0 ? null : greatestOf(deltas), rounds };
}

/**
 * Seeds in which epsilon decreases or is not a number. A spent budget never comes back, so either an
 * accountant lost records (in a crash), or several nodes sample their own spending, which one node
 * should add up.
 */
export function seedsWithFallingEpsilon(seeds: readonly SeedResult[]): readonly SeedResult[] {
  return seeds.filter((one) => {
    const spent = samplesOf(one, BUDGET_METRICS.epsilon);
    return spent.some((now, at) => !Number.isFinite(now) || now < (spent[at - 1] ?? 0));
  });
}

/**
 * Warnings for seeds whose samples of accuracy cannot be assigned to rounds, so that no accuracy is
 * shown.
 */
export function budgetWarnings(seeds: readonly SeedResult[]): Report['warnings'] {
  const unpaired = seeds.filter((one) => !isPaired(one) && isMeasured(one));
  if (unpaired.length === 0) return [];
  const text = `privacy: ${BUDGET_METRICS.accuracy} was not sampled once for each ${BUDGET_METRICS.epsilon}, so it is not shown beside it`;
  return [{ text, seeds: unpaired.map(({ seed }) => seed) }];
}

/**
 * The rounds of a seed that the report keeps: every `step`-th, the same for all seeds so that quantiles
 * can be computed, and the last.
 */
function keptRounds(one: SeedResult, step: number): Budget['rounds'] {
  const spent = samplesOf(one, BUDGET_METRICS.epsilon);
  const accuracies = isPaired(one) ? samplesOf(one, BUDGET_METRICS.accuracy) : [];
  return spent.flatMap((epsilon, at) => {
    const round = at + 1;
    const isKept = round % step === 0 || round === spent.length;
    if (!isKept || !Number.isFinite(epsilon)) return [];
    const accuracy = accuracies[at];
    return { seed: one.seed, round, epsilon, ...(accuracy === undefined ? {} : { accuracy }) };
  });
}

/** True if a seed measured both metrics; accuracy alone says nothing about a budget. */
function isMeasured(one: SeedResult): boolean {
  return (
    samplesOf(one, BUDGET_METRICS.accuracy).length > 0 &&
    samplesOf(one, BUDGET_METRICS.epsilon).length > 0
  );
}

function isPaired(one: SeedResult): boolean {
  return (
    samplesOf(one, BUDGET_METRICS.accuracy).length === samplesOf(one, BUDGET_METRICS.epsilon).length
  );
}

function samplesOf({ metrics }: SeedResult, name: string): readonly number[] {
  const data = metrics[name];
  return data?.kind === 'samples' ? data.values : [];
}
