/**
 * The procedure of a benchmark (docs/spec/processor-model.md#calibration): a warm-up, then batches of
 * calls on varying input. The results are the median and the p99 of the batches, minus the cost of an
 * empty loop.
 *
 * Batches are timed by the processor time of this process, so that other programs on the machine
 * do not lengthen them.
 *
 * @module
 */
import {
  nearestRank,
  quantile,
  rankInterval,
  sortedAscending,
} from '../../reports/statistics/quantile.ts';
import { roundToTenths, roundToThousandths } from '../../scenarios/profiles/profile-file.ts';
import type { OperationSample, ProfileOperation } from '../../scenarios/profiles/profile-schema.ts';

/** How many calls are made to warm up, how many batches are measured, and of how many calls each. */
export interface BatchPlan {
  readonly warmup: number;
  readonly batches: number;
  /** Number of calls in a batch. */
  readonly calls: number;
}

/** The plan for a full calibration. */
export const FULL_PLAN: BatchPlan = { warmup: 10_000, batches: 50, calls: 1_000 };
/** The plan for `--quick`, which gives a first impression. */
export const QUICK_PLAN: BatchPlan = { warmup: 2_000, batches: 20, calls: 200 };

const NS_PER_US = 1_000;
const LEVEL = 0.95;

/**
 * The plan for operations that take up to a thousand times longer. A warm-up of only a hundred calls is
 * too short: a key agreement then takes twice as long as in a mix, which makes thousands of them.
 */
export function slowOperationBatchPlan(plan: BatchPlan): BatchPlan {
  return { warmup: plan.warmup / 10, batches: plan.batches, calls: plan.calls / 50 };
}

/** Processor time of this process so far, ns, with a resolution of one microsecond. */
export function processCpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * NS_PER_US;
}

/** Measures ns per call in each batch, minus the cost of the loop itself. */
export function timeCalls(call: (index: number) => void, plan: BatchPlan): readonly number[] {
  const { warmup, batches, calls } = plan;
  runLoop(call, 0, warmup);
  const times: number[] = [];
  for (let batch = 0; batch < batches; batch += 1) {
    const first = warmup + batch * calls;
    const emptyNs = runLoop(nothing, first, calls);
    times.push(Math.max(0, runLoop(call, first, calls) - emptyNs) / calls);
  }
  return times;
}

function runLoop(call: (index: number) => void, first: number, count: number): number {
  const began = processCpuNs();
  for (let index = first; index < first + count; index += 1) call(index);
  return processCpuNs() - began;
}

function nothing(index: number): number {
  return index;
}

/** The figures that the profile stores for one packet length, from the ns per call of its batches. */
export function makeOperationSample(bytes: number, batchNs: readonly number[]): OperationSample {
  const sorted = sortedAscending(batchNs);
  const n = sorted.length;
  const { low, high } = rankInterval({ n, p: 0.5, level: LEVEL });
  const at = (rank: number): number => roundToTenths(sorted[rank - 1] ?? 0);
  return {
    bytes: Math.round(bytes),
    nsMedian: roundToTenths(quantile(sorted, 0.5) ?? 0),
    nsLow: at(low ?? 1),
    nsHigh: at(high ?? n),
    nsP99: at(nearestRank(0.99, n)),
    batches: n,
  };
}

/**
 * Fits fixed cost and cost per byte: the least-squares line through the medians, with a slope of at
 * least 0.
 */
export function fitCostLine(samples: readonly OperationSample[]): ProfileOperation['alone'] {
  const n = samples.length;
  const meanBytes = samples.reduce((sum, one) => sum + one.bytes, 0) / Math.max(1, n);
  const meanNs = samples.reduce((sum, one) => sum + one.nsMedian, 0) / Math.max(1, n);
  let covariance = 0;
  let variance = 0;
  for (const { bytes, nsMedian } of samples) {
    covariance += (bytes - meanBytes) * (nsMedian - meanNs);
    variance += (bytes - meanBytes) ** 2;
  }
  const slope = variance === 0 ? 0 : Math.max(0, covariance / variance);
  const nsPerByte = Math.min(slope, meanBytes === 0 ? 0 : meanNs / meanBytes);
  return {
    ns: roundToTenths(meanNs - nsPerByte * meanBytes),
    nsPerByte: roundToThousandths(nsPerByte),
  };
}
