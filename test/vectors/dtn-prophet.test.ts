/** PRoPHET's arithmetic against values computed from RFC 6693 by others. */
import { describe, expect, it } from 'vitest';
import {
  agedPredictability,
  PROPHET_DEFAULTS,
  PredictabilityTable,
  type ProphetParameters,
  predictabilityAfterEncounter,
  transitivePredictability,
} from '../../nodes/dtn/router/predictability.ts';
import { vectorSets } from '../vectors-root.ts';

const NS_PER_S = 1e9;

interface ProphetVectors {
  readonly rfc6693: {
    readonly parameters: Readonly<Record<string, number>>;
    readonly direct: readonly {
      readonly interval: number | null;
      readonly before: number | null;
      readonly after: number;
    }[];
  };
  readonly aging: readonly Readonly<Record<'p' | 'k' | 'gamma' | 'after', number>>[];
  readonly transitive: readonly Readonly<Record<'old' | 'ab' | 'bc' | 'beta' | 'max', number>>[];
}

/** The parameters of RFC 6693 section 3.3, and values computed independently from section 2.1.2. */
const FIGURES: ProphetVectors = {
  rfc6693: {
    parameters: {
      pEncounterMax: 0.7,
      pEncounterFirst: 0.5,
      pFirstThreshold: 0.1,
      beta: 0.9,
      gamma: 0.999,
      delta: 0.01,
      iTyp: 1800,
    },
    direct: [
      { interval: null, before: null, after: 0.5 },
      { interval: 60, before: 0.5, after: 0.5114333333333333 },
      { interval: 600, before: 0.5114333333333333, after: 0.6230988888888889 },
      { interval: 1800, before: 0.6230988888888889, after: 0.8799296666666667 },
    ],
  },
  aging: [
    { p: 0.75, k: 1, gamma: 0.999, after: 0.74925 },
    { p: 0.75, k: 100, gamma: 0.999, after: 0.6785941103352817 },
  ],
  transitive: [
    { old: 0, ab: 0.5, bc: 0.5, beta: 0.9, max: 0.225 },
    { old: 0.3, ab: 0.5, bc: 0.5, beta: 0.9, max: 0.3 },
  ],
};
const parameters: ProphetParameters = {
  ...PROPHET_DEFAULTS,
  usualNs: 1_800 * NS_PER_S,
  unitNs: NS_PER_S,
};

const SETS = vectorSets('dtn/prophet.json', FIGURES);

describe.each(SETS)('delivery predictabilities, $set', ({ file, isWhole }) => {
  it('have the default parameters of RFC 6693', () => {
    const { encounterMax, encounterFirst, firstThreshold, beta, gamma, delta, usualNs } =
      parameters;
    expect(file.rfc6693.parameters).toEqual({
      ...{ beta, gamma, delta, iTyp: usualNs / NS_PER_S },
      ...{ pEncounterMax: encounterMax, pEncounterFirst: encounterFirst },
      pFirstThreshold: firstThreshold,
    });
  });

  it('grow with each encounter', () => {
    const { direct } = file.rfc6693;
    expect(direct.length).toBeGreaterThan(isWhole ? 8 : 3);
    for (const { interval, before, after } of direct) {
      const intervalNs = interval === null ? undefined : interval * NS_PER_S;
      expect(predictabilityAfterEncounter(before ?? 0, intervalNs, parameters)).toBeCloseTo(
        after,
        12,
      );
    }
    const table = new PredictabilityTable({ ...parameters, gamma: 1 - 1e-15 });
    let now = 0;
    for (const { interval, after } of direct) {
      now += (interval ?? 0) * NS_PER_S;
      table.meet('b', now);
      expect(table.of('b')).toBeCloseTo(after, 12);
    }
  });

  it('age', () => {
    for (const { p, k, gamma, after } of file.aging) {
      expect(agedPredictability(p, k, gamma)).toBeCloseTo(after, 12);
    }
  });

  it('are passed on by a third node', () => {
    for (const { old, ab, bc, beta, max } of file.transitive) {
      expect(transitivePredictability(old, ab, bc, beta)).toBeCloseTo(max, 12);
    }
  });
});

describe('a table of delivery predictabilities', () => {
  it('begins anew with a node that was hardly met of late', () => {
    const table = new PredictabilityTable(parameters);
    table.meet('b', 0);
    // 0.5 x 0.999^1700 = 0.0912, below 0.1; an hour later it would be forgotten.
    table.age(1_700 * NS_PER_S);
    expect(table.of('b')).toBeCloseTo(0.0912, 3);
    table.meet('b', 1_700 * NS_PER_S);
    expect(table.of('b')).toBe(0.5);
    table.age(9_000 * NS_PER_S);
    expect(table.all()).toEqual([]);
  });

  it('is the same after a restart', () => {
    const table = new PredictabilityTable(parameters);
    table.meet('b', 0);
    table.learn('b', [['c', 0.8]]);
    const restored = new PredictabilityTable(parameters);
    const { agedNs } = table;
    restored.restore({ values: table.all(), meetings: table.meetings(), agedNs });
    expect(restored.all()).toEqual(table.all());
    expect(restored.of('c')).toBeCloseTo(0.5 * 0.8 * 0.9, 12);
    // Both go on alike: the values age from the same instant, and the last encounter counts.
    for (const one of [table, restored]) {
      one.age(60 * NS_PER_S);
      one.meet('b', 60 * NS_PER_S);
    }
    expect(restored.all()).toEqual(table.all());
    expect(restored.of('c')).toBeCloseTo(0.5 * 0.8 * 0.9 * 0.999 ** 60, 12);
    expect(restored.of('b')).toBeCloseTo(
      predictabilityAfterEncounter(0.5 * 0.999 ** 60, 60 * NS_PER_S, parameters),
    );
  });
});
