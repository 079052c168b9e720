/**
 * 100,000 inputs for each protocol, below the seal of a peer with genuine keys.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { SEALED } from './sealed/all.ts';
import { attack } from './sealed/victim.ts';

const INPUTS = Number(process.env['ORRERY_FUZZ_INPUTS'] ?? 100_000);

describe.each(SEALED)('$protocol: a peer with genuine keys', (one) => {
  it(`R-084: ${INPUTS} mutated ${one.what} are taken or dropped by name`, () => {
    const came = attack(one, INPUTS);
    const found = one.reaches.filter((name) => came.has(name));
    // Deep enough: they did not all stop at the first check.
    expect(found, [...came].join(' ')).toEqual(one.reaches);
  });
});
