/**
 * What the privacy page computes from a budget: quantiles over seeds, and the round in which a
 * limit is exceeded. @module
 */
import { describe, expect, it } from 'vitest';
import {
  type Budget,
  firstOverspentRound,
  roundsOf,
  samplesBySeed,
} from '../../../../viz/app/pages/privacy/budget.ts';

/** Eleven seeds; seed s has spent s tenths after round 1, and twice as much after round 2. */
const BUDGET: Budget = {
  delta: 1e-5,
  rounds: Array.from({ length: 11 }, (_, seed) => [
    { seed, round: 2, epsilon: (2 * seed) / 10, accuracy: 0.9 },
    { seed, round: 1, epsilon: seed / 10, accuracy: seed / 10 },
  ]).flat(),
};

describe('rounds of a budget', () => {
  it('come in order, with the quantiles of the seeds', () => {
    const rounds = roundsOf(BUDGET);
    expect(rounds.map(({ round, seeds }) => [round, seeds])).toEqual([
      [1, 11],
      [2, 11],
    ]);
    expect(rounds[0]?.epsilon.p10).toBeCloseTo(0.1, 12);
    expect(rounds[0]?.epsilon.p50).toBeCloseTo(0.5, 12);
    expect(rounds[1]?.epsilon.p90).toBeCloseTo(1.8, 12);
    expect(rounds[0]?.accuracy?.p90).toBeCloseTo(0.9, 12);
    expect(rounds[1]?.accuracy).toEqual({ p10: 0.9, p50: 0.9, p90: 0.9 });
  });

  it('have the accuracy of those seeds that measured it, or none', () => {
    const rounds = roundsOf({
      delta: null,
      rounds: [
        { seed: 1, round: 1, epsilon: 1 },
        { seed: 2, round: 1, epsilon: 1, accuracy: 0.7 },
        { seed: 1, round: 2, epsilon: 2 },
      ],
    });
    expect(rounds[0]?.accuracy?.p50).toBe(0.7);
    expect(rounds[1]).not.toHaveProperty('accuracy');
    expect(rounds[1]?.seeds).toBe(1);
  });

  it('are kept apart by seed', () => {
    const seeds = samplesBySeed(BUDGET);
    expect(seeds.size).toBe(11);
    expect(seeds.get(4)?.map(({ epsilon }) => epsilon)).toEqual([0.8, 0.4]);
  });
});

describe('a limit on epsilon', () => {
  it.each([
    ['<=', 1, 2],
    ['<', 1, 1],
    ['<=', 0.9, 1],
    ['<=', 2, undefined],
    ['<', 2, 2],
    ['>=', 0.1, undefined],
  ] as const)('%s %d is passed in round %s by the worst seed', (comparison, limit, round) => {
    expect(firstOverspentRound(BUDGET, { comparison, limit })).toBe(round);
  });
});
