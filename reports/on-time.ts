/**
 * The latency that a live run would have had without lateness, compared with the simulated one.
 *
 * There are two different statements. The first is made packet by packet: each sampled packet's own
 * lateness is subtracted from its latency, and the resulting distribution is compared with the
 * simulated one at equal fractions. The second concerns percentiles: the live percentile is compared
 * with the sum of the simulated percentile and that of lateness. Percentiles do not add (the late
 * packets are not those with the longer path), so the second may fail where the first holds; it is
 * reported, but not promised.
 *
 * The simulation for this comparison has no processor model: the machine's processing time is
 * already part of the lateness.
 *
 * @module
 */
import {
  type HistogramData,
  histogramQuantile,
  mergeHistograms,
} from '../engine/measure/histogram.ts';
import {
  isWithinTolerance,
  PREDICTION_TOLERANCE_SHARE,
  relativeDifference,
  sampleComparisonFields,
} from './against.ts';
import type { JudgeInput } from './model.ts';
import { pathShares } from './path-shares.ts';
import type { Report } from './report-schema.ts';
import { sampledQuantile } from './sampled.ts';
import { judgeTolerance } from './within.ts';

/** The comparison of latency less lateness with simulated latency, as contained in the report. */
export type OnTimeLatencyComparison = NonNullable<NonNullable<Report['against']>['onTime']>;

/** Percentiles that are compared; those in the tail are only shown. */
const FRACTIONS = [
  { p: 0.5, isPromised: true },
  { p: 0.95, isPromised: true },
  { p: 0.99, isPromised: false },
] as const;
/** A percentile with fewer packets than this beyond it is not compared. */
const BEYOND_MIN = 5;

/**
 * Compares latency less lateness with the latency of the same scenario in virtual time.
 * @returns undefined when one of the runs measured no application latency.
 */
export function compareOnTimeLatency(
  live: JudgeInput,
  simulated: JudgeInput,
): OnTimeLatencyComparison | undefined {
  const latency = mergedLatency(live);
  const ideal = mergedLatency(simulated);
  if (latency.count === 0 || ideal.count === 0) return undefined;
  const lateness = merged(live, 'live.way_lateness');
  const onTime = merged(live, 'live.on_time_latency');
  const rows = FRACTIONS.map(({ p, isPromised }) => {
    const isEnough = onTime.count * (1 - p) >= BEYOND_MIN;
    const at = (data: HistogramData): number => histogramQuantile(data, p);
    const own = isEnough ? at(onTime) : null;
    const late = isEnough ? at(lateness) : null;
    const sum = late === null ? null : at(ideal) + late;
    const [mine, other] = [sampledQuantile(onTime, p), sampledQuantile(ideal, p)];
    const found =
      own === null ? undefined : judgeTolerance(mine, other, PREDICTION_TOLERANCE_SHARE);
    const difference = relativeDifference(own, at(ideal));
    const sumDifference = relativeDifference(at(latency), sum);
    return {
      p,
      live: at(latency),
      lateness: late,
      onTime: own,
      simulated: at(ideal),
      difference,
      ...sampleComparisonFields(found),
      isPromised,
      sum,
      sumDifference,
      isSumInside: sum === null ? null : isWithinTolerance(sumDifference),
    };
  });
  const pass = rows.every((row) => !row.isPromised || row.isInside === true);
  const [packets, delivered] = [onTime.count, latency.count];
  return { packets, delivered, pass, rows, paths: [...pathShares(live, simulated)] };
}

function merged({ seeds }: JudgeInput, name: string): HistogramData {
  return mergeHistograms(
    seeds.flatMap(({ metrics }) => {
      const data = metrics[name];
      return data?.kind === 'histogram' ? [data.data] : [];
    }),
  );
}

/** The latencies at applications, merged over all protocols that also measure throughput. */
function mergedLatency(input: JudgeInput): HistogramData {
  const names = new Set(input.seeds.flatMap(({ metrics }) => Object.keys(metrics)));
  const own = [...names].filter(
    (name) => name.endsWith('.latency') && names.has(name.replace(/latency$/, 'throughput')),
  );
  return mergeHistograms(own.map((name) => merged(input, name)));
}
