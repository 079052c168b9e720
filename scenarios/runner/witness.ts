/**
 * Ground truth that survives the crashes of nodes: which numbers of a space were seen.
 *
 * @module
 */
import type { Witness } from '../../engine/host/protocol.ts';
import { BitSet } from './bit-set.ts';

/** One witness per run. */
export class RunWitness implements Witness {
  readonly #spaces = new Map<string, BitSet>();

  note(space: string, value: number): boolean {
    let set = this.#spaces.get(space);
    if (set === undefined) {
      set = new BitSet();
      this.#spaces.set(space, set);
    }
    return set.add(value);
  }

  has(space: string, value: number): boolean {
    return this.#spaces.get(space)?.has(value) ?? false;
  }
}
