/**
 * Runs scenarios in workers of the browser's tab, one seed on each core.
 *
 * @module
 */
import type { LabOutcome, LabProblem, LabProgress, LabTask } from './lab-task.ts';

/** A run under way. */
export interface LabRun {
  /** How it ends; never rejects. */
  readonly outcome: Promise<LabOutcome>;
  /** Ends it at once, with `stopped`. */
  stop(): void;
}

/** Checks and runs scenarios. */
export class LabRunner {
  readonly #worker: () => Worker;
  readonly #cores: number;

  /**
   * @param worker Starts one worker, as `startLabWorker` does.
   * @param cores Most workers at a time.
   */
  constructor(worker: () => Worker, cores: number) {
    this.#worker = worker;
    this.#cores = cores;
  }

  /** Finds the mistakes of a scenario and its files, in the order of the text; none if it can be run. */
  check(_task: LabTask): Promise<readonly LabProblem[]> {
    throw new Error('not yet');
  }

  /** Runs all seeds. @param onProgress Called at most ten times a second for each seed. */
  run(_task: LabTask, _onProgress: (progress: LabProgress) => void): LabRun {
    throw new Error('not yet');
  }
}
