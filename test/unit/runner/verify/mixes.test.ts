/**
 * The network of mixes that the privacy checks use, and the theory for it.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  erlangEntropyBits,
  stratifiedPoissonEntropyBits,
} from '../../../../reports/privacy/metrics/closed-forms.ts';
import {
  EVENT_ABSORBED,
  EVENT_ARRIVED,
  EVENT_DELIVERED,
  EVENT_DEPARTED,
  PURPOSE_COVER,
  type RunTruth,
} from '../../../../reports/privacy/truth/truth.ts';
import { SeededEngine } from '../../../../runner/verify/base/seeded-engine.ts';
import {
  type MixNetworkOptions,
  recipientNodeIndex,
  runMixes,
} from '../../../../runner/verify/mixes/mix-network.ts';
import {
  addUniformDelay,
  corruptStratifiedEntropyBits,
  densityEntropyBits,
  erlangDensity,
  uniformDensity,
} from '../../../../runner/verify/mixes/mix-theory.ts';
import { MixBench } from '../../../../runner/verify/mixes/single-mix.ts';

const NETWORK: MixNetworkOptions = {
  name: 'test',
  layers: 3,
  width: 4,
  rate: 200,
  meanSeconds: 0.1,
  linkSeconds: 0.05,
};
const PLAN = { warmupSeconds: 1, gapSeconds: 0.5, corruptFirst: [], drainSeconds: 4 };

/** The nodes that each message reached, in order. */
function routes({ events, messages }: RunTruth): readonly (readonly number[])[] {
  const found: number[][] = Array.from({ length: messages.count }, () => []);
  for (let i = 0; i < events.count; i += 1) {
    if (events.code[i] === EVENT_ARRIVED) found[events.message[i]!]!.push(events.node[i]!);
  }
  return found;
}

describe('network of mixes', () => {
  it('takes every message through one mix of each layer, with links of 50 ms between them', () => {
    const { truth } = runMixes(new SeededEngine(1), NETWORK, PLAN);
    const end = recipientNodeIndex(NETWORK);
    const whole = routes(truth).filter((route) => route.at(-1) === end);
    expect(whole.length).toBeGreaterThan(600);
    for (const route of whole) {
      expect(route.map((node) => Math.floor(node / NETWORK.width))).toEqual([0, 1, 2, 3]);
    }
    const left = new Map<number, number>();
    const { events } = truth;
    for (let i = 0; i < events.count; i += 1) {
      const message = events.message[i]!;
      if (events.code[i] === EVENT_DEPARTED) left.set(message, events.atNs[i]!);
      const since = left.get(message);
      if (events.code[i] === EVENT_ARRIVED && since !== undefined) {
        expect(events.atNs[i]! - since).toBe(50_000_000);
      }
    }
  });

  it('forces the beginning of the routes of targets, and only that', () => {
    const corruptFirst = [2, 0, 1, undefined];
    const plan = { ...PLAN, corruptFirst };
    const network = { ...NETWORK, corruptPerLayer: 1 };
    const { truth, targets } = runMixes(new SeededEngine(2), network, plan);
    const isCorrupt = routes(truth).map((route) => route.map((node) => node % 4 === 0));
    const [two, none, one] = targets.map((target) => isCorrupt[target]!.slice(0, 3));
    expect(two).toEqual([true, true, false]);
    expect(none![0]).toBe(false);
    expect(one!.slice(0, 2)).toEqual([true, false]);
  });

  it.each([
    { route: 'link', layersOfFirst: [0, 1] },
    { route: 'partial', layersOfFirst: [0, 1, 2] },
  ] as const)('dummies of route $route end where they should', ({ route, layersOfFirst }) => {
    const network = { ...NETWORK, rate: 1, dummies: { route, perMixRate: 20 } };
    const { truth } = runMixes(new SeededEngine(3), network, PLAN);
    const own = routes(truth).filter(
      (path, message) =>
        truth.messages.purpose[message] === PURPOSE_COVER && path[0]! < 4 && path.length > 0,
    );
    const longest = Math.max(...own.map((path) => path.length));
    expect(longest).toBe(layersOfFirst.length);
    const { events } = truth;
    for (let i = 0; i < events.count; i += 1) {
      const isDummy = truth.messages.purpose[events.message[i]!] === PURPOSE_COVER;
      if (events.code[i] === EVENT_ABSORBED) expect(isDummy).toBe(true);
      if (events.code[i] === EVENT_DELIVERED) expect(isDummy).toBe(false);
    }
  });
});

describe('theory of networks of mixes', () => {
  it('integrates what the closed form says', () => {
    for (const stages of [1, 2, 3, 10]) {
      expect(densityEntropyBits(erlangDensity(stages), 0.3)).toBeCloseTo(
        erlangEntropyBits(stages, 0.3),
        3,
      );
    }
    expect(densityEntropyBits(uniformDensity(2), 1)).toBeCloseTo(1, 9);
    // The triangular density on 0 to 2 has an entropy of 1/2 nat.
    expect(densityEntropyBits(addUniformDelay(uniformDensity(1), 1), 1)).toBeCloseTo(
      0.5 / Math.LN2,
      3,
    );
  });

  it('with corrupt mixes is 0.9 H for one layer, and the closed form without', () => {
    const network = { rate: 5_000, width: 10, meanSeconds: 0.2 };
    const one = { ...network, layers: 1 };
    const honest = stratifiedPoissonEntropyBits(one);
    expect(corruptStratifiedEntropyBits({ ...one, corrupt: 0.1 })).toBeCloseTo(0.9 * honest, 2);
    for (const layers of [2, 3, 5]) {
      const several = { ...network, layers };
      const exact = stratifiedPoissonEntropyBits(several);
      expect(corruptStratifiedEntropyBits({ ...several, corrupt: 0 })).toBeCloseTo(exact, 3);
    }
    expect(corruptStratifiedEntropyBits({ ...network, layers: 3, corrupt: 1 })).toBe(0);
  });
});

describe('bench of a mix', () => {
  it('drives a strategy as a node does: Poisson at the instant asked for', () => {
    const left: [number, number][] = [];
    const bench = new MixBench(new SeededEngine(1), 'test', {
      mixing: { strategy: 'poisson' },
      leaves: (item, now) => left.push([item, now]),
    });
    bench.put(1, 300);
    bench.put(2, 100);
    expect(bench.size).toBe(2);
    bench.scheduler.run();
    expect(left).toEqual([
      [2, 100],
      [1, 300],
    ]);
  });

  it('a pool mix flushes when a batch is in', () => {
    const left: number[] = [];
    const bench = new MixBench(new SeededEngine(1), 'test', {
      mixing: { strategy: 'threshold-pool', threshold: 3, pool: 2 },
      leaves: (item) => left.push(item),
    });
    for (let item = 0; item < 8; item += 1) bench.put(item, 0);
    expect(left.length).toBe(6);
    expect(bench.size).toBe(2);
  });
});
