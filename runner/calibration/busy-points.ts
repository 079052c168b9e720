/**
 * Measures the costs of operations in a live run near saturation ("in place"). At lower rates a
 * process wakes up for each packet, which takes tens of microseconds on a virtual machine: a mix
 * then uses a third more time per packet than at its limit. So the rate is raised until the
 * processor time shows that the live process is busy; the saturation point itself is not
 * determined.
 *
 * @module
 */
import { greatestOf } from '../../engine/pure/extremes.ts';
import type { CpuChoice } from '../../scenarios/model.ts';
import type { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { type CalibrationRequest, scenarioAtRate } from './calibrate.ts';
import {
  type FitPoint,
  loadRunSeconds,
  measureCarriedLoad,
  type PredictedLoad,
  predictLoad,
} from './in-place.ts';
import type { Workload } from './workloads.ts';

/**
 * The workload and protocols with which {@link measureBusyPoints} measures, and how it is observed and
 * stopped.
 */
export interface BusyPointOptions
  extends Pick<CalibrationRequest, 'signal' | 'onStep' | 'isQuick'> {
  readonly workload: Workload;
  readonly registry: ProtocolRegistry;
}

/** A process counts as busy if it uses this share of a core: then it hardly ever sleeps. */
const BUSY = 0.85;
/**
 * The share of a core that the next rate should lead to; at a higher share, a run may fail to carry
 * its packets.
 */
const TARGET_SHARE = 0.92;
/**
 * Two low rates, as fractions of the expected limit, at which the load is predicted from the
 * benchmarks.
 */
const LOW_RATE_FRACTIONS = [0.3, 0.6] as const;
/**
 * Smallest and largest factor by which the rate is raised at a time, because a single measurement of
 * the load is not exact.
 */
const STEP_MIN = 1.05;
const STEP_MAX = 1.3;
/**
 * Factor by which the rate is lowered after a run that did not carry its packets, as long as no run has
 * carried them.
 */
const RATE_DECREASE = 0.8;
/** Largest number of rates that are tried. */
const STEPS_MAX = 6;
/** Only runs with at least this fraction of the busiest run's processor time count. */
const COUNTED = 0.9;

/**
 * The next higher rate, packets per second, to try after a run that carried its packets; undefined if
 * the live process was busy already.
 */
export function busierRate({ ratePerSecond, live }: FitPoint): number | undefined {
  if (live.cpu >= BUSY) return undefined;
  const step = TARGET_SHARE / Math.max(1e-6, live.cpu);
  return Math.round(ratePerSecond * Math.min(STEP_MAX, Math.max(STEP_MIN, step)));
}

/** The points whose processor time is nearly the highest; the factor is computed from them. */
export function busiestPoints(points: readonly FitPoint[]): readonly FitPoint[] {
  const most = greatestOf(points.map(({ live }) => live.cpu));
  return points.filter(({ live }) => live.cpu >= COUNTED * most);
}

/** Gives the load that the benchmarks predict at a rate. */
export type LoadPredictor = (ratePerSecond: number) => PredictedLoad;

/**
 * Extrapolates the loads at two easy rates in a straight line. A prediction near saturation would
 * be wrong: a saturated model drops packets, and its load never exceeds one core, whatever the
 * packets cost.
 * @param rate A rate, packets per second, that a machine with the costs of the benchmarks would
 * carry.
 */
export function benchmarkLoadPredictor(
  order: BusyPointOptions,
  cpu: CpuChoice,
  rate: number,
): LoadPredictor {
  const [low, high] = LOW_RATE_FRACTIONS.map((part) => {
    const ratePerSecond = Math.max(1, Math.round(rate * part));
    const scenario = scenarioAtRate(order, {
      ratePerSecond,
      seconds: loadRunSeconds(order.isQuick),
    });
    return { ratePerSecond, load: predictLoad(scenario, cpu, order.registry) };
  }) as [LoadAtRate, LoadAtRate];
  return fitLineThrough(low, high);
}

/** A rate, packets per second, and the load at it. */
export interface LoadAtRate {
  readonly ratePerSecond: number;
  readonly load: PredictedLoad;
}

/** The straight line through two loads at different rates. */
export function fitLineThrough(low: LoadAtRate, high: LoadAtRate): LoadPredictor {
  const span = high.ratePerSecond - low.ratePerSecond;
  return (ratePerSecond) => {
    const share = (ratePerSecond - low.ratePerSecond) / span;
    return {
      control: low.load.control + share * (high.load.control - low.load.control),
      data: low.load.data + share * (high.load.data - low.load.data),
    };
  };
}

/**
 * Measures live runs at rising rates, from `from` packets per second until the live process is busy;
 * returns one point per run.
 */
export async function measureBusyPoints(
  order: BusyPointOptions,
  loadAt: LoadPredictor,
  from: number,
): Promise<readonly FitPoint[]> {
  const points: FitPoint[] = [];
  let rate: number | undefined = Math.max(1, Math.round(from));
  for (let steps = 0; rate !== undefined && steps < STEPS_MAX; steps += 1) {
    if (order.signal.aborted) break;
    const point = await pointAt(order, loadAt, rate);
    if (point !== undefined) {
      points.push(point);
      rate = busierRate(point);
    } else {
      rate = points.length === 0 ? Math.max(1, Math.round(rate * RATE_DECREASE)) : undefined;
    }
  }
  return busiestPoints(points);
}

/** Repeats the measurements of these points, each at its rate. */
export async function remeasurePoints(
  order: BusyPointOptions,
  loadAt: LoadPredictor,
  points: readonly FitPoint[],
): Promise<readonly FitPoint[]> {
  const again: FitPoint[] = [];
  for (const { ratePerSecond } of points) {
    if (order.signal.aborted) break;
    const point = await pointAt(order, loadAt, ratePerSecond);
    if (point !== undefined) again.push(point);
  }
  return again;
}

async function pointAt(
  order: BusyPointOptions,
  loadAt: LoadPredictor,
  ratePerSecond: number,
): Promise<FitPoint | undefined> {
  const { registry, signal } = order;
  order.onStep(`costs in place at ${ratePerSecond}/s`);
  const how = { ratePerSecond, seconds: loadRunSeconds(order.isQuick) };
  const scenario = scenarioAtRate(order, { ...how, world: 'live' });
  const live = await measureCarriedLoad(scenario, ratePerSecond, { registry, signal });
  return live === undefined ? undefined : { live, alone: loadAt(ratePerSecond), ratePerSecond };
}
