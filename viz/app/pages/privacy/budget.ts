/**
 * Computes how much of a privacy budget has been spent after each round: quantiles over the seeds,
 * and the round in which a limit was exceeded.
 *
 * @module
 */

import { leastOf } from '../../../../engine/pure/extremes.ts';
import type { KpiResult, Report } from '../../../../reports/report-schema.ts';
import { quantile, sortedAscending } from '../../../../reports/statistics/quantile.ts';

/** The privacy budget in a report. */
export type Budget = NonNullable<Report['privacyBudget']>;
type Sample = Budget['rounds'][number];

/** Quantiles of a quantity over the seeds of one round. */
export interface SeedQuantiles {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/** One round, summarised over all seeds that reached it. */
export interface Round {
  readonly round: number;
  readonly seeds: number;
  readonly epsilon: SeedQuantiles;
  /** Absent if no seed measured the accuracy. */
  readonly accuracy?: SeedQuantiles;
}

/** Lists all rounds in the order of their numbers. */
export function roundsOf({ rounds }: Budget): readonly Round[] {
  const byRound = new Map<number, Sample[]>();
  for (const sample of rounds) {
    byRound.set(sample.round, [...(byRound.get(sample.round) ?? []), sample]);
  }
  return [...byRound]
    .sort(([a], [b]) => a - b)
    .map(([round, samples]) => {
      const accuracy = spreadOf(samples.flatMap((one) => one.accuracy ?? []));
      const epsilon = spreadOf(samples.map((one) => one.epsilon)) ?? { p10: 0, p50: 0, p90: 0 };
      const found = accuracy === undefined ? {} : { accuracy };
      return { round, seeds: samples.length, epsilon, ...found };
    });
}

function spreadOf(values: readonly number[]): SeedQuantiles | undefined {
  const sorted = sortedAscending(values);
  const at = (p: number): number | undefined => quantile(sorted, p);
  const [p10, p50, p90] = [at(0.1), at(0.5), at(0.9)];
  if (p10 === undefined || p50 === undefined || p90 === undefined) return undefined;
  return { p10, p50, p90 };
}

/** Groups the samples of the rounds by seed, in the order of the report. */
export function samplesBySeed({ rounds }: Budget): ReadonlyMap<number, readonly Sample[]> {
  const seeds = new Map<number, Sample[]>();
  for (const sample of rounds) seeds.set(sample.seed, [...(seeds.get(sample.seed) ?? []), sample]);
  return seeds;
}

/**
 * Returns the first round in which the epsilon of any seed exceeds a limit; undefined if there is
 * none.
 */
export function firstOverspentRound(
  { rounds }: Budget,
  { comparison, limit }: Pick<KpiResult, 'comparison' | 'limit'>,
): number | undefined {
  const isOver = (epsilon: number): boolean =>
    comparison === '<=' ? epsilon > limit : comparison === '<' && epsilon >= limit;
  const over = rounds.filter(({ epsilon }) => isOver(epsilon)).map(({ round }) => round);
  return over.length === 0 ? undefined : leastOf(over);
}
