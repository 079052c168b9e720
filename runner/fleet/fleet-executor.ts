/**
 * Makes the runs of a sweep on a fleet. Each run becomes a job of the queue whose id is the name of the
 * run, so that two requests for a run make one job. Results are read by this id; events only trigger
 * the reading.
 *
 * @module
 */
import type { Job, Queue } from 'bullmq';
import { EnvironmentError } from '../../engine/live/environment.ts';
import { hashScenarioFiles } from '../../scenarios/open/run-files.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import type { SeedAnswer } from '../run/job.ts';
import { makeRunIdentity } from '../sweep/kept-runs.ts';
import { unpackResult } from '../sweep/packed-result.ts';
import type { RunExecutor, RunFailure, SweepCombination } from '../sweep/run-sweep.ts';
import type { FleetQueueServer } from './fleet-engine.ts';
import {
  FLEET_VERSION,
  type FleetAnswer,
  type FleetJob,
  JOB_LIMITS_TEXT,
  readAnswer,
  readFleetSweepHeader,
  readJob,
} from './fleet-job.ts';

/** Largest number of jobs in the queue at a time: enough for several hundred threads. */
const JOBS_MAX = 512;
/**
 * Interval at which all jobs are checked, ms, because events may be lost while the server is
 * unreachable.
 */
const CHECK_MS = 2_000;
/** Pause before a request to an unreachable server is repeated, ms. */
const RETRY_MS = 500;
/** How long a request to an unreachable server is repeated, ms. */
const PATIENCE_MS = 300_000;
/** Number of attempts at a job whose worker throws; losing a worker does not count as an attempt. */
const ATTEMPTS = 3;
/** How long the queue keeps the outcome of an attempt of a hunt, s. */
const ATTEMPT_KEPT_S = 300;
/** Stands for the answer of an unreachable server. */
const UNREACHABLE: unique symbol = Symbol('away');
/** Id of the job that holds the header, which says what commit the fleet runs. */
const HEAD_ID = 'head';

/** Name of the queue with the jobs of a commit; workers of other commits never see these jobs. */
export function jobsQueueName(commit: string): string {
  return `runs-${commit.replaceAll(/[^0-9A-Za-z]/g, '-')}`;
}

/** Name of the queue that holds the header. */
export const SWEEP_HEADER_QUEUE_NAME = 'head';

/** A run for which the fleet gave different results. */
export interface FleetConflict {
  readonly id: string;
  readonly fingerprints: readonly string[];
}

/** How workers find the file of a combination, and whether earlier results of the fleet may be used. */
export interface FleetExecutorOptions {
  /** The path by which workers find the file of a combination. */
  readonly fileOf: (cell: SweepCombination) => string;
  /** True if results that the fleet already has must not be used. */
  readonly isFresh: boolean;
}

/** The outcome of one run, or of one attempt of a hunt, on a fleet. */
export type FleetOutcome = SeedAnswer | Extract<FleetAnswer, { kind: 'tried' }>;

/** What a fleet must know of a run in addition to its combination. */
interface Asked {
  readonly seed: number;
  /** For an attempt of a hunt: metrics whose limits hold at every instant. */
  readonly hunted?: readonly string[];
}

/** A requested run that has no answer yet. */
interface Waiting {
  readonly job: FleetJob;
  /** The files of the scenario by the names that error messages use. */
  readonly named: readonly string[];
  readonly answer: Promise<FleetOutcome>;
  readonly resolve: (answer: FleetOutcome) => void;
}

/** Runs the seeds of a sweep as jobs of a fleet's queue. */
export class FleetExecutor implements RunExecutor {
  readonly room = JOBS_MAX;
  readonly isForeign = true;
  readonly #engine: FleetQueueServer;
  readonly #jobs: Queue;
  readonly #commit: string;
  readonly #fileOf: (cell: SweepCombination) => string;
  readonly #isFresh: boolean;
  #conflicts: FleetConflict[] = [];
  readonly #waiting = new Map<string, Waiting>();
  readonly #asked = new Set<string>();
  readonly #timer: ReturnType<typeof setInterval>;
  #isChecking = false;
  #isStopped = false;

