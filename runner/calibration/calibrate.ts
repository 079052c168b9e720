/**
 * Measures this machine: first benchmarks of single operations, then their costs in a live run (in
 * place); makes a cost profile of both (docs/spec/processor-model.md#calibration).
 *
 * @module
 */

import { cpus, loadavg, release, type } from 'node:os';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { CpuProfile } from '../../engine/net/cpu-profile.ts';
import { greatestOf } from '../../engine/pure/extremes.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../scenarios/folders.ts';
import type { CpuChoice, Scenario } from '../../scenarios/model.ts';
import type { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import {
  inPlaceOperationCosts,
  makeEngineCosts,
  roundToTenths,
} from '../../scenarios/profiles/profile-file.ts';
import { type CostProfile, PROFILE_VERSION } from '../../scenarios/profiles/profile-schema.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { type BatchPlan, FULL_PLAN, QUICK_PLAN } from './batches.ts';
import { handlerTimingScenarios, TIMED_PACKET_SIZES } from './covering.ts';
import { measureHandlerCosts } from './handler-costs.ts';
import {
  type FitPoint,
  fitFactors,
  loadRunSeconds,
  makeInPlacePoint,
  measureCarriedLoad,
  measureLiveLoad,
  predictLoad,
} from './in-place.ts';
import { type MeasuredOperation, operationBenchmarks } from './operations.ts';
import { measureReceiveBuffer, measureSocketCosts } from './socket-costs.ts';
import type { Workload } from './workloads.ts';

/** The parameters of a calibration. */
export interface CalibrationRequest {
  /** The scenario that loads the machine at growing rates; its events and limits are ignored. */
  readonly workload: Workload;
  readonly isQuick: boolean;
  readonly commit: string;
  readonly registry: ProtocolRegistry;
  readonly signal: AbortSignal;
  readonly onStep: (text: string) => void;
}

/**
 * Rates of the live runs, as fractions of the limit that the benchmarks alone predict; the series ends
 * at the first rate that is not carried.
 */
const LOADS = [0.2, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9] as const;
const QUICK_LOADS = [0.3, 0.6] as const;
/** Runs with at least this fraction of the busiest run's processor time determine the factors. */
const HIGH_LOAD_SHARE_MIN = 0.7;
/** Handlers of protocols are timed at this multiple of the workload's easy rate. */
const TIMED_RATE_FACTOR = 5;
/** Warm-up of runs in virtual time, seconds. */
const SIM_WARMUP_S = 4;
/**
 * Start of traffic in virtual time, seconds. Nodes have found each other by then; with an earlier
 * start, a burst of waiting packets would influence the choice of paths.
 */
const SIM_START_S = 3;

/** Thrown when the user stops the calibration (the abort signal of the request). */
export class CalibrationStoppedError extends Error {}

type Operations = Readonly<Record<string, MeasuredOperation>>;

/** Makes a cost profile of this machine; takes two minutes, with `isQuick` half a minute. */
export async function calibrate(order: CalibrationRequest): Promise<CostProfile> {
  const loadBefore = loadavg()[0] ?? 0;
  const plan = order.isQuick ? QUICK_PLAN : FULL_PLAN;
  const own = await measureOperations(order, plan);
  await step(order, 'receive buffer');
  const rooms = await measureReceiveBuffer();
  const alone = aloneCosts(own);
  const points = await measureInPlace(order, choiceOf(alone, rooms));
  const used = highLoad(points);
  const factors = fitFactors(used);
  // Comes after the live runs, because code runs slower in a process that has already run every
  // protocol.
  const others = await coverOthers(order, { own, crypto: alone.crypto, plan });
  const operations = { ...own, ...others };
  return {
    $schema: 'https://orrery.dev/schemas/calibration.schema.json',
    profileVersion: PROFILE_VERSION,
    date: `${new Date().toISOString().slice(0, 19)}Z`,
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: Math.max(1, cpus().length),
      os: `${type()} ${release()} ${process.arch}`,
      node: process.versions.node,
      commit: order.commit,
      loadBefore: roundToTenths(loadBefore),
      loadAfter: roundToTenths(loadavg()[0] ?? 0),
    },
    operations: inPlaceOperationCosts(operations, factors),
    inPlace: {
      scenario: probeOf(order).name,
      controlFactor: factors.control,
      dataFactor: factors.data,
      points: points.map((point) => ({
        ...makeInPlacePoint(point, factors),
        isUsed: used.includes(point),
      })),
    },
    receiveBuffer: [...rooms],
  };
}

/** The runs whose processor time is nearly the highest. */
function highLoad(points: readonly FitPoint[]): readonly FitPoint[] {
  const most = greatestOf(points.map(({ live }) => live.cpu));
  return points.filter(({ live }) => live.cpu >= HIGH_LOAD_SHARE_MIN * most);
}

const UNCHANGED = { control: 1, data: 1 };

/**
 * The workload of the request as a scenario without events and limits, at a rate, for a number of
 * measured seconds.
 */
