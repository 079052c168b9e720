/** The seeds of fabric-faults.test.ts are those that found something: here are sixty. */
import { describe, expect, it } from 'vitest';
import { faultsOf } from './fabric-faults.ts';

const seedsTo = (last: number): readonly number[] =>
  Array.from({ length: last }, (_, index) => index + 1);

describe('fabric over a mixnet that was given too much', () => {
  it('kept later messages waiting for minutes behind acknowledgements', () => {
    expect(faultsOf('mixnet-overload', seedsTo(6))).toEqual([]);
  });
});

describe('fabric over links that flip bits', () => {
  it.each([
    ['corrupt', 60],
    ['corrupt-long', 20],
    ['mixnet-crash', 10],
  ] as const)('loses no message in silence, and no peer for ever: %s.yaml', (name, last) => {
    expect(faultsOf(name, seedsTo(last))).toEqual([]);
  });
});
