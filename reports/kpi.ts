/**
 * Judges one KPI: the value over all seeds against its limit, with interval, margin and the worst
 * seed. A metric without samples fails (E125, docs/spec/error-messages.md) unless the scenario
 * allows it to be empty; an empty metric never passes. A latency between machines whose clocks are
 * too uncertain for its limit is inconclusive, which is not met. The scenario's spelling is not
 * checked here: the loader has done that.
 *
 * @module
 */
import type { MetricDefinition, MetricUnit } from '../engine/host/measure.ts';
import { metricOfSeries } from '../engine/pure/series-name.ts';
import {
  clockDoubtText,
  findClockUncertainty,
  isClockTooUncertain,
  mostFavourableValue,
} from './clock-doubt.ts';
import {
  aggregationMistake,
  findAggregatedUnit,
  findDifferenceUnit,
  poolMetricData,
  type ReducedMetric,
  reduceMetric,
} from './estimate.ts';
import { limitQuantityText, quantityTextBesideLimit, wholeNumberText } from './format.ts';
import {
  computeConfidenceInterval,
  estimatorText,
  isExtremeAggregation,
  isShareMetric,
} from './interval.ts';
import type { ComparisonOperator, KpiSpec, MetricData, RunMode, SeedResult } from './model.ts';
import { groupIndependentEntries } from './networks.ts';
import { computeMeanDifference, pairBySeed, type SeedPair } from './paired.ts';
import type { ClockKind, KpiInterval, KpiResult } from './report-schema.ts';
import { incompleteSeriesReason, seedsWithSeries } from './series.ts';
import { summariseSample } from './statistics/summary.ts';
import { emptyMetricReason } from './why-empty.ts';

/** What a KPI is judged from: its limit, the definition of its metric, and the result of each seed. */
export interface KpiInput {
  readonly spec: KpiSpec;
  /** Undefined when no protocol of the run defines the metric. */
  readonly definition: MetricDefinition | undefined;
  /** Definitions of all metrics of the run, to explain why a metric has no sample. */
  readonly definitions: readonly MetricDefinition[];
  readonly seeds: readonly SeedResult[];
  readonly mode: RunMode;
  readonly warmupNs: number;
  /**
   * The networks that ran, if the scenario asked for several: then intervals are over networks, not
   * seeds.
   */
  readonly networks?: readonly number[] | undefined;
  /** The runs of the twin. If given, the limit is on the difference between these and `seeds`. */
  readonly twins?: readonly SeedResult[];
}

/** Times of a run are virtual unless it was live or the metric is marked as wall time. */
export function findClockKind(metric: string, mode: RunMode): ClockKind {
  return mode === 'live' || /(^|[._])wall$/.test(metricOfSeries(metric)) ? 'wall' : 'virtual';
}

/** True when a value meets a limit. */
function meets(value: number, comparison: ComparisonOperator, limit: number): boolean {
  switch (comparison) {
    case '<=':
      return value <= limit;
    case '>=':
      return value >= limit;
    case '==':
      return value === limit;
    case '<':
      return value < limit;
    case '>':
      return value > limit;
  }
}

/** Judges one KPI. */
export function judgeKpi(input: KpiInput): KpiResult {
  const { spec, definition, seeds, mode } = input;
  const base = {
    metric: spec.metric,
    aggregation: spec.aggregation,
    clock: findClockKind(spec.metric, mode),
    comparison: spec.comparison,
    limit: spec.limit,
    limitText: spec.limitText,
    judgedBy: spec.interval,
  };
  if (definition === undefined) {
    const reason = `metric "${spec.metric}" does not exist in this run`;
    return { ...base, ...unjudged('E108', reason), unit: 'count', definition: '', estimator: '' };
  }
  const described = {
    ...base,
    unit: judgedUnitOf(input, definition),
    definition: definition.help,
    estimator: estimatorOf(input, definition),
  };
  const folded = incompleteSeriesReason([...seeds, ...(input.twins ?? [])], spec.metric);
  if (folded !== undefined) return { ...described, ...unjudged('E125', folded) };
  const mistake = aggregationMistake(definition, spec.aggregation);
  if (mistake !== undefined) return { ...described, ...unjudged('E109', mistake) };
  const measured =
    input.twins === undefined
      ? measure(input, definition, seeds)
      : measureDifference(input, input.twins);
  if (measured.value === null) return { ...described, ...measured, ...judgeEmpty(input) };
  return { ...described, ...measured, ...judgeValue(input, measured, measured.value) };
}

