/**
 * Carries out the jobs of a hunt, on any machine: opens a scenario once and tries attempts on it; while a break is
 * shrunk, tries scenario files.
 *
 * @module
 */
import type { JobFiles } from '../../scenarios/open/run-files.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { ConfigError } from '../../topologies/files/config-error.ts';
import { type Attempt, type AttemptOutcome, EMPTY_ATTEMPT_OUTCOME } from './attempt.ts';
import { explicitEvents } from './explicit-events.ts';
import { type HuntedScenario, prepareAttemptScenario, prepareHunt } from './hunted-scenario.ts';
import type { ScenarioOpener } from './scenario-opener.ts';
import { AttemptTrier, tryScenario } from './try-attempt.ts';

/** An attempt or a scenario file for one worker. */
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

/** Carries out jobs, one after the other. */
export class HuntJobs {
  readonly #makeOpener: () => ScenarioOpener;
  /**
   * The scenario that is open, a key made of its file and values, and an {@link AttemptTrier} for each
   * changed option.
   */
  #open:
    | {
        readonly key: string;
        readonly hunted: HuntedScenario;
        readonly triers: Map<string, AttemptTrier | undefined>;
      }
    | undefined;

  /** @param makeOpener Makes the opener of a job, whose registry knows no code of users of other jobs. */
  constructor(makeOpener: () => ScenarioOpener) {
    this.#makeOpener = makeOpener;
  }

  /** Tries a job. @returns undefined if its file cannot be opened. */
  async run(job: HuntJob): Promise<AttemptOutcome | undefined> {
    if (job.kind === 'file') return await tryFile(job, this.#makeOpener());
    const key = JSON.stringify([job.file, job.set]);
    if (this.#open?.key !== key) {
      const hunted = await prepareHunt(job.file, job.set, this.#makeOpener());
      this.#open = { key, hunted, triers: new Map() };
    }
    const { hunted, triers } = this.#open;
    const { option = '' } = job.attempt;
    if (!triers.has(option)) {
      const own = await prepareAttemptScenario(hunted, job.attempt);
      triers.set(option, own && new AttemptTrier(own));
    }
    return triers.get(option)?.try(job.attempt) ?? EMPTY_ATTEMPT_OUTCOME;
  }
}

/** Tries a scenario file; the events of the outcome are the faults that happened, each at its instant. */
async function tryFile(
  job: Extract<HuntJob, { kind: 'file' }>,
  opener: ScenarioOpener,
): Promise<AttemptOutcome | undefined> {
  const { registry } = opener;
  try {
    const { scenario } = await opener.open(job.path, job.set, job.asked);
    const all = job.always === true ? scenario.kpis.map(({ metric }) => metric) : [];
    const always = new Set(typeof job.always === 'boolean' ? all : job.always);
    const { seed = scenario.seeds[0] ?? 1, isTold } = job;
    const { faults, ...tried } = tryScenario({ scenario, registry, seed, always, isTold });
    return { ...tried, events: explicitEvents(scenario, faults, opener) };
  } catch (error) {
    if (error instanceof ConfigError || error instanceof Refusal) return undefined;
    throw error;
  }
}
