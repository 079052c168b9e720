/**
 * Code that runs at once where time is virtual, and waits where it passes by the wall clock:
 * a generator that yields what must be waited for.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';

/** Steps to a result; between two of them, the promise that was yielded is waited for. */
export type PromiseSteps<T> = Generator<Promise<unknown>, T, void>;

/** Waits for the result of a promise. */
export function* awaitStep<T>(promise: Promise<T>): PromiseSteps<T> {
  const results: T[] = [];
  yield promise.then((result) => results.push(result));
  return results[0] as T;
}

/** Runs steps that never wait. */
export function runStepsAtOnce<T>(steps: PromiseSteps<T>): T {
  const { done, value } = steps.next();
  assert(done === true, 'a run in virtual time waited for something');
  return value;
}

/** Runs steps, and waits between them. A promise that is rejected throws at its step. */
export async function runStepsWaiting<T>(steps: PromiseSteps<T>): Promise<T> {
  let step = steps.next();
  while (step.done !== true) {
    const came = await step.value.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    step = came === undefined ? steps.next() : steps.throw(came.error);
  }
  return step.value;
}
