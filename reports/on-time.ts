/**
 * The latency that a live run would have had on time, beside the simulated one (issue 3, section 1).
 *
 * Two statements, which are not the same. The first is made packet by packet: from the latency of each
 * sampled packet its own lateness over the way is taken, and the distribution of what remains is set
 * against the simulated one at equal fractions. The second is that of percentiles: the live one against
 * the sum of the simulated one and of that of lateness. Percentiles do not add (the packets that were
 * late are not those of the longer path), so the second may miss where the first holds; it is judged,
 * not promised.
 *
 * The simulation behind it has no processor: what the machine takes is in the lateness already.
 *
 * @module
 */
import {
  type HistogramData,
  histogramQuantile,
  mergeHistograms,
} from '../engine/measure/histogram.ts';
import { isWithin, relativeDifference } from './against.ts';
import type { RunInput } from './model.ts';
import { pathShares } from './path-shares.ts';
import type { Report } from './report-schema.ts';

/** The comparison as it stands in the report. */
export type OnTime = NonNullable<NonNullable<Report['against']>['onTime']>;

/** Fractions that are compared; the tail is reported only. */
const FRACTIONS = [
  { p: 0.5, isPromised: true },
  { p: 0.95, isPromised: true },
  { p: 0.99, isPromised: false },
] as const;
/** Fewer packets than this beyond a percentile say nothing about it. */
const BEYOND_MIN = 5;

/**
 * Sets latency less lateness against the latency of the same scenario in virtual time.
 * @returns undefined where one of them measured no latency of applications.
 */
export function compareOnTime(live: RunInput, simulated: RunInput): OnTime | undefined {
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
    const difference = relativeDifference(own, at(ideal));
    const sumDifference = relativeDifference(at(latency), sum);
    return {
      p,
      live: at(latency),
      lateness: late,
      onTime: own,
      simulated: at(ideal),
      difference,
      isInside: own === null ? null : isWithin(difference),
      isPromised,
      sum,
      sumDifference,
      isSumInside: sum === null ? null : isWithin(sumDifference),
    };
  });
  const pass = rows.every((row) => !row.isPromised || row.isInside === true);
  return { packets: onTime.count, pass, rows, paths: [...pathShares(live, simulated)] };
}

function merged({ seeds }: RunInput, name: string): HistogramData {
  return mergeHistograms(
    seeds.flatMap(({ metrics }) => {
      const data = metrics[name];
      return data?.kind === 'histogram' ? [data.data] : [];
    }),
  );
}

/** Latency at the applications, over all protocols: those that have throughput there, too. */
function mergedLatency(input: RunInput): HistogramData {
  const names = new Set(input.seeds.flatMap(({ metrics }) => Object.keys(metrics)));
  const own = [...names].filter(
    (name) => name.endsWith('.latency') && names.has(name.replace(/latency$/, 'throughput')),
  );
  return mergeHistograms(own.map((name) => merged(input, name)));
}
