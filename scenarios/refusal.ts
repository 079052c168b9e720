/**
 * What a user asked for and cannot have, in one sentence; exit 2, without a stack.
 *
 * @module
 */

/** Refused before anything ran; the message says what and why. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
