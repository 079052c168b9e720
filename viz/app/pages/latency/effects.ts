/**
 * Distributions of the delays after which effects of faults happened, such as the time to the first
 * packet, from the instants that the report has for every fault in every seed.
 *
 * @module
 */
import type { Report } from '../../../../reports/report-schema.ts';
import { sortedAscending } from '../../../../reports/statistics/quantile.ts';
import type { Distribution } from '../../chart/tail.ts';

/** Largest number of points of a curve. */
const POINTS_MAX = 200;

/** Makes a distribution for each effect; its name is, for example, `fault to first packet`. */
export function effectDistributions(report: Report): readonly Distribution[] {
  const samples = new Map<string, { readonly seed: number; readonly value: number }[]>();
  for (const { seed, beginNs, effects } of report.faults) {
    for (const [effect, atNs] of Object.entries(effects)) {
      const own = samples.get(effect) ?? [];
      own.push({ seed, value: atNs - beginNs });
      samples.set(effect, own);
    }
  }
  return [...samples].map(([effect, own]) => distributionOf(effect, own, report.clock));
}

function distributionOf(
  effect: string,
  samples: readonly { readonly seed: number; readonly value: number }[],
  clock: Report['clock'],
): Distribution {
  const sorted = sortedAscending(samples.map(({ value }) => value));
  const n = sorted.length;
  const sum = sorted.reduce((total, value) => total + value, 0);
  const [min = 0, max = 0] = [sorted[0], sorted.at(-1)];
  // As in the report, a quantile is the value of the nearest rank.
  const every = Math.ceil(n / POINTS_MAX);
  const ranked = sorted.map((value, at) => ({ p: (at + 1) / n, value }));
  const shown = ranked.filter((_, at) => at % every === 0 || at === n - 1);
  const points = [{ p: 0, value: min }, ...shown];
  return {
    name: `fault to ${effect}`,
    points,
    kpis: [],
    metric: {
      ...{ kind: 'samples', unit: 'ns', clock, count: n, value: null },
      ...{ sum, mean: sum / n, min, max, samples, quantiles: points },
      help: `per fault that led to it: time from the begin of the fault to ${effect}`,
    },
  };
}
