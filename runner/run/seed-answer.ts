/**
 * Turns the error that stopped a run of one seed into an answer: data that keeps the kind of failure
 * between threads.
 *
 * @module
 */
import { InvariantError } from '../../engine/core/assert.ts';
import { findEnvironmentError } from '../../engine/live/environment.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { type Crash, NodeCrash } from '../crash/crash.ts';
import { FaultError } from '../faults/fault-context.ts';
import type { SeedAnswer } from './job.ts';

/**
 * Makes the answer for an error of a run.
 * @param stack The stack of the error, if it happened in another process.
 */
export function makeFailureAnswer(error: unknown, seed: number, stack?: string): SeedAnswer {
  if (error instanceof FaultError) {
    const { file, line, column } = error.spec.position;
    return { kind: 'scenario-error', file, line, column, message: error.message };
  }
  if (error instanceof Refusal) return { kind: 'refused', message: error.message };
  const machine = findEnvironmentError(error);
  if (machine !== undefined) return { kind: 'refused', message: machine.message };
  const { crash, origin } = crashIn(error);
  const message = error instanceof Error ? error.message : String(error);
  const own = error instanceof Error ? (error.stack ?? '') : '';
  const name = origin instanceof InvariantError ? 'invariant' : 'exception';
  return {
    kind: 'broken',
    message: `${name} with seed ${seed}: ${message}`,
    stack: stack ?? own,
    ...(crash === undefined ? {} : { crash }),
  };
}

function crashIn(error: unknown): { readonly crash?: Crash; readonly origin: unknown } {
  if (!(error instanceof NodeCrash)) return { origin: error };
  return { crash: error.crash, origin: error.cause };
}
