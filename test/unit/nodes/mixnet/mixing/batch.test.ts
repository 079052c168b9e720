import { describe, expect, it } from 'vitest';
import { mixingConfig } from '../../../../../nodes/mixnet/mixing/index.ts';
import { normalCdf } from '../../../../../nodes/mixnet/mixing/normal.ts';
import {
  chiSquareQuantile,
  chiSquareStatistic,
} from '../../../../../reports/statistics/goodness-of-fit.ts';
import { propagatedBits, timedBits } from './bits.ts';
import {
  type Arrival,
  type Departures,
  delaysOf,
  drive,
  MS,
  meanOf,
  mixingOf,
  NO_DELAY,
  poissonArrivals,
  SECOND,
  WHOLE,
} from './drive.ts';

const GAP_NS = 2 * MS;

/** One flush: its instant, how many messages were inside, and which left. */
interface Flush {
  readonly atNs: number;
  readonly before: number;
  readonly items: readonly number[];
}

function flushesOf({ items, atNs, poolBefore }: Departures): Flush[] {
  const flushes: { atNs: number; before: number; items: number[] }[] = [];
  for (const [index, item] of items.entries()) {
    const at = atNs[index] as number;
    if (flushes.at(-1)?.atNs !== at) {
      flushes.push({ atNs: at, before: poolBefore[index] as number, items: [] });
    }
    flushes.at(-1)?.items.push(item);
  }
  return flushes;
}

const run = (options: Readonly<Record<string, unknown>>, arrivals: readonly Arrival[]): Flush[] =>
  flushesOf(drive(mixingOf(options), arrivals, WHOLE));
const traffic = (count: number): Arrival[] =>
  poissonArrivals({ count, gapNs: GAP_NS, delayNs: SECOND });
const put = (mixing: ReturnType<typeof mixingOf>, from: number, to: number, now = 0): void => {
  for (let item = from; item < to; item++) {
    if (mixing.put(item, now, NO_DELAY) !== undefined) expect.fail(`${item} was refused`);
  }
};

