/**
 * The 95 % confidence interval of a KPI: Student's t over seeds, exact binomial ranks for percentiles
 * of pooled independent samples, or none, with the reason (`statistics/` cites the methods). The
 * interval of a share is cut at 0 and 1.
 *
 * @module
 */
import type { MetricDefinition, MetricKind } from '../engine/host/measure.ts';
import { quantileOfAggregation } from './estimate.ts';
import type { Aggregation, ComparisonOperator, KpiSpec, MetricData } from './model.ts';
import type { KpiInterval } from './report-schema.ts';
import {
  nearestRank,
  rankInterval,
  samplesForUpperBound,
  sortedAscending,
  upperBoundRank,
} from './statistics/quantile.ts';
import { type MeanInterval, meanInterval } from './statistics/student-t.ts';

/** Confidence of every interval; with several KPIs it holds for each one separately. */
const LEVEL = 0.95;

/** The data from which an interval is computed. */
export interface IntervalInput {
  readonly kind: MetricKind;
  readonly aggregation: Aggregation;
  readonly comparison: ComparisonOperator;
  /**
   * One value for each seed that measured something, or for each network if {@link over} is
   * `networks`.
   */
  readonly perSeed: readonly number[];
  /** `networks` if the values are those of networks, not of seeds. */
  readonly over?: KpiInterval['over'];
  readonly pooled: MetricData | undefined;
  /** True if the values are shares of a whole, which lie in 0..1. */
  readonly isShare: boolean;
}

/** The 95 % confidence interval of a KPI, or none, with the reason. */
export function computeConfidenceInterval(input: IntervalInput): KpiInterval {
  const { kind, aggregation, pooled } = input;
  if (aggregation === 'count') return none('a count has no interval', input);
  if (kind !== 'gauge' && isExtremeAggregation(aggregation)) {
    return none('an extreme has no interval', input);
  }
  const p = quantileOfAggregation(aggregation);
  // Samples of one network are not independent, so ranks of all samples would give too narrow an interval.
  const isByRank = pooled?.kind === 'samples' && input.over === undefined;
  if (p !== undefined && isByRank) return ofRanks(p, pooled.values, input);
  return intervalOfMeanOverSeeds(input);
}

/** True for `min` and `max`, whose value is that of a single sample. */
export function isExtremeAggregation(aggregation: KpiSpec['aggregation']): boolean {
  return aggregation === 'min' || aggregation === 'max';
}

/** A sentence for the report on how value and interval were obtained. */
export function estimatorText(
  { kind, isOfWholeRun }: Pick<MetricDefinition, 'kind' | 'isOfWholeRun'>,
  { aggregation, over }: Pick<KpiSpec, 'aggregation' | 'over'>,
  isOverNetworks: boolean,
): string {
  if (isOverNetworks && aggregation !== 'count' && !isExtremeAggregation(aggregation)) {
    return 'mean of the values of the networks, each of all its seeds; Student t over them';
  }
  const p = quantileOfAggregation(aggregation);
  if (p !== undefined && kind === 'samples') {
    return 'nearest rank of all samples pooled over seeds; interval from order statistics';
  }
  if (p !== undefined) {
    return 'percentile of the merged histograms (3 digits); Student t over the seeds’ percentiles';
  }
  switch (aggregation) {
    case 'rate':
      return 'sum over seeds per minute of measured time; Student t over the seeds’ rates';
    case 'ratio':
    case 'value':
      return kind === 'ratio'
        ? 'summed numerators over summed denominators; Student t over the seeds’ ratios'
        : 'mean over seeds; Student t over seeds';
    case 'count': {
      const from = isOfWholeRun ? 'warm-up included' : 'after the warm-up';
      return over === 'total'
        ? `sum over seeds, ${from}`
        : `of each seed, ${from}; shown is the one farthest on the wrong side`;
    }
    case 'mean':
      return 'mean of all samples; Student t over the seeds’ means';
    default:
      return 'extreme over all seeds';
  }
}

