/**
 * The formulas of attacks, compared with published vectors and with values computed by hand.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  blendingSuccess,
  detectionProbability,
  drainTimeInMeanDelays,
  emptyPoolProbability,
  floodSuccess,
  stealthyBlendingProbability,
} from '../../../../../reports/privacy/attacks/blending.ts';
import { disclosureRounds } from '../../../../../reports/privacy/attacks/disclosure.ts';
import { expectedSurvivors } from '../../../../../reports/privacy/attacks/intersection.ts';
import {
  bothEndsCorruptProbability,
  packetsUntilHalfCompromised,
  predecessorRounds,
} from '../../../../../reports/privacy/attacks/predecessor.ts';
import {
  shareLinkedByTagging,
  shareLostByTagging,
} from '../../../../../reports/privacy/attacks/tagging.ts';
import {
  compromisedPathShare,
  compromisedWithinProbability,
} from '../../../../../reports/privacy/metrics/closed-forms.ts';
import { vectorSets } from '../../../../vectors-root.ts';

interface PrivacyFile {
  readonly statisticalDisclosure: readonly {
    readonly m: number;
    readonly N: number;
    readonly b: number;
    readonly l: number;
    readonly rounds: number;
  }[];
  readonly nMinusOne: readonly {
    readonly rho: number;
    readonly epsilon: number;
    readonly lambdaMOverMu: number;
    readonly tauTimesMu: number;
    readonly detect: number;
  }[];
}

/** Computed independently from docs/spec/privacy-metrics.md. */
const FIGURES: PrivacyFile = {
  statisticalDisclosure: [{ m: 5, N: 1000, b: 50, l: 3, rounds: 103.53886057320764 }],
  nMinusOne: [
    {
      rho: 50,
      epsilon: 0.01,
      lambdaMOverMu: 0.1,
      tauTimesMu: 8.517193191416238,
      detect: 0.5733192993553516,
    },
  ],
};

const SETS = vectorSets('other/privacy.json', FIGURES);

describe.each(SETS)('formulas of attacks are those computed by others, $set', ({ file }) => {
  it('rounds of statistical disclosure', () => {
    for (const { m, N, b, l, rounds } of file.statisticalDisclosure) {
      const setting = { friends: m, receivers: N, batch: b, confidence: l };
      expect(disclosureRounds(setting)).toBeCloseTo(rounds, 9);
    }
  });

  it('time to drain a mix and the chance that its loops tell', () => {
    for (const { rho, epsilon, lambdaMOverMu, tauTimesMu, detect } of file.nMinusOne) {
      expect(drainTimeInMeanDelays({ rho, epsilon })).toBeCloseTo(tauTimesMu, 12);
      expect(detectionProbability({ rho, epsilon }, lambdaMOverMu)).toBeCloseTo(detect, 12);
    }
  });
});

describe('formulas of attacks', () => {
  it('a drained Poisson mix gives the target away: >= 0.95 with one message in a hundred', () => {
    expect(blendingSuccess(0.01)).toBeCloseTo(0.99502, 5);
    expect(emptyPoolProbability(0.01)).toBeCloseTo(0.99005, 5);
    expect(blendingSuccess(0)).toBe(1);
    expect(drainTimeInMeanDelays({ rho: 0.001, epsilon: 0.01 })).toBe(0);
  });

  it('letting traffic pass costs the adversary its aim (Loopix 4.2.1)', () => {
    const mix = { dilution: 10, mu: 1, loopRate: 2, otherRate: 50 };
    expect(stealthyBlendingProbability(mix)).toBeCloseTo(10 / 70, 12);
    expect(stealthyBlendingProbability({ ...mix, loopRate: 0, otherRate: 1 })).toBe(1);
  });

  it('a flood empties a threshold mix at once and a pool mix by and by', () => {
    expect(floodSuccess({ batch: 20, kept: 0, flushes: 1 })).toBe(1);
    expect(floodSuccess({ batch: 20, kept: 20, flushes: 3 })).toBeCloseTo(7 / 8, 12);
  });

  it('with 3 layers and 10 % corrupt half of all users are hit after 693 packets', () => {
    const tenth = { corrupt: 1, nodes: 10 };
    const alpha = compromisedPathShare([tenth, tenth, tenth]);
    expect(alpha).toBeCloseTo(0.001, 12);
    expect(packetsUntilHalfCompromised(alpha)).toBe(693);
    expect(compromisedWithinProbability(alpha, 693)).toBeGreaterThan(0.5);
    expect(compromisedWithinProbability(alpha, 692)).toBeLessThan(0.5);
  });

  it('predecessor: both ends corrupt in (c/n)^2 of all rounds', () => {
    expect(bothEndsCorruptProbability({ nodes: 100, corrupt: 10 })).toBeCloseTo(0.01, 12);
    expect(predecessorRounds({ nodes: 100, corrupt: 10 })).toBeCloseTo(3684.1, 1);
  });

  it('intersection leaves the partner and those present by accident', () => {
    expect(expectedSurvivors({ receivers: 1000, batch: 50, rounds: 0 })).toBe(1000);
    expect(expectedSurvivors({ receivers: 1000, batch: 1, rounds: 1 })).toBe(1);
    const once = expectedSurvivors({ receivers: 1000, batch: 50, rounds: 1 });
    expect(once).toBeCloseTo(1 + 999 * (1 - 0.999 ** 49), 9);
  });

  it('tagging links c_first c_last of all messages and destroys c_first of them', () => {
    const setting = { corruptFirst: 0.1, corruptLast: 0.2 };
    expect(shareLinkedByTagging(setting)).toBeCloseTo(0.02, 12);
    expect(shareLostByTagging(setting)).toBe(0.1);
  });
});
