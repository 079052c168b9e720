/**
 * Misses that the rest of a run cannot undo: a count above its upper limit, a minimum or maximum on
 * the wrong side. Rates, shares, means and percentiles may still recover.
 *
 * @module
 */
import type { MetricKind } from '../engine/host/measure.ts';
import type { KpiResult } from './report-schema.ts';

/** The fields of a KPI that decide whether a miss is final. */
type Missed = Pick<KpiResult, 'aggregation' | 'comparison' | 'limit' | 'value' | 'perSeed'>;

/** True if a KPI is missed whatever happens in the rest of the run. */
export function isFinalMiss(kpi: Missed, kind: MetricKind | undefined): boolean {
  const { aggregation, value, perSeed } = kpi;
  const isGrowing = aggregation === 'count' || (aggregation === 'max' && kind !== 'gauge');
  const isFalling = aggregation === 'min' && kind !== 'gauge';
  if (!isGrowing && !isFalling) return false;
  const values = [value, ...perSeed.map((one) => one.value)].filter((one) => one !== null);
  return values.some((one) => (isGrowing ? isAbove(one, kpi) : isBelow(one, kpi)));
}

function isAbove(value: number, { comparison, limit }: Missed): boolean {
  if (comparison === '<') return value >= limit;
  return (comparison === '<=' || comparison === '==') && value > limit;
}

function isBelow(value: number, { comparison, limit }: Missed): boolean {
  if (comparison === '>') return value <= limit;
  return (comparison === '>=' || comparison === '==') && value < limit;
}