function none(
  note: string,
  { perSeed, over }: Pick<IntervalInput, 'perSeed' | 'over'>,
): KpiInterval {
  const of = over === undefined ? {} : { over };
  return { kind: 'none', level: LEVEL, low: null, high: null, n: perSeed.length, ...of, note };
}

/** The interval of the mean of independent values, one for each seed, pair or network. */
export function intervalOfMeanOverSeeds(
  input: Pick<IntervalInput, 'perSeed' | 'over' | 'isShare'>,
): KpiInterval {
  const { perSeed, over } = input;
  const interval = meanInterval(perSeed, LEVEL);
  if (interval === undefined) {
    const isLone = over === 'networks' && perSeed.length === 1;
    return none(isLone ? ONE_NETWORK : `n=${perSeed.length}, no interval`, input);
  }
  const { n } = interval;
  const [low, high] = input.isShare ? withinShare(interval) : [interval.low, interval.high];
  return { kind: 'student-t', level: LEVEL, low, high, n, ...(over === undefined ? {} : { over }) };
}

/** Why a run on a single network has no interval, whatever its number of seeds. */
const ONE_NETWORK = 'one network: how networks differ is unknown; networks: 10 would tell';

/** Cuts the interval of a share at 0 and 1. Values beyond are impossible, so the confidence is the same. */
function withinShare({ low, high }: MeanInterval): readonly [low: number, high: number] {
  return [Math.max(0, low), Math.min(1, high)];
}

/** True if a metric is a share of a whole in every seed. */
export function isShareMetric(definition: MetricDefinition, perSeed: readonly number[]): boolean {
  if (definition.unit !== 'ratio' || definition.isUnbounded === true) return false;
  return perSeed.every((value) => value >= 0 && value <= 1);
}

const ORDINALS = ['largest', 'second largest', 'third largest'] as const;

function ofRanks(p: number, values: readonly number[], input: IntervalInput): KpiInterval {
  const n = values.length;
  if (n === 0) return none('no samples', input);
  if (n === 1) return { ...none('n=1, no interval', input), n };
  const sorted = sortedAscending(values);
  const at = (rank: number | undefined): number | null =>
    rank === undefined ? null : (sorted[rank - 1] ?? null);
  const ranks = rankInterval({ n, p, level: LEVEL });
  const base = { kind: 'order-statistics', level: LEVEL, n } as const;
  if (ranks.high !== undefined) return { ...base, ...bounds(ranks, at) };
  const isUpperLimit = input.comparison === '<=' || input.comparison === '<';
  const oneSided = upperBoundRank({ n, p, level: LEVEL });
  if (isUpperLimit && oneSided !== undefined) {
    const note = `one-sided: n=${n} is too small for two bounds`;
    return { ...base, low: null, high: at(oneSided), highRank: oneSided, note };
  }
  return { ...base, ...bounds(ranks, at), note: missingBound(p, n, input) };
}

function bounds(
  ranks: { readonly low?: number; readonly high?: number },
  at: (rank: number | undefined) => number | null,
): Pick<KpiInterval, 'low' | 'high' | 'lowRank' | 'highRank'> {
  return {
    low: at(ranks.low),
    high: at(ranks.high),
    ...(ranks.low === undefined ? {} : { lowRank: ranks.low }),
    ...(ranks.high === undefined ? {} : { highRank: ranks.high }),
  };
}

/** Why a percentile has no upper bound: names its rank, and how many samples a bound would need. */
function missingBound(p: number, n: number, input: IntervalInput): string {
  const rank = nearestRank(p, n);
  const needed = samplesForUpperBound(p, LEVEL);
  const place = ORDINALS[n - rank];
  const name = place === undefined ? `rank ${rank}` : `rank ${rank}, the ${place}`;
  const perSeed = n / Math.max(1, input.perSeed.length);
  const seeds = Math.ceil(needed / perSeed / 10) * 10;
  const quantile = `p${Number((p * 100).toFixed(1))}`;
  return `${quantile} of n=${n} is ${name}; an upper bound needs n >= ${needed}: --seeds ${seeds}`;
}
