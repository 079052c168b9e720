/**
 * Worker threads that run seeds of one or several scenarios.
 *
 * @module
 */
import type { MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { entryModuleUrl } from '../../engine/live/own-form.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { JobFiles } from '../../scenarios/open/run-files.ts';
import type { RecordingPaths } from '../recording/recordings.ts';
import type { SeedAnswer, SeedJob } from '../run/job.ts';
import type { SeedWatch } from './seed-watch.ts';

/** A seed to run, and its watchdog. */
export interface SeedTask {
  readonly scenario: Pick<Scenario, 'file' | 'overrides'>;
  readonly seed: number;
  readonly recordings: RecordingPaths;
  readonly watch: SeedWatch;
  /** True if the run ends as soon as it cannot meet a limit any more. */
  readonly endsOnMiss?: boolean;
  /** Hashes that the files of the run must have; any files if absent. */
  readonly asked?: JobFiles;
}

/** The number of threads of a pool, and their memory. */
export interface SeedPoolOptions {
  readonly threads: number;
  /** Limit of a thread's heap of old objects, MB; the default of Node if absent. */
  readonly memoryMb?: number | undefined;
}

/** A pool of worker threads that run seeds. */
export class SeedPool {
  readonly #pool: Piscina;
  readonly #memoryMb: number | undefined;

  constructor({ threads, memoryMb }: SeedPoolOptions) {
    this.#memoryMb = memoryMb;
    this.#pool = new Piscina({
      filename: entryModuleUrl('./run-worker', import.meta.url),
      name: 'runJob',
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      atomics: 'disabled',
      recordTiming: false,
      execArgv: [],
      ...(memoryMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: memoryMb } }),
    });
  }

  /**
   * Runs a seed as soon as a thread is free.
   * @returns the answer of its thread, or of its watchdog if it had to be terminated. If the thread ran
   * out of memory the answer is `refused`, if it ended by itself `broken`; other seeds are not
   * affected.
   */
  async run({
    scenario,
    seed,
    recordings,
    watch,
    endsOnMiss = false,
    asked,
  }: SeedTask): Promise<SeedAnswer> {
    const { file, overrides } = scenario;
    const { shared } = watch.control;
    const files = asked === undefined ? {} : { asked };
    const calls = watch.callsBuffer;
    const base = { file, overrides, seed, recordings, endsOnMiss };
    const job: SeedJob = { ...base, shared, calls, ...files };
    const ports = [recordings.broadcast?.port, recordings.injection?.port];
    const transferList = ports.filter((port) => port !== undefined) as MessagePort[];
    try {
      return (await this.#pool.run(job, { transferList, signal: watch.signal })) as SeedAnswer;
    } catch (error) {
      if (watch.answer !== undefined) return watch.answer;
      if (isOutOfMemory(error)) return { kind: 'refused', message: this.#outOfMemory(seed) };
      if (error instanceof Error && THREAD_ENDED.test(error.message)) {
        return watch.lostAnswer(error.message);
      }
      throw error;
    }
  }

  async destroy(): Promise<void> {
    await this.#pool.destroy();
  }

  #outOfMemory(seed: number): string {
    const limit = this.#memoryMb === undefined ? '' : ` (${this.#memoryMb} MB)`;
    return `seed ${seed} needs more memory than its thread may have${limit}; ${MORE_MEMORY}`;
  }
}

/** Matches the error of the pool when a worker has called `process.exit`. */
const THREAD_ENDED = /^worker exited with code: \d+$/;
const MORE_MEMORY = 'NODE_OPTIONS=--max-old-space-size=MB gives more, in sweeps --memory MB';

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
