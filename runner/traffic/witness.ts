/**
 * Ground truth that survives crashes of nodes: the numbers of each space that were seen, and what was
 * put into sums.
 *
 * Sequence numbers are small and dense and take one bit each; numbers taken from hashes are not, and
 * are stored in a set.
 *
 * @module
 */
import type { GroundTruthWitness, SumClaim } from '../../engine/host/protocol.ts';
import { BitSet } from './bit-set.ts';
import { NumberMap } from './number-map.ts';
import { SumGroundTruth } from './sum-ground-truth.ts';

/** Numbers below this take one bit each: at most 16 MiB per set. */
const DENSE_BELOW = 0x800_0000;

/** A set of numbers: a bit for each small number, a map for all other numbers. */
class SeenNumbers {
  readonly #dense = new BitSet();
  readonly #sparse = new NumberMap();

  add(value: number): boolean {
    if (value < DENSE_BELOW) return this.#dense.add(value);
    return this.#sparse.set(value, 1) >= 0;
  }

  has(value: number): boolean {
    return value < DENSE_BELOW ? this.#dense.has(value) : this.#sparse.get(value) >= 0;
  }
}

/** Remembers, across crashes of nodes, which numbers they saw and what they put into sums. */
export class RunWitness implements GroundTruthWitness {
  /** The parts that nodes put into sums, and the sums that they claim. */
  readonly sums = new SumGroundTruth();
  readonly #spaces = new Map<string, SeenNumbers>();

  note(space: string, value: number): boolean {
    let known = this.#spaces.get(space);
    if (known === undefined) {
      known = new SeenNumbers();
      this.#spaces.set(space, known);
    }
    return known.add(value);
  }

  has(space: string, value: number): boolean {
    return this.#spaces.get(space)?.has(value) ?? false;
  }

  addend(space: string, part: number, vector: Uint32Array): void {
    this.sums.addend(space, part, vector);
  }

  sum(claim: SumClaim): void {
    this.sums.sum(claim);
  }
}
