/**
 * Calibration in place: the cost of operations in a real live run, where caches are cold, code is
 * shared and the event loop turns between packets. Benchmarks alone are 20-30 % optimistic
 * (docs/spec/processor-model.md#calibration).
 *
 * Live runs of one process at growing rates give the processor time of the thread that does all the
 * work. The same runs in virtual time, charged with the costs of the benchmarks, give the predicted
 * load of each lane. Two factors, one per lane, make both agree in least squares. Runs at high load
 * count most, because the saturation point is to be predicted: an idle process wakes up for each
 * packet, a busy process once for many packets.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { MetricData, SeedResult } from '../../reports/model.ts';
import type { CpuChoice, Scenario } from '../../scenarios/model.ts';
import { scenarioMetrics } from '../../scenarios/open/nodes.ts';
import { roundToThousandths } from '../../scenarios/profiles/profile-file.ts';
import type { InPlacePoint } from '../../scenarios/profiles/profile-schema.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import { prepareSeed } from '../run/assemble-seed.ts';
import { type LiveRunRequest, runLive } from '../run/live-run.ts';
import type { RunEnd } from '../run/run-order.ts';
import { processCpuNs } from './batches.ts';

const NS_PER_SECOND = 1e9;
const SEED = 1;

/** How long a live run lasts in which the load of a workload is measured, seconds. */
export const loadRunSeconds = (isQuick: boolean): number => (isQuick ? 2 : 5);

/** The settings of the live runs of a calibration. */
export interface LiveRunSettings {
  readonly registry: ProtocolLookup;
  readonly signal: AbortSignal;
  readonly precision?: LiveRunRequest['precision'];
  readonly shape?: LiveRunRequest['shape'];
}

/** Processor time and results of a live run. */
export interface LiveLoad {
  /** Processor time over wall time, between warm-up and end. */
  readonly cpu: number;
  /**
   * Share of the time in which the thread could have run, but other programs had the processor.
   */
  readonly waited: number;
  readonly deliveredPerSecond: number;
}

/** The load of a run as predicted by the benchmarks alone. */
export interface PredictedLoad {
  readonly control: number;
  readonly data: number;
}

/** Time of a thread on the processor, and in the run queue before it, ns. */
interface ThreadTime {
  readonly atNs: number;
  readonly cpuNs: number;
  readonly waitedNs: number;
}

/**
 * Processor time of the thread that runs the world, or of all threads of the process if they share one
 * core.
 */
function threadTime(atNs: number): ThreadTime {
  // Reading the time of the process makes the kernel update the time of the thread as well.
  const all = processCpuNs();
  try {
    const text = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8');
    const [own = 0, waitedNs = 0] = text.split(' ').map(Number);
    const isAlone = availableParallelism() > 1 && own > 0;
    return { atNs, cpuNs: isAlone ? own : all, waitedNs };
  } catch {
    // Outside Linux, only the processor time of the whole process with its helper threads is known, and
    // no waiting time.
    return { atNs, cpuNs: all, waitedNs: 0 };
  }
}

