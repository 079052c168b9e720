/**
 * The contract of path management with each limit from both sides: a value just inside has no
 * effect, a value just outside has one, and another setting moves the limit.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { gatewayConfig } from '../../../../../nodes/gateway/config.ts';
import { PathQuality } from '../../../../../nodes/gateway/multipath/path-quality.ts';
import type {
  MultipathOptions,
  PathPreferences,
  PathStatus,
} from '../../../../../nodes/gateway/multipath/types.ts';
import { type FakePath, fakePath, MS, Wire } from './wire.ts';

const SECOND = 1_000 * MS;
const three = (): [FakePath, FakePath, FakePath] => [
  fakePath('p1', 20),
  fakePath('p2', 24),
  fakePath('p3', 30),
];
const defaults = gatewayConfig.parse({}).multipath;

it('R-035, R-036, R-037, R-038, R-039: the defaults are 0.125, 2.0, 0.1, 1 to 10 and 0.1', () => {
  expect(defaults).toMatchObject({
    smoothing: 0.125,
    rttThreshold: 2,
    lossThreshold: 0.1,
    minPaths: 1,
    maxPaths: 10,
    exploration: 0.1,
  });
});

describe('measurement', () => {
  it('R-034: RTT, jitter, loss and stability are what the answers to probes say', () => {
    const [steady, shaky, lossy] = three();
    const wire = new Wire([steady, shaky, lossy], { warmIntervalNs: 50 * MS, misses: 6 });
    lossy.loses = (probe): boolean => probe % 12 === 0;
    // 24 and 30 ms alternate: ten values around a mean of 27 ms with a standard deviation of 3.16
    // ms.
    for (let at = 0; at < 20 * SECOND; at += 50 * MS) {
      shaky.rttNs = (at % (100 * MS) === 0 ? 24 : 30) * MS;
      wire.runTo(at);
    }
    const [one, two, three_] = wire.controller.status(wire.now) as [
      PathStatus,
      PathStatus,
      PathStatus,
    ];
    expect(one).toMatchObject({ rttNs: 20 * MS, jitterNs: 0, loss: 0, stability: 1 });
    expect(two.rttNs).toBeGreaterThan(26 * MS);
    expect(two.rttNs).toBeLessThan(28 * MS);
    expect(two.jitterNs / MS).toBeCloseTo(Math.sqrt(90 / 9), 1);
    expect(two.loss).toBe(0);
    expect(two.stability).toBeCloseTo((1 - two.jitterNs / two.rttNs + 1) / 2, 2);
    expect(three_.loss).toBeGreaterThan(0.07);
    expect(three_.loss).toBeLessThan(0.1);
    expect(three_.stability).toBeCloseTo((1 + 1 - three_.loss) / 2, 6);
  });

  it('R-034: bandwidth is told as it was announced, whatever the answers say', () => {
    const rates = [40_000_000, 0, 2e9];
    const wire = new Wire(
      rates.map((bandwidthBps, i) => fakePath(`p${i}`, 20 + i, { bandwidthBps })),
    );
    wire.runTo(2 * SECOND);
    expect(wire.controller.status(wire.now).map((status) => status.bandwidthBps)).toEqual(rates);
  });

  it('R-035: the factor of smoothing is a setting that reaches the paths', () => {
    for (const smoothing of [0.125, 0.5]) {
      const path = fakePath('only', 20);
      const wire = new Wire([path], { smoothing });
      wire.runTo(2 * SECOND);
      path.rttNs = 28 * MS;
      const before = wire.controller.status(wire.now)[0]?.measuredAgoNs ?? 0;
      while ((wire.controller.status(wire.now)[0]?.rttNs ?? 0) === 20 * MS) {
        wire.runTo(wire.now + MS);
      }
      expect(before).toBeLessThan(60 * MS);
      expect(wire.controller.status(wire.now)[0]?.rttNs).toBe((20 + 8 * smoothing) * MS);
    }
  });

  it('R-260: each path says what is known of it, and how old that is to the nanosecond', () => {
    const [first, second, mute] = three();
    mute.isUp = false;
    const wire = new Wire([first, second, mute]);
    wire.runTo(2 * SECOND);
    const statusOf = (id: string): PathStatus => {
      const found = wire.controller.status(wire.now).find((status) => status.id === id);
      if (found === undefined) throw new Error(`no path ${id}`);
      return found;
    };
    // Known only from the path lookup.
    expect(statusOf('p3')).toMatchObject({ health: 'unknown', rttNs: -1, measuredAgoNs: -1 });
    expect(statusOf('p1')).toMatchObject({ health: 'alive', role: 'active', rttNs: 20 * MS });
    first.isUp = false;
    wire.runTo(3 * SECOND);
    const { measuredAgoNs } = statusOf('p1');
    expect(statusOf('p1').health).toBe('dead');
    // The last answer arrived at most one interval before the cut.
    expect(measuredAgoNs).toBeGreaterThan(SECOND);
    expect(measuredAgoNs).toBeLessThanOrEqual(SECOND + 70 * MS);
    wire.runTo(3 * SECOND + 12_345);
    expect(statusOf('p1').measuredAgoNs).toBe(measuredAgoNs + 12_345);
    first.isUp = true;
    while (statusOf('p1').health === 'dead') wire.runTo(wire.now + MS);
    expect(statusOf('p1')).toMatchObject({ health: 'probation' });
    expect(statusOf('p1').measuredAgoNs).toBeLessThan(MS);
    // Twenty answers at 50 ms, of which this was the first.
    wire.runTo(wire.now + 900 * MS);
    expect(statusOf('p1').health).toBe('probation');
    wire.runTo(wire.now + 1_100 * MS);
    expect(statusOf('p1').health).toBe('alive');
    second.rttNs = 70 * MS;
    wire.runTo(wire.now + 3 * SECOND);
    expect(statusOf('p2').health).toBe('degraded');
  });

  it('R-258: an answer counts for the path its probe was sent on, once, and for no other', () => {
    const random = openRandomStream(7, 'test', 'answers');
    const paths = [...three(), fakePath('p4', 33)];
    // The simulated network does not answer by itself.
    for (const path of paths) path.isUp = false;
    const wire = new Wire(paths, { warmIntervalNs: 50 * MS });
    const open: { path: number; probe: number }[] = [];
    let seen = 0;
    const collect = (): void => {
      for (; seen < wire.effects.length; seen += 1) {
        const effect = wire.effects[seen]?.effect;
        if (effect?.kind === 'probe') open.push(effect);
      }
    };
    /** Delivers an answer, and returns the paths that were measured by it. */
    const answer = (path: number, probe: number): readonly string[] => {
      const before = wire.controller.status(wire.now);
      wire.perform(wire.controller.answered(wire.now, path, probe));
      return wire.controller
        .status(wire.now)
        .filter((after, i) => JSON.stringify(after) !== JSON.stringify(before[i]))
        .filter(({ measuredAgoNs }) => measuredAgoNs === 0)
        .map(({ id }) => id);
    };
    let counted = 0;
    for (let round = 0; round < 4_000; round += 1) {
      wire.runTo(wire.now + 5 * MS);
      collect();
      const index = random.below(Math.max(1, open.length));
      const asked = open[index] ?? { path: -1, probe: 0 };
      const path = random.below(paths.length);
      const measured = answer(path, asked.probe);
      // Very old probes are forgotten; each is counted once, for its own path.
      const own = measured.length === 0 ? [] : [paths[asked.path]?.info.id];
      expect(measured).toEqual(path === asked.path ? own : []);
      if (path === asked.path) open.splice(index, 1);
      counted += measured.length;
      expect(answer(path, asked.probe)).toEqual([]);
    }
    expect(counted).toBeGreaterThan(100);
  });
});

