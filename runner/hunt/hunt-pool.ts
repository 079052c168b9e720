/**
 * Threads that try attempts. One that does not come back in time is ended, and counts as held.
 *
 * @module
 */
import { Piscina } from 'piscina';
import { entryModule } from '../../engine/live/own-form.ts';
import type { TriedAttempt } from './attempt.ts';
import type { HuntJob } from './hunt-worker.ts';

/** An attempt may take this, and {@link SLOWER} times as long as a run without faults, ms. */
const LEAST_LIMIT_MS = 30_000;
const SLOWER = 20;

/** See the module. */
export class HuntPool {
  readonly #pool: Piscina;
  #limitMs = 10 * LEAST_LIMIT_MS;

  constructor(threads: number) {
    this.#pool = new Piscina({
      filename: entryModule('./hunt-worker', import.meta.url),
      name: 'runHuntJob',
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      atomics: 'disabled',
      recordTiming: false,
      execArgv: [],
    });
  }

  /** From now on, a run may take some multiple of this time, ms. */
  expect(wallMs: number): void {
    this.#limitMs = LEAST_LIMIT_MS + SLOWER * wallMs;
  }

  /**
   * Tries a job. One that takes too long is tried again with twice the time, since the machine may have been busy.
   * @returns undefined if its file cannot be opened.
   */
  async try(job: HuntJob): Promise<TriedAttempt | undefined> {
    const first = await this.#tryWithin(this.#limitMs, job);
    return first?.found?.kind === 'held' ? await this.#tryWithin(2 * this.#limitMs, job) : first;
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #tryWithin(limitMs: number, job: HuntJob): Promise<TriedAttempt | undefined> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), limitMs);
    try {
      return (await this.#pool.run(job, { signal: stop.signal })) as TriedAttempt | undefined;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      const text = `it was not over after ${Math.round(limitMs / 1_000)} s`;
      const events = job.kind === 'attempt' ? job.attempt.events : [];
      const found = { kind: 'held', place: 'the run', text } as const;
      return { events, found, reached: [], fingerprint: '', engineEvents: 0, wallMs: limitMs };
    } finally {
      clearTimeout(timer);
    }
  }
}
