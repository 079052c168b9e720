/**
 * Routers against exact chains: twenty nodes of which each two meet after exponential times, with
 * transfers that take next to no time (Groenevelt, Nain and Koole 2005, "The message delay in
 * mobile ad hoc networks"; Spyropoulos, Psounis and Raghavendra 2005, "Spray and wait"). Every node
 * is a real agent with a store; links hand over what one transmits to the other.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  type MeetingNetwork,
  markovDelayOfRouter,
  type RouterName,
} from '../../runner/verify/bundles/delay-chains.ts';
import { measureDeliveryDelays } from '../../runner/verify/bundles/meeting-delays.ts';
import { seededRandom } from '../../topologies/generate/random.ts';
import { vectorSets } from '../vectors-root.ts';

const NETWORK: MeetingNetwork = { nodes: 10, everySeconds: 3_600, copies: 4 };
const RUNS = 3_000;
/**
 * Two standard errors hold in 95 % of all cases, and the seed is fixed. Six seeds together deviated by less
 * than one standard error of theirs in mean and share with direct, two-hop and both sprays.
 */
const ERRORS = 1.96;

describe.each(['direct', 'two-hop', 'spray-source', 'spray-binary', 'epidemic'] as const)(
  '%s among nodes that meet after exponential times',
  (router) => {
    it('has the mean delay, and the share of deliveries in 600 s, of the exact chain', () => {
      const chain = markovDelayOfRouter(router, NETWORK);
      const exactShare = chain.shareIn(600);
      // A stream for each router: with a common one, luck is common too.
      const draw = seededRandom(`theory ${router}`, 1);
      const delays = measureDeliveryDelays(router, NETWORK, { count: RUNS, draw });
      const mean = delays.reduce((sum, delay) => sum + delay, 0) / RUNS;
      const variance = delays.reduce((sum, delay) => sum + (delay - mean) ** 2, 0) / (RUNS - 1);
      const meanError = ERRORS * Math.sqrt(variance / RUNS);
      expect([router, Math.abs(mean - chain.mean) < meanError]).toEqual([router, true]);
      const share = delays.filter((delay) => delay <= 600).length / RUNS;
      const shareError = ERRORS * Math.sqrt((exactShare * (1 - exactShare)) / RUNS);
      expect([router, Math.abs(share - exactShare) < shareError]).toEqual([router, true]);
    });
  },
);

interface TheoryFile {
  readonly meanDelay: readonly Readonly<Record<string, number>>[];
}

/** Computed independently: closed forms, Markov chains and simulations agree within 2 %. */
const THEORY: TheoryFile = {
  meanDelay: [
    {
      N: 10,
      direct: 3600.0,
      epidemic: 1131.5873015873015,
      twoHop: 1383.3262979542624,
      sourceSpray4: 1446.9135802469136,
      binarySpray4: 1377.7777777777778,
    },
  ],
};

describe('the exact chains', () => {
  it.each(vectorSets('dtn/theory.json', THEORY))(
    'are as others have computed, $set',
    ({ file }) => {
      const row = file.meanDelay.find(({ N }) => N === NETWORK.nodes) ?? {};
      const ours = (kind: RouterName): number => markovDelayOfRouter(kind, NETWORK).mean;
      expect(ours('direct')).toBeCloseTo(row['direct'] ?? 0, 6);
      expect(ours('epidemic')).toBeCloseTo(row['epidemic'] ?? 0, 6);
      expect(ours('two-hop')).toBeCloseTo(row['twoHop'] ?? 0, 6);
      expect(ours('spray-source')).toBeCloseTo(row['sourceSpray4'] ?? 0, 6);
      expect(ours('spray-binary')).toBeCloseTo(row['binarySpray4'] ?? 0, 6);
    },
  );

  it('tell routers apart: no router fits the chain of another', () => {
    const means = (['direct', 'two-hop', 'spray-binary', 'epidemic'] as const).map(
      (kind) => markovDelayOfRouter(kind, NETWORK).mean,
    );
    const sorted = [...means].sort((a, b) => b - a);
    for (const [index, mean] of sorted.slice(1).entries()) {
      expect((sorted[index] as number) / mean).toBeGreaterThan(1.003);
    }
  });
});
