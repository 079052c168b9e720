/**
 * Heavy work on other threads: the pool behind `host.compute` in live runs
 * (engine/host/compute.ts).
 *
 * Jobs with the same key run on the same worker, in order; on each worker, `control` goes before
 * `data`. A job that is cancelled while it waits never begins; one that is running ends on its
 * worker, and its result is discarded. The first job starts the threads.
 *
 * @module
 */
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { ComputeResult } from '../host/compute.ts';
import { ByteJobRunner } from './byte-compute.ts';
import type { ComputeCall } from './compute-worker.ts';
import { entryModuleUrl } from './own-form.ts';

/** A job on plain data that a node has requested. */
export interface PoolJob {
  readonly call: ComputeCall;
  /** Buffers of the input that move to the thread instead of being copied. */
  readonly transfer: readonly ArrayBuffer[];
  readonly lane: 'control' | 'data';
  /** Jobs with the same key run in order on one worker; jobs without a key run on any worker, in any order. */
  readonly key?: string | undefined;
  /** False once the job was cancelled. */
  isWanted(): boolean;
  /** Called in a later turn, with the result. */
  done(result: ComputeResult): void;
}

/** Largest default number of workers; the main thread needs a core of its own. */
const WORKERS_MAX = 4;
/** Largest number of jobs that may wait in one world; further ones fail immediately. */
const WAITING_MAX = 10_000;
// Constants of FNV-1a with 32 bits.
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x0100_0193;

/** The worker threads that run the jobs of one live world. */
export class ComputePool {
  readonly #workers: ComputeWorker[] = [];
  /** Keys in use, each with the jobs that wait for it. */
  readonly #keys = new Map<string, PoolJob[]>();
  readonly #count: number;
  /** Byte jobs use separate threads and shared memory instead of messages. */
  readonly bytes: ByteJobRunner;
  #waiting = 0;
  #isClosed = false;

  /** @param workers Number of threads; by default the number of cores minus one, but 1 to 4. */
  constructor(workers?: number) {
    this.#count = workers ?? Math.max(1, Math.min(WORKERS_MAX, availableParallelism() - 1));
    this.bytes = new ByteJobRunner(workers);
  }

  /** Starts the threads and loads these modules on all of them. */
  async warm(moduleUrls: readonly string[]): Promise<void> {
    if (moduleUrls.length === 0) return;
    const loads = this.#start().flatMap((worker) =>
      moduleUrls.map((moduleUrl) => worker.load(moduleUrl)),
    );
    await Promise.all(loads);
  }

  /** Queues a job. */
  submit(job: PoolJob): void {
    if (this.#isClosed) return;
    if (this.#waiting >= WAITING_MAX) {
      setImmediate(() => job.done({ kind: 'failed', message: `${WAITING_MAX} jobs wait` }));
      return;
    }
    this.#waiting += 1;
    const { key } = job;
    const behind = key === undefined ? undefined : this.#keys.get(key);
    if (behind !== undefined) {
      behind.push(job);
      return;
    }
    if (key !== undefined) this.#keys.set(key, []);
    this.#dispatch(job);
  }

  /** Ends the threads; running jobs are aborted. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const ends = this.#workers.splice(0).map((worker) => worker.close());
    await Promise.all([...ends, this.bytes.close()]);
  }

  #dispatch(job: PoolJob): void {
    if (this.#isClosed) return;
    this.#workerFor(job.key)?.enqueue({ job, finished: () => this.#finished(job) });
  }

  #finished({ key }: PoolJob): void {
    this.#waiting -= 1;
    if (key === undefined) return;
    const next = this.#keys.get(key)?.shift();
    if (next === undefined) this.#keys.delete(key);
    else this.#dispatch(next);
  }

  #workerFor(key: string | undefined): ComputeWorker | undefined {
    const workers = this.#start();
    if (key !== undefined) return workers[hashOfJobKey(key) % workers.length];
    return workers.reduce((least, one) => (one.jobs < least.jobs ? one : least));
  }

  #start(): readonly ComputeWorker[] {
    if (this.#workers.length > 0) return this.#workers;
    for (let i = 0; i < this.#count; i += 1) this.#workers.push(new ComputeWorker());
    return this.#workers;
  }
}

interface QueuedJob {
  readonly job: PoolJob;
  readonly finished: () => void;
}

/** One thread with its two lanes. */
class ComputeWorker {
  readonly #thread = new Piscina({
    filename: entryModuleUrl('./compute-worker', import.meta.url),
    name: 'runCall',
    minThreads: 1,
    maxThreads: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    atomics: 'disabled',
    recordTiming: false,
    execArgv: [],
  });
  readonly #control: QueuedJob[] = [];
  readonly #data: QueuedJob[] = [];
  #isBusy = false;

  /** Number of jobs that wait or run on this worker. */
  get jobs(): number {
    return this.#control.length + this.#data.length + (this.#isBusy ? 1 : 0);
  }

  async load(moduleUrl: string): Promise<void> {
    await this.#thread.run({ moduleUrl } satisfies ComputeCall);
  }

  enqueue(queued: QueuedJob): void {
    (queued.job.lane === 'control' ? this.#control : this.#data).push(queued);
    this.#next();
  }

  async close(): Promise<void> {
    await this.#thread.destroy();
  }

  #next(): void {
    if (this.#isBusy) return;
    const queued = this.#control.shift() ?? this.#data.shift();
    if (queued === undefined) return;
    const { job, finished } = queued;
    if (!job.isWanted()) {
      finished();
      this.#next();
      return;
    }
    this.#isBusy = true;
    const end = (result: ComputeResult): void => {
      this.#isBusy = false;
      if (job.isWanted()) job.done(result);
      finished();
      this.#next();
    };
    this.#thread.run(job.call, { transferList: [...job.transfer] }).then(end, (error: unknown) => {
      end({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    });
  }
}

/** Hash of a job's key, 0 to 2^32 - 1: the same in every run, so that a key always gets the same worker. */
export function hashOfJobKey(key: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < key.length; i += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(i), FNV_PRIME) >>> 0;
  }
  return hash;
}
