/**
 * Does the profile predict where the machine saturates? Finds the knee of one live process and of
 * the prediction, and compares both worlds at a rate well below (issue 3 section 3).
 *
 * @module
 */
import { isWithin, relativeDifference } from '../../reports/against.ts';
import type { ProtocolRegistry } from '../registry.ts';
import { scenarioAt } from './calibrate.ts';
import { findKnee, type Knee, type KneeRun, liveKneeRun, simKneeRun } from './knee.ts';
import { cpuChoice, type ReadProfile } from './profile-file.ts';

/** What to check. */
export interface KneeCheckOrder {
  readonly scenario: string;
  readonly profile: ReadProfile;
  readonly isQuick: boolean;
  readonly registry: ProtocolRegistry;
  readonly signal: AbortSignal;
  readonly onRun: (world: 'live' | 'predicted', run: KneeRun) => void;
}

/** A quantity in both worlds. */
export interface Prediction {
  readonly live: number;
  readonly predicted: number;
  /** Predicted over live, less 1. */
  readonly difference: number | null;
  readonly isInside: boolean;
}

/** The two knees, and both worlds at a rate below them. */
export interface KneeCheck {
  readonly knee: Prediction;
  /** At this rate the others were compared. */
  readonly ratePerSecond: number;
  readonly throughput: Prediction;
  readonly latencyP50Ns: Prediction;
  readonly pass: boolean;
  readonly live: Knee;
  readonly predicted: Knee;
}

/** First rate, packets a second. */
const FROM = 4_000;
const GROWTH = 1.25;
const RESOLUTION = 1.03;
const QUICK_RESOLUTION = 1.12;
/** Throughput and latency are compared at this part of the lower knee. */
const WORKING_POINT = 0.7;

/** Finds both knees. */
export async function checkKnee(order: KneeCheckOrder): Promise<KneeCheck> {
  const { isQuick, registry, signal, onRun } = order;
  const seconds = isQuick ? 2 : 5;
  const cpu = cpuChoice(order.profile, 'one');
  const at = (ratePerSecond: number, world: 'live' | 'sim'): ReturnType<typeof scenarioAt> =>
    scenarioAt(order, { ratePerSecond, seconds, world });
  const inSim = (rate: number): Promise<KneeRun> => {
    const run = simKneeRun(at(rate, 'sim'), rate, { cpu, registry });
    onRun('predicted', run);
    // Gives Ctrl-C and the progress line a turn.
    return new Promise((resolve) => setImmediate(() => resolve(run)));
  };
  const inLive = async (rate: number): Promise<KneeRun> => {
    const run = await liveKneeRun(at(rate, 'live'), rate, { registry, signal });
    onRun('live', run);
    return run;
  };
  const search = {
    from: FROM,
    growth: GROWTH,
    resolution: isQuick ? QUICK_RESOLUTION : RESOLUTION,
    isStopped: (): boolean => signal.aborted,
  };
  const predicted = await findKnee({ ...search, tries: 1, run: inSim });
  const live = await findKnee({ ...search, tries: isQuick ? 1 : 3, run: inLive });
  const lower = Math.min(live.ratePerSecond, predicted.ratePerSecond);
  const ratePerSecond = Math.max(1, Math.round(lower * WORKING_POINT));
  return verdictOf({ live, predicted }, ratePerSecond, {
    live: await inLive(ratePerSecond),
    predicted: await inSim(ratePerSecond),
  });
}

/** Sets both worlds side by side. */
export function verdictOf(
  knees: { readonly live: Knee; readonly predicted: Knee },
  ratePerSecond: number,
  runs: { readonly live: KneeRun; readonly predicted: KneeRun },
): KneeCheck {
  const { live, predicted } = knees;
  const knee = predictionOf(live.ratePerSecond, predicted.ratePerSecond);
  const carried = (run: KneeRun): number => run.delivery * run.ratePerSecond;
  const throughput = predictionOf(carried(runs.live), carried(runs.predicted));
  const latencyP50Ns = predictionOf(runs.live.latencyP50Ns, runs.predicted.latencyP50Ns);
  const pass = [knee, throughput, latencyP50Ns].every(({ isInside }) => isInside);
  return { knee, ratePerSecond, throughput, latencyP50Ns, pass, live, predicted };
}

function predictionOf(live: number, predicted: number): Prediction {
  const difference = relativeDifference(live, predicted);
  return { live, predicted, difference, isInside: isWithin(difference) };
}
