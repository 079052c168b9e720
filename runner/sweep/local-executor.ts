/**
 * Runs of a sweep on the threads of this process.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import { hashScenarioFiles } from '../../scenarios/open/run-files.ts';
import type { SeedAnswer } from '../run/job.ts';
import { SeedPool } from '../threads/seed-pool.ts';
import { SeedWatch } from '../threads/seed-watch.ts';
import type { RunExecutor, SweepCombination } from './run-sweep.ts';

/**
 * Number of runs that wait for each thread: enough to keep the thread busy, few enough to fit into
 * memory.
 */
const WAITING = 4;
const CHECK_MS = 100;

/** Runs the seeds of a sweep on threads of this process. */
export class LocalExecutor implements RunExecutor {
  readonly room: number;
  readonly #pool: SeedPool;
  readonly #watches = new Set<SeedWatch>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #folders: readonly string[] | undefined;
  readonly #onNotice: (text: string) => void;
  #isStopped = false;

  constructor(options: {
    readonly threads: number;
    readonly memoryMb?: number | undefined;
    /** Folders in which the files of a run must be; any folder if absent. */
    readonly folders?: readonly string[];
    readonly onNotice: (text: string) => void;
  }) {
    this.room = WAITING * options.threads;
    this.#pool = new SeedPool(options);
    this.#folders = options.folders;
    this.#onNotice = options.onNotice;
    this.#timer = setInterval(() => this.#checkAll(), CHECK_MS);
  }

  async run({ scenario }: SweepCombination, seed: number): Promise<SeedAnswer> {
    const { hosts } = scenario.topology;
    const watch = new SeedWatch({ seed, hosts, onNotice: this.#onNotice });
    if (this.#isStopped) watch.stop('interrupted', performance.now());
    this.#watches.add(watch);
    const alarm = this.#alarm(watch, scenario.timeLimitMs);
    try {
      // The thread refuses files that were changed since they were opened, because the identity of the
      // run contains their hashes.
      const hashes = hashScenarioFiles(scenario);
      const asked = this.#folders === undefined ? { hashes } : { hashes, folders: this.#folders };
      return await this.#pool.run({ scenario, seed, recordings: {}, watch, asked });
    } finally {
      clearInterval(alarm);
      this.#watches.delete(watch);
    }
  }

  /** Tells all runs to end; runs that have not begun are cancelled. */
  stop(): void {
    this.#isStopped = true;
    for (const watch of this.#watches) {
      watch.stop('interrupted', performance.now());
      watch.leaveOut('interrupted');
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#pool.destroy();
  }

  #checkAll(): void {
    for (const watch of this.#watches) watch.check(performance.now());
  }

  /**
   * Enforces the time limit of a run, which counts from its first event, not from its wait for a
   * thread.
   */
  #alarm(
    watch: SeedWatch,
    limitMs: number | undefined,
  ): ReturnType<typeof setInterval> | undefined {
    if (limitMs === undefined) return undefined;
    let beganMs: number | undefined;
    return setInterval(() => {
      if (watch.control.thread === 0) return;
      const nowMs = performance.now();
      beganMs ??= nowMs;
      if (nowMs - beganMs >= limitMs) watch.stop('time-limit', nowMs);
    }, CHECK_MS);
  }
}
