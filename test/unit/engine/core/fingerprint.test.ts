/** Lanes and checkpoints of the fingerprint, and the search for the first difference. @module */
import { describe, expect, it } from 'vitest';
import { describeDivergence, findDivergence } from '../../../../engine/core/divergence.ts';
import { Fingerprint } from '../../../../engine/core/fingerprint.ts';

/** A run of 200,000 events over three nodes; `change` may replace one of them. */
function play(fingerprint: Fingerprint, change?: (number: number) => number | undefined): void {
  for (let number = 1; number <= 200_000; number += 1) {
    const length = change?.(number) ?? 100;
    fingerprint.event(number * 1_000, number % 3, 2, length);
    if (number % 5 === 0) fingerprint.ingredients(number, length);
  }
}

describe('Fingerprint', () => {
  it('names the node that differs by its lane', () => {
    const [a, b] = [new Fingerprint(3), new Fingerprint(3)];
    play(a);
    play(b, (number) => (number === 150_001 ? 101 : undefined));
    const different = [0, 1, 2].filter((node) => a.nodeDigest(node) !== b.nodeDigest(node));
    expect(different).toEqual([150_001 % 3]);
    expect(a.digest()).not.toBe(b.digest());
  });

  it('keeps a checkpoint every 2^16 events and goes on after a digest', () => {
    const fingerprint = new Fingerprint(3);
    play(fingerprint);
    expect(fingerprint.count).toBe(200_000);
    expect(fingerprint.checkpoints.map(({ count, time }) => [count, time])).toEqual([
      [65_536, 65_536_000],
      [131_072, 131_072_000],
      [196_608, 196_608_000],
    ]);
    const shorter = new Fingerprint(3);
    for (let number = 1; number <= 65_536; number += 1) {
      shorter.event(number * 1_000, number % 3, 2, 100);
      if (number % 5 === 0) shorter.ingredients(number, 100);
      shorter.digest();
    }
    expect(shorter.digest()).toBe(fingerprint.checkpoints[0]?.digest);
  });

  it('changes with an ingredient and with the order of events', () => {
    const make = (words: [number, number][]): string => {
      const fingerprint = new Fingerprint(2);
      fingerprint.event(1, 0, 1, 1);
      for (const [first, second] of words) fingerprint.ingredients(first, second);
      return fingerprint.digest();
    };
    expect(new Set([make([]), make([[1, 2]]), make([[2, 1]])]).size).toBe(3);
  });

  it('accepts a node without a lane, which then counts in the whole only', () => {
    const fingerprint = new Fingerprint(1);
    const before = [fingerprint.digest(), fingerprint.nodeDigest(0)];
    fingerprint.event(1, 4_294_967_295, 2, 3);
    expect(fingerprint.digest()).not.toBe(before[0]);
    expect(fingerprint.nodeDigest(0)).toBe(before[1]);
    expect(() => fingerprint.nodeDigest(1)).toThrow(/lane/);
  });
});

describe('findDivergence', () => {
  it('finds nothing between equal runs', () => {
    expect(findDivergence((fingerprint) => play(fingerprint), 3)).toBeUndefined();
  });

  it('names event number, time, node, kind and both records of a planted difference', () => {
    let runs = 0;
    const run = (fingerprint: Fingerprint): void => {
      runs += 1;
      const isSecond = runs % 2 === 0;
      play(fingerprint, (number) => (isSecond && number >= 140_000 ? 101 : undefined));
    };
    const divergence = findDivergence(run, 3);
    expect(divergence?.interval).toEqual({ from: 131_072, to: 196_608 });
    expect(divergence?.first).toEqual({
      number: 140_000,
      time: 140_000_000,
      node: 2,
      kind: 2,
      length: 100,
      ingredients: [140_000, 100],
    });
    expect(divergence?.second?.length).toBe(101);
    const text = describeDivergence(divergence!, (node) => ['a', 'b', 'c'][node]!);
    expect(text).toContain('event 140000, time 140000000 ns, node c, kind 2');
    expect(text).toContain('first run:  event 140000 at 140000000 ns, node c, kind 2, length 100');
    expect(text).toContain('length 101, ingredients 000222e0 00000065');
  });

  it('finds a difference in an ingredient alone', () => {
    let runs = 0;
    const divergence = findDivergence((fingerprint) => {
      runs += 1;
      fingerprint.event(5, 0, 1, 1);
      fingerprint.event(6, 0, 1, 1);
      fingerprint.ingredients(runs % 2, 0);
    }, 1);
    expect(divergence?.first?.number).toBe(2);
  });

  it('finds a difference in the length alone', () => {
    let runs = 0;
    const divergence = findDivergence((fingerprint) => {
      runs += 1;
      fingerprint.event(5, 0, 1, runs % 2);
    }, 1);
    expect([divergence?.first?.length, divergence?.second?.length]).toEqual([1, 0]);
  });

  it('finds an ingredient that only one of the runs has', () => {
    let runs = 0;
    const divergence = findDivergence((fingerprint) => {
      runs += 1;
      fingerprint.event(5, 0, 1, 1);
      if (runs % 2 === 0) fingerprint.ingredients(1, 2);
    }, 1);
    expect(divergence?.first?.ingredients).toEqual([]);
    expect(divergence?.second?.ingredients).toEqual([1, 2]);
  });

  it('finds a run that ends earlier', () => {
    let runs = 0;
    const divergence = findDivergence((fingerprint) => {
      runs += 1;
      for (let i = 0; i < 10 + (runs % 2); i += 1) fingerprint.event(i, 0, 1, 1);
    }, 1);
    expect([divergence?.first?.number, divergence?.second]).toEqual([11, undefined]);
    expect(describeDivergence(divergence!)).toContain('no such event');
  });

  it('says so when the difference does not come back in the recorded runs', () => {
    let runs = 0;
    const divergence = findDivergence((fingerprint) => {
      runs += 1;
      fingerprint.event(1, 0, 1, runs === 2 ? 7 : 1);
    }, 1);
    expect(divergence).toEqual({
      interval: { from: 0, to: 1 },
      first: undefined,
      second: undefined,
    });
    expect(describeDivergence(divergence!)).toContain('something that is not part of its input');
  });
});
