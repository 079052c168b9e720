import { describe, expect, it } from 'vitest';
import { DurableBound, DurableCounter } from '../../../../nodes/_kit/reserved-counter.ts';
import { DurableReplayWindow, reserveSizeForRate } from '../../../../nodes/_kit/reserved-window.ts';
import { MemoryStore } from '../gateway/memory-store.ts';

function window(store: MemoryStore, reserve = 1024): DurableReplayWindow {
  return new DurableReplayWindow({ store, key: 'w', size: 64, reserve });
}

describe('the reserve', () => {
  it('is one second of packets, at least 1,024', () => {
    expect([reserveSizeForRate(0), reserveSizeForRate(10), reserveSizeForRate(10_000.5)]).toEqual([
      1024, 1024, 10_001,
    ]);
  });
});

describe('a durable bound', () => {
  it('grows by what was synced only, and shares syncs', () => {
    const store = new MemoryStore();
    const bound = new DurableBound({ store, key: 'b' });
    bound.raise(10);
    bound.raise(20);
    bound.raise(15);
    expect([bound.durable, bound.wanted, store.syncs]).toEqual([0, 20, 1]);
    store.settleOnce();
    expect([bound.durable, store.syncs]).toEqual([10, 2]);
    store.settleOnce();
    expect([bound.durable, store.syncs]).toEqual([20, 2]);
  });

  it('stays where it is when the disk fails, tells why, and tries again', () => {
    const store = new MemoryStore();
    const told: (string | undefined)[] = [];
    const bound = new DurableBound({ store, key: 'b', onSync: (error) => told.push(error) });
    bound.raise(10);
    store.settle('disk full');
    expect([bound.durable, bound.wanted, told]).toEqual([0, 0, ['disk full']]);
    bound.raise(5);
    store.settle();
    expect([bound.durable, told]).toEqual([5, ['disk full', undefined]]);
  });

  it('keeps every value up to 2^53', () => {
    for (const value of [1, 2 ** 32 - 1, 2 ** 32, 2 ** 52 + 1, Number.MAX_SAFE_INTEGER]) {
      const store = new MemoryStore();
      new DurableBound({ store, key: 'b' }).raise(value);
      store.settle();
      expect(new DurableBound({ store, key: 'b' }).durable).toBe(value);
    }
  });
});

describe('a reserved counter', () => {
  it('R-027: gives nothing before it is durable and nothing twice after a crash', () => {
    const store = new MemoryStore();
    const counter = new DurableCounter({ store, key: 'c', reserve: 16 });
    expect(counter.take(0)).toBeUndefined();
    store.settle();
    expect([counter.take(0), counter.take(0), counter.take(5)]).toEqual([0, 1, 5]);
    const after = store.crash(0);
    const again = new DurableCounter({ store: after, key: 'c', reserve: 16 });
    after.settle();
    expect(again.take(0)).toBe(16);
  });

  it('writes early, so that steady use never waits', () => {
    const store = new MemoryStore();
    const counter = new DurableCounter({ store, key: 'c', reserve: 100 });
    store.settle();
    for (let number = 0; number < 10_000; number++) {
      expect(counter.take(0)).toBe(number);
      // The disk lags by up to 40 numbers.
      if (number % 40 === 0) store.settle();
    }
    expect(store.syncs).toBeLessThan(10_000 / 40);
  });

  it('skips what the peer used', () => {
    const store = new MemoryStore();
    const counter = new DurableCounter({ store, key: 'c', reserve: 16 });
    store.settle();
    counter.skip(1000);
    counter.skip(3);
    expect(counter.take(0)).toBeUndefined();
    store.settle();
    expect(counter.take(0)).toBe(1001);
  });
});

describe('a reserved window', () => {
  it('holds what is beyond the durable bound, and accepts it after the sync', () => {
    const store = new MemoryStore();
    const guard = window(store);
    expect(guard.accept(0)).toBe('held');
    store.settle();
    expect([guard.accept(0), guard.accept(0)]).toEqual(['fresh', 'replay']);
    expect([guard.check(50_000), guard.accept(50_000)]).toEqual(['held', 'held']);
    store.settle();
    expect([guard.accept(50_000), guard.durable]).toEqual(['fresh', 51_024]);
  });

  it('never waits for the disk under a steady rate with a slow disk', () => {
    const store = new MemoryStore();
    const guard = window(store);
    store.settle();
    for (let sequence = 0; sequence < 20_000; sequence++) {
      expect(guard.accept(sequence)).toBe('fresh');
      if (sequence % 400 === 0) store.settleOnce();
    }
    expect(store.syncs).toBeLessThan(60);
  });

  it('after a crash refuses what is below the bound and accepts what is at it', () => {
    const store = new MemoryStore();
    const guard = window(store);
    store.settle();
    for (let sequence = 0; sequence <= 100; sequence++) guard.accept(sequence);
    const after = store.crash(store.written);
    const again = window(after);
    expect(again.accept(100)).toBe('expired');
    expect([again.accept(1023), again.accept(1024)]).toEqual(['replay', 'held']);
    after.settle();
    expect([again.accept(1024), again.accept(1024)]).toEqual(['fresh', 'replay']);
  });

  it('R-018: refuses no more after many crashes in a row than after one', () => {
    let store = new MemoryStore();
    window(store).accept(100);
    store.settle();
    for (let life = 0; life < 5; life += 1) {
      store = store.crash(store.written);
      const guard = window(store);
      store.settle();
      expect([guard.check(1_023), guard.check(1_024)]).toEqual(['replay', 'held']);
    }
  });

  it('follows a new rate', () => {
    const store = new MemoryStore();
    const guard = window(store);
    guard.setReserve(50_000);
    store.settle();
    guard.accept(600);
    store.settle();
    expect(guard.durable).toBe(50_600);
  });
});
