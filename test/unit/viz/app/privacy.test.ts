/**
 * What the privacy page computes from a report: adversaries, entropy over time, columns of a
 * journey, pairs. @module
 */
import { describe, expect, it } from 'vitest';
import { markIndexAfterStep, nearestPointIndex } from '../../../../viz/app/chart/readings.ts';
import {
  anonymitySetBars,
  type EntropyTarget,
  entropyIntervals,
  entropyQuantiles,
} from '../../../../viz/app/pages/privacy/bits.ts';
import { type Journey, journeyColumns } from '../../../../viz/app/pages/privacy/flows.ts';
import {
  type Attack,
  chosenAdversary,
  entropySourceText,
  listAdversaries,
  type PrivacyReport,
  privacyWarnings,
} from '../../../../viz/app/pages/privacy/observers.ts';
import { chooseColourStep, correctGuessCount } from '../../../../viz/app/pages/privacy/pairs.ts';

const TARGETS: readonly EntropyTarget[] = Array.from({ length: 40 }, (_, i) => ({
  ...{ seed: 1 + (i % 2), atNs: i * 1e9, entropy: 5 + (i % 10) / 10, minEntropy: 3, hartley: 8 },
}));

function attackBy(attack: string, adversary: string): Attack {
  return {
    ...{ attack, adversary, success: 0.5, low: 0.4, high: 0.6, trials: 20, chance: 0.5 },
    ...{ interval: 'Wilson 95 %', estimator: 'share' },
  };
}

const PRIVACY: PrivacyReport = {
  ...{ adversary: 'omniscient timing: sees all', estimator: 'mass propagation (P/n)' },
  ...{ mixes: 6, corrupt: [], poolMean: 9, targets: TARGETS, massLeft: 0 },
  ...{ latencyMsP50: 300, latencyMsP95: 700, packetsPerPayload: 40 },
  attacks: [
    attackBy('correlation', 'global passive, links only'),
    attackBy('answers', 'global passive, links only'),
    attackBy('tagging', 'one corrupt mix'),
  ],
};

describe('the observers of a report', () => {
  it('are that of the bits and each other adversary once, with its attacks', () => {
    const observers = listAdversaries(PRIVACY);
    expect(observers.map(({ name }) => name)).toEqual([
      ...['omniscient-timing', 'global-passive-links-only', 'one-corrupt-mix'],
    ]);
    expect(observers.map(({ attacks }) => attacks.length)).toEqual([0, 2, 1]);
    expect(observers.map(({ hasBits }) => hasBits)).toEqual([true, false, false]);
  });

  it('say how many mixes are corrupt', () => {
    expect(listAdversaries({ ...PRIVACY, corrupt: ['mix-1'] })[0]?.title).toBe(
      'omniscient timing, 1 of 6 mixes',
    );
  });

  it('fall back to the first where the address names nobody', () => {
    const observers = listAdversaries(PRIVACY);
    expect(chosenAdversary(observers, 'nobody')).toBe(observers[0]);
    expect(chosenAdversary(observers, 'one-corrupt-mix')).toBe(observers[2]);
  });

  it('come with adversary, estimator and number of samples', () => {
    expect(entropySourceText(PRIVACY)).toBe(
      'Adversary: omniscient timing: sees all. Estimator: mass propagation (P/n). Samples: 40 targets of 2 seeds.',
    );
  });

  it('come with the warnings about privacy, and no others', () => {
    const warnings = ['privacy: cover is off', 'clock: skewed'].map((text) => ({
      text,
      seeds: [1],
    }));
    expect(privacyWarnings({ warnings })).toEqual(['cover is off']);
  });
});

describe('bits over time', () => {
  it('count every target in one stretch, with nearest-rank quantiles', () => {
    const stretches = entropyIntervals(TARGETS);
    expect(stretches).toHaveLength(4);
    expect(stretches.reduce((sum, { targets }) => sum + targets, 0)).toBe(40);
    expect(stretches[0]).toMatchObject({ fromNs: 0, p10: 5, p50: 5.4, p90: 5.8, ceiling: 8 });
  });

  it('are missing where one target does not tell its time', () => {
    const { atNs: _, ...timeless } = TARGETS[0] as EntropyTarget;
    expect(entropyIntervals([...TARGETS, timeless])).toEqual([]);
  });

  it('are one stretch of a single target', () => {
    expect(entropyIntervals(TARGETS.slice(0, 1))).toHaveLength(1);
    expect(entropyQuantiles(TARGETS.slice(0, 1)).p50).toBe(5);
  });

  it('give sets of 2 to the entropy in round bars', () => {
    const bars = anonymitySetBars(
      [{ ...(TARGETS[0] as EntropyTarget), entropy: 4 }, ...TARGETS],
      16,
    );
    expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(41);
    expect(bars[3]).toEqual({ from: 15, to: 20, count: 1 });
  });
});

