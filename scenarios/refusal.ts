/**
 * An error for a request that cannot be granted, explained in one sentence; exit code 2, without a stack.
 *
 * @module
 */

/** A request that was rejected before anything ran; the message says what and why. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
