/** Damaged TOML files: nothing but a refusal by name is thrown. */
import { describe, expect, it } from 'vitest';
import { readDamaged, SEED } from './toml-damage.ts';

const INPUTS = 20_000;

describe.each([
  ['mixnode', 'E103'],
  ['gateway', 'E121'],
] as const)('a damaged TOML file of a %s', (kind, own) => {
  it(`is read, or refused by name at its place: ${INPUTS} inputs, seed ${SEED}`, () => {
    const outcomes = readDamaged(kind, INPUTS);
    // Damage of all kinds was met, so that the loop has tested something.
    for (const outcome of ['read', 'E101', own, 'E104', 'E114', 'E119']) {
      expect(outcomes.get(outcome), outcome).toBeGreaterThan(20);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
