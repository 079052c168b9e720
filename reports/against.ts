/**
 * Compares a live run with its prediction in virtual time: every KPI of the scenario, and
 * throughput, latency and delivery of each protocol.
 *
 * Throughput and median latency must agree within the tolerance if the prediction modelled the
 * processor, which it does for a single event loop. Tails are only shown: no model knows when a
 * real machine pauses. on-time.ts computes the tails without such pauses.
 *
 * @module
 */
import { CPU_NOT_MODELLED } from './cpu-note.ts';
import { poolMetricData } from './estimate.ts';
import { judgeRun } from './judge.ts';
import type { Aggregation, JudgeInput } from './model.ts';
import type { MetricSummary, PredictionComparison, Report } from './report-schema.ts';
import { estimateSampledValue, type SampledValue } from './sampled.ts';
import { judgeTolerance, type ToleranceVerdict } from './within.ts';

/** One quantity of the comparison: its live value, its predicted value and their difference. */
export type PredictionRow = PredictionComparison['rows'][number];

/** Largest relative difference at which a prediction counts as right. */
export const PREDICTION_TOLERANCE_SHARE = 0.15;

/** Allowance for rounding: 85 of 100 is 15 % less, but slightly more in binary. */
const ROUNDING = 1e-9;

/**
 * Quantities that are compared for every protocol: the end of the metric's name, and how its data
 * are aggregated.
 */
const STANDARD: readonly (readonly [ending: string, aggregation: string])[] = [
  ['throughput', 'rate'],
  ['delivery', 'value'],
  ['latency', 'p50'],
  ['latency', 'p95'],
  ['latency', 'p99'],
];
const SECONDS_PER_MINUTE = 60;

/** The value of one quantity in one of the two runs. */
type Reading = Pick<PredictionRow, 'metric' | 'aggregation' | 'unit'> & {
  readonly value: number | null;
};

/** Compares a live run with its prediction, quantity by quantity. */
export function compareWithPrediction(
  live: JudgeInput,
  predicted: JudgeInput,
): PredictionComparison {
  const report = judgeRun(predicted);
  const others = new Map(readings(report).map((one) => [keyOf(one), one]));
  const { cpu, cpuProfileSha256, fingerprint } = report;
  const rows = readings(judgeRun(live)).map((one) => {
    const other = others.get(keyOf(one));
    const predictedValue = sampledIn(predicted, { ...one, value: other?.value ?? null });
    const row = rowOf(one, sampledIn(live, one), predictedValue);
    return { ...row, isPromised: row.isPromised && cpu !== CPU_NOT_MODELLED };
  });
  return {
    cpu,
    ...(cpuProfileSha256 === undefined ? {} : { cpuProfileSha256 }),
    fingerprint,
    tolerance: PREDICTION_TOLERANCE_SHARE,
    pass: rows.every((row) => !row.isPromised || row.isInside === true),
    rows,
  };
}

/** The predicted value divided by the measured one, minus 1; null if the quotient is meaningless. */
export function relativeDifference(
  measured: number | null,
  predicted: number | null,
): number | null {
  if (measured === null || predicted === null) return null;
  if (measured === predicted) return 0;
  return measured === 0 ? null : predicted / measured - 1;
}

/** True if a relative difference is known and within {@link PREDICTION_TOLERANCE_SHARE}. */
export function isWithinTolerance(difference: number | null): boolean {
  return difference !== null && Math.abs(difference) <= PREDICTION_TOLERANCE_SHARE + ROUNDING;
}

/** The value of a metric in one run, with the uncertainty that follows from its samples. */
function sampledIn({ seeds }: JudgeInput, { metric, aggregation, value }: Reading): SampledValue {
  const parts = seeds.flatMap(({ metrics }) => metrics[metric] ?? []);
  return estimateSampledValue(poolMetricData(parts), aggregation as Aggregation, value);
}

/** The fields that a comparison of live and predicted samples adds to a row. */
export function sampleComparisonFields(
  within: ToleranceVerdict | undefined,
): Pick<PredictionRow, 'isInside' | 'intervals' | 'needed'> {
  if (within === undefined) return { isInside: null };
  const { verdict, live, predicted, difference, needed } = within;
  return {
    isInside: verdict === 'undecided' ? null : verdict === 'inside',
    intervals: { live: { ...live }, predicted: { ...predicted }, difference: { ...difference } },
    ...(needed === undefined ? {} : { needed }),
  };
}

function rowOf(reading: Reading, own: SampledValue, other: SampledValue): PredictionRow {
  const { metric, aggregation, unit } = reading;
  const { value: live, n } = own;
  const predicted = other.value;
  const difference = relativeDifference(live, predicted);
  const isMissing = (live === null) !== (predicted === null);
  const isThroughput = metric.endsWith('.throughput') && aggregation === 'rate';
  const isPromised = isThroughput || (metric.endsWith('.latency') && aggregation === 'p50');
  const found = sampleComparisonFields(judgeTolerance(own, other, PREDICTION_TOLERANCE_SHARE));
  // If only one of the two runs has a value, the row is undecided; more samples would not change
  // that.
  const isInside = isMissing ? false : found.isInside;
  return {
    metric,
    aggregation,
    unit,
    live,
    predicted,
    n,
    difference,
    isPromised,
    ...found,
    isInside,
  };
}

/** The quantities to compare, each once: the KPIs of the scenario, then those of {@link STANDARD}. */
function readings(report: Report): readonly Reading[] {
  const found = new Map<string, Reading>();
  const add = (reading: Reading): void => {
    if (!found.has(keyOf(reading))) found.set(keyOf(reading), reading);
  };
  for (const { metric, aggregation, unit, value } of report.kpis) {
    add({ metric, aggregation, unit, value });
  }
  for (const [metric, summary] of Object.entries(report.metrics)) {
    for (const [ending, aggregation] of STANDARD) {
      if (!metric.endsWith(`.${ending}`) || summary.count === 0) continue;
      add({ metric, aggregation, ...readingOf(summary, aggregation, report) });
    }
  }
  return [...found.values()];
}

function readingOf(
  summary: MetricSummary,
  aggregation: string,
  report: Report,
): Pick<Reading, 'unit' | 'value'> {
  if (aggregation === 'rate') {
    const minutes = report.measuredSeconds / SECONDS_PER_MINUTE;
    const isMeasured = summary.value !== null && minutes > 0;
    return { unit: '1/min', value: isMeasured ? (summary.value ?? 0) / minutes : null };
  }
  if (aggregation === 'value') return { unit: summary.unit, value: summary.value };
  const p = Number(aggregation.slice(1)) / 100;
  const point = summary.quantiles?.find((one) => one.p === p);
  return { unit: summary.unit, value: point?.value ?? null };
}

function keyOf({ metric, aggregation }: Pick<Reading, 'metric' | 'aggregation'>): string {
  return `${metric} ${aggregation}`;
}
