/**
 * Worker thread of a hunt. It opens a scenario once and tries attempts on it; while a break is shrunk,
 * it tries scenario files.
 *
 * @module
 */
import { installClockGuard } from '../../engine/live/clock-guard.ts';
import { STACK_FRAMES_MAX } from '../../engine/live/stack-locations.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import type { JobFiles } from '../../scenarios/open/run-files.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { ConfigError } from '../../topologies/files/config-error.ts';
import { type Attempt, type AttemptOutcome, EMPTY_ATTEMPT_OUTCOME } from './attempt.ts';
import { explicitEvents } from './explicit-events.ts';
import {
  type HuntedScenario,
  openHuntedScenario,
  prepareAttemptScenario,
} from './hunted-scenario.ts';
import { AttemptTrier, tryScenario } from './try-attempt.ts';

/** An attempt or a scenario file for one worker thread. */
export type HuntJob =
  | {
      readonly kind: 'attempt';
      readonly file: string;
      readonly set: Readonly<Record<string, string>>;
      readonly attempt: Attempt;
    }
  /** A scenario file, run with its first seed unless another is given. */
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly set: Readonly<Record<string, string>>;
      readonly seed?: number;
      /** Metrics whose limits must hold at every instant; true for all, false for none. */
      readonly always: boolean | readonly string[];
      readonly isTold?: boolean;
      /** Hashes of the files that a fleet's job demands. */
      readonly asked?: JobFiles;
    };

/**
 * The scenario that this thread has opened, a key made of its file and values, and an {@link
 * AttemptTrier} for each changed option.
 */
let open:
  | {
      readonly key: string;
      readonly hunted: HuntedScenario;
      readonly triers: Map<string, AttemptTrier | undefined>;
    }
  | undefined;

/** Tries a job. @returns undefined if its file cannot be opened. */
export async function runHuntJob(job: HuntJob): Promise<AttemptOutcome | undefined> {
  Error.stackTraceLimit = STACK_FRAMES_MAX;
  installClockGuard();
  if (job.kind === 'file') return await tryFile(job);
  const key = JSON.stringify([job.file, job.set]);
  if (open?.key !== key) {
    open = { key, hunted: await openHuntedScenario(job.file, job.set), triers: new Map() };
  }
  const { hunted, triers } = open;
  const { option = '' } = job.attempt;
  if (!triers.has(option)) {
    const own = await prepareAttemptScenario(hunted, job.attempt);
    triers.set(option, own && new AttemptTrier(own));
  }
  return triers.get(option)?.try(job.attempt) ?? EMPTY_ATTEMPT_OUTCOME;
}

/** Tries a scenario file; the events of the outcome are the faults that happened, each at its instant. */
async function tryFile(
  job: Extract<HuntJob, { kind: 'file' }>,
): Promise<AttemptOutcome | undefined> {
  const registry = new ProtocolRegistry();
  try {
    const { scenario } = await openScenario(job.path, job.set, registry, job.asked);
    const all = job.always === true ? scenario.kpis.map(({ metric }) => metric) : [];
    const always = new Set(typeof job.always === 'boolean' ? all : job.always);
    const { seed = scenario.seeds[0] ?? 1, isTold } = job;
    const { faults, ...tried } = tryScenario({ scenario, registry, seed, always, isTold });
    return { ...tried, events: explicitEvents(scenario, faults) };
  } catch (error) {
    if (error instanceof ConfigError || error instanceof Refusal) return undefined;
    throw error;
  }
}
