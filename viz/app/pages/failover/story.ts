/**
 * The faults of a report: each fault of one seed with its effects, the same fault in the other
 * seeds, and the spread over all seeds.
 *
 * @module
 */
import { greatestOf, leastOf } from '../../../../engine/pure/extremes.ts';
import type { KpiResult, Report, ReportFault } from '../../../../reports/report-schema.ts';
import { quantile, sortedAscending } from '../../../../reports/statistics/quantile.ts';

/**
 * An effect of a fault, such as `detected`, `switched` or `first packet`, and how long after the
 * fault it happened.
 */
export interface Effect {
  readonly name: string;
  readonly afterNs: number;
}

/** One fault of one seed. */
export interface FaultCase {
  readonly seed: number;
  /** An id that is the same in every seed: `event-1#2`. */
  readonly id: string;
  readonly text: string;
  readonly targets: readonly string[];
  readonly beginNs: number;
  /** Undefined if the fault never ended. */
  readonly endNs: number | undefined;
  /** In chronological order. */
  readonly effects: readonly Effect[];
  /**
   * For each affected flow, the gap in deliveries as the KPI measures it; undefined if the report
   * does not have it.
   */
  readonly gaps: ReportFault['gaps'];
}

/** The gap in deliveries that a fault caused in one flow. */
export type Gap = NonNullable<ReportFault['gaps']>[number];

/** Spread of a time over `n` seeds: median, 10 % and 90 % quantile (nearest rank), ns. */
export interface SeedSpread {
  readonly n: number;
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** The effect with which a failover ends: the first packet that arrives after the fault. */
export const FIRST_PACKET_EFFECT = 'first packet';
/**
 * Length of the window after the start of a fault that has neither effects nor an end, if no KPI
 * has a limit, ns.
 */
const PLAIN_NS = 1e9;
const SHORTEST_NS = 20e6;
const LONGEST_NS = 30e9;
/** Length of the window before the fault, as a share of its length after the fault. */
const BEFORE = 0.4;

/** Lists all faults of a report, in the order of the report. */
export function faultCases({ faults }: Pick<Report, 'faults'>): readonly FaultCase[] {
  return faults.map(({ seed, id, text, targets, beginNs, endNs, effects, gaps }) => ({
    ...{ seed, id, text, targets, beginNs, endNs, gaps },
    effects: Object.entries(effects)
      .map(([name, at]) => ({ name, afterNs: at - beginNs }))
      .sort((a, b) => a.afterNs - b.afterNs),
  }));
}

/**
 * Lists the id of each fault once: first those of the seed with the largest number of faults in
 * chronological order, then all others.
 */
export function faultIds(cases: readonly FaultCase[]): readonly string[] {
  const seeds = [...new Set(cases.map(({ seed }) => seed))];
  const bySeed = seeds.map((seed) => cases.filter((one) => one.seed === seed));
  const longest = bySeed.sort((a, b) => b.length - a.length)[0] ?? [];
  const sorted = [...longest].sort((a, b) => a.beginNs - b.beginNs);
  return [...new Set([...sorted, ...cases].map(({ id }) => id))];
}

/**
 * Returns the wanted fault in the wanted seed. If that seed lacks it, returns it in another seed,
 * or else the first fault.
 */
export function chosenCase(
  cases: readonly FaultCase[],
  wanted: { readonly id: string | undefined; readonly seed: number },
): FaultCase | undefined {
  const id = cases.some((one) => one.id === wanted.id) ? wanted.id : faultIds(cases)[0];
  const same = cases.filter((one) => one.id === id);
  return same.find(({ seed }) => seed === wanted.seed) ?? same[0];
}

/** Returns the time from the fault to an effect, ns; undefined if the effect did not happen. */
export function effectDelayNs(fault: FaultCase, effect: string): number | undefined {
  return fault.effects.find(({ name }) => name === effect)?.afterNs;
}

/** Returns the gap in a flow, or in the first flow if `flow` is empty. */
export function findGap({ gaps }: FaultCase, flow: string): Gap | undefined {
  return flow === '' ? gaps?.[0] : gaps?.find((one) => one.flow === flow);
}

/** Returns the spread of an effect's delay over the seeds. */
export function effectDelaySpread(
  cases: readonly FaultCase[],
  effect: string,
): SeedSpread | undefined {
  return spreadOfValues(cases.map((one) => effectDelayNs(one, effect)));
}

/** Returns the spread of the values that are not undefined; undefined if there are none. */
export function spreadOfValues(values: readonly (number | undefined)[]): SeedSpread | undefined {
  const sorted = sortedAscending(values.filter((value) => value !== undefined));
  const [low, median, high] = [0.1, 0.5, 0.9].map((p) => quantile(sorted, p));
  if (low === undefined || median === undefined || high === undefined) return undefined;
  return { n: sorted.length, low, median, high };
}

/** Returns the names of the effects, sorted by their median delay over the seeds. */
export function effectNames(cases: readonly FaultCase[]): readonly string[] {
  const names = new Set(cases.flatMap(({ effects }) => effects.map(({ name }) => name)));
  const median = (name: string): number => effectDelaySpread(cases, name)?.median ?? 0;
  return [...names].sort((a, b) => median(a) - median(b));
}

/** Returns the KPI that measures a time for each fault; undefined if there is none. */
export function gapKpi({ kpis, metrics }: Pick<Report, 'kpis' | 'metrics'>): KpiResult | undefined {
  const sampled = kpis.filter(
    ({ metric, unit }) => unit === 'ns' && metrics[metric]?.kind === 'samples',
  );
  return sampled.find(({ metric }) => metric.includes('failover')) ?? sampled[0];
}

/**
 * Returns the interval to show around a fault, ns of the run. It includes the last effect in this
 * seed, the last effects in 90 % of all seeds, and the limit of the KPI.
 */
export function windowAround(
  fault: FaultCase,
  cases: readonly FaultCase[],
  limitNs: number,
): readonly [number, number] {
  const lasts = cases.map(({ effects }) => effects.at(-1)?.afterNs ?? 0);
  const usual = quantile(sortedAscending(lasts), 0.9) ?? 0;
  const own = fault.effects.at(-1)?.afterNs ?? 0;
  const needed = 1.5 * Math.max(limitNs, usual, own);
  const outage = fault.endNs === undefined ? PLAIN_NS : 1.3 * (fault.endNs - fault.beginNs);
  const after = niceAbove(
    Math.min(LONGEST_NS, Math.max(SHORTEST_NS, needed === 0 ? outage : needed)),
  );
  return [fault.beginNs - BEFORE * after, fault.beginNs + after];
}

/** True if a fault begins at the same time in every seed, up to a tenth of a step of the series. */
export function isAlignedOverSeeds(cases: readonly FaultCase[], stepNs: number): boolean {
  const begins = cases.map(({ beginNs }) => beginNs);
  return greatestOf(begins) - leastOf(begins) < stepNs / 10;
}

/** Returns the smallest number not below `value` that is 1, 2, 4 or 5 times a power of ten. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5].find((step) => step * power >= value) ?? 10) * power;
}