function judgedUnitOf({ spec, twins }: KpiInput, definition: MetricDefinition): MetricUnit {
  const unit = findAggregatedUnit(definition, spec.aggregation);
  return twins === undefined ? unit : findDifferenceUnit(unit);
}

type Measured = Pick<KpiResult, 'value' | 'n' | 'ci95' | 'perSeed'>;
type Judged = Pick<KpiResult, 'status' | 'pass' | 'margin' | 'marginUnit' | 'seedsMissed'> & {
  readonly reason?: string;
  readonly code?: string;
  readonly worstSeed?: number;
  readonly clockUncertaintyNs?: number;
};

function estimatorOf({ spec, networks, twins }: KpiInput, definition: MetricDefinition): string {
  const isOverNetworks = networks !== undefined;
  if (twins === undefined) return estimatorText(definition, spec, isOverNetworks);
  const over = isOverNetworks ? 'means of the networks' : 'pairs';
  return `mean of twin minus as written, each pair with one seed; Student t over ${over}`;
}

/** The value of one metric, pooled over the given seeds. */
function poolOf(
  { metric, aggregation }: Pick<KpiSpec, 'metric' | 'aggregation'>,
  seeds: readonly SeedResult[],
): ReducedMetric & { readonly pooled: MetricData | undefined } {
  const parts: MetricData[] = [];
  let measuredNs = 0;
  for (const seed of seeds) {
    const data = seed.metrics[metric];
    if (data === undefined) continue;
    parts.push(data);
    measuredNs += seed.measuredNs;
  }
  const pooled = poolMetricData(parts);
  return { pooled, ...reduceMetric(pooled, aggregation, measuredNs) };
}

/** The value of one metric for each seed. */
function valuesPerSeed(
  { metric, aggregation }: Pick<KpiSpec, 'metric' | 'aggregation'>,
  seeds: readonly SeedResult[],
): KpiResult['perSeed'] {
  return seeds.map(({ seed, metrics, measuredNs }) => ({
    seed,
    ...reduceMetric(metrics[metric], aggregation, measuredNs),
  }));
}

function measure(
  { spec, networks }: KpiInput,
  definition: MetricDefinition,
  seeds: readonly SeedResult[],
): Measured {
  const { aggregation, comparison, over } = spec;
  const all = seedsWithSeries(seeds, spec.metric);
  const perSeed = valuesPerSeed(spec, all);
  const { pooled, value: ofAll, n } = poolOf(spec, all);
  const isOfSeed = aggregation === 'count' && over === 'seed';
  const value = isOfSeed ? worstValue(spec, perSeed) : ofAll;
  const values =
    networks === undefined
      ? perSeed.flatMap((entry) => entry.value ?? [])
      : groupIndependentEntries(all, networks).flatMap((group) => poolOf(spec, group).value ?? []);
  const kind = definition.kind;
  const isOfShare =
    findAggregatedUnit(definition, aggregation) === 'ratio' && isShareMetric(definition, values);
  const facts = { kind, aggregation, comparison, isShare: isOfShare };
  const of = networks === undefined ? {} : ({ over: 'networks' } as const);
  const ci95 = computeConfidenceInterval({ ...facts, ...of, perSeed: values, pooled });
  // With networks the value is the mean that the interval is about: the pooled value could lie
  // outside it, if one network has most of the samples.
  const isMean =
    ci95.over === 'networks' && ci95.kind === 'student-t' && !isExtremeAggregation(aggregation);
  return { value: isMean ? summariseSample(values).mean : value, n, ci95, perSeed };
}

