/**
 * A worker of a fleet: takes runs from the queue and makes them on its threads, from its own files. It
 * never executes anything from a job: a job only names files, whose hashes must equal those of the
 * worker's own files.
 *
 * @module
 */
import { hostname } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { Job, Worker } from 'bullmq';
import { PROJECT_ROOT, SHIPPED_FILE_FOLDERS } from '../../scenarios/folders.ts';
import type { CombinationParameters } from '../../scenarios/identity.ts';
import { trustedValuesFilter } from '../../scenarios/open/foreign-values.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import type { JobFiles } from '../../scenarios/open/run-files.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { ConfigError, formatErrorWithoutSource } from '../../topologies/files/config-error.ts';
import { isBelowFolder, runWithinFolders } from '../../topologies/files/file-bounds.ts';
import { parseFlagValue } from '../../topologies/files/overrides.ts';
import { depthMistakes } from '../../topologies/files/yaml-words.ts';
import { HuntPool, isOutOfMemory, isTimedOut } from '../hunt/hunt-pool.ts';
import type { SeedAnswer } from '../run/job.ts';
import { makeRunIdentity } from '../sweep/kept-runs.ts';
import { LocalExecutor } from '../sweep/local-executor.ts';
import { packResult, trimResultToKpis } from '../sweep/packed-result.ts';
import type { RunFailure, SweepCombination } from '../sweep/run-sweep.ts';
import type { FleetQueueServer } from './fleet-engine.ts';
import { jobsQueueName, SWEEP_HEADER_QUEUE_NAME } from './fleet-executor.ts';
import {
  type FleetAnswer,
  type FleetJob,
  type FleetWorkerState,
  readFleetSweepHeader,
  readJob,
} from './fleet-job.ts';

/** Name of the queue in which workers report that they are alive. */
export const WORKERS_QUEUE_NAME = 'workers';
/** Interval between two reports of a worker that it is alive, ms. */
export const WORKER_ALIVE_INTERVAL_MS = 5_000;
/** How long a job stays locked after its worker died, ms. */
const LOCK_MS = 30_000;
/** Interval at which workers look for jobs of dead workers, ms. */
const STALLED_MS = 5_000;
/**
 * How often a job may lose its worker: practically without limit, because a killed machine is not the
 * fault of the job.
 */
const STALLED_MAX = 1_000_000;
/**
 * How long a worker that is told to end waits for its runs, ms; other workers take over unfinished
 * runs.
 */
const CLOSE_MS = 10_000;

/** Longest time of a run, ms: a thread that never finished would be lost for all sweeps. */
const TIME_LIMIT_MS = 3_600_000;

/** Folders of shipped files, which jobs may name in addition to files below the current folder. */
const SHIPPED = [...Object.values(SHIPPED_FILE_FOLDERS), join(PROJECT_ROOT, 'nodes')];

/** Settings of a {@link FleetWorker}: its queue server, commit, threads and limits. */
export interface FleetWorkerOptions {
  readonly engine: FleetQueueServer;
  readonly commit: string;
  readonly threads: number;
  readonly memoryMb?: number | undefined;
  /** Time after which the job of a dead worker is given to another worker, ms. */
  readonly lockMs?: number | undefined;
  /** Longest time of a run, ms of the wall clock; a scenario may set a shorter one. */
  readonly timeLimitMs?: number | undefined;
  readonly onNotice: (text: string) => void;
}

/** Takes runs from a fleet's queue and makes them on its own threads, from its own files. */
export class FleetWorker {
  readonly #options: FleetWorkerOptions;
  readonly #executor: LocalExecutor;
  #huntPool: HuntPool | undefined;
  readonly #registry = new ProtocolRegistry();
  readonly #folders = [process.cwd(), ...SHIPPED];
  readonly #id = `worker-${hostname()}-${process.pid}`.replaceAll(':', '-');
  #worker: Worker | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #done = 0;

  constructor(options: FleetWorkerOptions) {
    this.#options = options;
    this.#executor = new LocalExecutor({ ...options, folders: this.#folders });
  }