describe('leaving a path', () => {
  /** Switches up to 8 s after a change to the path in use. */
  const causesAfter = (
    change: (path: FakePath) => void,
    options: Partial<MultipathOptions> = {},
  ): string[] => {
    const paths = three();
    const wire = new Wire(paths, options);
    wire.runTo(10 * SECOND);
    expect(wire.activeId).toBe('p1');
    change(paths[0]);
    wire.runTo(18 * SECOND);
    return wire.switches(10 * SECOND).map(({ effect }) => effect.cause);
  };

  it.each([
    [2, 1.9, []],
    [2, 2.1, ['rtt']],
    [3, 2.9, []],
    [3, 3.1, ['rtt']],
  ] as const)(
    'R-036: with a factor of %f, %f times its own baseline causes %j',
    (rttFactor, times, causes) => {
      expect(
        causesAfter(
          (path) => {
            path.rttNs = Math.round(20 * times) * MS;
          },
          // With a shorter hold time, another rule would switch to a better path in this time.
          { rttFactor, holdNs: 60 * SECOND },
        ),
      ).toEqual(causes);
    },
  );

  /** A function that is true for this many of every hundred probes, evenly spread. */
  const share =
    (percent: number) =>
    (probe: number): boolean =>
      Math.floor((probe * percent) / 100) !== Math.floor(((probe + 1) * percent) / 100);

  it.each([
    [0.1, 9, []],
    [0.1, 12, ['loss']],
    [0.2, 18, []],
    [0.2, 22, ['loss']],
    [0.01, 9, ['loss']],
  ] as const)(
    'R-037: with a threshold of %f, a loss of %i percent causes %j',
    (lossThreshold, percent, causes) => {
      expect(
        causesAfter(
          (path) => {
            path.loses = share(percent);
          },
          { lossThreshold, misses: 6, holdNs: 60 * SECOND },
        ),
      ).toEqual(causes);
    },
  );
});