/** The pairs of values with the same seed: of the run as written, and of the twin. */
export function seedPairs(
  what: Pick<KpiSpec, 'metric' | 'aggregation'>,
  seeds: readonly SeedResult[],
  twins: readonly SeedResult[],
): readonly SeedPair[] {
  const all = seedsWithSeries([...seeds, ...twins], what.metric);
  return pairBySeed(
    valuesPerSeed(what, all.slice(0, seeds.length)),
    valuesPerSeed(what, all.slice(seeds.length)),
  );
}

/** The mean difference between runs with the same seed: the twin minus the run as written. */
function measureDifference(
  { spec, seeds, networks }: KpiInput,
  twins: readonly SeedResult[],
): Measured {
  const pairs = seedPairs(spec, seeds, twins);
  const { value, ci95 } = computeMeanDifference(pairs, networks);
  const byPair = new Map(pairs.map(({ seed, a, b }) => [seed, b - a]));
  const perSeed = seeds.map(({ seed }) => {
    const difference = byPair.get(seed) ?? null;
    return { seed, value: difference, n: difference === null ? 0 : 2 };
  });
  return { value, n: 2 * pairs.length, ci95, perSeed };
}

function unjudged(code: string, reason: string): Judged & Measured {
  const ci95 = { kind: 'none', level: 0.95, low: null, high: null, n: 0, note: reason } as const;
  const empty = { value: null, n: 0, ci95, perSeed: [], margin: null, seedsMissed: 0 };
  return { ...empty, status: 'fail', pass: false, marginUnit: 'relative', code, reason };
}

/**
 * The verdict on a KPI without value: fails as E125 if it was never measured, as E128 if this run
 * cannot measure it.
 */
function judgeEmpty(input: KpiInput): Judged {
  const { spec, warmupNs, seeds, definitions } = input;
  const base = { margin: null, marginUnit: 'relative', seedsMissed: 0 } as const;
  const [unfit] = seeds.flatMap(({ notApplicable }) => notApplicable?.[spec.metric] ?? []);
  if (unfit !== undefined) {
    const reason = `not applicable: ${unfit}`;
    if (spec.allowEmpty) return { ...base, status: 'not-applicable', pass: true, reason };
    return { ...base, status: 'fail', pass: false, code: 'E128', reason };
  }
  const samples = `${spec.metric} has 0 samples, so ${spec.aggregation} cannot be judged`;
  if (spec.allowEmpty) return { ...base, status: 'not-applicable', pass: true, reason: samples };
  const why = emptyMetricReason({ metric: spec.metric, seeds, definitions, warmupNs });
  const asked = `; is there a fault or traffic after warmup (${wholeNumberText(warmupNs / 1e9)}s)?`;
  const hint = why === undefined ? asked : `: ${why};`;
  const reason = `${samples}${hint} allowEmpty: true lets it have none`;
  return { ...base, status: 'fail', pass: false, code: 'E125', reason };
}

function judgeValue(input: KpiInput, measured: Measured, value: number): Judged {
  const { spec, definition } = input;
  const isRatio = definition?.unit === 'ratio' && spec.aggregation !== 'count';
  const marginUnit = isRatio ? 'points' : 'relative';
  const worstSeed = worst(spec, measured.perSeed);
  const missed = measured.perSeed.filter(
    (entry) => entry.value !== null && !meets(entry.value, spec.comparison, spec.limit),
  ).length;
  const unit = definition === undefined ? 'count' : judgedUnitOf(input, definition);
  const clockUncertaintyNs = findClockUncertainty(spec.metric, unit, input.seeds);
  const verdict = isInDoubt(spec, value, clockUncertaintyNs)
    ? doubtful(spec, clockUncertaintyNs)
    : againstLimit({ spec, unit, value, ci95: measured.ci95 });
  return {
    margin: marginOf(spec, value, isRatio),
    marginUnit,
    seedsMissed: missed,
    ...(worstSeed === undefined ? {} : { worstSeed }),
    ...(clockUncertaintyNs === undefined ? {} : { clockUncertaintyNs }),
    ...verdict,
  };
}

type KpiVerdict = Pick<Judged, 'status' | 'pass' | 'reason'>;

