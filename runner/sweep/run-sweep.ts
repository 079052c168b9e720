/**
 * Runs a sweep: every combination with every seed, as many runs at once as the executor accepts.
 * Combinations begin in their order, and their results are used in the order of the seeds, so that
 * nothing depends on which run ends first.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import type { SeedResult } from '../../reports/model.ts';
import type { Report } from '../../reports/report-schema.ts';
import type { CombinationParameters } from '../../scenarios/identity.ts';
import type { OpenedScenario } from '../../scenarios/open/open-files.ts';
import type { SeedAnswer } from '../run/job.ts';
import { chooseMoreSeeds, isUndecided } from './straddle.ts';
import { checkUntrustedAnswer } from './untrusted-answer.ts';

/** A combination with its checked scenario. */
export interface SweepCombination extends OpenedScenario {
  /** Index among all combinations. */
  readonly index: number;
  readonly parameters: CombinationParameters;
  /** True if the whole results of its runs are kept, for a separate report on this combination. */
  readonly isKept: boolean;
}

/** The answer of a run that has no result. */
export type RunFailure = Exclude<SeedAnswer, { kind: 'result' }>;

/** Makes runs, on threads of this process or on a fleet. */
export interface RunExecutor {
  /** Number of runs that the executor accepts before the first of them has ended. */
  readonly room: number;
  /** True if answers come from other machines, so that they must be checked. */
  readonly isForeign?: boolean;
  /** Runs a seed; if the run was stopped, the answer is not a result. */
  run(cell: SweepCombination, seed: number): Promise<SeedAnswer>;
}

/** Keeps the results of runs, so that a sweep that was stopped can go on. */
export interface SweepStore {
  /** The result of a run that was made before; undefined if there is none that can be read. */
  recall(
    cell: SweepCombination,
    seed: number,
    judge: (result: SeedResult) => Report,
  ): SeedResult | undefined;
  /** Called when a run has ended, with its result and the verdict on it alone. */
  keep(cell: SweepCombination, result: SeedResult, report: Report): void;
}

/** How a combination ended. */
export type CombinationEnd =
  | { readonly kind: 'judged'; readonly report: Report }
  | { readonly kind: 'failed'; readonly failure: RunFailure }
  /** The sweep was stopped before all runs of the combination had ended. */
  | { readonly kind: 'left' };

/** The parameters of a sweep, and callbacks for its progress. */
export interface SweepRequest {
  /** Combinations to run, with their index among all. */
  readonly cells: readonly { readonly index: number; readonly parameters: CombinationParameters }[];
  /** Opens a combination; undefined if it cannot be run, after this function has reported why. */
  readonly open: (cell: SweepRequest['cells'][number]) => Promise<SweepCombination | undefined>;
  readonly seeds: readonly number[];
  /** Largest number of seeds of a combination whose interval contains a limit. */
  readonly adaptive?: number | undefined;
  readonly executor: RunExecutor;
  /** Absent if no result is kept. */
  readonly store?: SweepStore;
  /** Judges a combination by the results of its seeds, which are in their order. */
  readonly judge: (cell: SweepCombination, results: readonly SeedResult[]) => Report;
  readonly signal: AbortSignal;
  readonly onCell: (cell: SweepCombination, end: CombinationEnd) => void;
  readonly onProgress?: (progress: SweepRunProgress) => void;
}

/** The progress of a sweep. */
export interface SweepRunProgress {
  readonly runsDone: number;
  /** Number of runs that are needed, as far as known: adaptive sweeps add runs. */
  readonly runs: number;
  /** Number of runs that were done before the sweep was continued. */
  readonly known: number;
}

/** Runs all combinations. @returns the final progress, with the number of runs that were needed. */
export async function runSweep(order: SweepRequest): Promise<SweepRunProgress> {
  return await new Sweep(order).run();
}

class Sweep {
  readonly #order: SweepRequest;
  #free: number;
  readonly #waiting: (() => void)[] = [];
  #runsDone = 0;
  #runs: number;
  #known = 0;

  constructor(order: SweepRequest) {
    this.#order = order;
    this.#free = order.executor.room;
    this.#runs = order.cells.length * order.seeds.length;
  }

