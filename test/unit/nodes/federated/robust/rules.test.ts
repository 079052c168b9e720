/** Robust rules: what they need, what they withstand, and what may stand together. */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import { makeSharedDraws, type SharedDraws } from '../../../../../nodes/federated/learn/seeded.ts';
import {
  drawNoiseUpdate,
  flipLabels,
  littleIsEnoughDeviationCount,
  littleIsEnoughUpdate,
  signFlippedUpdate,
} from '../../../../../nodes/federated/robust/attacks.ts';
import {
  combinationProblems,
  type OptionCombination,
} from '../../../../../nodes/federated/robust/combinations.ts';
import {
  dealRandomGroups,
  type GroupTotal,
  groupMeans,
} from '../../../../../nodes/federated/robust/groups.ts';
import {
  krumScores,
  krumSelectedIndices,
  meanOfClippedUpdates,
  meanOfUpdates,
  medianOfUpdates,
  trimmedMean,
} from '../../../../../nodes/federated/robust/rules.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const draws = (name: string): SharedDraws =>
  makeSharedDraws(crypto, new Uint8Array(32).fill(5), name);

const LENGTH = 50;
/** Honest updates: 1 in each coordinate, and normal noise with deviation 0.1. */
function honest(count: number, stream: SharedDraws): Float64Array[] {
  return Array.from({ length: count }, () =>
    Float64Array.from({ length: LENGTH }, () => 1 + 0.1 * stream.normal()),
  );
}

/** Distance from the truth, per coordinate. */
function off(combined: ArrayLike<number> | undefined): number {
  let square = 0;
  for (let at = 0; at < LENGTH; at += 1) square += ((combined?.[at] as number) - 1) ** 2;
  return Math.sqrt(square / LENGTH);
}

describe('with 4 of 20 clients lying', () => {
  const stream = draws('lies');
  const truth = honest(16, stream);
  const lies: Readonly<Record<string, readonly Float64Array[]>> = {
    'sign flips': truth.slice(0, 4).map((update) => signFlippedUpdate(update, 10)),
    noise: truth.slice(0, 4).map(() => drawNoiseUpdate(LENGTH, 20, stream)),
    'no numbers': truth.slice(0, 4).map(() => new Float64Array(LENGTH).fill(Number.NaN)),
    infinity: truth.slice(0, 4).map(() => new Float64Array(LENGTH).fill(Number.NEGATIVE_INFINITY)),
  };

  it.each(Object.keys(lies))('the mean is lost, and no rule is: %s', (kind) => {
    const updates = [...(lies[kind] ?? []), ...truth];
    const places = [...updates.keys()];
    expect(off(meanOfUpdates(updates, places))).not.toBeLessThan(1);
    const best = krumSelectedIndices(updates, { lies: 4, take: 1 }) ?? [];
    const several = krumSelectedIndices(updates, { lies: 4, take: 8 }) ?? [];
    expect([...best, ...several].every((place) => place >= 4)).toBe(true);
    expect(off(meanOfUpdates(updates, best))).toBeLessThan(0.15);
    expect(off(meanOfUpdates(updates, several))).toBeLessThan(0.07);
    expect(off(trimmedMean(updates, 4))).toBeLessThan(0.07);
    expect(off(medianOfUpdates(updates))).toBeLessThan(0.07);
    // Trimmed too little, a lie is left.
    expect(off(trimmedMean(updates, 1))).not.toBeLessThan(0.3);
  });

  it('a bound of the norm limits what a lie does: its share of the clients times the bound', () => {
    const bound = 2 * Math.sqrt(LENGTH);
    const updates = [...(lies['sign flips'] ?? []), ...truth];
    // 16/20 of 1, 4/20 of -2.
    expect(meanOfUpdates([meanOfClippedUpdates(updates, bound)], [0])[0]).toBeGreaterThan(0.3);
    expect(off(meanOfClippedUpdates(updates, bound))).toBeGreaterThan(0.55);
    expect(off(meanOfClippedUpdates(updates, bound))).toBeLessThan(0.65);
    expect(
      off(meanOfClippedUpdates([...(lies['no numbers'] ?? []), ...truth], bound)),
    ).toBeLessThan(0.25);
  });

  it('a little is enough: lies within the noise move what combines them, all in one direction', () => {
    const deviations = littleIsEnoughDeviationCount(20, 4);
    // floor(20/2 + 1) - 4 = 7 of 16 must be further out: the 9/16 quantile.
    expect(deviations).toBeCloseTo(0.1573, 4);
    const chosen = (moved: number): number => {
      const lie = littleIsEnoughUpdate(truth, moved);
      return krumSelectedIndices([lie, lie, lie, lie, ...truth], { lies: 4, take: 1 })?.[0] ?? -1;
    };
    // Lies are (1 + z^2) / 2 of an honest distance away from honest updates, and 0 from each other.
    expect(chosen(0.8)).toBe(0);
    expect(chosen(1.5)).toBeGreaterThanOrEqual(4);
    for (const value of littleIsEnoughUpdate(truth, 0.8)) expect(value).toBeLessThan(1);
    expect(littleIsEnoughDeviationCount(3, 1)).toBe(0);
  });

  it('labels are turned round', () => {
    expect(flipLabels(Uint8Array.of(0, 1, 9), 10)).toEqual(Uint8Array.of(9, 8, 0));
  });
});

