/**
 * The error for a request that cannot be carried out, explained in one sentence; exit code 2, without a
 * stack.
 *
 * @module
 */

/** A request was refused before anything ran; the message says what was refused and why. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
