/**
 * Checks whether the profile predicts where the machine saturates. Each round measures the factor
 * in place before and after it finds the knee of one live process; then it predicts this knee, and
 * compares live mode with virtual time at a rate well below it
 * (docs/how-to/calibrate.md#what-is-promised).
 *
 * A shared machine may be a fifth faster or slower some minutes later, so the error of a factor
 * measured in another hour would include this drift. The prediction by the factors of the file is
 * printed too.
 *
 * @module
 */
import { isWithinTolerance, relativeDifference } from '../../reports/against.ts';
import { quantile, sortedAscending } from '../../reports/statistics/quantile.ts';
import type { CpuChoice } from '../../scenarios/model.ts';
import type { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import {
  cpuChoice,
  inPlaceOperationCosts,
  type ProfileWithFile,
} from '../../scenarios/profiles/profile-file.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import {
  benchmarkLoadPredictor,
  type LoadPredictor,
  measureBusyPoints,
  remeasurePoints,
} from './busy-points.ts';
import { CalibrationStoppedError, scenarioAtRate } from './calibrate.ts';
import { fitDataFactor, loadRunSeconds, measureLiveLoad, predictLoad } from './in-place.ts';
import { findKnee, type Knee, type KneeRun, runLiveForKnee, runVirtualForKnee } from './knee.ts';
import type { Workload } from './workloads.ts';

/** The profile to check, and the workload to check it with. */
export interface KneeCheckRequest {
  readonly workload: Workload;
  readonly profile: ProfileWithFile;
  readonly isQuick: boolean;
  readonly registry: ProtocolRegistry;
  readonly signal: AbortSignal;
  readonly onStep: (text: string) => void;
  readonly onRun: (world: 'live' | 'predicted', run: KneeRun) => void;
}

/** A quantity as measured live and as predicted in virtual time. */
export interface LivePredictedPair {
  readonly live: number;
  readonly predicted: number;
  /** The predicted value divided by the live value, minus 1. */
  readonly difference: number | null;
}

/** Processor time over wall time at a rate, live and as predicted. */
export interface CpuComparison {
  readonly ratePerSecond: number;
  readonly live: number;
  readonly predicted: number;
}

/**
 * The results of one round: the highest rates that live mode and virtual time carry, and a comparison
 * of both at a lower rate.
 */
export interface CheckRound {
  /** Factor for the data lane, measured before and after the search for the live limit. */
  readonly dataFactor: number;
  readonly knee: LivePredictedPair;
  /** The rate at which throughput and latency were compared. */
  readonly ratePerSecond: number;
  /** The rate at which processor time was compared. */
  readonly busyPerSecond: number;
  readonly throughput: LivePredictedPair;
  readonly latencyP50Ns: LivePredictedPair;
  /** Processor time over wall time. */
  readonly cpu: LivePredictedPair;
  readonly live: Knee;
  readonly predicted: Knee;
}

/** A quantity with the median of its differences over all rounds. */
export interface MedianDifference {
  readonly difference: number | null;
  readonly isInside: boolean;
}

/** The result of checking, in several rounds, how well a profile predicts the saturation point. */
export interface KneeCheck {
  /** The prediction with the factor of the profile's file, measured when the file was made. */
  readonly asWritten: { readonly dataFactor: number; readonly ratePerSecond: number };
  readonly rounds: readonly CheckRound[];
  readonly knee: MedianDifference;
  readonly throughput: MedianDifference;
  readonly latencyP50Ns: MedianDifference;
  readonly cpu: MedianDifference;
  readonly pass: boolean;
}

const ROUNDS = 3;
const QUICK_ROUNDS = 1;
/**
 * With the factor from the profile's file, the search for the predicted knee starts at this multiple of
 * the easy rate; rates grow by {@link GROWTH}.
 */
const SEARCH_START_FACTOR = 4;
const GROWTH = 1.25;
/**
 * The search in a round starts at this fraction of the expected limit; rates grow by
 * {@link ROUND_GROWTH}.
 */
const ROUND_START_FRACTION = 0.75;
const ROUND_GROWTH = 1.12;
const RESOLUTION = 1.03;
const QUICK_RESOLUTION = 1.12;
/**
 * Throughput and latency are compared at this fraction of the live or the predicted limit, whichever is
 * lower.
 */