const JOURNEY: Journey = {
  ...{ atNs: 0, sender: 'c', recipient: 'd', entropy: 3, rest: 0 },
  route: ['c', 'p1', 'a1', 'b2', 'p2'],
  mixes: ['a1', 'a2', 'b1', 'b2'],
  flows: [
    { from: 'c', to: 'p1', mass: 1 },
    { from: 'p1', to: 'a1', mass: 1.25 },
    { from: 'a1', to: 'b1', mass: 0.5 },
    { from: 'a1', to: 'b2', mass: 0.5 },
    { from: 'p2', to: 'a2', mass: 0.25 },
    { from: 'a2', to: 'b1', mass: 0.25 },
    { from: 'b1', to: 'p1', mass: 0.75 },
    { from: 'b2', to: 'p2', mass: 0.5 },
    { from: 'b2', to: 'a1', mass: 0.1 },
  ],
};

describe('the columns of a journey', () => {
  const { titles, stops, ribbons, hidden, again } = journeyColumns(JOURNEY, 10);
  const columnOf = (name: string): readonly number[] =>
    stops.filter((one) => one.name === name).map(({ column }) => column);

  it('find the layers in the flows, and tell entry and exit apart', () => {
    expect(titles).toEqual(['sender', 'entry', 'layer 1', 'layer 2', 'exit']);
    expect(columnOf('a1')).toEqual([2]);
    expect(columnOf('a2')).toEqual([2]);
    expect(columnOf('b1')).toEqual([3]);
    expect(columnOf('p1')).toEqual([1, 4]);
  });

  it('draw what comes round again from a stop of its own', () => {
    expect(columnOf('comes round again')).toEqual([1]);
    expect(again).toBeCloseTo(0.5, 12);
    expect(ribbons.find(({ source, target }) => source === '1 p1' && target === '2 a1')?.mass).toBe(
      1,
    );
  });

  it('say how much runs backwards and is not drawn', () => {
    expect(hidden).toBeCloseTo(0.1, 12);
  });

  it('mark the way that the message really took', () => {
    const way = ribbons
      .filter(({ isTrue }) => isTrue)
      .map(({ source, target }) => `${source}-${target}`);
    expect(way).toEqual(['0 c-1 p1', '1 p1-2 a1', '2 a1-3 b2', '3 b2-4 p2']);
  });

  it('put light stops together, and keep all mass and at most 200 ribbons', () => {
    const names = Array.from({ length: 40 }, (_, i) => `x${i}`);
    const wide: Journey = {
      ...JOURNEY,
      ...{ route: ['c', 'm0'], mixes: ['m0', ...names] },
      flows: [
        { from: 'c', to: 'm0', mass: 1 },
        ...names.map((to, i) => ({ from: 'm0', to, mass: i === 7 ? 0.61 : 0.01 })),
        ...names.flatMap((from) => names.map((to) => ({ from, to: `p${to}`, mass: 1 / 1_600 }))),
      ],
    };
    const drawn = journeyColumns(wide, 10);
    const out = drawn.ribbons.filter(({ source }) => source === '1 m0');
    expect(out.reduce((sum, { mass }) => sum + mass, 0)).toBeCloseTo(1, 9);
    expect(out.some(({ target }) => target === '2 others')).toBe(true);
    expect(out.some(({ target }) => target === '2 x7')).toBe(true);
    expect(drawn.ribbons.length).toBeLessThanOrEqual(200);
  });
});

describe('the map of pairs', () => {
  it('has five steps from above nothing to the largest', () => {
    expect([0, 0.01, 0.2, 0.21, 1].map((value) => chooseColourStep(value, 1))).toEqual([
      0, 1, 1, 2, 5,
    ]);
  });

  it('counts senders whose likeliest receiver is the true one', () => {
    const pairs = {
      ...{ senders: ['a', 'b'], receivers: ['x', 'y'], targets: [2, 1] },
      ...{
        mass: [
          [0.6, 0.4],
          [0.7, 0.3],
        ],
        partners: [
          [1, 0],
          [0, 1],
        ],
      },
    };
    expect(correctGuessCount(pairs)).toBe(1);
  });

  it('reads the cell that is nearest in both directions', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 1, y: 40 },
    ];
    expect(nearestPointIndex(points, { x: 0, y: 30 })).toBe(1);
    expect(nearestPointIndex([], { x: 0, y: 0 })).toBe(-1);
  });

  it('goes to the first mark at first, and not beyond the ends', () => {
    expect(markIndexAfterStep(-1, 3, 6)).toBe(0);
    expect([
      markIndexAfterStep(1, 3, 6),
      markIndexAfterStep(3, 3, 6),
      markIndexAfterStep(0, -1, 6),
    ]).toEqual([4, 3, 0]);
  });
});
