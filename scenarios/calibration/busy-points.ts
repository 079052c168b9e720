/**
 * Costs in place near saturation. At lower rates a process wakes up for each packet, which takes tens
 * of microseconds on a virtual machine: one mix then uses a third more time for a packet than at its
 * limit. So the rate is raised until the live process is busy, by its processor time alone; where it
 * saturates is not looked at.
 *
 * @module
 */
import type { CpuChoice } from '../model.ts';
import type { ProtocolRegistry } from '../registry.ts';
import { type CalibrationOrder, scenarioAt } from './calibrate.ts';
import { carriedLoad, type FitPoint, loadSeconds, modelLoad } from './in-place.ts';
import type { Workload } from './workloads.ts';

/** What the measurements need. */
export interface BusyOrder extends Pick<CalibrationOrder, 'signal' | 'onStep' | 'isQuick'> {
  readonly workload: Workload;
  readonly registry: ProtocolRegistry;
}

/** A process that uses this share of a core hardly ever sleeps. */
const BUSY = 0.85;
/** The share aimed at; above it, a run may not carry its packets. */
const AIM = 0.92;
/** Limits of one step: a share that was measured once is not exact. */
const STEP_MIN = 1.05;
const STEP_MAX = 1.3;
/** Factor of a step down, while no rate has been carried. */
const DOWN = 0.8;
/** Largest number of rates. */
const STEPS_MAX = 6;
/** Runs that take at least this fraction of the busiest one's processor time count. */
const COUNTED = 0.9;

/** The rate after one that was carried; undefined if that was busy enough. */
export function busierRate({ ratePerSecond, live }: FitPoint): number | undefined {
  if (live.cpu >= BUSY) return undefined;
  const step = AIM / Math.max(1e-6, live.cpu);
  return Math.round(ratePerSecond * Math.min(STEP_MAX, Math.max(STEP_MIN, step)));
}

/** The busiest of the points, of which the factor is made. */
export function busiestPoints(points: readonly FitPoint[]): readonly FitPoint[] {
  const most = Math.max(...points.map(({ live }) => live.cpu));
  return points.filter(({ live }) => live.cpu >= COUNTED * most);
}

/** Raises the rate from `from` until the live process is busy. */
export async function busyPoints(
  order: BusyOrder,
  alone: CpuChoice,
  from: number,
): Promise<readonly FitPoint[]> {
  const points: FitPoint[] = [];
  let rate: number | undefined = Math.max(1, Math.round(from));
  for (let steps = 0; rate !== undefined && steps < STEPS_MAX; steps += 1) {
    if (order.signal.aborted) break;
    const point = await pointAt(order, alone, rate);
    if (point !== undefined) {
      points.push(point);
      rate = busierRate(point);
    } else {
      rate = points.length === 0 ? Math.max(1, Math.round(rate * DOWN)) : undefined;
    }
  }
  return busiestPoints(points);
}

/** Measures the same rates again. */
export async function pointsAgain(
  order: BusyOrder,
  alone: CpuChoice,
  points: readonly FitPoint[],
): Promise<readonly FitPoint[]> {
  const again: FitPoint[] = [];
  for (const { ratePerSecond } of points) {
    if (order.signal.aborted) break;
    const point = await pointAt(order, alone, ratePerSecond);
    if (point !== undefined) again.push(point);
  }
  return again;
}

async function pointAt(
  order: BusyOrder,
  cpu: CpuChoice,
  ratePerSecond: number,
): Promise<FitPoint | undefined> {
  const { registry, signal } = order;
  order.onStep(`costs in place at ${ratePerSecond}/s`);
  const how = { ratePerSecond, seconds: loadSeconds(order.isQuick) };
  const scenario = scenarioAt(order, { ...how, world: 'live' });
  const live = await carriedLoad(scenario, ratePerSecond, { registry, signal });
  if (live === undefined) return undefined;
  const alone = modelLoad(scenarioAt(order, how), cpu, registry);
  return { live, alone, ratePerSecond };
}