  async run(): Promise<SweepRunProgress> {
    const { cells, open, signal } = this.#order;
    const ends: Promise<void>[] = [];
    for (const cell of cells) {
      if (signal.aborted) break;
      const opened = await open(cell);
      if (opened === undefined) {
        this.#runs -= this.#order.seeds.length;
        continue;
      }
      const running = new RunningCell(opened, this.#order);
      // Later combinations begin once the executor has accepted all seeds of this one.
      await this.#submit(running, this.#order.seeds);
      const end = this.#finish(running);
      // A rejection is reported by `Promise.all` below; this handler keeps it from counting as
      // unhandled before that.
      end.catch(() => undefined);
      ends.push(end);
    }
    await Promise.all(ends);
    return this.#count;
  }

  get #count(): SweepRunProgress {
    return { runsDone: this.#runsDone, runs: this.#runs, known: this.#known };
  }

  async #submit(running: RunningCell, seeds: readonly number[]): Promise<void> {
    const { signal, executor } = this.#order;
    for (const seed of seeds) {
      if (running.failure !== undefined) return;
      if (running.recall(seed)) {
        this.#known += 1;
        this.#ran();
        continue;
      }
      await this.#room();
      if (signal.aborted) running.left = true;
      if (signal.aborted || running.failure !== undefined) {
        this.#release();
        return;
      }
      running.asked.push(seed);
      running.pending.push(
        executor.run(running.cell, seed).then((answer) => {
          this.#release();
          running.take(
            seed,
            executor.isForeign === true ? running.judgeable(seed, answer) : answer,
          );
          this.#ran();
        }),
      );
    }
  }

  async #finish(running: RunningCell): Promise<void> {
    const { adaptive } = this.#order;
    for (let before = 0; ; ) {
      await Promise.all(running.pending.splice(0));
      if (running.failure !== undefined || running.left) break;
      const { report, seeds } = running.judged();
      assert(seeds.length > before, 'every round of seeds adds results');
      before = seeds.length;
      const more =
        adaptive === undefined || !isUndecided(report) ? [] : chooseMoreSeeds(seeds, adaptive);
      if (more.length === 0) {
        this.#ended(running.cell, { kind: 'judged', report });
        return;
      }
      this.#runs += more.length;
      await this.#submit(running, more);
    }
    const { failure, cell } = running;
    this.#ended(cell, failure === undefined ? { kind: 'left' } : { kind: 'failed', failure });
  }

  /**
   * Reports the end of a combination, then the progress once more, because the progress after the
   * last run was reported before the combination counted as ended.
   */
  #ended(cell: SweepCombination, end: CombinationEnd): void {
    this.#order.onCell(cell, end);
    this.#order.onProgress?.(this.#count);
  }

  #ran(): void {
    this.#runsDone += 1;
    this.#order.onProgress?.(this.#count);
  }

  async #room(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}

/** A combination whose seeds are being run. */
class RunningCell {
  readonly cell: SweepCombination;
  readonly pending: Promise<void>[] = [];
  /** Its seeds, in the order in which they were requested. */
  readonly asked: number[] = [];
  left = false;
  readonly #order: SweepRequest;
  readonly #results = new Map<number, SeedResult>();
  readonly #failures = new Map<number, RunFailure>();

  constructor(cell: SweepCombination, order: SweepRequest) {
    this.cell = cell;
    this.#order = order;
  }

  /**
   * The failure of the failed seed that was requested first, even if another seed failed earlier.
   */
  get failure(): RunFailure | undefined {
    const first = this.asked.find((seed) => this.#failures.has(seed));
    return first === undefined ? undefined : this.#failures.get(first);
  }

  /** Takes the result of a run from before the sweep was continued; false if there is none. */
  recall(seed: number): boolean {
    const { store } = this.#order;
    const result = store?.recall(this.cell, seed, (one) => this.#judge([one]));
    if (result !== undefined) this.#results.set(seed, result);
    return result !== undefined;
  }

  /** The answer; for a foreign answer whose result cannot be judged, a refusal. */
  judgeable(seed: number, answer: SeedAnswer): SeedAnswer {
    return checkUntrustedAnswer(seed, answer, (result) => this.#judge([result]));
  }

  take(seed: number, answer: SeedAnswer): void {
    if (answer.kind !== 'result') {
      if (answer.kind === 'ended' && answer.ending === 'interrupted') this.left = true;
      else this.#failures.set(seed, answer);
      return;
    }
    const { result } = answer;
    // A run that was cut short must not be stored under the identity of the whole run.
    if (result.ending === 'interrupted') this.left = true;
    else if (result.ending === 'time-limit') {
      const message = 'the time limit of the scenario ended it';
      this.#failures.set(seed, { kind: 'ended', ending: 'time-limit', seed, message });
    } else {
      this.#results.set(seed, result);
      this.#order.store?.keep(this.cell, result, this.#judge([result]));
    }
  }

  judged(): { readonly report: Report; readonly seeds: readonly number[] } {
    const results = [...this.#results.values()].sort((a, b) => a.seed - b.seed);
    return { report: this.#judge(results), seeds: results.map(({ seed }) => seed) };
  }

  #judge(results: readonly SeedResult[]): Report {
    return this.#order.judge(this.cell, results);
  }
}
