/**
 * Vault: the operations that other replicas may lack, without gaps for each actor. At the bound of operations or bytes,
 * the oldest operation is dropped, even if some replica lacks it.
 *
 * @module
 */
import type { AppliedOperation } from './applied-operation.ts';
import { compareNames, compareStamps } from './crdt/stamp.ts';
import { LOG_BYTES_MAX } from './geometry.ts';

/** Consecutive operations of one actor. */
interface Run {
  /** Number of the last operation that was dropped; the actor's first operation has number 1. */
  base: number;
  /** Index of the first operation in `operations`; those before it were dropped, and are undefined. */
  first: number;
  operations: (AppliedOperation | undefined)[];
}

/** See the module. */
export class OperationLog {
  readonly #runs: ReadonlyMap<string, Run>;
  readonly #max: number;
  #size = 0;
  #bytes = 0;

  /** @param max Largest number of operations, at least 1. */
  constructor(actors: Iterable<string>, max: number) {
    const runs = [...actors]
      .sort(compareNames)
      .map((actor): [string, Run] => [actor, { base: 0, first: 0, operations: [] }]);
    this.#runs = new Map(runs);
    this.#max = max;
  }

  get size(): number {
    return this.#size;
  }

  /** Appends the next operation of its actor. */
  append(operation: AppliedOperation): void {
    const run = this.#runs.get(operation.actor);
    if (run === undefined) return;
    run.operations.push(operation);
    this.#size += 1;
    this.#bytes += operation.signed.length;
    while (this.#size > this.#max || this.#bytes > LOG_BYTES_MAX) this.#dropOldest();
  }

  /** The operation with this number; undefined if it is not in the log. */
  get(actor: string, sequence: number): AppliedOperation | undefined {
    const run = this.#runs.get(actor);
    return run === undefined || sequence <= run.base
      ? undefined
      : run.operations[run.first + sequence - run.base - 1];
  }

  /** Forgets the operations of an actor; the next one will follow `sequence`. */
  restart(actor: string, sequence: number): void {
    const run = this.#runs.get(actor);
    if (run === undefined) return;
    this.#drop(run, run.operations.length - run.first);
    Object.assign(run, { base: sequence, first: 0, operations: [] });
  }

  /** True if the log has all operations that a replica with this clock lacks. */
  reachesBackTo(clock: ReadonlyMap<string, number>): boolean {
    for (const [actor, { base }] of this.#runs) if ((clock.get(actor) ?? 0) < base) return false;
    return true;
  }

  /** Operations that a replica with this clock lacks, in the order of actors, then of numbers. */
  *after(clock: ReadonlyMap<string, number>): Generator<AppliedOperation> {
    for (const [actor, { base, first, operations }] of this.#runs) {
      const skipped = Math.max(0, (clock.get(actor) ?? 0) - base);
      for (let at = first + skipped; at < operations.length; at += 1) {
        yield operations[at] as AppliedOperation;
      }
    }
  }

  /** Drops the operations that are in this clock. @returns the number dropped. */
  cut(clock: ReadonlyMap<string, number>): number {
    const before = this.#size;
    for (const [actor, run] of this.#runs) {
      const kept = run.operations.length - run.first;
      this.#drop(run, Math.min(kept, Math.max(0, (clock.get(actor) ?? 0) - run.base)));
    }
    return before - this.#size;
  }

  #dropOldest(): void {
    let oldest: Run | undefined;
    for (const run of this.#runs.values()) {
      const operation = run.operations[run.first];
      if (operation === undefined) continue;
      const least = oldest?.operations[oldest.first];
      if (least === undefined || compareStamps(operation.stamp, least.stamp) < 0) oldest = run;
    }
    if (oldest !== undefined) this.#drop(oldest, 1);
  }

  #drop(run: Run, count: number): void {
    for (let at = run.first; at < run.first + count; at += 1) {
      this.#bytes -= run.operations[at]?.signed.length ?? 0;
      run.operations[at] = undefined;
    }
    run.base += count;
    run.first += count;
    this.#size -= count;
    // Dropped places are cut off once they are half of the array, so that a drop takes constant time on average.
    if (2 * run.first > run.operations.length) {
      run.operations = run.operations.slice(run.first);
      run.first = 0;
    }
  }
}
