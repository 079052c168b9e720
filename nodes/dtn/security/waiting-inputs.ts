/**
 * Inputs of a node that wait until its disk has confirmed the first initialization vectors. Ways
 * and receipts wait as well, so that everything keeps its order.
 *
 * @module
 */
import { WAITING_INPUTS_MAX } from './geometry.ts';

/** Holds inputs back until it is opened; those for which it has no room are passed on at once. */
export class WaitingInputs<Input> {
  readonly #pass: (input: Input) => void;
  /** Inputs that wait; undefined once no input has to wait any more. */
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
