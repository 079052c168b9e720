/** Damaged TOML files, for a longer time. */
import { describe, expect, it } from 'vitest';
import { readDamaged, SEED } from './toml-damage.ts';

const INPUTS = 100_000;
const GROWTH_BYTES_MAX = 100e6;

describe('a damaged TOML file', () => {
  it(`leaves nothing in memory when it was read: ${INPUTS} inputs, seed ${SEED}`, () => {
    readDamaged(INPUTS / 100);
    const before = process.memoryUsage().heapUsed;
    const outcomes = readDamaged(INPUTS);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(GROWTH_BYTES_MAX);
    expect([...outcomes.values()].reduce((sum, count) => sum + count)).toBe(INPUTS);
  });
});