describe('bounds', () => {
  it('Krum needs 2 f + 3 updates', () => {
    const updates = honest(9, draws('few'));
    expect(krumScores(updates, 3)).toHaveLength(9);
    expect(krumScores(updates.slice(1), 3)).toBeUndefined();
    expect(krumSelectedIndices(updates.slice(1), { lies: 3, take: 1 })).toBeUndefined();
  });

  it('of equal scores Krum takes the lower place', () => {
    const same = Array.from({ length: 5 }, () => Float64Array.of(1, 2));
    expect(krumSelectedIndices(same, { lies: 1, take: 3 })).toEqual([0, 1, 2]);
  });

  it('trimming leaves something, and a median needs something', () => {
    const updates = [1, 5, 3, 9].map((value) => Float64Array.of(value));
    expect(trimmedMean(updates, 2)).toBeUndefined();
    expect(trimmedMean(updates, 1)).toEqual(Float64Array.of(4));
    expect(medianOfUpdates(updates)).toEqual(Float64Array.of(4));
    expect(medianOfUpdates(updates.slice(0, 3))).toEqual(Float64Array.of(3));
    expect(medianOfUpdates([])).toBeUndefined();
  });
});

describe('groups', () => {
  it('have everybody once, in sizes that differ by one, and at random', () => {
    const members = Array.from({ length: 23 }, (_, at) => at);
    const groups = dealRandomGroups(members, 5, draws('groups'));
    expect(groups.map((group) => group.length)).toEqual([5, 5, 5, 4, 4]);
    expect(groups.flat().sort((a, b) => a - b)).toEqual(members);
    expect(dealRandomGroups(members, 5, draws('others'))).not.toEqual(groups);
  });

  it('withstand lies in fewer than half of them, and not in more', () => {
    const stream = draws('grouped');
    const sumOf = (lies: number): GroupTotal => {
      const members = honest(4 - lies, stream);
      const first = members[0] as Float64Array;
      for (let lie = 0; lie < lies; lie += 1) members.push(signFlippedUpdate(first, 50));
      const sum = meanOfUpdates(members, [...members.keys()]).map((value) => value * 4);
      return { sum, members: 4 };
    };
    const with2 = groupMeans([1, 1, 0, 0, 0].map(sumOf));
    expect(off(medianOfUpdates(with2))).toBeLessThan(0.1);
    const with3 = groupMeans([1, 1, 1, 0, 0].map(sumOf));
    expect(off(medianOfUpdates(with3))).toBeGreaterThan(5);
  });

  it('are left out when nothing arrived', () => {
    const sums = [
      { sum: Float64Array.of(6), members: 3 },
      { sum: Float64Array.of(0), members: 0 },
    ];
    expect(groupMeans(sums)).toEqual([Float64Array.of(2)]);
  });
});

describe('what stands together', () => {
  const plain: OptionCombination = {
    isSumSecure: true,
    rule: { kind: 'mean' },
    compression: 'none',
    clients: 30,
    minSum: 2,
    isPrivate: false,
  };
  const krum = { kind: 'krum', lies: 2 } as const;

  it.each([
    [{}],
    [{ isPrivate: true }],
    [{ rule: krum, isSumSecure: false }],
    [{ rule: krum, groups: 7 }],
    [{ rule: { kind: 'median' }, groups: 15 }],
    [{ rule: { kind: 'norm-bound' }, isSumSecure: false, isPrivate: true }],
    [{ compression: 'bits' }],
    [{ compression: 'random-k' }],
    [{ compression: 'sketch' }],
    [{ compression: 'top-k', isSumSecure: false }],
    [{ compression: 'threshold', isSumSecure: false }],
  ] as readonly [Partial<OptionCombination>][])('goes: %o', (more) => {
    expect(combinationProblems({ ...plain, ...more })).toEqual([]);
  });

  it.each([
    [{ rule: krum }, /^krum compares updates, which secure aggregation hides: write groups/],
    [{ rule: { kind: 'median' } }, /^median compares/],
    [{ rule: { kind: 'trimmed-mean', trim: 1 } }, /^trimmed-mean compares/],
    [{ rule: { kind: 'norm-bound' } }, /cannot bound the norm/],
    [{ compression: 'top-k' }, /^top-k sends other coordinates/],
    [{ compression: 'threshold' }, /^threshold sends other coordinates/],
    [{ rule: krum, groups: 6 }, /^krum needs 7 groups, there are 6$/],
    [{ rule: krum, isSumSecure: false, clients: 6 }, /^krum needs 7 updates, there are 6$/],
    [
      { rule: { kind: 'multi-krum', lies: 1, take: 9 }, isSumSecure: false, clients: 8 },
      /^multi-krum needs 9 updates/,
    ],
    [
      { rule: { kind: 'trimmed-mean', trim: 3 }, isSumSecure: false, clients: 6 },
      /^trimmed-mean needs 7 updates/,
    ],
    [{ rule: { kind: 'median' }, groups: 16 }, /have 1 members.*use at most 15 groups$/],
    [{ rule: { kind: 'median' }, groups: 31 }, /leave some empty$/],
    [{ rule: { kind: 'median' }, isSumSecure: false, isPrivate: true }, /^epsilon is proven/],
  ] as readonly [Partial<OptionCombination>, RegExp][])('does not: %o', (more, sentence) => {
    const refused = combinationProblems({ ...plain, ...more });
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatch(sentence);
  });
});
