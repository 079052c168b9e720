/** The contract that every mixing strategy fulfils. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DueQueue } from '../../../../../nodes/_kit/due-queue.ts';
import { MIXING_DROP_REASONS, mixingConfig } from '../../../../../nodes/mixnet/mixing/index.ts';
import {
  ALWAYS,
  type Arrival,
  drive,
  MS,
  mixingOf,
  poissonArrivals,
  SECOND,
  WHOLE,
} from './drive.ts';

const STRATEGIES: readonly Readonly<Record<string, unknown>>[] = [
  { strategy: 'poisson' },
  { strategy: 'stop-and-go' },
  { strategy: 'vrf-exp' },
  { strategy: 'uniform', mean: '50ms' },
  { strategy: 'constant', mean: '50ms' },
  { strategy: 'threshold' },
  { strategy: 'timed', interval: '100ms' },
  { strategy: 'threshold-or-timed', interval: '30ms' },
  { strategy: 'threshold-and-timed', interval: '100ms' },
  { strategy: 'threshold-pool', threshold: 10, pool: 10 },
  { strategy: 'timed-pool', interval: '100ms', pool: 10 },
  { strategy: 'timed-dynamic-pool', interval: '100ms' },
  { strategy: 'binomial', interval: '100ms' },
];
const named = STRATEGIES.map((options) => [options['strategy'], options] as const);
const arrivals: readonly Arrival[] = poissonArrivals({
  count: 3_000,
  gapNs: 2 * MS,
  delayNs: 50 * MS,
}).map(({ atNs, asked }) => ({ atNs, asked: { ...asked, window: ALWAYS } }));

describe('every mixing strategy', () => {
  it('is in this list', () => {
    const known = mixingConfig.options.map(({ shape }) => shape.strategy.value);
    expect(STRATEGIES.map(({ strategy }) => strategy).sort()).toEqual([...known].sort());
  });

  it.each(named)('%s sends each message at most once, and none that did not come', (_, options) => {
    const mixing = mixingOf(options);
    const { items, atNs, refused } = drive(mixing, arrivals);
    expect(refused.size).toBe(0);
    expect(new Set(items).size).toBe(items.length);
    expect(items.length + mixing.size).toBe(arrivals.length);
    expect(items.length).toBeGreaterThan(arrivals.length - 150);
    for (const [index, item] of items.entries()) {
      const arrived = arrivals[item]?.atNs ?? Number.POSITIVE_INFINITY;
      if ((atNs[index] as number) < arrived) expect.fail(`${item} left before it came`);
    }
    expect([...atNs].sort((a, b) => a - b)).toEqual(atNs);
  });

  it.each(named)(
    '%s hands out at most what is asked for, and says when to ask again',
    (_, options) => {
      const one = drive(mixingOf(options), arrivals, 1);
      const many = drive(mixingOf(options), arrivals, WHOLE);
      expect(one.items).toEqual(many.items);
      expect(one.atNs).toEqual(many.atNs);
      const mixing = mixingOf(options);
      for (const [item, { atNs, asked }] of arrivals.entries()) mixing.put(item, atNs, asked);
      const now = mixing.nextAt() as number;
      expect(mixing.take(now + SECOND, 3).length + mixing.expired.length).toBeLessThanOrEqual(3);
    },
  );

  it.each(named)('%s gives the same order for the same seed', (_, options) => {
    expect(drive(mixingOf(options, 5), arrivals)).toEqual(drive(mixingOf(options, 5), arrivals));
  });

  it.each(named)(
    '%s refuses by name what its queue cannot hold, and forgets nothing',
    (_, options) => {
      const small = { ...options, queueLimit: 60 };
      const mixing = mixingOf(small);
      const refused: number[] = [];
      for (let item = 0; item < 200; item++) {
        const drop = mixing.put(item, 5, { delayNs: 10, window: ALWAYS });
        if (drop !== undefined) refused.push(item);
        if (drop !== undefined) expect(drop).toBe('scheduler-queue-overflow');
      }
      expect(mixing.size).toBe(60);
      expect(refused).toHaveLength(140);
      const now = mixing.nextAt() as number;
      const left = mixing.take(now, 1_000);
      expect(left.length).toBeGreaterThan(0);
      expect(mixing.size).toBe(60 - left.length);
      expect(mixing.put(200, now, { delayNs: 10, window: ALWAYS })).toBeUndefined();
    },
  );

  it('has a sentence for each drop', () => {
    for (const sentence of Object.values(MIXING_DROP_REASONS)) expect(sentence).toMatch(/^The|^As/);
  });
});

describe('strategies that draw', () => {
  it.each(
    named.filter(
      ([name]) => !['poisson', 'stop-and-go', 'vrf-exp', 'constant'].includes(`${name}`),
    ),
  )('%s gives another order for another seed', (_, options) => {
    const { items } = drive(mixingOf(options, 5), arrivals);
    expect(drive(mixingOf(options, 6), arrivals).items).not.toEqual(items);
  });
});

describe('the queue by instant', () => {
  it('gives items in the order of instants, first in first out among equal ones', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(9), { freq: 3 }), { maxLength: 300 }), (steps) => {
        const queue = new DueQueue(1_000);
        const model: { item: number; due: number }[] = [];
        for (const [item, due] of steps.entries()) {
          if (due !== null) {
            expect(queue.push(item, due)).toBe(true);
            model.push({ item, due });
            model.sort((a, b) => a.due - b.due || a.item - b.item);
          } else if (model.length > 0) {
            expect(queue.nextDue).toBe(model[0]?.due);
            expect(queue.pop()).toBe(model.shift()?.item);
          }
          expect(queue.size).toBe(model.length);
        }
        for (const { item } of model) expect(queue.pop()).toBe(item);
        expect(queue.nextDue).toBe(Number.POSITIVE_INFINITY);
      }),
      { numRuns: 200 },
    );
  });

  it('holds memory for what it may hold, however much passes through', () => {
    const queue = new DueQueue(1_000);
    for (let item = 0; item < 100_000; item++) {
      queue.push(item, item % 977);
      if (item % 3 === 0) queue.pop();
    }
    expect(queue.size).toBeLessThanOrEqual(1_000);
    expect(queue.capacity).toBe(1_000);
  });
});
