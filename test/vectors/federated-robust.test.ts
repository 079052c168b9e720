/**
 * Robust rules against worked numbers.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  krumChoice,
  krumScores,
  meanOf,
  medianOf,
  trimmedMean,
} from '../../nodes/federated/robust/rules.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

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

describe.runIf(hasVectors)('robust rules', () => {
  const file = hasVectors ? vectors<RobustFile>('federated/robust.json') : (undefined as never);
  const updates = hasVectors ? file.updates.map((row) => Float64Array.from(row)) : [];

  it('choose and combine what was worked out', () => {
    const { krum, multiKrum } = file;
    const scores = krumScores(updates, krum.f) ?? [];
    for (const [at, score] of krum.scores.entries()) {
      expect(Math.abs((scores[at] as number) - score)).toBeLessThan(1e-10);
    }
    expect(krumChoice(updates, { lies: krum.f, take: 1 })).toEqual([krum.selected]);
    const best = krumChoice(updates, { lies: multiKrum.f, take: multiKrum.m }) ?? [];
    expect(best).toEqual(multiKrum.selected);
    close(meanOf(updates, best), multiKrum.mean);
    close(trimmedMean(updates, file.trimmedMean.trimEachSide) ?? [], file.trimmedMean.value);
    close(medianOf(updates) ?? [], file.median);
    close(meanOf(updates, [...updates.keys()]), file.mean);
  });
});

function close(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) {
    expect(Math.abs((actual[at] as number) - value)).toBeLessThan(1e-12);
  }
}