describe('threshold mix', () => {
  it('sends nothing before N messages are in, and then all of them at once', () => {
    const mixing = mixingOf({ strategy: 'threshold', threshold: 5 });
    put(mixing, 0, 4, 10);
    expect(mixing.nextAt()).toBeUndefined();
    expect(mixing.take(SECOND, WHOLE)).toEqual([]);
    put(mixing, 4, 5, 2 * SECOND);
    expect(mixing.nextAt()).toBe(2 * SECOND);
    expect([...mixing.take(2 * SECOND, WHOLE)].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(mixing.size).toBe(0);
  });

  it('sends a batch in each order equally often', () => {
    const rounds = 12_000;
    const mixing = mixingOf({ strategy: 'threshold', threshold: 4 });
    const counts = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      put(mixing, 0, 4, round);
      const order = mixing.take(round, WHOLE).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const expected = new Array<number>(24).fill(rounds / 24);
    expect(counts.size).toBe(24);
    expect(chiSquareStatistic([...counts.values()], expected)).toBeLessThan(
      chiSquareQuantile(0.99, 23),
    );
  });

  it('delays by (N - 1) / (2 lambda) on the average and hides log2 N bits', () => {
    const arrivals = traffic(40_000);
    const departures = drive(mixingOf({ strategy: 'threshold', threshold: 20 }), arrivals, WHOLE);
    expect(meanOf(delaysOf(arrivals, departures)) / ((19 / 2) * GAP_NS)).toBeCloseTo(1, 1.5);
    expect(propagatedBits(departures, 0)).toBeCloseTo(Math.log2(20), 10);
  });
});

describe('threshold pool mix', () => {
  // Entropies of threshold pool mixes (Serjantov and Danezis 2002; docs/spec/privacy-metrics.md,
  // "Closed forms").
  it.each([
    [10, 0, 3.3219],
    [10, 10, 5.3219],
    [20, 5, 5.2243],
    [20, 80, 7.9316],
    [45, 45, 7.4919],
    [100, 0, 6.6439],
    [100, 10, 7.1273],
    [100, 50, 8.0213],
    [100, 100, 8.6439],
    [50, 100, 8.3987],
  ])('N = %i, n = %i hides %f bits, from the flushes that took place', (threshold, pool, bits) => {
    const mixing = mixingOf({ strategy: 'threshold-pool', threshold, pool });
    const departures = drive(mixing, traffic(200 * threshold), WHOLE);
    const flushes = flushesOf(departures);
    expect(flushes.length).toBeGreaterThan(150);
    for (const flush of flushes) expect(flush.items).toHaveLength(threshold);
    expect(propagatedBits(departures, 0)).toBeCloseTo(bits, 3.9);
  });

  it('chooses uniformly: a message stays r rounds with the geometric law of N / (N + n)', () => {
    const arrivals = traffic(60_000);
    const options = { strategy: 'threshold-pool', threshold: 20, pool: 20 };
    const flushes = run(options, arrivals);
    const rounds = roundsOf(flushes, arrivals);
    const classes = 8;
    const observed = new Array<number>(classes).fill(0);
    for (const round of rounds) {
      const index = Math.min(classes, round) - 1;
      observed[index] = (observed[index] as number) + 1;
    }
    const expected = observed.map(
      (_, index) => rounds.length * 0.5 ** Math.min(classes - 1, index + 1),
    );
    // The messages of one batch are negatively correlated, so the statistic stays below the
    // chi-square quantile.
    expect(chiSquareStatistic(observed, expected)).toBeLessThan(
      chiSquareQuantile(0.99, classes - 1),
    );
    expect(meanOf(rounds)).toBeCloseTo(2, 1.5);
  });

  it('keeps early and late messages of the pool alike', () => {
    // With n = N, the oldest messages of the pool leave as often as the newest.
    const mixing = mixingOf({ strategy: 'threshold-pool', threshold: 1, pool: 9 });
    const rounds = 20_000;
    put(mixing, 0, 9);
    let newestFirst = 0;
    for (let round = 0; round < rounds; round++) {
      put(mixing, 9 + round, 10 + round, round);
      if (mixing.take(round, WHOLE)[0] === 9 + round) newestFirst++;
    }
    const deviation = Math.sqrt(rounds * 0.1 * 0.9);
    expect(Math.abs(newestFirst - rounds / 10)).toBeLessThan(3 * deviation);
  });
});

describe('timed mix', () => {
  it('sends all at whole intervals after its offset, and waits for nothing when empty', () => {
    const mixing = mixingOf({ strategy: 'timed', interval: '100ms', offset: '30ms' });
    expect(mixing.nextAt()).toBeUndefined();
    put(mixing, 0, 3, 10 * MS);
    expect(mixing.nextAt()).toBe(30 * MS);
    expect(mixing.take(30 * MS - 1, WHOLE)).toEqual([]);
    expect(mixing.take(30 * MS, WHOLE)).toHaveLength(3);
    expect(mixing.nextAt()).toBeUndefined();
    put(mixing, 3, 4, 30 * MS);
    expect(mixing.nextAt()).toBe(130 * MS);
    put(mixing, 4, 5, 130 * MS - 1);
    expect(mixing.take(131 * MS, WHOLE)).toHaveLength(2);
    expect(mixing.lateNs).toEqual([MS, MS]);
    put(mixing, 5, 6, 500 * MS);
    expect(mixing.nextAt()).toBe(530 * MS);
  });

  it('delays by T/2 on the average and hides the mean of log2 of the messages of an interval', () => {
    const arrivals = traffic(50_000);
    const options = { strategy: 'timed', interval: '10ms' };
    const departures = drive(mixingOf(options), arrivals, WHOLE);
    expect(meanOf(delaysOf(arrivals, departures)) / (5 * MS)).toBeCloseTo(1, 1.5);
    const flushes = flushesOf(departures);
    for (const { atNs } of flushes) expect(atNs % (10 * MS)).toBe(0);
    const bits = flushes.flatMap((flush) =>
      flush.items.map(() => propagatedBits(departures, flush.atNs)),
    );
    // A message shares its interval with Poisson(5) others. The mean of the logarithm is 0.12 below
    // the logarithm of the mean.
    const expected = timedBits(5);
    expect(Math.abs(meanOf(bits) - expected)).toBeLessThan(0.03);
    expect(Math.log2(6) - expected).toBeGreaterThan(0.1);
  });
});

describe('timed pool mix', () => {
  it('keeps n and sends the rest, every T', () => {
    const mixing = mixingOf({ strategy: 'timed-pool', interval: '1s', pool: 10 });
    put(mixing, 0, 10);
    expect(mixing.nextAt()).toBeUndefined();
    put(mixing, 10, 14, 5);
    expect(mixing.nextAt()).toBe(SECOND);
    expect(mixing.take(SECOND, WHOLE)).toHaveLength(4);
    expect(mixing.size).toBe(10);
    expect(mixing.nextAt()).toBeUndefined();
  });

  it('delays by T/2 and n / lambda more (Little)', () => {
    const arrivals = traffic(50_000);
    const options = { strategy: 'timed-pool', interval: '100ms', pool: 50 };
    const delays = delaysOf(arrivals, drive(mixingOf(options), arrivals, WHOLE));
    expect(meanOf(delays) / (50 * MS + 50 * GAP_NS)).toBeCloseTo(1, 1.5);
  });
});

describe('threshold or timed mix', () => {
  it('sends when N are in, and otherwise T after the last such flush', () => {
    const mixing = mixingOf({ strategy: 'threshold-or-timed', interval: '100ms', threshold: 3 });
    put(mixing, 0, 3, 70 * MS);
    expect(mixing.nextAt()).toBe(70 * MS);
    expect(mixing.take(70 * MS, WHOLE)).toHaveLength(3);
    put(mixing, 3, 5, 80 * MS);
    expect(mixing.nextAt()).toBe(170 * MS);
    expect(mixing.take(170 * MS, WHOLE)).toHaveLength(2);
  });

  it('has no flush above N and no delay above T', () => {
    const arrivals = traffic(20_000);
    const options = { strategy: 'threshold-or-timed', interval: '40ms', threshold: 20 };
    const departures = drive(mixingOf(options), arrivals, WHOLE);
    const sizes = flushesOf(departures).map(({ items }) => items.length);
    expect(Math.max(...sizes)).toBe(20);
    expect(sizes.filter((size) => size < 20).length).toBeGreaterThan(100);
    expect(Math.max(...delaysOf(arrivals, departures))).toBeLessThanOrEqual(40 * MS);
  });
});

describe('threshold and timed mix', () => {
  it('sends at the timer only when N are in by then', () => {
    const mixing = mixingOf({ strategy: 'threshold-and-timed', interval: '100ms', threshold: 3 });
    put(mixing, 0, 2, 10 * MS);
    expect(mixing.nextAt()).toBeUndefined();
    expect(mixing.take(100 * MS, WHOLE)).toEqual([]);
    put(mixing, 2, 7, 150 * MS);
    expect(mixing.nextAt()).toBe(200 * MS);
    expect(mixing.take(200 * MS, WHOLE)).toHaveLength(7);
  });
});

describe('timed dynamic pool mix', () => {
  it('sends max(0, min(s - nmin, floor(f s))) of s, as Mixmaster does', () => {
    for (const [inside, leaving] of [
      [45, 0],
      [46, 1],
      [100, 55],
      [128, 83],
      [129, 83],
      [130, 84],
      [200, 130],
      [1_000, 650],
    ] as const) {
      const mixing = mixingOf({ strategy: 'timed-dynamic-pool', interval: '1s' });
      put(mixing, 0, inside);
      expect(mixing.nextAt()).toBe(leaving === 0 ? undefined : SECOND);
      expect(mixing.take(SECOND, WHOLE)).toHaveLength(leaving);
      expect(mixing.size).toBe(inside - leaving);
    }
  });

  it('obeys its count at every flush of a long run', () => {
    const options = { strategy: 'timed-dynamic-pool', interval: '100ms', pool: 5, fraction: 0.7 };
    const flushes = run(options, traffic(20_000));
    expect(flushes.length).toBeGreaterThan(300);
    for (const { before, items } of flushes) {
      expect(items.length).toBe(Math.min(before - 5, Math.floor((7 * before) / 10)));
    }
  });
});

describe('binomial mix', () => {
  it('sends each of s messages with probability Phi((s - m) / sd)', () => {
    const rounds = 400;
    for (const inside of [20, 100, 150]) {
      const probability = normalCdf((inside - 100) / 50);
      const counts: number[] = [];
      for (let seed = 0; seed < rounds; seed++) {
        const mixing = mixingOf({ strategy: 'binomial', interval: '1s' }, seed);
        put(mixing, 0, inside);
        counts.push(mixing.take(SECOND, WHOLE).length);
      }
      const variance = inside * probability * (1 - probability);
      const mean = meanOf(counts);
      expect(Math.abs(mean - inside * probability)).toBeLessThan(3 * Math.sqrt(variance / rounds));
      // With independent coins, the counts have a binomial spread (3 sigma of a variance estimate).
      const spread = meanOf(counts.map((count) => (count - mean) ** 2));
      expect(Math.abs(spread / variance - 1)).toBeLessThan(3 * Math.sqrt(2 / rounds));
    }
  });

  it('goes on waiting while anything is inside', () => {
    const mixing = mixingOf({ strategy: 'binomial', interval: '1s', mean: 1, deviation: 1 });
    put(mixing, 0, 3);
    let flushes = 0;
    for (let at = mixing.nextAt(); at !== undefined; at = mixing.nextAt(), flushes++) {
      expect(at).toBe((flushes + 1) * SECOND);
      mixing.take(at, WHOLE);
    }
    expect(mixing.size).toBe(0);
  });

  it('takes Phi from a series that agrees with published values', () => {
    // Abramowitz and Stegun, table 26.1.
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(1)).toBeCloseTo(0.841_344_746_068_543, 15);
    expect(normalCdf(2)).toBeCloseTo(0.977_249_868_051_821, 15);
    expect(normalCdf(-2)).toBeCloseTo(0.022_750_131_948_179, 15);
    expect(normalCdf(-5)).toBeCloseTo(2.866_515_7e-7, 13);
    expect(normalCdf(-9)).toBe(0);
    expect(normalCdf(9)).toBe(1);
  });
});

