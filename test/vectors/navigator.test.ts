/**
 * The transports and weightings that the navigator of the seed system states (nodes/navigator/README.md), as a table:
 * which transport each weighting chooses.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  findFrontier,
  scoreCosts,
  type WayCost,
  WEIGHTING_NAMES,
  WEIGHTINGS,
  type WeightingName,
} from '../../nodes/navigator/index.ts';

const cost = (latencyMs: number, energyMah: number, reliability: number, epsilon = 0): WayCost => ({
  latencyMs,
  energyMah,
  unreliability: 1 - reliability,
  epsilon,
});

/** Latency, energy and reliability as the document says; what each reveals is ours. */
const TRANSPORTS = {
  bitchat: cost(200, 0.3, 0.85, 0.2),
  htx: cost(100, 1, 0.95, 0),
  quic: cost(50, 0.8, 0.9, 0.3),
};
const NAMES = Object.keys(TRANSPORTS);
const COSTS = Object.values(TRANSPORTS);

function chosenBy(costs: readonly WayCost[], weighting: WeightingName): string | undefined {
  const scores = scoreCosts(costs, WEIGHTINGS[weighting]);
  return NAMES[scores.indexOf(Math.min(...scores))];
}

describe('R-163: the five weightings', () => {
  it('have the published shares, whose sum is 1', () => {
    expect(Object.values(WEIGHTINGS).map((one) => Object.values(one))).toEqual([
      [0.25, 0.25, 0.25, 0.25],
      [0.6, 0.1, 0.2, 0.1],
      [0.1, 0.6, 0.2, 0.1],
      [0.1, 0.1, 0.2, 0.6],
      [0.15, 0.15, 0.6, 0.1],
    ]);
    for (const shares of Object.values(WEIGHTINGS))
      expect(Object.values(shares).reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
    expect([...WEIGHTING_NAMES]).toEqual(Object.keys(WEIGHTINGS));
  });

  it('find no published transport dominated', () => {
    expect(findFrontier(COSTS)).toEqual([0, 1, 2]);
  });

  // Normalised, bitchat is (1, 0, 1, 2/3), htx (1/2, 1, 0, 0), quic (0, 5/7, 1/2, 1).
  it.each([
    ['balanced', 'htx', [0.6667, 0.375, 0.5536]],
    ['real-time', 'quic', [0.8667, 0.4, 0.2714]],
    ['energy', 'bitchat', [0.3667, 0.65, 0.6286]],
    ['privacy', 'htx', [0.7, 0.15, 0.7714]],
    ['reliability', 'htx', [0.8167, 0.225, 0.5071]],
  ] as const)('choose by %s %s', (weighting, transport, scores) => {
    expect(chosenBy(COSTS, weighting)).toBe(transport);
    for (const [index, score] of scoreCosts(COSTS, WEIGHTINGS[weighting]).entries())
      expect(score).toBeCloseTo(scores[index] as number, 4);
  });

  it('do not depend on the units of an axis', () => {
    const inUs = COSTS.map((one) => ({ ...one, latencyMs: one.latencyMs * 1_000 }));
    for (const weighting of WEIGHTING_NAMES) {
      expect(chosenBy(inUs, weighting)).toBe(chosenBy(COSTS, weighting));
      const before = scoreCosts(COSTS, WEIGHTINGS[weighting]);
      for (const [index, score] of scoreCosts(inUs, WEIGHTINGS[weighting]).entries())
        expect(score).toBeCloseTo(before[index] as number, 9);
    }
    // The trap: a sum of ms, mAh and probabilities compares the ms, whatever the weighting.
    const raw = (one: WayCost): number => {
      const { latencyMs, energyMah, unreliability, epsilon } = WEIGHTINGS.energy;
      const { latencyMs: ms, energyMah: mAh, unreliability: loss, epsilon: told } = one;
      return latencyMs * ms + energyMah * mAh + unreliability * loss + epsilon * told;
    };
    const sums = COSTS.map(raw);
    expect(NAMES[sums.indexOf(Math.min(...sums))]).toBe('quic');
  });
});