/** Runs a scenario once on real sockets. */
function liveOnce(
  scenario: Scenario,
  how: LiveRunSettings,
  onProgress?: LiveRunRequest['onProgress'],
): Promise<RunEnd> {
  const { registry, signal, precision, shape } = how;
  return runLive({
    scenario,
    registry,
    definitions: scenarioMetrics(scenario, registry),
    seeds: [SEED],
    recordingsOf: () => ({}),
    reproduce: '',
    commit: '',
    signal,
    ...(precision === undefined ? {} : { precision }),
    ...(shape === undefined ? {} : { shape }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}

/** A live run, and its processor time between warm-up and end. */
export interface MeasuredRun {
  readonly result: SeedResult;
  /** CPU time divided by wall time. */
  readonly cpu: number;
  /**
   * Share of the time in which the thread could have run, but other programs had the processor.
   */
  readonly waited: number;
}

/** Measures the load and the results of a live run. */
export async function measureLiveLoad(scenario: Scenario, how: LiveRunSettings): Promise<LiveLoad> {
  const { result, cpu, waited } = await measureLiveRun(scenario, { ...how, precision: 'low' });
  const delivered = throughputOf(result.metrics);
  const deliveredPerSecond = (delivered * NS_PER_SECOND) / Math.max(1, result.measuredNs);
  return { cpu, waited, deliveredPerSecond };
}

/** Share of the offered packets that a run must deliver; not all of them, because sources are random. */
const CARRIED = 0.97;
/**
 * Largest accepted share of waiting for the processor. Processor time does not include other
 * programs, but above this share they slow the run down through the caches.
 */
const WAITED_MAX = 0.3;
const ATTEMPTS = 3;

/**
 * The load of a run that delivered at least {@link CARRIED} of the offered packets; undefined if none
 * of three runs did.
 */
export async function measureCarriedLoad(
  scenario: Scenario,
  ratePerSecond: number,
  how: LiveRunSettings,
): Promise<LiveLoad | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS && !how.signal.aborted; attempt += 1) {
    const live = await measureLiveLoad(scenario, how);
    const isCarried = live.deliveredPerSecond >= CARRIED * ratePerSecond;
    if (isCarried && live.waited <= WAITED_MAX) return live;
  }
  return undefined;
}

/** Runs a scenario live and measures the processor time of its thread. */
export async function measureLiveRun(
  scenario: Scenario,
  how: LiveRunSettings,
): Promise<MeasuredRun> {
  let first: ThreadTime | undefined;
  let last: ThreadTime = { atNs: 0, cpuNs: 0, waitedNs: 0 };
  const end = await liveOnce(scenario, how, ({ nowNs }) => {
    if (nowNs < scenario.warmupNs || nowNs >= scenario.durationNs) return;
    last = threadTime(nowNs);
    first ??= last;
  });
  // The run could not start, because another program holds a port or the system lacks an address.
  if (end.kind === 'scenario-error' || end.kind === 'refused') throw new Refusal(end.message);
  if (end.kind !== 'judged') throw new Error(`the live run of the calibration: ${end.message}`);
  const [result] = end.input.seeds;
  if (result === undefined) throw new Error('a live run of the calibration had no result');
  const wallNs = first === undefined ? 0 : last.atNs - first.atNs;
  // Without two readings of the processor time, the process never got the processor.
  if (first === undefined || wallNs <= 0) return { result, cpu: 1, waited: 1 };
  return {
    result,
    cpu: (last.cpuNs - first.cpuNs) / wallNs,
    waited: (last.waitedNs - first.waitedNs) / wallNs,
  };
}

/**
 * Runs a scenario in virtual time and divides the predicted use of its core between the lanes. A timer
 * that sends contributes to both lanes.
 */
export function predictLoad(
  scenario: Scenario,
  cpu: CpuChoice,
  registry: ProtocolLookup,
): PredictedLoad {
  const run = { scenario: { ...scenario, cpu }, registry, seed: SEED };
  const { world } = prepareSeed(run);
  const [host] = world.sim.hosts;
  if (host === undefined) throw new Error('a scenario without nodes cannot be calibrated');
  const { machine } = host;
  world.sim.runUntil(scenario.warmupNs);
  const before = { busyNs: machine.cpu.busyNs, timerNs: machine.timerNs };
  world.sim.runUntil(scenario.durationNs);
  const wallNs = scenario.durationNs - scenario.warmupNs;
  const control = (machine.timerNs - before.timerNs) / wallNs;
  return { control, data: (machine.cpu.busyNs - before.busyNs) / wallNs - control };
}

/** One measured run, as input for fitting the factors. */
export interface FitPoint {
  readonly live: LiveLoad;
  readonly alone: PredictedLoad;
  readonly ratePerSecond: number;
}

/**
 * Limits of the factor of the control lane. Wake-ups of an idle process look like timers, but
 * vanish under load, so a larger factor is not credible.
 */
const CONTROL_MAX = 3;
const CONTROL_MIN = 1;

/**
 * The factor of each lane that makes the model agree with the measurements; neither is negative.
 */
export function fitFactors(points: readonly FitPoint[]): { control: number; data: number } {
  let cc = 0;
  let cd = 0;
  let dd = 0;
  let cy = 0;
  let dy = 0;
  for (const { live, alone } of points) {
    cc += alone.control ** 2;
    cd += alone.control * alone.data;
    dd += alone.data ** 2;
    cy += alone.control * live.cpu;
    dy += alone.data * live.cpu;
  }
  const determinant = cc * dd - cd * cd;
  const free = determinant > 0 ? (cy * dd - dy * cd) / determinant : CONTROL_MIN;
  const control = Math.min(CONTROL_MAX, Math.max(CONTROL_MIN, free));
  return { control: roundToThousandths(control), data: fitDataFactor(points, control) };
}

/** The factor for the data lane, given the other factor; 1 if there are no measurements. */
export function fitDataFactor(points: readonly FitPoint[], control: number): number {
  let dd = 0;
  let rest = 0;
  for (const { live, alone } of points) {
    dd += alone.data ** 2;
    rest += alone.data * (live.cpu - control * alone.control);
  }
  return roundToThousandths(dd > 0 ? Math.max(0, rest) / dd : 1);
}

/** A measured run in the form that the profile stores. */
export function makeInPlacePoint(
  { live, alone, ratePerSecond }: FitPoint,
  factors: { readonly control: number; readonly data: number },
): Omit<InPlacePoint, 'isUsed'> {
  return {
    ratePerSecond: Math.round(ratePerSecond),
    deliveredPerSecond: Math.round(live.deliveredPerSecond),
    cpu: roundToThousandths(live.cpu),
    waited: roundToThousandths(live.waited),
    aloneControl: roundToThousandths(alone.control),
    aloneData: roundToThousandths(alone.data),
    predicted: roundToThousandths(alone.control * factors.control + alone.data * factors.data),
  };
}

function throughputOf(metrics: Readonly<Record<string, MetricData>>): number {
  for (const [name, data] of Object.entries(metrics)) {
    if (name.endsWith('.throughput') && data.kind === 'counter') return data.value;
  }
  return 0;
}
