/**
 * The difference between two values of each seed, with its interval: over the pairs, or over networks
 * if there are several, because pairs of one network are not independent.
 *
 * @module
 */
import { intervalOfMeanOverSeeds } from './interval.ts';
import { groupIndependentEntries } from './networks.ts';
import type { KpiInterval } from './report-schema.ts';
import { correlation, summariseSample } from './statistics/summary.ts';

/** The two values `a` and `b` of one seed that are compared. */
export interface SeedPair {
  readonly seed: number;
  readonly a: number;
  readonly b: number;
}

/** Pairs the values of the same seed; seeds of which one value is missing or null are left out. */
export function pairBySeed(
  a: readonly { readonly seed: number; readonly value: number | null }[],
  b: readonly { readonly seed: number; readonly value: number | null }[],
): readonly SeedPair[] {
  const before = new Map(a.map(({ seed, value }) => [seed, value]));
  return b.flatMap(({ seed, value }) => {
    const other = before.get(seed);
    if (value === null || other === undefined || other === null) return [];
    return [{ seed, a: other, b: value }];
  });
}

/**
 * The independent pairs for the interval of a difference: the pairs themselves, or their means in each
 * network.
 */
export function independentPairs(
  pairs: readonly SeedPair[],
  networks: readonly number[] | undefined,
): readonly Omit<SeedPair, 'seed'>[] {
  return groupIndependentEntries(pairs, networks).map((group) => ({
    a: summariseSample(group.map(({ a }) => a)).mean,
    b: summariseSample(group.map(({ b }) => b)).mean,
  }));
}

/** Means of a and b over some pairs, and of the difference b - a with its interval. */
export interface MeanDifference {
  readonly a: number | null;
  readonly b: number | null;
  readonly value: number | null;
  readonly ci95: KpiInterval;
  /** Correlation between a and b over the pairs; absent if it is undefined. */
  readonly correlation?: number;
}

/**
 * Computes the mean of b - a with its interval over pairs of seeds or, if the scenario has several
 * networks, over networks.
 */
export function computeMeanDifference(
  pairs: readonly SeedPair[],
  networks: readonly number[] | undefined,
): MeanDifference {
  const units = independentPairs(pairs, networks);
  const perSeed = units.map(({ a, b }) => b - a);
  const over = networks === undefined ? 'pairs' : 'networks';
  const ci95 = intervalOfMeanOverSeeds({ perSeed, over, isShare: false });
  if (units.length === 0) return { a: null, b: null, value: null, ci95 };
  const mean = (values: readonly number[]): number => summariseSample(values).mean;
  const [a, b] = [units.map((unit) => unit.a), units.map((unit) => unit.b)];
  const related = correlation(a, b);
  return {
    ...{ a: mean(a), b: mean(b), value: mean(perSeed), ci95 },
    ...(Number.isNaN(related) ? {} : { correlation: related }),
  };
}
