/**
 * Combines the series of all seeds: mean, lowest and highest bin per step, and one seed in full, with
 * at most 600 steps so that the report stays small. The mean of a step is over whole bins; its extremes
 * are those of single bins, so that peaks and gaps remain visible.
 *
 * @module
 */
import type { SeedResult, TimeSeries } from './model.ts';
import type { SeriesSummary } from './report-schema.ts';

const STEPS_MAX = 600;

/** Summarises series over the seeds: one entry per name, sorted by name. */
export function summariseSeries(
  seeds: readonly SeedResult[],
  shownSeed: number,
): readonly SeriesSummary[] {
  const names = new Set(seeds.flatMap((seed) => seed.series.map((one) => one.name)));
  return [...names].sort().map((name) => {
    const find = (seed: SeedResult): TimeSeries[] => seed.series.filter((one) => one.name === name);
    const shown = seeds.find((seed) => seed.seed === shownSeed);
    return combine(seeds.flatMap(find), shown === undefined ? undefined : find(shown)[0]);
  });
}

function combine(all: readonly TimeSeries[], shown: TimeSeries | undefined): SeriesSummary {
  const first = all[0] ?? { name: '', unit: '', binNs: 1, values: [] };
  let bins = 0;
  for (const one of all) bins = Math.max(bins, one.values.length);
  const group = Math.max(1, Math.ceil(bins / STEPS_MAX));
  const mean: (number | null)[] = [];
  const low: (number | null)[] = [];
  const high: (number | null)[] = [];
  const shownSeed: (number | null)[] = [];
  for (let start = 0; start < bins; start += group) {
    const step = stepOf(all, start, start + group);
    mean.push(step.mean);
    low.push(step.low);
    high.push(step.high);
    shownSeed.push(stepOf(shown === undefined ? [] : [shown], start, start + group).mean);
  }
  const { name, unit, binNs } = first;
  return { name, unit, binNs, stepNs: binNs * group, mean, low, high, shownSeed };
}

interface Step {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

function stepOf(all: readonly TimeSeries[], from: number, to: number): Step {
  let sum = 0;
  let n = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const one of all) {
    for (let i = from; i < to; i++) {
      const value = one.values[i];
      if (value === undefined || value === null) continue;
      sum += value;
      n += 1;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return n === 0 ? { mean: null, low: null, high: null } : { mean: sum / n, low, high };
}