describe('how many paths', () => {
  const many = (count: number): FakePath[] =>
    Array.from({ length: count }, (_, i) => fakePath(`p${i}`, 20 + i));

  it.each([
    [defaults.maxPaths, 9, 9],
    [defaults.maxPaths, 10, 10],
    [defaults.maxPaths, 11, 10],
    [3, 15, 3],
  ])('R-038: at most %i are managed: of %i found %i are probed', (maxPaths, found, managed) => {
    const wire = new Wire(many(found), { maxPaths });
    wire.runTo(10 * SECOND);
    expect(wire.controller.status(wire.now)).toHaveLength(managed);
    expect(wire.paths.filter(({ asked }) => asked > 0)).toHaveLength(managed);
  });

  it.each([
    [1, 2, false],
    [1, 3, true],
    [2, 1, false],
    [2, 2, true],
    [3, 1, true],
  ])(
    'R-038: at least %i are kept: with %i of three dead paths are looked up every second: %s',
    (minPaths, dead, isLookedUp) => {
      const wire = new Wire(three(), { minPaths, refreshIntervalNs: 600 * SECOND });
      wire.runTo(10 * SECOND);
      for (const path of wire.paths.slice(0, dead)) path.isUp = false;
      wire.runTo(30 * SECOND);
      const lookups = wire.effects.filter(({ effect }) => effect.kind === 'refresh');
      expect(lookups.length > 0).toBe(isLookedUp);
      if (!isLookedUp) return;
      // From the time when the path is dead, at most 1 to 2 s after the cut, to the end.
      expect(lookups.length).toBeGreaterThanOrEqual(17);
      expect(lookups.length).toBeLessThanOrEqual(21);
      for (const path of wire.paths) path.isUp = true;
      wire.runTo(70 * SECOND);
      const before = wire.effects.length;
      wire.runTo(80 * SECOND);
      const later = wire.effects.slice(before).filter(({ effect }) => effect.kind === 'refresh');
      expect(later).toEqual([]);
    },
  );

  it('R-038: a new path that a look-up brings is managed at once', () => {
    const [first, second] = three();
    const wire = new Wire([first, second], { minPaths: 2, refreshIntervalNs: 600 * SECOND });
    wire.runTo(10 * SECOND);
    second.isUp = false;
    wire.runTo(11 * SECOND);
    const fresh = fakePath('fresh', 22);
    wire.paths.push(fresh);
    wire.perform(
      wire.controller.setPaths(
        wire.now,
        wire.paths.map(({ info }) => info),
      ),
    );
    wire.runTo(12 * SECOND);
    expect(wire.controller.status(wire.now)[2]).toMatchObject({ id: 'fresh', health: 'alive' });
  });

  it('R-038: a lower bound above the upper one is refused', () => {
    const both = (minPaths: number, maxPaths: number): boolean =>
      gatewayConfig.safeParse({ multipath: { minPaths, maxPaths } }).success;
    expect([both(3, 3), both(4, 3), both(0, 3)]).toEqual([true, false, false]);
  });
});

describe('exploration', () => {
  const REFRESH = 1_500 * MS;
  /** The number of refreshes, and how many of them started a series of probes on an idle path. */
  const explored = (exploration: number): { refreshes: number; runs: number; wire: Wire } => {
    const paths = [...three(), fakePath('p4', 33), fakePath('p5', 36)];
    const dead = paths[4] as FakePath;
    const wire = new Wire(paths, { exploration, refreshIntervalNs: REFRESH });
    wire.runTo(3 * SECOND);
    dead.isUp = false;
    wire.runTo(2_000 * REFRESH);
    const refreshes = wire.effects.filter(({ effect }) => effect.kind === 'refresh').length;
    let runs = 0;
    for (const index of [2, 3, 4]) {
      const asked = wire.effects.filter(
        ({ effect, atNs }) =>
          effect.kind === 'probe' && effect.path === index && atNs > 10 * SECOND,
      );
      // An idle path is probed twice a second; an exploration is a series of twenty probes, 50 ms
      // apart.
      const quick = asked.filter(({ atNs }, i) => atNs - (asked[i - 1]?.atNs ?? 0) <= 51 * MS);
      if (index === 4) expect(quick).toEqual([]);
      runs += quick.length / 20;
    }
    return { refreshes, runs, wire };
  };

  it.each([
    [0.1, 0.08, 0.12],
    [0.3, 0.26, 0.34],
    [0, 0, 0],
  ])(
    'R-039: with a probability of %f between %f and %f of the refreshes explore, healthy paths only, by probes and never by packets',
    (exploration, low, high) => {
      const { refreshes, runs, wire } = explored(exploration);
      expect(refreshes).toBeGreaterThan(1_950);
      expect(runs / refreshes).toBeGreaterThanOrEqual(low);
      expect(runs / refreshes).toBeLessThanOrEqual(high);
      expect(wire.switches(3 * SECOND)).toEqual([]);
      expect(wire.activeId).toBe('p1');
    },
  );
});

