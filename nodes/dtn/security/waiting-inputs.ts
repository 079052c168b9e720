/**
 * Holds the inputs of a node back until the reservation of its first initialization vectors is on
 * disk. All kinds of inputs wait, so that their order is kept.
 *
 * @module
 */
import { WAITING_INPUTS_MAX } from './geometry.ts';

/**
 * Holds inputs back until it is opened. If its limit is reached, further inputs are passed on at
 * once.
 */
export class WaitingInputs<Input> {
  readonly #pass: (input: Input) => void;
  /** Waiting inputs, in order; undefined once inputs no longer wait. */
  #waiting: Input[] | undefined;

  constructor(pass: (input: Input) => void, state: 'open' | 'closed') {
    this.#pass = pass;
    this.#waiting = state === 'open' ? undefined : [];
  }

  take(input: Input): void {
    if (this.#waiting !== undefined && this.#waiting.length < WAITING_INPUTS_MAX) {
      this.#waiting.push(input);
    } else this.#pass(input);
  }

  open(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const input of waiting) this.#pass(input);
  }
}
