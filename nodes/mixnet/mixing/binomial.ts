/**
 * The binomial mix (Diaz and Serjantov, PET 2003, "Generalising Mixes"): at every flush each of the
 * s messages in the pool leaves with probability P(s) = Phi((s - m) / sd), independently of the
 * others. An attacker who sees the flush does not learn how many messages were in the pool.
 *
 * First drawing the number of messages that leave and then these messages gives the same
 * distribution as one draw per message.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { FlushRule } from './batch.ts';
import { normalCdf } from './normal.ts';

/** Each message leaves with a probability that grows with the pool. */
export class BinomialRule implements FlushRule {
  readonly #mean: number;
  readonly #deviation: number;

  /**
   * @param options.mean m, messages, >= 0.
   * @param options.deviation sd, messages, > 0.
   */
  constructor(options: { readonly mean: number; readonly deviation: number }) {
    this.#mean = options.mean;
    this.#deviation = options.deviation;
  }

  isFull(): boolean {
    return false;
  }

  mayLeave(size: number): boolean {
    return size > 0 && this.#probability(size) > 0;
  }

  leaving(size: number, random: Random): number {
    const probability = this.#probability(size);
    let count = 0;
    for (let index = 0; index < size; index++) if (random.chance(probability)) count += 1;
    return count;
  }

  /** The probability P(s) that a message leaves a pool of size s. */
  #probability(size: number): number {
    return normalCdf((size - this.#mean) / this.#deviation);
  }
}