  private constructor(
    engine: FleetQueueServer,
    commit: string,
    { fileOf, isFresh }: FleetExecutorOptions,
  ) {
    this.#engine = engine;
    this.#commit = commit;
    this.#fileOf = fileOf;
    this.#isFresh = isFresh;
    this.#jobs = engine.queue(jobsQueueName(commit));
    engine.listenForEndedJobs(jobsQueueName(commit), (id) => {
      if (this.#waiting.has(id)) void this.#check(id);
    });
    this.#timer = setInterval(() => void this.#checkAll(), CHECK_MS);
  }

  /**
   * Connects to the fleet and tells it which commit to run.
   * @throws Refusal if it still has jobs of another commit.
   */
  static async open(
    engine: FleetQueueServer,
    commit: string,
    wishes: FleetExecutorOptions,
  ): Promise<FleetExecutor> {
    const heads = engine.queue(SWEEP_HEADER_QUEUE_NAME);
    const before = await heads.getJob(HEAD_ID);
    const head = before === undefined ? undefined : readFleetSweepHeader(before.data);
    if (head !== undefined && head.commit !== commit) {
      const others = await engine.queue(jobsQueueName(head.commit)).getJobCounts('wait', 'active');
      const left = (others['wait'] ?? 0) + (others['active'] ?? 0);
      if (left > 0) {
        throw new Refusal(
          `the fleet still has ${left} runs of commit ${head.commit}, and this program is ${commit}`,
        );
      }
    }
    if (before !== undefined && head?.commit !== commit) await before.remove();
    await heads.add('head', { version: FLEET_VERSION, commit }, { jobId: HEAD_ID });
    return new FleetExecutor(engine, commit, wishes);
  }

  async run(cell: SweepCombination, seed: number): Promise<SeedAnswer> {
    const answer = await this.try(cell, { seed });
    return answer.kind === 'tried' ? noResult(seed, 'its result is damaged') : answer;
  }

  /** True if the job for this run is within {@link JOB_LIMITS_TEXT}. */
  takes(cell: SweepCombination, asked: Asked): boolean {
    return readJob(this.#jobOf(cell, asked)) !== undefined;
  }

  #jobOf(cell: SweepCombination, asked: Asked): FleetJob {
    const { scenario, isKept } = cell;
    const { seed, hunted } = asked;
    return {
      ...{
        version: FLEET_VERSION,
        id: makeRunIdentity(cell, seed, this.#commit, hunted),
        commit: this.#commit,
        seed,
        isKept,
      },
      file: this.#fileOf(cell),
      files: hashScenarioFiles(scenario),
      parameters: scenario.overrides,
      ...(hunted === undefined ? {} : { hunted: [...hunted] }),
    };
  }

  /**
   * Makes a run, or tries an attempt of a hunt. The queue removes the outcome of an attempt by itself,
   * so a later request runs the attempt again.
   */
  async try(cell: SweepCombination, asked: Asked): Promise<FleetOutcome> {
    const { scenario } = cell;
    const { seed } = asked;
    if (this.#isStopped) return stopped(seed);
    const job = this.#jobOf(cell, asked);
    const { id } = job;
    const before = this.#waiting.get(id);
    if (before !== undefined) return await before.answer;
    if (readJob(job) === undefined) {
      const message = `seed ${seed}: a fleet takes no such run, which may have ${JOB_LIMITS_TEXT}`;
      return { kind: 'refused', message };
    }
    let resolve: Waiting['resolve'] = () => undefined;
    const answer = new Promise<FleetOutcome>((settle) => {
      resolve = settle;
    });
    const named = [scenario.file, scenario.topology.file];
    this.#waiting.set(id, { job, named, answer, resolve });
    if (asked.hunted === undefined) this.#asked.add(id);
    await this.#retrying(async () => {
      await this.#forgetEarlier(id);
      await this.#add(job);
    });
    // If this sweep is a continued one, the job may have ended already.
    void this.#check(id);
    return await answer;
  }

  async #add(job: FleetJob): Promise<void> {
    // An ended job of a sweep stays in the queue until the sweep has its result.
    const removal = job.hunted === undefined ? false : { age: ATTEMPT_KEPT_S };
    const options = { attempts: ATTEMPTS, removeOnComplete: removal, removeOnFail: removal };
    await this.#jobs.add('run', job, { ...options, jobId: job.id });
  }