function doubtful(spec: KpiSpec, uncertaintyNs: number): KpiVerdict {
  return { status: 'inconclusive', pass: false, reason: clockDoubtText(uncertaintyNs, spec.limit) };
}

function againstLimit(one: {
  readonly spec: KpiSpec;
  readonly unit: string;
  readonly value: number;
  readonly ci95: KpiInterval;
}): KpiVerdict {
  const { spec, unit, value, ci95 } = one;
  const missing = spec.interval === 'inside' ? outside(spec, ci95) : undefined;
  if (meets(value, spec.comparison, spec.limit) && missing === undefined) {
    return { status: 'pass', pass: true };
  }
  return { status: 'fail', pass: false, reason: missing ?? missText(spec, value, unit) };
}

/**
 * True when clock uncertainty allows no verdict; a miss that no clock error could undo stays a
 * miss.
 */
function isInDoubt(
  spec: KpiSpec,
  value: number,
  uncertaintyNs: number | undefined,
): uncertaintyNs is number {
  if (uncertaintyNs === undefined || !isClockTooUncertain(uncertaintyNs, spec.limit)) return false;
  return meets(mostFavourableValue(value, spec, uncertaintyNs), spec.comparison, spec.limit);
}

function missText(spec: KpiSpec, value: number, unit: string): string {
  const words = { '<=': 'above', '<': 'not below', '>=': 'below', '>': 'not above', '==': 'not' };
  const measured = quantityTextBesideLimit(value, spec.limit, unit);
  return `${measured} is ${words[spec.comparison]} ${limitQuantityText(spec.limit, unit)}`;
}

/** Why an interval is not completely inside the limit; undefined when it is. */
function outside(spec: KpiSpec, interval: KpiInterval): string | undefined {
  const needsHigh = spec.comparison !== '>=' && spec.comparison !== '>';
  const needsLow = spec.comparison !== '<=' && spec.comparison !== '<';
  const { low, high, note } = interval;
  if ((needsHigh && high === null) || (needsLow && low === null)) {
    return `the interval cannot be inside the limit: ${note ?? 'it has no bound on that side'}`;
  }
  const highMeets = !needsHigh || meets(high ?? NaN, spec.comparison, spec.limit);
  const lowMeets = !needsLow || meets(low ?? NaN, spec.comparison, spec.limit);
  return highMeets && lowMeets ? undefined : 'the interval is not wholly inside the limit';
}

/**
 * Distance to the limit: in points for ratios, else relative to the limit; null when neither
 * applies.
 */
function marginOf(spec: KpiSpec, value: number, isRatio: boolean): number | null {
  if (spec.comparison === '==') return null;
  const isUpper = spec.comparison === '<=' || spec.comparison === '<';
  const distance = isUpper ? spec.limit - value : value - spec.limit;
  if (isRatio) return distance;
  return spec.limit === 0 ? null : distance / Math.abs(spec.limit);
}

/**
 * How bad a value is, for comparison: the farther on the wrong side of the limit, the larger the
 * number.
 */
function badness({ comparison, limit }: KpiSpec, value: number): number {
  if (comparison === '==') return Math.abs(value - limit);
  return comparison === '<=' || comparison === '<' ? value : -value;
}

/** The worst value of the seeds. It meets the limit only if the values of all seeds do. */
function worstValue(spec: KpiSpec, perSeed: KpiResult['perSeed']): number | null {
  const values = perSeed.flatMap(({ value }) => value ?? []);
  return values.reduce<number | null>(
    (far, value) => (far === null || badness(spec, value) > badness(spec, far) ? value : far),
    null,
  );
}

/** The seed with the worst value; undefined if all seeds have the same value. */
function worst(spec: KpiSpec, perSeed: KpiResult['perSeed']): number | undefined {
  let seed: number | undefined;
  let highest = Number.NEGATIVE_INFINITY;
  let lowest = Number.POSITIVE_INFINITY;
  for (const entry of perSeed) {
    if (entry.value === null) continue;
    const bad = badness(spec, entry.value);
    if (bad > highest) seed = entry.seed;
    highest = Math.max(highest, bad);
    lowest = Math.min(lowest, bad);
  }
  return highest > lowest ? seed : undefined;
}
