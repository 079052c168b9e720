/**
 * Threads that try attempts. If an attempt does not end in time, its thread is terminated and the
 * attempt counts as `held`.
 *
 * @module
 */
import { Piscina } from 'piscina';
import { entryModuleUrl } from '../../engine/live/own-form.ts';
import type { AttemptOutcome, HuntBreak } from './attempt.ts';
import type { HuntJob } from './hunt-jobs.ts';

/** An attempt may take this long, ms, plus {@link SLOWER} times the duration of a run without faults. */
const LEAST_LIMIT_MS = 30_000;
const SLOWER = 20;
const OUT_OF_MEMORY = 'out of memory';

/** How much memory and time a thread of a {@link HuntPool} may use. */
export interface HuntPoolLimits {
  /** Limit of a thread's heap of old objects, MB; the default of Node if absent. */
  readonly memoryMb?: number | undefined;
  /** Longest time of a job, ms. */
  readonly limitMs?: number | undefined;
}

/** Threads that try the attempts of a hunt; an attempt that takes too long is ended with its thread. */
export class HuntPool {
  readonly #pool: Piscina;
  #limitMs = 10 * LEAST_LIMIT_MS;
  /** True if the time limit is given from outside, so that a job is never tried again with more time. */
  readonly #isLent: boolean;
  /**
   * Number of threads without a job. Jobs wait here for a thread, because the time limit of a job begins
   * when it gets one.
   */
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(threads: number, { memoryMb, limitMs }: HuntPoolLimits = {}) {
    this.#free = threads;
    if (limitMs !== undefined) this.#limitMs = Math.min(limitMs, this.#limitMs);
    this.#isLent = limitMs !== undefined;
    this.#pool = new Piscina({
      filename: entryModuleUrl('./hunt-worker', import.meta.url),
      name: 'runHuntJob',
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      atomics: 'disabled',
      recordTiming: false,
      execArgv: [],
      ...(memoryMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: memoryMb } }),
    });
  }

  /** Sets the time limit of later jobs from the duration of a run without faults, ms. */
  expect(wallMs: number): void {
    this.#limitMs = LEAST_LIMIT_MS + SLOWER * wallMs;
  }

  /**
   * Tries a job. A job that takes too long is tried again with twice the time, because the machine may
   * have been busy.
   * @returns undefined if its file cannot be opened.
   */
  async try(job: HuntJob): Promise<AttemptOutcome | undefined> {
    await this.#thread();
    try {
      const first = await this.#tryWithin(this.#limitMs, job);
      if (!isTimedOut(first) || this.#isLent) return first;
      return await this.#tryWithin(2 * this.#limitMs, job);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  /** Waits for a thread. */
  async #thread(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async #tryWithin(limitMs: number, job: HuntJob): Promise<AttemptOutcome | undefined> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), limitMs);
    try {
      return (await this.#pool.run(job, { signal: stop.signal })) as AttemptOutcome | undefined;
    } catch (error) {
      const ended = stop.signal.aborted ? undefined : endOf(error);
      if (!stop.signal.aborted && ended === undefined) throw error;
      const held = `it was not over after ${Math.round(limitMs / 1_000)} s`;
      const found: HuntBreak = ended ?? { kind: 'held', place: 'the run', text: held };
      const events = job.kind === 'attempt' ? job.attempt.events : [];
      const base = { events, reached: [], fingerprint: '', engineEvents: 0, wallMs: limitMs };
      return { ...base, breaks: [found] };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** True if the run did not end in time. */
export function isTimedOut(tried: AttemptOutcome | undefined): boolean {
  return tried?.breaks[0]?.kind === 'held';
}

/** True if the run needed more memory than its thread had. */
export function isOutOfMemory(tried: AttemptOutcome | undefined): boolean {
  return tried?.breaks[0]?.place === OUT_OF_MEMORY;
}

/** The break of a run whose thread ended; undefined for errors of the hunt itself. */
function endOf(error: unknown): HuntBreak | undefined {
  if (!(error instanceof Error)) return undefined;
  const isFull = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  if (isFull) return { kind: 'crash', place: OUT_OF_MEMORY, text: error.message };
  const isGone = /^worker exited with code/.test(error.message);
  return isGone ? { kind: 'crash', place: 'end of its thread', text: error.message } : undefined;
}
