/**
 * Decides whether more seeds could change a verdict, and how many to add.
 *
 * @module
 */
import type { KpiResult, Report } from '../../reports/report-schema.ts';
import { isStraddlingLimit } from '../../reports/straddle.ts';

/**
 * True if more seeds could change the verdict: the interval of a KPI contains its limit, or too few
 * seeds have run for an interval.
 */
export function isUndecided({ kpis }: Pick<Report, 'kpis'>): boolean {
  return kpis.some((kpi) => kpi.value !== null && isOpen(kpi));
}

function isOpen(kpi: KpiResult): boolean {
  const { kind, n, note } = kpi.ci95;
  // With one seed there is no interval yet, so more seeds help. Counts and extremes never have an
  // interval, so there they do not help.
  return isStraddlingLimit(kpi) || (kind === 'none' && n === 1 && note?.startsWith('n=') === true);
}

/**
 * Chooses seeds to add to a combination: as many as it has, so that the interval becomes at least about
 * a third smaller.
 * @param seeds The seeds that have run.
 * @param most Largest number of seeds of a combination.
 * @returns the smallest numbers that are not among them.
 */
export function chooseMoreSeeds(seeds: readonly number[], most: number): readonly number[] {
  const taken = new Set(seeds);
  const wanted = Math.min(most, 2 * Math.max(1, seeds.length)) - seeds.length;
  const added: number[] = [];
  for (let seed = 1; added.length < wanted; seed += 1) if (!taken.has(seed)) added.push(seed);
  return added;
}
