import { describe, expect, it } from 'vitest';
import { type Arrivals, cutsOf, figuresOf } from '../../../bench/workloads/cuts.ts';

const MS = 1_000_000;

/** Two hubs 5 ms apart, 0 and 1, with two leaves each at 1 ms: 2 and 3, 4 and 5. */
const NETWORK: Arrivals = {
  nodes: 6,
  links: [
    { a: 0, b: 1, delayNs: 5 * MS },
    { a: 0, b: 2, delayNs: MS },
    { a: 0, b: 3, delayNs: MS },
    { a: 1, b: 4, delayNs: MS },
    { a: 5, b: 1, delayNs: MS },
  ],
  // The first window of 5 ms has three arrivals in the left half and one in the right one, the third has two on each.
  at: [0, 1, 2, 3, 11, 12, 13, 14].map((ms) => ms * MS),
  from: [2, 0, 0, 0, 0, 1, 1, 2],
  to: [0, 2, 3, 1, 1, 4, 0, 0],
};
const BY_HUB = Uint8Array.of(0, 1, 0, 0, 1, 1);

describe('a cut of a network', () => {
  it('takes as long as the longer half of each window', () => {
    expect(figuresOf(NETWORK, BY_HUB)).toEqual({
      longerShare: (3 + 2) / 8,
      crossingShare: 3 / 8,
      windows: 2,
    });
  });

  it('has windows as short as the least delay between the halves', () => {
    const [, inTurns] = cutsOf(NETWORK);
    expect(figuresOf(NETWORK, inTurns as Uint8Array).windows).toBe(8);
  });

  it('keeps leaves with their neighbour, and evens the halves out', () => {
    const [, , byNeighbourhood, byLoad] = cutsOf(NETWORK);
    const halves = [...(byNeighbourhood as Uint8Array)];
    expect(halves[2]).toBe(halves[0]);
    expect(halves[5]).toBe(halves[1]);
    expect(halves[0]).not.toBe(halves[1]);
    // Three arrive at node 0, two at node 1, one each at 2, 3 and 4.
    expect([...(byLoad as Uint8Array)]).toEqual([0, 1, 1, 0, 1, 0]);
  });
});