  /**
   * Begins to take runs.
   * @throws Refusal if the fleet runs another commit.
   */
  async start(): Promise<void> {
    const { engine, commit, threads, lockMs = LOCK_MS, onNotice } = this.#options;
    const head = readFleetSweepHeader(
      (await engine.queue(SWEEP_HEADER_QUEUE_NAME).getJob('head'))?.data,
    );
    if (head !== undefined && head.commit !== commit) {
      throw new Refusal(
        `the fleet runs commit ${head.commit}, and this worker is ${commit}: check out the same`,
      );
    }
    await this.#sayAlive();
    this.#timer = setInterval(() => void this.#sayAlive(), WORKER_ALIVE_INTERVAL_MS);
    const work = async (job: Job): Promise<FleetAnswer> => {
      try {
        return await this.#work(job);
      } catch (error) {
        // The message of the error is stored in the queue, so it must not quote the file.
        throw error instanceof ConfigError ? new Refusal(formatErrorWithoutSource(error)) : error;
      }
    };
    this.#worker = engine.worker(jobsQueueName(commit), work, {
      concurrency: threads,
      lockDuration: lockMs,
      stalledInterval: Math.min(STALLED_MS, lockMs),
      maxStalledCount: STALLED_MAX,
    });
    this.#worker.on('failed', (job, error) => onNotice(`${job?.id ?? 'a job'}: ${error.message}`));
  }

  /** Ends the worker; waits up to {@link CLOSE_MS} for runs that have begun. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const late = new Promise<void>((over) => {
      setTimeout(over, CLOSE_MS).unref();
    });
    await Promise.race([this.#worker?.close(), late]);
    await this.#worker?.close(true);
    const own = await this.#options.engine.queue(WORKERS_QUEUE_NAME).getJob(this.#id);
    await own?.remove();
    await this.#executor.close();
    await this.#huntPool?.close();
  }

  /** The threads for attempts of hunts, started at the first attempt. */
  get #hunts(): HuntPool {
    const { threads, memoryMb, timeLimitMs } = this.#options;
    this.#huntPool ??= new HuntPool(threads, { memoryMb, limitMs: timeLimitMs });
    return this.#huntPool;
  }

  async #work(job: Job): Promise<FleetAnswer> {
    const asked = readJob(job.data);
    if (asked === undefined) throw new Refusal('the job is none of this version');
    const { cell, files } = await this.#cellOf(asked);
    if (asked.hunted !== undefined) {
      const { file: path, parameters: set, seed, hunted: always } = asked;
      const tried = await this.#hunts.try({ kind: 'file', path, set, seed, always, asked: files });
      if (tried === undefined) throw new Refusal('the attempt cannot be opened');
      this.#done += 1;
      // Null says that the attempt took too long or too much memory here, so that the hunting process
      // tries it itself (fleet-hunt.ts).
      const isTooMuch = isTimedOut(tried) || isOutOfMemory(tried);
      return { kind: 'tried', tried: JSON.stringify(isTooMuch ? null : tried) };
    }
    const answer = await this.#run(cell, asked.seed);
    if (answer.kind === 'ended' && answer.ending === 'interrupted')
      throw new Refusal(answer.message);
    if (answer.kind !== 'result') return { kind: 'failed', failure: withoutSourceLines(answer) };
    const { result } = answer;
    const { fingerprint } = result;
    await job.log(fingerprint);
    this.#done += 1;
    const kept = asked.isKept ? result : trimResultToKpis(result, cell.scenario.kpis);
    return { kind: 'result', fingerprint, result: packResult(kept) };
  }

  /** Runs a seed, at most for the time limit of this worker. */
  async #run(cell: SweepCombination, seed: number): Promise<SeedAnswer> {
    const { timeLimitMs: mostMs = TIME_LIMIT_MS } = this.#options;
    const { timeLimitMs: ownMs } = cell.scenario;
    const scenario = { ...cell.scenario, timeLimitMs: Math.min(ownMs ?? mostMs, mostMs) };
    const answer = await this.#executor.run({ ...cell, scenario }, seed);
    // If the limit of the scenario itself ended the run, the answer is right already.
    if (scenario.timeLimitMs === ownMs || !isTimeUp(answer)) return answer;
    const message = `a worker gives a run ${mostMs / 1e3} s; orrery worker --time-limit gives more`;
    return { kind: 'ended', ending: 'time-limit', seed, message };
  }

  /**
   * Loads the combination that a job names. The files must equal the worker's own, which is checked
   * before anything of them is executed.
   */
  async #cellOf({
    file,
    files,
    parameters,
    isKept,
    ...job
  }: FleetJob): Promise<{ readonly cell: SweepCombination; readonly files: JobFiles }> {
    if (job.commit !== this.#options.commit) throw new Refusal(`a job of commit ${job.commit}`);
    const path = ownFile(file);
    refuseOutsidePaths(parameters);
    const own = runWithinFolders(this.#folders, () => trustedValuesFilter(path)(parameters));
    const asked = { hashes: files, folders: this.#folders, own };
    const loaded = await openScenario(path, parameters, this.#registry, asked);
    const cell = { ...loaded, index: 0, parameters, isKept };
    const { seed, commit, hunted } = job;
    if (makeRunIdentity(cell, seed, commit, hunted) !== job.id)
      throw new Refusal('a job of another name');
    return { cell, files: asked };
  }

  async #sayAlive(): Promise<void> {
    const { engine, commit, threads } = this.#options;
    const state: FleetWorkerState = {
      ...{ host: hostname(), pid: process.pid, commit, threads },
      ...{ done: this.#done, atMs: Date.now() },
    };
    try {
      const queue = engine.queue(WORKERS_QUEUE_NAME);
      const own = await queue.getJob(this.#id);
      if (own === undefined) await queue.add('worker', state, { jobId: this.#id });
      else await own.updateData(state);
    } catch {
      // The server is unreachable; the next report will be enough.
    }
  }
}

/** True if its time limit ended the run. */
function isTimeUp(answer: SeedAnswer): boolean {
  if (answer.kind === 'result') return answer.result.ending === 'time-limit';
  return answer.kind === 'ended' && answer.ending === 'time-limit';
}

/** Removes lines of source files from a failure, because only the owner of the files may see them. */
function withoutSourceLines(failure: RunFailure): RunFailure {
  if (failure.kind !== 'broken' || failure.crash === undefined) return failure;
  const { place, ...crash } = failure.crash;
  return {
    ...failure,
    crash: place === undefined ? crash : { ...crash, place: { ...place, lines: [] } },
  };
}

/**
 * The path of a shipped scenario, or of a file below the current folder.
 * @throws Refusal for any other path.
 */
function ownFile(file: string): string {
  const isName = !/[/\\]/.test(file);
  if (isName) return file;
  const path = resolve(file);
  if (isAbsolute(file) || !isBelowFolder(path, process.cwd())) {
    throw new Refusal(`${file} is outside the folder of this worker`);
  }
  return file;
}

/**
 * Refuses values that name files outside of this folder, since a value may name a topology or a module.
 * @throws Refusal for absolute paths and paths with `..`.
 */
function refuseOutsidePaths(parameters: CombinationParameters): void {
  for (const [path, value] of Object.entries(parameters)) {
    if (!textsIn(parsed(value)).some(leadsOut)) continue;
    throw new Refusal(`${path}=${value} leads outside the folder of this worker`);
  }
}

function leadsOut(text: string): boolean {
  return isAbsolute(text) || /(?:^|[\\/])\.\.(?:[\\/]|$)/.test(text);
}

/**
 * Parses a value as the loader does, because a map or a list may contain paths, and a text may have
 * escapes.
 */
function parsed(value: string): unknown {
  // The loader refuses a value that is nested too deeply without parsing it.
  return depthMistakes(value).length > 0 ? value : parseFlagValue(value);
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, one]) => [key, ...textsIn(one)]);
}
