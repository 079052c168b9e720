/**
 * Ground truth recorded outside the nodes.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { RunWitness } from '../../../runner/traffic/witness.ts';

describe('the witness of a run', () => {
  it('tells which numbers of a space were noted before, small and dense or cut from hashes', () => {
    const witness = new RunWitness();
    for (const value of [0, 31, 32, 2 ** 27 - 1, 2 ** 27, 2 ** 48, Number.MAX_SAFE_INTEGER]) {
      expect(witness.has('a', value)).toBe(false);
      expect(witness.note('a', value)).toBe(false);
      expect(witness.note('a', value)).toBe(true);
      expect(witness.has('a', value)).toBe(true);
      expect(witness.has('b', value)).toBe(false);
    }
    expect(witness.has('a', 2 ** 48 + 32)).toBe(false);
  });
});