const WORKING_POINT = 0.7;
/**
 * Processor time is compared at this fraction of the live or the predicted limit, whichever is lower. At
 * lower rates a live process also wakes up for each packet; costs in place do not contain that.
 */
const BUSY_POINT = 0.85;

/**
 * Checks in several rounds how well a profile predicts the saturation point (knee); takes about ten
 * minutes, with `isQuick` two.
 * @throws CalibrationStoppedError when the abort signal fires, Refusal if no live run carried its packets.
 */
export async function checkKnee(order: KneeCheckRequest): Promise<KneeCheck> {
  const own = cpuChoice(order.profile, 'one');
  const asWritten = await predictedKnee(order, own, {
    from: SEARCH_START_FACTOR * order.workload.easyRate,
    growth: GROWTH,
  });
  stopIfAsked(order);
  const alone = cpuChoice(order.profile, 'one', 'alone');
  const loadAt = benchmarkLoadPredictor(order, alone, asWritten.ratePerSecond);
  const rounds: CheckRound[] = [];
  let expected = asWritten.ratePerSecond;
  const total = order.isQuick ? QUICK_ROUNDS : ROUNDS;
  while (rounds.length < total) {
    order.onStep(`round ${rounds.length + 1} of ${total}`);
    const round = await checkRound(order, loadAt, expected);
    expected = round.predicted.ratePerSecond;
    rounds.push(round);
  }
  const { dataFactor } = order.profile.profile.inPlace;
  return judgeRounds({ dataFactor, ratePerSecond: asWritten.ratePerSecond }, rounds);
}

/** Compares the medians over the rounds with the promised accuracy. */
export function judgeRounds(
  asWritten: KneeCheck['asWritten'],
  rounds: readonly CheckRound[],
): KneeCheck {
  const knee = medianOf(rounds.map((round) => round.knee));
  const throughput = medianOf(rounds.map((round) => round.throughput));
  const latencyP50Ns = medianOf(rounds.map((round) => round.latencyP50Ns));
  const cpu = medianOf(rounds.map((round) => round.cpu));
  const pass = [knee, throughput, latencyP50Ns, cpu].every(({ isInside }) => isInside);
  return { asWritten, rounds, knee, throughput, latencyP50Ns, cpu, pass };
}

/** Compares live mode with virtual time in one round. */
export function compareKneeRound(
  dataFactor: number,
  knees: { readonly live: Knee; readonly predicted: Knee },
  runs: { readonly live: KneeRun; readonly predicted: KneeRun; readonly busy: CpuComparison },
): CheckRound {
  const { live, predicted } = knees;
  const carried = (run: KneeRun): number => run.delivery * run.ratePerSecond;
  return {
    dataFactor,
    knee: predictionOf(live.ratePerSecond, predicted.ratePerSecond),
    ratePerSecond: runs.live.ratePerSecond,
    throughput: predictionOf(carried(runs.live), carried(runs.predicted)),
    latencyP50Ns: predictionOf(runs.live.latencyP50Ns, runs.predicted.latencyP50Ns),
    busyPerSecond: runs.busy.ratePerSecond,
    cpu: predictionOf(runs.busy.live, runs.busy.predicted),
    live,
    predicted,
  };
}

async function checkRound(
  order: KneeCheckRequest,
  loadAt: LoadPredictor,
  expected: number,
): Promise<CheckRound> {
  const search = { from: expected * ROUND_START_FRACTION, growth: ROUND_GROWTH };
  const before = await measureBusyPoints(order, loadAt, search.from);
  stopIfAsked(order);
  if (before.length === 0) throw tooBusy(order, search.from);
  const live = await liveKnee(order, search);
  // Half of the points are from before the search and half from after it, so that a steady drift of the
  // machine cancels out.
  const points = [...before, ...(await remeasurePoints(order, loadAt, before))];
  stopIfAsked(order);
  const factor = fitDataFactor(points, order.profile.profile.inPlace.controlFactor);
  const cpu = cpuWithDataFactor(order.profile, factor);
  const predicted = await predictedKnee(order, cpu, search);
  const lower = Math.min(live.ratePerSecond, predicted.ratePerSecond);
  const ratePerSecond = Math.max(1, Math.round(lower * WORKING_POINT));
  return compareKneeRound(
    factor,
    { live, predicted },
    {
      live: await liveRun(order, ratePerSecond),
      predicted: await simRun(order, cpu, ratePerSecond),
      busy: await busyRun(order, cpu, Math.max(1, Math.round(lower * BUSY_POINT))),
    },
  );
}

