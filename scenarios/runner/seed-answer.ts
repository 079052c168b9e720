/**
 * The answer of a run of one seed if something stopped it, in every world and across threads: data
 * that keeps the kind of failure.
 *
 * @module
 */
import { InvariantError } from '../../engine/core/assert.ts';
import { environmentError } from '../../engine/live/environment.ts';
import { FaultError } from './fault-driver.ts';
import type { SeedAnswer } from './job.ts';

/**
 * The answer for an error of a run.
 * @param stack Where it failed, if that was in another process.
 */
export function answerOf(error: unknown, seed: number, stack?: string): SeedAnswer {
  if (error instanceof FaultError) {
    const { file, line, column } = error.spec.position;
    return { kind: 'scenario-error', file, line, column, message: error.message };
  }
  const machine = environmentError(error);
  if (machine !== undefined) return { kind: 'refused', message: machine.message };
  const message = error instanceof Error ? error.message : String(error);
  const own = error instanceof Error ? (error.stack ?? '') : '';
  const name = error instanceof InvariantError ? 'invariant' : 'exception';
  return { kind: 'broken', message: `${name} with seed ${seed}: ${message}`, stack: stack ?? own };
}
