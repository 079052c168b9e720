/** What random faults have found in fabric, with the seeds that found it. */
import { describe, expect, it } from 'vitest';
import { faultsOf } from './fabric-faults.ts';

describe('fabric over links that flip bits', () => {
  it.each([
    ['corrupt', [1, 3, 6]],
    ['corrupt-long', [1, 2]],
    ['mixnet-crash', [9_022]],
  ] as const)('loses no message in silence, and no peer for ever: %s.yaml', (name, seeds) => {
    expect(faultsOf(name, seeds)).toEqual([]);
  });
});
