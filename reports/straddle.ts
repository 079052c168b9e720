/**
 * Whether the interval of a KPI leaves open whether its limit is met.
 *
 * @module
 */
import type { KpiResult } from './report-schema.ts';

/** True if the interval of a KPI contains its limit, so that other seeds might decide otherwise. */
export function isStraddlingLimit({ ci95, limit }: Pick<KpiResult, 'ci95' | 'limit'>): boolean {
  const { kind, low, high } = ci95;
  if (kind === 'none') return false;
  return (low ?? Number.NEGATIVE_INFINITY) < limit && limit < (high ?? Number.POSITIVE_INFINITY);
}