/**
 * Measures processor time in a separate live run, whose event loop sleeps until a timer is due instead
 * of spinning.
 */
async function busyRun(
  order: KneeCheckRequest,
  cpu: CpuChoice,
  ratePerSecond: number,
): Promise<CpuComparison> {
  const { registry, signal } = order;
  order.onStep(`processor time at ${ratePerSecond}/s`);
  const how = { ratePerSecond, seconds: loadRunSeconds(order.isQuick) };
  const live = await measureLiveLoad(scenarioAtRate(order, { ...how, world: 'live' }), {
    registry,
    signal,
  });
  const { control, data } = predictLoad(scenarioAtRate(order, how), cpu, registry);
  return { ratePerSecond, live: live.cpu, predicted: control + data };
}

function stopIfAsked({ signal }: KneeCheckRequest): void {
  if (signal.aborted) throw new CalibrationStoppedError();
}

function tooBusy({ workload }: KneeCheckRequest, rate: number): Refusal {
  return new Refusal(
    `no live run of ${workload.file} carried ${Math.round(rate)}/s or less, parts of what the profile ` +
      'predicts: the machine is busy or the profile of another one; calibrate again when nothing ' +
      'else runs',
  );
}

type Search = { readonly from: number; readonly growth: number };

function predictedKnee(order: KneeCheckRequest, cpu: CpuChoice, search: Search): Promise<Knee> {
  const run = (rate: number): Promise<KneeRun> => simRun(order, cpu, rate);
  return findKnee({ ...searchOf(order, search), tries: 1, run });
}

function liveKnee(order: KneeCheckRequest, search: Search): Promise<Knee> {
  const run = (rate: number): Promise<KneeRun> => liveRun(order, rate);
  return findKnee({ ...searchOf(order, search), tries: order.isQuick ? 1 : 3, run });
}

function searchOf(
  { isQuick, signal }: KneeCheckRequest,
  search: Search,
): Search & { readonly resolution: number; readonly isStopped: () => boolean } {
  const resolution = isQuick ? QUICK_RESOLUTION : RESOLUTION;
  return { ...search, resolution, isStopped: () => signal.aborted };
}

/** The processors of a run by this profile, with another factor of the data lane. */
function cpuWithDataFactor(read: ProfileWithFile, data: number): CpuChoice {
  const { operations, inPlace } = read.profile;
  const factors = { control: inPlace.controlFactor, data };
  const profile = { ...read.profile, operations: inPlaceOperationCosts(operations, factors) };
  return cpuChoice({ ...read, profile }, 'one');
}

function simRun(order: KneeCheckRequest, cpu: CpuChoice, ratePerSecond: number): Promise<KneeRun> {
  const { registry, onRun } = order;
  const scenario = scenarioAtRate(order, {
    ratePerSecond,
    seconds: loadRunSeconds(order.isQuick),
    world: 'sim',
  });
  const run = runVirtualForKnee(scenario, ratePerSecond, { cpu, registry });
  onRun('predicted', run);
  // The event loop gets a turn, in which Ctrl-C and the progress line are handled.
  return new Promise((resolve) => setImmediate(() => resolve(run)));
}

async function liveRun(order: KneeCheckRequest, ratePerSecond: number): Promise<KneeRun> {
  const { registry, signal, onRun } = order;
  const scenario = scenarioAtRate(order, {
    ratePerSecond,
    seconds: loadRunSeconds(order.isQuick),
    world: 'live',
  });
  const run = await runLiveForKnee(scenario, ratePerSecond, { registry, signal });
  onRun('live', run);
  return run;
}

function predictionOf(live: number, predicted: number): LivePredictedPair {
  return { live, predicted, difference: relativeDifference(live, predicted) };
}

function medianOf(predictions: readonly LivePredictedPair[]): MedianDifference {
  const differences = predictions.map(({ difference }) => difference ?? Number.NaN);
  const isWhole = differences.length > 0 && !differences.some(Number.isNaN);
  const difference = isWhole ? (quantile(sortedAscending(differences), 0.5) ?? null) : null;
  return { difference, isInside: isWithinTolerance(difference) };
}
