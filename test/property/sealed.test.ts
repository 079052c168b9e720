/**
 * Peers with genuine keys, with few inputs; 100,000 are in sealed-thorough.slow.test.ts.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { SEALED } from './sealed/all.ts';
import { attack } from './sealed/victim.ts';

const INPUTS = 300;

describe.each(SEALED)('$protocol: a peer with genuine keys', (one) => {
  it(`is borne: ${INPUTS} mutated ${one.what}`, () => {
    const came = attack(one, INPUTS);
    // Some came deeper than the first check.
    expect(
      one.reaches.some((name) => came.has(name)),
      [...came].join(' '),
    ).toBe(true);
  });
});
