/**
 * What two clocks take from a verdict: a latency that was measured from one machine to another is
 * wrong by as much as their clocks differ, so that a limit of ten times that or less says nothing
 * (spec/simulation.md 9.3).
 *
 * Only one-way latencies, metrics named `*.latency`, begin on one node's clock and end on another's.
 * Response times, round trips and failover gaps are read from one clock and are not touched.
 *
 * @module
 */
import { limitQuantity, quantityAgainst } from './format.ts';
import type { KpiSpec, SeedResult } from './model.ts';

/** Largest share of a limit that the clocks may be uncertain by: one in ten. */
const LIMITS_PER_UNCERTAINTY = 10;

/**
 * Uncertainty of the clocks behind a KPI: the worst of its seeds, in ns.
 * @param unit Of the judged value, after the aggregation.
 * @returns undefined where one clock measured it all.
 */
export function clockUncertaintyOf(
  metric: string,
  unit: string,
  seeds: readonly SeedResult[],
): number | undefined {
  if (unit !== 'ns' || !metric.endsWith('.latency')) return undefined;
  const known = seeds.flatMap(({ clockUncertaintyNs: one }) => (one === undefined ? [] : [one]));
  return known.length === 0 ? undefined : Math.max(...known);
}

/** True when the clocks are too uncertain to judge by this limit; exactly 10 % of it is not. */
export function isTooUncertain(uncertaintyNs: number, limitNs: number): boolean {
  return uncertaintyNs * LIMITS_PER_UNCERTAINTY > Math.abs(limitNs);
}

/** The most favourable value that the clocks allow; who misses with it has missed. */
export function mostFavourable(value: number, spec: KpiSpec, uncertaintyNs: number): number {
  switch (spec.comparison) {
    case '<=':
    case '<':
      return value - uncertaintyNs;
    case '>=':
    case '>':
      return value + uncertaintyNs;
    case '==': {
      const distance = spec.limit - value;
      return value + Math.sign(distance) * Math.min(Math.abs(distance), uncertaintyNs);
    }
  }
}

/** Why nothing can be said, for people. */
export function doubtText(uncertaintyNs: number, limitNs: number): string {
  const allowedNs = Math.abs(limitNs) / LIMITS_PER_UNCERTAINTY;
  const known = quantityAgainst(uncertaintyNs, allowedNs, 'ns');
  const limit = limitQuantity(limitNs, 'ns');
  return `the clocks of the machines agree to within ${known} only, more than 10 % of the limit ${limit}`;
}
