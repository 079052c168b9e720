/**
 * Robust rules against worked numbers.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  krumScores,
  krumSelectedIndices,
  meanOfUpdates,
  medianOfUpdates,
  trimmedMean,
} from '../../nodes/federated/robust/rules.ts';
import { vectorSets } from '../vectors-root.ts';

interface RobustFile {
  readonly updates: readonly (readonly number[])[];
  readonly krum: {
    readonly f: number;
    readonly scores: readonly number[];
    readonly selected: number;
  };
  readonly multiKrum: {
    readonly f: number;
    readonly m: number;
    readonly selected: readonly number[];
    readonly mean: readonly number[];
  };
  readonly trimmedMean: { readonly trimEachSide: number; readonly value: readonly number[] };
  readonly median: readonly number[];
  readonly mean: readonly number[];
}

/** Computed independently: two of seven updates lie. */
const FIGURES: RobustFile = {
  updates: [
    [1.0, 2.0],
    [1.1, 1.9],
    [0.9, 2.1],
    [1.0, 2.1],
    [1.05, 2.0],
    [100.0, -100.0],
    [-50.0, 80.0],
  ],
  krum: {
    f: 2,
    scores: [
      0.03250000000000003, 0.08250000000000014, 0.06250000000000003, 0.03250000000000003,
      0.027500000000000045, 60564.9225, 26013.63,
    ],
    selected: 4,
  },
  multiKrum: { f: 2, m: 3, selected: [4, 0, 3], mean: [1.0166666666666666, 2.033333333333333] },
  trimmedMean: { trimEachSide: 2, value: [1.0166666666666666, 2.033333333333333] },
  median: [1.0, 2.0],
  mean: [7.864285714285714, -1.414285714285715],
};

describe.each(vectorSets('federated/robust.json', FIGURES))('robust rules, $set', ({ file }) => {
  const updates = file.updates.map((row) => Float64Array.from(row));

  it('choose and combine what was worked out', () => {
    const { krum, multiKrum } = file;
    const scores = krumScores(updates, krum.f) ?? [];
    for (const [at, score] of krum.scores.entries()) {
      expect(Math.abs((scores[at] as number) - score)).toBeLessThan(1e-10);
    }
    expect(krumSelectedIndices(updates, { lies: krum.f, take: 1 })).toEqual([krum.selected]);
    const best = krumSelectedIndices(updates, { lies: multiKrum.f, take: multiKrum.m }) ?? [];
    expect(best).toEqual(multiKrum.selected);
    close(meanOfUpdates(updates, best), multiKrum.mean);
    close(trimmedMean(updates, file.trimmedMean.trimEachSide) ?? [], file.trimmedMean.value);
    close(medianOfUpdates(updates) ?? [], file.median);
    close(meanOfUpdates(updates, [...updates.keys()]), file.mean);
  });
});

function close(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) {
    expect(Math.abs((actual[at] as number) - value)).toBeLessThan(1e-12);
  }
}
