/**
 * Code that runs synchronously in virtual time and asynchronously in real time: a generator that yields
 * the promises for which it must wait.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';

/**
 * Steps to a result of type `T`. Whoever runs them waits for each yielded promise before the next
 * step.
 */
export type PromiseSteps<T> = Generator<Promise<unknown>, T, void>;

/** Waits for the result of a promise. */
export function* awaitStep<T>(promise: Promise<T>): PromiseSteps<T> {
  const results: T[] = [];
  yield promise.then((result) => results.push(result));
  return results[0] as T;
}

/** Runs steps that yield no promise, and returns their result. */
export function runStepsAtOnce<T>(steps: PromiseSteps<T>): T {
  const { done, value } = steps.next();
  assert(done === true, 'a run in virtual time waited for something');
  return value;
}

/** Runs steps and awaits the promises between them. A rejected promise throws inside the steps. */
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