export function scenarioAtRate(
  order: Pick<CalibrationRequest, 'workload' | 'registry'>,
  how: {
    readonly ratePerSecond: number;
    readonly seconds: number;
    readonly bytes?: number;
    /** Decides the warm-up. It is longer in virtual time, where time begins before the nodes are ready. */
    readonly world?: 'live' | 'sim';
  },
): Scenario {
  const { ratePerSecond, seconds, bytes, world = 'sim' } = how;
  const warmup = world === 'live' ? order.workload.liveWarmupS : SIM_WARMUP_S;
  return loadScenario({
    path: order.workload.file,
    folders: SHIPPED_FILE_FOLDERS,
    registry: order.registry,
    overrides: {
      events: '[]',
      kpis: '{}',
      cpu: 'none',
      warmup: `${warmup}s`,
      duration: `${seconds + warmup}s`,
      ...order.workload.changesAt(ratePerSecond),
      ...(world === 'live' ? {} : { 'traffic.0.start': `${SIM_START_S}s` }),
      ...(bytes === undefined ? {} : { 'traffic.0.size': `${bytes}B` }),
    },
  });
}

async function measureOperations(order: CalibrationRequest, plan: BatchPlan): Promise<Operations> {
  const operations: Record<string, MeasuredOperation> = {};
  const { crypto: library } = probeOf(order);
  // This is the crypto provider that live runs use.
  for (const { name, run } of operationBenchmarks(
    createCryptoProvider(library, { timing: 'constant' }),
  )) {
    await step(order, name);
    operations[name] = await run(plan);
  }
  await step(order, 'send and receive');
  Object.assign(operations, await measureSocketCosts(plan));
  const { workload, registry, isQuick } = order;
  await step(order, 'code of the protocols');
  const seconds = isQuick ? 1 : 4;
  const ratePerSecond = TIMED_RATE_FACTOR * workload.easyRate;
  const group = TIMED_PACKET_SIZES.map((bytes) =>
    scenarioAtRate(order, { ratePerSecond, seconds, bytes }),
  );
  const { crypto } = aloneCosts(operations);
  return { ...operations, ...measureHandlerCosts({ group, registry, crypto, plan }) };
}

function aloneCosts(operations: Operations): CpuProfile {
  return makeEngineCosts(
    { operations: inPlaceOperationCosts(operations, UNCHANGED) },
    'alone',
    'alone',
  );
}

/** Measures, in other scenarios, the costs of handlers that the workload never calls. */
async function coverOthers(
  order: CalibrationRequest,
  how: {
    readonly own: Operations;
    readonly crypto: CpuProfile['crypto'];
    readonly plan: BatchPlan;
  },
): Promise<Operations> {
  const { workload, registry, isQuick } = order;
  const { own, crypto, plan } = how;
  const costs: Record<string, MeasuredOperation> = {};
  for (const group of handlerTimingScenarios(registry, { isQuick, loading: workload })) {
    await step(order, `code of the protocols: ${group[0]?.name ?? ''}`);
    for (const [name, cost] of Object.entries(
      measureHandlerCosts({ group, registry, crypto, plan }),
    )) {
      if (own[name] === undefined) costs[name] ??= cost;
    }
  }
  return costs;
}

/** The workload at an easy rate. */
function probeOf(order: CalibrationRequest): Scenario {
  return scenarioAtRate(order, { ratePerSecond: order.workload.easyRate, seconds: 1 });
}

async function measureInPlace(
  order: CalibrationRequest,
  alone: CpuChoice,
): Promise<readonly FitPoint[]> {
  const { isQuick, registry, signal } = order;
  await step(order, 'share of a core');
  const probe = predictLoad(probeOf(order), alone, registry);
  const full = order.workload.easyRate / Math.max(1e-6, probe.data);
  const points: FitPoint[] = [];
  // The first live run starts with cold caches, so its result is not used.
  await measureLiveLoad(
    scenarioAtRate(order, { ratePerSecond: full * 0.3, seconds: 2, world: 'live' }),
    {
      registry,
      signal,
    },
  );
  for (const load of isQuick ? QUICK_LOADS : LOADS) {
    const ratePerSecond = Math.round(full * load);
    await step(order, `live at ${ratePerSecond}/s`);
    const how = { ratePerSecond, seconds: loadRunSeconds(isQuick) };
    const scenario = scenarioAtRate(order, { ...how, world: 'live' });
    const live = await measureCarriedLoad(scenario, ratePerSecond, { registry, signal });
    // Lost packets cost less than delivered ones, so a run that loses packets says nothing about the
    // cost of a packet.
    if (live === undefined) {
      order.onStep(`${ratePerSecond}/s was not sustained and does not count`);
      // A rate above one that was not carried will not be carried either. But if no rate has been
      // carried yet, the failure may have been chance, so the next rate is tried.
      if (points.length > 0) break;
      continue;
    }
    const model = predictLoad(scenarioAtRate(order, how), alone, registry);
    points.push({ live, alone: model, ratePerSecond });
  }
  if (points.length > 0) return points;
  throw new Refusal(
    `no live run of ${order.workload.file} carried its packets: the machine is too busy to be ` +
      `calibrated (load ${(loadavg()[0] ?? 0).toFixed(1)}); try again when it is quiet`,
  );
}

function choiceOf(profile: CpuProfile, rooms: CpuChoice['receiveBuffer']): CpuChoice {
  const nowhere = { file: '', sha256: '', cpuModel: '', date: '' };
  return { profile, receiveBuffer: rooms, machines: 'one', ...nowhere };
}

/** Reports the next step, and lets the event loop handle a Ctrl-C. */
async function step(order: CalibrationRequest, text: string): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (order.signal.aborted) throw new CalibrationStoppedError();
  order.onStep(text);
}
