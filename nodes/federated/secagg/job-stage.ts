/**
 * Runs the jobs of one step of a machine: starts them, collects their outputs in order, and reports
 * when all are there. Outputs of a step that was given up are ignored.
 *
 * @module
 */
import type { SecaggJobName, SecaggJobTypes } from './jobs.ts';

/** Asks for a job; its output comes back as an input with the same number. */
export interface ComputeJobEffect {
  readonly kind: 'compute';
  /** Number of the job, from 1 in each machine. */
  readonly job: number;
  readonly name: SecaggJobName;
  readonly input: unknown;
}

/** The output of a job; undefined if it failed. */
export interface JobOutputInput {
  readonly kind: 'computed';
  readonly job: number;
  readonly output: unknown;
}

interface Stage {
  readonly first: number;
  readonly outputs: unknown[];
  missing: number;
  readonly whenAll: (outputs: never) => void;
}

/** Jobs of a machine, one step at a time. */
export class JobStages {
  #next = 1;
  #stage: Stage | undefined;
  readonly #emit: (effect: ComputeJobEffect) => void;

  constructor(emit: (effect: ComputeJobEffect) => void) {
    this.#emit = emit;
  }

  /** True while outputs are missing. */
  get isBusy(): boolean {
    return this.#stage !== undefined;
  }

  /** Starts a step; without inputs it is done at once. */
  start<Name extends SecaggJobName>(
    name: Name,
    inputs: readonly SecaggJobTypes[Name]['input'][],
    whenAll: (outputs: readonly SecaggJobTypes[Name]['output'][]) => void,
  ): void {
    if (inputs.length === 0) {
      whenAll([]);
      return;
    }
    this.#stage = { first: this.#next, outputs: [], missing: inputs.length, whenAll };
    for (const input of inputs) {
      this.#emit({ kind: 'compute', job: this.#next, name, input });
      this.#next += 1;
    }
  }

  /** Takes an output. @returns false if the job failed, which ends the step. */
  accept({ job, output }: JobOutputInput): boolean {
    const stage = this.#stage;
    if (stage === undefined || job < stage.first || job >= this.#next) return true;
    const place = job - stage.first;
    if (place in stage.outputs) return true;
    if (output === undefined) {
      this.cancel();
      return false;
    }
    stage.outputs[place] = output;
    stage.missing -= 1;
    if (stage.missing > 0) return true;
    this.#stage = undefined;
    stage.whenAll(stage.outputs as never);
    return true;
  }

  /** Gives the present step up. */
  cancel(): void {
    this.#stage = undefined;
  }
}

/** Cuts a list into parts of at most `size`. */
export function splitIntoBatches<Item>(
  items: readonly Item[],
  size: number,
): readonly (readonly Item[])[] {
  const batches: (readonly Item[])[] = [];
  for (let at = 0; at < items.length; at += size) batches.push(items.slice(at, at + size));
  return batches;
}
