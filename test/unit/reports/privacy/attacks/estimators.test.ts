/**
 * The estimators of attacks in small worlds whose answer is known.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { successOfHits } from '../../../../../reports/privacy/attacks/attack-success.ts';
import {
  BatchDisclosure,
  continuousScores,
  topReceivers,
} from '../../../../../reports/privacy/attacks/disclosure.ts';
import {
  cellEntropy,
  countPacketsPerBin,
  flowScore,
  mutualInformation,
  ranks,
} from '../../../../../reports/privacy/attacks/flow-scores.ts';
import {
  findHittingSets,
  membersOfAllSets,
} from '../../../../../reports/privacy/attacks/intersection.ts';
import {
  pathDelayDensity,
  pathDelayQuantileNs,
} from '../../../../../reports/privacy/attacks/path-law.ts';
import {
  areaUnderCurve,
  equalErrorRate,
  rocCurve,
} from '../../../../../reports/privacy/attacks/roc.ts';

describe('statistical disclosure', () => {
  it('finds friends in rounds of a batch mix, and subtracts a receiver that is always loud', () => {
    const random = openRandomStream(1, 'test', 'rounds');
    const disclosure = new BatchDisclosure(200);
    for (let round = 0; round < 600; round += 1) {
      // A third of all messages goes to receiver 7, who is not a friend of anybody.
      const batch = Array.from({ length: 29 }, () => (random.chance(0.3) ? 7 : random.below(200)));
      disclosure.round([...batch, random.below(200)], false);
      disclosure.round([...batch, 50 + random.below(3)], true);
    }
    const best = topReceivers(disclosure.scores(), 3);
    expect([...best].sort()).toEqual([50, 51, 52]);
  });

  it('gives nothing for no rounds', () => {
    expect([...new BatchDisclosure(2).scores()]).toEqual([0, 0]);
  });

  it('continuous: weighs receipts by the delay law', () => {
    const density = pathDelayDensity({ hops: 1, meanDelayNs: 10, transitNs: 0 });
    const scores = continuousScores({
      sends: [0, 100],
      receipts: [[5, 103], [60], [190]],
      density,
      longestNs: 1_000,
    });
    const weights = [
      density(5) + density(103) + density(3),
      density(60),
      density(190) + density(90),
    ];
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / 4;
    for (const [i, events] of [2, 1, 1].entries()) {
      expect(scores[i]).toBeCloseTo(weights[i]! - mean * events, 12);
    }
  });

  it('names the best first, and the lower number of equal ones', () => {
    expect(topReceivers(Float64Array.of(1, 5, 5, 9, 2), 3)).toEqual([3, 1, 2]);
    expect(topReceivers(Float64Array.of(1, 2), 5)).toEqual([1, 0]);
  });
});

describe('the law of a path', () => {
  it('is a density whose quantiles are those of Erlang', () => {
    const law = { hops: 3, meanDelayNs: 100, transitNs: 50 };
    const density = pathDelayDensity(law);
    let sum = 0;
    const end = pathDelayQuantileNs(law, 0.9);
    for (let x = 0; x < end; x += 1) sum += density(x + 0.5);
    expect(sum).toBeCloseTo(0.9, 2);
    expect(density(49)).toBe(0);
    expect(pathDelayDensity({ ...law, hops: 1 })(50)).toBeCloseTo(0.01, 12);
  });
});

describe('intersection', () => {
  const sets = (...lists: number[][]): ReadonlySet<number>[] => lists.map((list) => new Set(list));

  it('keeps who is always there', () => {
    expect(membersOfAllSets(sets([1, 2, 3], [2, 3, 9], [3, 2]))).toEqual([2, 3]);
    expect(membersOfAllSets([])).toEqual([]);
  });

  it('finds the least sets that meet every batch', () => {
    const batches = sets([1, 2, 3], [4, 5], [1, 4], [2, 4], [3, 4]);
    const { sets: found, isComplete } = findHittingSets(batches, { partners: 3, stepsMax: 1_000 });
    expect(isComplete).toBe(true);
    expect([...found].sort()).toEqual([
      [1, 4],
      [2, 4],
      [3, 4],
    ]);
  });

  it('says when it stopped at its cap, and when no set is small enough', () => {
    const batches = Array.from({ length: 12 }, (_, i) => new Set([3 * i, 3 * i + 1, 3 * i + 2]));
    const capped = findHittingSets(batches, { partners: 12, stepsMax: 500 });
    expect(capped.isComplete).toBe(false);
    expect(findHittingSets(batches, { partners: 2, stepsMax: 10_000 })).toEqual({
      sets: [],
      isComplete: true,
    });
  });
});

describe('flow scores', () => {
  it('counts per bin, without what is outside', () => {
    const bins = { fromNs: 10, widthNs: 10, count: 2 };
    expect(countPacketsPerBin([9, 10, 19, 20, 30], bins)).toEqual([2, 1]);
  });

  it('equal values share a rank', () => {
    expect(ranks([5, 1, 5, 9])).toEqual([2.5, 1, 2.5, 4]);
  });

  it.each(['pearson', 'spearman'] as const)('%s finds the lag of a copy', (likeness) => {
    const entry = [1, 4, 2, 8, 5, 7, 1, 3, 9, 2];
    const exit = [0, 0, ...entry];
    expect(flowScore([...entry, 0, 0], exit, { likeness, lagMax: 3 })).toBeCloseTo(1, 12);
    expect(flowScore([...entry, 0, 0], exit, { likeness, lagMax: 1 })).toBeLessThan(0.9);
    expect(flowScore([3, 3, 3], [1, 2, 3], { likeness, lagMax: 0 })).toBe(0);
  });

  it('mutual information: independent lists give about 0, a copy gives its entropy', () => {
    const random = openRandomStream(1, 'test', 'information');
    const list = (): number[] => Array.from({ length: 4_000 }, () => random.below(8));
    const [a, b] = [list(), list()];
    // Without the bias correction, the mean would be 49 / (2 n ln 2) = 0.0088 bits.
    expect(Math.abs(mutualInformation(a, b))).toBeLessThan(0.005);
    expect(mutualInformation(a, a)).toBeCloseTo(3, 2);
    expect(cellEntropy([1, 1, 1])).toBe(0);
    expect(cellEntropy([])).toBe(0);
  });
});

describe('ROC', () => {
  it('by hand: three matched against two unmatched', () => {
    const scored = { matched: [0.9, 0.6, 0.4], unmatched: [0.5, 0.3] };
    expect(rocCurve(scored)).toEqual([
      { falsePositive: 0, truePositive: 0 },
      { falsePositive: 0, truePositive: 1 / 3 },
      { falsePositive: 0, truePositive: 2 / 3 },
      { falsePositive: 0.5, truePositive: 2 / 3 },
      { falsePositive: 0.5, truePositive: 1 },
      { falsePositive: 1, truePositive: 1 },
    ]);
    expect(equalErrorRate(rocCurve(scored))).toBeCloseTo(1 / 3, 12);
    const { auc, low, high } = areaUnderCurve(scored)!;
    expect(auc).toBeCloseTo(5 / 6, 12);
    // DeLong's method by hand: placements 1, 1, 1/2 and 2/3, 1; variances 1/12 / 3 and 1/18 / 2.
    const half = 1.959963984540054 * Math.sqrt(1 / 36 + 1 / 36);
    expect(low).toBeCloseTo(5 / 6 - half, 12);
    expect(high).toBe(1);
  });

  it('the interval covers the true area in 95 of 100 worlds', () => {
    const random = openRandomStream(1, 'test', 'roc');
    let covered = 0;
    for (let world = 0; world < 400; world += 1) {
      const matched = Array.from({ length: 40 }, () => random.normal(1, 1));
      const unmatched = Array.from({ length: 80 }, () => random.normal(0, 1));
      const { low, high } = areaUnderCurve({ matched, unmatched })!;
      // P(N(1,1) > N(0,1)) = Phi(1 / sqrt 2).
      if (low <= 0.7602499 && high >= 0.7602499) covered += 1;
    }
    expect(covered).toBeGreaterThan(368);
    expect(covered).toBeLessThan(394);
  });

  it('does not claim certainty when scores do not overlap', () => {
    const { auc, low } = areaUnderCurve({ matched: [3, 4, 5], unmatched: [0, 1, 2] })!;
    expect(auc).toBe(1);
    expect(low).toBeCloseTo(0.05 ** (1 / 3), 12);
    expect(areaUnderCurve({ matched: [], unmatched: [1] })).toBeUndefined();
    const swapped = rocCurve({ matched: [0], unmatched: [1] });
    expect(equalErrorRate(swapped)).toBe(1);
  });
});

describe('success', () => {
  it('has no success without a trial', () => {
    expect(successOfHits({ attack: 'x', hits: 0, trials: 0, chance: 0 })).toBeUndefined();
    const { success, low, high } = successOfHits({ attack: 'x', hits: 5, trials: 10, chance: 0 })!;
    expect([success, low, high].map((x) => x.toFixed(4))).toEqual(['0.5000', '0.2366', '0.7634']);
  });
});
