/** Damaged TOML files, for a longer time. */
import { describe, expect, it } from 'vitest';
import { memoryHeld } from '../memory.ts';
import { readDamaged, SEED } from './toml-damage.ts';

const INPUTS = 100_000;
const GROWTH_BYTES_MAX = 20e6;

describe.each(['mixnode', 'gateway'] as const)('a damaged TOML file of a %s', (kind) => {
  it(`leaves nothing in memory when it was read: ${INPUTS} inputs, seed ${SEED}`, () => {
    readDamaged(kind, INPUTS / 100);
    const before = memoryHeld().heapUsed;
    const outcomes = readDamaged(kind, INPUTS);
    expect(memoryHeld().heapUsed - before).toBeLessThan(GROWTH_BYTES_MAX);
    expect([...outcomes.values()].reduce((sum, count) => sum + count)).toBe(INPUTS);
  });
});
