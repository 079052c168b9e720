/**
 * Measures of diversity, compared with cases computed by hand.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  countDistinctSystems,
  sameSystemEndsProbability,
  sameSystemEndsShare,
  simpsonIndex,
} from '../../../../nodes/vrf/index.ts';

function nodes(...asns: readonly string[]): { asn: string; weight: number }[] {
  return asns.map((asn) => ({ asn, weight: 1 }));
}

describe('diversity of autonomous systems', () => {
  it('counts the systems of a path', () => {
    expect(countDistinctSystems(nodes('a', 'b', 'a'))).toBe(2);
    expect(countDistinctSystems([])).toBe(0);
  });

  it('gives the probability that one system sees both ends', () => {
    // First hop: a 1/2, b 1/2. Last hop: a 1/4, b 1/4, c 1/2. The same at both ends: 1/8 + 1/8.
    expect(sameSystemEndsProbability(nodes('a', 'b'), nodes('a', 'b', 'c', 'c'))).toBe(0.25);
    expect(sameSystemEndsProbability(nodes('a'), nodes('b'))).toBe(0);
    const heavy = [
      { asn: 'a', weight: 3 },
      { asn: 'b', weight: 1 },
    ];
    expect(sameSystemEndsProbability(heavy, nodes('a'))).toBe(0.75);
  });

  it('counts the paths whose ends are in one system', () => {
    const paths = [nodes('a', 'b', 'a'), nodes('a', 'b', 'c'), nodes('a')];
    expect(sameSystemEndsShare(paths)).toBeCloseTo(2 / 3, 15);
    expect(sameSystemEndsShare([])).toBe(0);
  });

  it("gives Simpson's index: one for one system, a quarter for four even ones", () => {
    expect(simpsonIndex(nodes('a', 'a'))).toBe(1);
    expect(simpsonIndex(nodes('a', 'b', 'c', 'd'))).toBe(0.25);
    expect(simpsonIndex(nodes('a', 'a', 'a', 'b'))).toBe(0.625);
  });
});
