/**
 * How clock uncertainty affects a verdict: a latency measured between two machines is off by up to
 * the difference of their clocks, so a limit of less than ten times that difference cannot be
 * judged (docs/spec/live.md, "Clocks").
 *
 * Only one-way latencies (metrics named `*.latency`) start on one node's clock and end on
 * another's. Response times, round trips and failover gaps are read from one clock and are not
 * affected.
 *
 * @module
 */
import { greatestOf } from '../engine/pure/extremes.ts';
import { limitQuantityText, quantityTextBesideLimit } from './format.ts';
import type { KpiSpec, SeedResult } from './model.ts';

/** A limit must be at least this many times the clock uncertainty: ten. */
const LIMITS_PER_UNCERTAINTY = 10;

/**
 * The largest clock uncertainty among the seeds of a KPI, in ns.
 * @param unit Unit of the judged value, after aggregation.
 * @returns undefined when a single clock measured everything.
 */
export function findClockUncertainty(
  metric: string,
  unit: string,
  seeds: readonly SeedResult[],
): number | undefined {
  if (unit !== 'ns' || !metric.endsWith('.latency')) return undefined;
  const known = seeds.flatMap(({ clockUncertaintyNs: one }) => (one === undefined ? [] : [one]));
  return known.length === 0 ? undefined : greatestOf(known);
}

/** True when the clocks are too uncertain for this limit: by more than 10 % of the limit. */
export function isClockTooUncertain(uncertaintyNs: number, limitNs: number): boolean {
  return uncertaintyNs * LIMITS_PER_UNCERTAINTY > Math.abs(limitNs);
}

/**
 * The most favourable true value that the clock uncertainty allows; if even this value misses the
 * limit, the KPI is missed.
 */
export function mostFavourableValue(value: number, spec: KpiSpec, uncertaintyNs: number): number {
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

/** A sentence on why the clocks allow no verdict on this limit. */
export function clockDoubtText(uncertaintyNs: number, limitNs: number): string {
  const allowedNs = Math.abs(limitNs) / LIMITS_PER_UNCERTAINTY;
  const known = quantityTextBesideLimit(uncertaintyNs, allowedNs, 'ns');
  const limit = limitQuantityText(limitNs, 'ns');
  return `the clocks agree only to within ${known}, more than 10 % of the limit ${limit}`;
}