describe('options of batch strategies', () => {
  const problem = (options: unknown): string =>
    mixingConfig.safeParse(options).error?.issues[0]?.message ?? '';

  it('refuse mixes that would never send', () => {
    const pool = { strategy: 'threshold-pool', threshold: 10, pool: 10 };
    expect(problem({ ...pool, queueLimit: 19 })).toContain('never send');
    expect(problem({ ...pool, queueLimit: 20 })).toBe('');
    const timed = { strategy: 'timed-pool', interval: '1s', pool: 10 };
    expect(problem({ ...timed, queueLimit: 10 })).toContain('never send');
    expect(problem({ strategy: 'timed-dynamic-pool', interval: '1s', queueLimit: 45 })).toContain(
      'never send',
    );
    expect(problem({ strategy: 'threshold', threshold: 9, queueLimit: 8 })).toContain('never send');
  });

  it('refuse an interval without unit, none, and an offset that is not shorter', () => {
    expect(problem({ strategy: 'timed', interval: 5 })).toContain('5 has no unit');
    expect(problem({ strategy: 'timed', interval: '0ms' })).toContain('below 1ms');
    expect(problem({ strategy: 'timed', interval: '1s', offset: '1s' })).toContain('not shorter');
  });
});

/** The number of flushes during each message's stay, in the steady state. */
function roundsOf(flushes: readonly Flush[], arrivals: readonly Arrival[]): number[] {
  const rounds: number[] = [];
  const instants = flushes.map(({ atNs }) => atNs);
  let first = 0;
  const firstSeen = arrivals.map(({ atNs }) => {
    while ((instants[first] ?? Number.POSITIVE_INFINITY) < atNs) first++;
    return first;
  });
  for (const [index, flush] of flushes.entries()) {
    for (const item of flush.items) {
      // Excludes the start, when the pool is filling, and the end, when messages have not left yet.
      const from = firstSeen[item] as number;
      if (from > 5 && from < flushes.length - 40) rounds.push(index - from + 1);
    }
  }
  return rounds;
}
