/**
 * The navigator: costs, frontier, classes, budget of privacy, and changes of the way.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { WayFacts } from '../../../../nodes/_kit/way-chooser.ts';
import {
  composeCosts,
  dominates,
  FREE_COST,
  FRONTIER_MAX,
  findFrontier,
  Navigator,
  type NavigatorOptions,
  type WayCost,
} from '../../../../nodes/navigator/index.ts';

const S = 1e9;
const MS = 1e6;

const cost = (
  latencyMs: number,
  energyMah: number,
  unreliability: number,
  epsilon = 0,
): WayCost => ({
  latencyMs,
  energyMah,
  unreliability,
  epsilon,
});

const COSTS = {
  gateway: cost(20, 0.8, 0.01, 0.1),
  mixnet: cost(700, 2, 0.02),
  dtn: cost(30_000, 0.1, 0.001),
};
type Carrier = keyof typeof COSTS;

const fact = (carrier: Carrier, more: Partial<WayFacts> = {}): WayFacts => ({
  carrier,
  hides: carrier === 'mixnet',
  isUp: true,
  roundTripNs: undefined,
  loss: 0,
  measuredNs: undefined,
  heardNs: undefined,
  ...more,
});
const ALL = (more: Partial<Record<Carrier, Partial<WayFacts>>> = {}): readonly WayFacts[] =>
  (['gateway', 'mixnet', 'dtn'] as const).map((carrier) => fact(carrier, more[carrier]));

const navigator = (options: Partial<NavigatorOptions> = {}): Navigator =>
  new Navigator({ costs: COSTS, ...options });
const URGENT = { priority: 3 };
const PRIVATE = { priority: 1, private: true };
const NAMES: readonly string[] = ['gateway', 'mixnet', 'dtn'];
const namesOf = (order: readonly number[]): readonly string[] =>
  order.map((index) => NAMES[index] ?? '');

describe('a cost', () => {
  it('of one way after another adds up, but for reliabilities, which are multiplied', () => {
    const both = composeCosts(cost(10, 1, 0.1, 0.2), cost(5, 2, 0.5, 0.1));
    expect(both).toMatchObject({ latencyMs: 15, energyMah: 3, epsilon: 0.2 + 0.1 });
    expect(1 - both.unreliability).toBeCloseTo(0.9 * 0.5, 12);
    expect(composeCosts(FREE_COST, COSTS.gateway)).toEqual(COSTS.gateway);
  });

  it('dominates another one that is nowhere less, and greater somewhere', () => {
    expect(dominates(cost(1, 1, 0.1), cost(1, 1, 0.2))).toBe(true);
    expect(dominates(cost(1, 1, 0.1), cost(1, 1, 0.1))).toBe(false);
    expect(dominates(cost(1, 2, 0.1), cost(2, 1, 0.1))).toBe(false);
  });
});

describe('a frontier', () => {
  it('has the candidates that none dominates, of equal ones the first (R-163)', () => {
    const costs = [cost(1, 5, 0), cost(2, 6, 0), cost(5, 1, 0), cost(1, 5, 0), cost(3, 3, 0)];
    expect(findFrontier(costs)).toEqual([0, 2, 4]);
    expect(findFrontier([])).toEqual([]);
  });

  it('has no more than eight, those with the best balanced scores (R-163)', () => {
    const costs = Array.from({ length: 20 }, (_, index) =>
      cost(index, 19 - index, index === 7 ? 1 : 0),
    );
    const found = findFrontier(costs);
    expect(found).toHaveLength(FRONTIER_MAX);
    // All have the same sum of latency and energy; the unreliable one is the worst.
    expect(found).not.toContain(7);
    expect(found).toEqual([...found].sort((a, b) => a - b));
  });
});

describe('a navigator', () => {
  it.each([
    [{ priority: 3 }, 'realtime', 'gateway'],
    [{ priority: 2 }, 'realtime', 'gateway'],
    [{ priority: 1 }, 'tolerant', 'dtn'],
    [{ priority: 0 }, 'bulk', 'dtn'],
    [undefined, 'tolerant', 'dtn'],
    [{ priority: 3, private: true }, 'private', 'mixnet'],
    [{ priority: 3, private: false }, 'realtime', 'gateway'],
  ] as const)('judges %j as %s, and takes the %s (R-081)', (wishes, own, carrier) => {
    const { order, why } = navigator().choose(0, ALL(), wishes);
    expect(namesOf(order)[0]).toBe(carrier);
    expect(why.startsWith(`${own}: ${carrier} `)).toBe(true);
  });

  it('names all candidates with their scores, the chosen one first (R-081, R-163)', () => {
    const { why } = navigator().choose(0, ALL(), URGENT);
    expect(why).toBe('realtime: gateway 0.232, mixnet 0.592, dtn 0.600');
    const worse = ALL({ dtn: { roundTripNs: 1e12, measuredNs: 0, loss: 1 } });
    const dearer = { ...COSTS, dtn: cost(30_000, 3, 0.9, 0.5) };
    const choice = navigator({ costs: dearer }).choose(0, worse, URGENT);
    expect(choice.why).toMatch(/^realtime: \w+ [\d.]+, \w+ [\d.]+, dtn dominated$/);
    expect(namesOf(choice.order).at(-1)).toBe('dtn');
  });

  it('uses private ways for private messages, and no other, up or down', () => {
    const own = navigator();
    const down = ALL({ mixnet: { isUp: false } });
    for (const ways of [ALL(), down])
      expect(namesOf(own.choose(0, ways, PRIVATE).order)).toEqual(['mixnet']);
    const over = ALL({ dtn: { hides: true } });
    expect(new Set(namesOf(own.choose(0, over, PRIVATE).order))).toEqual(
      new Set(['mixnet', 'dtn']),
    );
    expect(own.refusal(ALL(), PRIVATE)).toBeUndefined();
    const plain = [fact('gateway'), fact('dtn')];
    expect(own.choose(0, plain, PRIVATE).order).toEqual([]);
    expect(own.refusal(plain, PRIVATE)).toBe('not-private');
    expect(own.refusal(plain, URGENT)).toBeUndefined();
    // Each of the others may use every way.
    for (const priority of [0, 1, 2, 3])
      expect(own.choose(0, ALL(), { priority }).order).toHaveLength(3);
  });

  it('R-164: spends a budget of 1.0 per destination, and refuses what would exceed it', () => {
    const own = navigator();
    const plain = [fact('gateway')];
    for (let sent = 0; sent < 10; sent += 1) {
      expect(own.refusal(plain, URGENT), `${sent}`).toBeUndefined();
      expect(own.choose(0, plain, URGENT).order).toEqual([0]);
      own.used(plain[0] as WayFacts, URGENT);
    }
    expect(own.budgetLeft).toBeCloseTo(0, 9);
    expect(own.refusal(plain, URGENT)).toBe('privacy-spent');
    expect(own.choose(0, plain, URGENT)).toMatchObject({
      order: [],
      why: 'realtime: no way is allowed',
    });
    // Ways that cost no privacy stay; those that hide cost none whatever is declared.
    expect(namesOf(own.choose(0, ALL(), URGENT).order)).not.toContain('gateway');
    const hidden = navigator({ costs: { mixnet: cost(1, 1, 0, 5) } });
    hidden.used(fact('mixnet'), URGENT);
    expect(hidden.budgetLeft).toBe(1);
    // Each destination has a navigator, and a budget, of its own.
    expect(navigator().refusal(plain, URGENT)).toBeUndefined();
  });

  it('judges by what was measured in the last 30 s, and else by what is declared', () => {
    const slow = ALL({ gateway: { roundTripNs: 100 * S, loss: 0.9, measuredNs: 5 * S } });
    expect(namesOf(navigator().choose(6 * S, slow, URGENT).order)[0]).toBe('mixnet');
    expect(namesOf(navigator().choose(36 * S, slow, URGENT).order)[0]).toBe('gateway');
  });

  it('prefers ways that are up, and probes those that are down', () => {
    const { order, probes } = navigator().choose(0, ALL({ gateway: { isUp: false } }), URGENT);
    expect(namesOf(order)).toEqual(['mixnet', 'dtn', 'gateway']);
    expect(namesOf(probes)).toEqual(['gateway']);
    const none = ALL({ gateway: { isUp: false }, mixnet: { isUp: false }, dtn: { isUp: false } });
    expect(navigator().choose(0, none, URGENT).order).toHaveLength(3);
  });

  it('takes a better way at most once in three round trips, and leaves one that is down at once (R-082)', () => {
    const own = navigator();
    const at = (now: number, more: Partial<WayFacts>): string =>
      namesOf(
        own.choose(
          now,
          ALL({ gateway: { roundTripNs: 40 * MS, measuredNs: now, ...more } }),
          URGENT,
        ).order,
      )[0] ?? '';
    expect(at(0, {})).toBe('gateway');
    expect(at(1 * MS, { isUp: false })).toBe('mixnet');
    // The mixnet is slower: three round trips of the gateway pass before the way back.
    expect(at(120 * MS, {})).toBe('mixnet');
    expect(at(121 * MS, {})).toBe('gateway');
    // Ways that were not measured count as declared: 1.4 s there and back.
    const unknown = navigator();
    const down = ALL({ gateway: { isUp: false, roundTripNs: 10 * S } });
    const first = unknown.choose(
      0,
      ALL({ gateway: { isUp: false }, mixnet: { isUp: false } }),
      URGENT,
    );
    expect(namesOf(first.order)[0]).toBe('dtn');
    expect(namesOf(unknown.choose(4_199 * MS, down, URGENT).order)[0]).toBe('dtn');
    expect(namesOf(unknown.choose(4_200 * MS, down, URGENT).order)[0]).toBe('mixnet');
  });

  it('took a mixnet of 0.5 s for as fast as a gateway of 20 ms beside bundles that take 20 s', () => {
    const costs = {
      gateway: cost(20, 0.8, 0.01, 0.05),
      mixnet: cost(500, 2, 0),
      dtn: cost(20_000, 0.1, 0),
    };
    expect(namesOf(navigator({ costs }).choose(0, ALL(), URGENT).order)[0]).toBe('gateway');
  });

  it('answered a message by a bus when it had come by gateway', () => {
    const own = navigator();
    const news = (more: Parameters<typeof ALL>[0]): string | undefined =>
      namesOf(own.choose(9 * S, ALL(more), undefined).order)[0];
    expect(news({})).toBe('dtn');
    expect(news({ gateway: { heardNs: 2 * S } })).toBe('gateway');
    expect(news({ gateway: { heardNs: 2 * S }, mixnet: { heardNs: 3 * S } })).toBe('mixnet');
    expect(news({ gateway: { heardNs: 2 * S, isUp: false } })).toBe('gateway');
    // But not for ever.
    const away = ALL({ gateway: { heardNs: 2 * S, isUp: false } });
    expect(namesOf(own.choose(12 * S, away, undefined).order)[0]).toBe('gateway');
    expect(namesOf(own.choose(12 * S + 1, away, undefined).order)[0]).toBe('dtn');
  });

  it('did not say what it had handled once its budget was spent', () => {
    const poor = navigator({ budget: 0, costs: { gateway: cost(20, 0.8, 0.01, 0.1) } });
    const gateway = [fact('gateway', { heardNs: 2 * S })];
    expect(poor.choose(9 * S, gateway, URGENT).order).toEqual([]);
    expect(poor.choose(9 * S, gateway, undefined).order).toEqual([0]);
  });

  it('counts who left over which way, what it cost, and how long it took', () => {
    const counted = new Map<string, number[]>();
    const note = (name: string, labels: readonly string[], value: number): void => {
      const key = [name, ...labels].join(' ');
      counted.set(key, [...(counted.get(key) ?? []), value]);
    };
    const counter = (name: string, ...labels: readonly string[]): { add(by: number): void } => ({
      add: (by) => note(name, labels, by),
    });
    const histogram = (
      name: string,
      ...labels: readonly string[]
    ): { record(one: number): void } => ({
      record: (one) => note(name, labels, one),
    });
    const meter = { counter, histogram } as unknown as NonNullable<NavigatorOptions['meter']>;
    const own = navigator({ meter });
    expect([...counted.keys()]).toContain('navigator.messages tolerant dtn');
    counted.clear();
    own.used(fact('gateway'), URGENT);
    own.used(fact('mixnet'), PRIVATE);
    own.used(fact('gateway'), PRIVATE);
    own.handled(URGENT, 30 * MS);
    expect(Object.fromEntries(counted)).toEqual({
      'navigator.messages realtime gateway': [1],
      'navigator.messages private mixnet': [1],
      'navigator.messages private gateway': [1],
      'navigator.charge': [800, 2_000, 800],
      'navigator.spent': [100, 100, 200],
      'navigator.exposed': [0, 0, 1],
      'navigator.handled realtime': [30 * MS],
    });
  });

  it('leaves a way at once that may not be used any more', () => {
    const own = navigator({ budget: 0.1 });
    expect(namesOf(own.choose(0, ALL(), URGENT).order)[0]).toBe('gateway');
    own.used(fact('gateway'), URGENT);
    expect(namesOf(own.choose(1, ALL(), URGENT).order)[0]).toBe('mixnet');
  });

  it('keeps a way for each class', () => {
    const own = navigator();
    expect(namesOf(own.choose(0, ALL(), { priority: 3 }).order)[0]).toBe('gateway');
    expect(namesOf(own.choose(1, ALL(), { priority: 1 }).order)[0]).toBe('dtn');
    expect(namesOf(own.choose(2, ALL(), { priority: 3 }).order)[0]).toBe('gateway');
  });
});
