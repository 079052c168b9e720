/**
 * The attempts that reached something that none before them did; a hunt varies them.
 *
 * @module
 */
import type { RandomStream } from '../../engine/core/stream.ts';
import type { FaultTargets } from '../faults/fault-draws.ts';
import type { Attempt } from './attempt.ts';
import { drawAttempt, varyAttempt } from './draw.ts';

/** Largest number of attempts that are kept; then each new attempt replaces one of the oldest. */
export const CORPUS_MAX = 256;
/** Largest number of reached states that are remembered. */
export const REACHED_STATES_MAX = 100_000;
/** Probability that an attempt is drawn anew although there are known attempts to vary. */
const NEW_CHANCE = 0.3;

/** The attempts that a hunt keeps, and the states that they reached, as plain data. */
export interface CorpusState {
  readonly attempts: readonly Attempt[];
  readonly reached: readonly string[];
}

/** The attempts that reached something that none before them did; a hunt varies them. */
export class Corpus {
  readonly #attempts: Attempt[];
  readonly #reached: Set<string>;
  /** If false, every attempt is drawn anew, with all kinds of faults. */
  readonly #isGuided: boolean;

  constructor({ attempts, reached }: CorpusState, isGuided: boolean) {
    this.#attempts = [...attempts];
    this.#reached = new Set(reached);
    this.#isGuided = isGuided;
  }

  get state(): CorpusState {
    return { attempts: this.#attempts, reached: [...this.#reached] };
  }

  get reachedCount(): number {
    return this.#reached.size;
  }

  /** The next attempt: drawn anew, or a variation of a known one. */
  next(draws: RandomStream, targets: FaultTargets): Attempt {
    const { length } = this.#attempts;
    if (!this.#isGuided || length === 0 || draws.chance(NEW_CHANCE)) {
      return drawAttempt(draws, targets, { isSwarm: this.#isGuided });
    }
    // Attempts of the newer half are varied more often, because what they reached is less explored.
    const from = draws.chance(0.5) ? Math.floor(length / 2) : 0;
    const known = this.#attempts[from + draws.below(length - from)] as Attempt;
    return varyAttempt(draws, targets, known);
  }

  /**
   * Adds what an attempt reached; keeps the attempt if anything is new. @returns the number of new
   * states.
   */
  learn(attempt: Attempt, reached: readonly string[]): number {
    const before = this.#reached.size;
    for (const one of reached) if (this.#reached.size < REACHED_STATES_MAX) this.#reached.add(one);
    const count = this.#reached.size - before;
    if (count === 0) return 0;
    if (this.#attempts.length >= CORPUS_MAX) this.#attempts.shift();
    this.#attempts.push(attempt);
    return count;
  }
}