describe('wishes', () => {
  interface Wish {
    readonly name: string;
    /** The choice without the preference, with it, and with one that is already satisfied. */
    readonly without: PathPreferences;
    readonly with: PathPreferences;
    readonly met: PathPreferences;
    readonly usual: string;
    readonly wished: string;
  }
  const favour = 'bandwidth' as const;
  const WISHES: readonly Wish[] = [
    {
      name: 'a longest round trip',
      without: { favour },
      with: { favour, maxRttNs: 29 * MS },
      met: { favour, maxRttNs: 31 * MS },
      usual: 'wide',
      wished: 'middle',
    },
    {
      name: 'a least bandwidth',
      without: {},
      with: { minBandwidthBps: 42_000_000 },
      met: { minBandwidthBps: 40_000_000 },
      usual: 'fast',
      wished: 'middle',
    },
    {
      name: 'a largest number of hops',
      without: {},
      with: { maxHops: 5 },
      met: { maxHops: 6 },
      usual: 'fast',
      wished: 'middle',
    },
    {
      name: 'an AS to avoid',
      without: {},
      with: { avoidAs: ['fast'] },
      met: { avoidAs: ['wide'] },
      usual: 'fast',
      wished: 'middle',
    },
    {
      name: 'an AS to prefer',
      without: {},
      with: { preferAs: ['wide'] },
      met: { preferAs: ['fast'] },
      usual: 'fast',
      wished: 'wide',
    },
    {
      name: 'bandwidth before all',
      without: {},
      with: { favour },
      met: { favour: 'latency' },
      usual: 'fast',
      wished: 'wide',
    },
  ];
  const paths = (): FakePath[] => [
    fakePath('fast', 20, { hops: 6, bandwidthBps: 40_000_000 }),
    fakePath('middle', 24, { hops: 5, bandwidthBps: 45_000_000 }),
    fakePath('wide', 30, { hops: 5, bandwidthBps: 50_000_000 }),
  ];
  const chosen = (preferences: PathPreferences): string | undefined => {
    const wire = new Wire(paths(), { preferences });
    wire.runTo(5 * SECOND);
    return wire.activeId;
  };

  it.each(WISHES)('R-044: $name is honoured, and changes nothing where it is met', (wish) => {
    expect(chosen(wish.without)).toBe(wish.usual);
    expect(chosen(wish.with)).toBe(wish.wished);
    expect(chosen(wish.met)).toBe(wish.usual);
  });

  it('R-044: latency before all outweighs a bandwidth that decides without it', () => {
    const two = (preferences: PathPreferences): string | undefined => {
      const wire = new Wire(
        [
          fakePath('near', 20, { bandwidthBps: 10_000_000 }),
          fakePath('far', 40, { bandwidthBps: 100_000_000 }),
        ],
        { preferences },
      );
      wire.runTo(5 * SECOND);
      return wire.activeId;
    };
    expect(two({})).toBe('far');
    expect(two({ favour: 'latency' })).toBe('near');
  });

  it('R-044: stability before all takes a steadier path that is slower', () => {
    const next = (preferences: PathPreferences): string | undefined => {
      const [first, shaky, steady] = three();
      const wire = new Wire([first, shaky, steady], { preferences, warmIntervalNs: 50 * MS });
      for (let at = 0; at < 10 * SECOND; at += 50 * MS) {
        shaky.rttNs = (at % (100 * MS) === 0 ? 24 : 34) * MS;
        wire.runTo(at);
      }
      first.isUp = false;
      wire.runTo(11 * SECOND);
      return wire.activeId;
    };
    expect(next({})).toBe('p2');
    expect(next({ favour: 'stability' })).toBe('p3');
  });

  it('R-044: a path against all wishes is used when there is no other', () => {
    const wire = new Wire([fakePath('only', 20, { hops: 6 })], {
      preferences: { maxRttNs: MS, maxHops: 1, avoidAs: ['only'], minBandwidthBps: 1e12 },
    });
    wire.runTo(5 * SECOND);
    expect(wire.activeId).toBe('only');
  });
});

describe('the smoothed round trip', () => {
  it.each([0.1, 0.125, 0.15])(
    'R-035: with a factor of %f it moves by that share of the difference and no other',
    (gain) => {
      const quality = new PathQuality(gain);
      quality.answer(0, 80 * MS);
      quality.answer(1, 160 * MS);
      expect(quality.srttNs).toBeCloseTo((80 + 80 * gain) * MS, 3);
    },
  );
});