  /**
   * Removes a job that failed before this sweep was continued, because the reason (such as a missing
   * file) may be gone; with `isFresh`, removes any job that has ended.
   */
  async #forgetEarlier(id: string): Promise<void> {
    const job = await this.#jobs.getJob(id);
    if (job?.finishedOn === undefined) return;
    if (this.#isFresh || (await job.isFailed())) await job.remove();
  }

  /**
   * Stops waiting for runs. Workers finish the runs that they have begun, and a continued sweep finds
   * the results.
   */
  stop(): void {
    this.#isStopped = true;
    for (const { job, resolve } of this.#waiting.values()) {
      resolve(stopped(job.seed));
    }
    this.#waiting.clear();
  }

  /** Removes the jobs of this sweep from the queue: their results are in the sweep's file. */
  async forget(): Promise<void> {
    for (const id of this.#asked) await this.#jobs.remove(id).catch(() => undefined);
  }

  /** Runs for which workers gave different results, found since the last call. */
  takeConflicts(): readonly FleetConflict[] {
    const taken = this.#conflicts;
    this.#conflicts = [];
    return taken;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /**
   * Repeats a request while the server is unreachable. A repeated request adds no second job, because
   * jobs have ids.
   * @throws EnvironmentError after {@link PATIENCE_MS}.
   */
  async #retrying(ask: () => Promise<unknown>): Promise<void> {
    const beganMs = performance.now();
    for (;;) {
      const problem = await ask().then(
        () => undefined,
        (error: unknown) => this.#engine.problemOf(error),
      );
      if (problem === undefined || this.#isStopped) return;
      if (performance.now() - beganMs > PATIENCE_MS) {
        throw new EnvironmentError(`the queue has been away for too long: ${problem}`);
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  async #checkAll(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    for (const id of [...this.#waiting.keys()]) await this.#check(id);
    this.#isChecking = false;
  }

  async #check(id: string): Promise<void> {
    const job = await this.#jobs.getJob(id).catch((): typeof UNREACHABLE => UNREACHABLE);
    const waiting = this.#waiting.get(id);
    // If the server is unreachable, a later check finds the job.
    if (waiting === undefined || job === UNREACHABLE) return;
    if (job === undefined) {
      // The server lost the job, or another sweep of the same runs removed it.
      await this.#add(waiting.job).catch(() => undefined);
      return;
    }
    if (job.finishedOn === undefined) return;
    this.#waiting.delete(id);
    const answer = answerOf(job, waiting);
    await this.#compare(id, answer);
    waiting.resolve(answer);
  }

  /**
   * Compares the answer with the fingerprints in the log of the job: each worker that ran the job has
   * logged one.
   */
  async #compare(id: string, answer: FleetOutcome): Promise<void> {
    const { logs } = await this.#jobs.getJobLogs(id).catch(() => ({ logs: [] as string[] }));
    const taken = answer.kind === 'result' ? [answer.result.fingerprint] : [];
    const fingerprints = [...new Set([...logs, ...taken])];
    if (fingerprints.length > 1) this.#conflicts.push({ id, fingerprints });
  }
}

function answerOf(job: Job, { job: { seed }, named }: Waiting): FleetOutcome {
  const answer = readAnswer(job.returnvalue);
  if (answer?.kind === 'tried') return answer;
  if (answer?.kind === 'failed') return withoutOtherFiles(answer.failure, named);
  const result = answer === undefined ? undefined : unpackResult(answer.result);
  const isWhole = result?.fingerprint === answer?.fingerprint && result?.ending !== 'interrupted';
  if (result?.seed === seed && isWhole) return { kind: 'result', result };
  const why = job.failedReason === undefined ? 'its result is damaged' : job.failedReason;
  return noResult(seed, why);
}

function stopped(seed: number): SeedAnswer {
  return { kind: 'ended', ending: 'interrupted', seed, message: 'it was told to stop' };
}

function noResult(seed: number, why: string): SeedAnswer {
  return { kind: 'refused', message: `the fleet has no result of seed ${seed}: ${why}` };
}

/**
 * Turns an error in a file that the scenario does not name into a refusal, because the message would
 * quote a line of that file.
 */
function withoutOtherFiles(failure: RunFailure, named: readonly string[]): SeedAnswer {
  if (failure.kind !== 'scenario-error' || named.includes(failure.file)) return failure;
  const { file, line, column, message } = failure;
  return { kind: 'refused', message: `${file}:${line}:${column}  ${message}` };
}
