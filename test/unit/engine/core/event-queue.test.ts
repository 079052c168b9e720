/** The storage of the event queue: growth, compaction, wheel, renumbering. @module */
import { describe, expect, it } from 'vitest';
import { CLOCK_NOW_INDEX, EventQueue, NO_EVENT } from '../../../../engine/core/event-queue.ts';
import { Xoshiro128 } from '../../../../engine/core/random.ts';
import { Scheduler } from '../../../../engine/core/scheduler.ts';
import { NS_PER_MS, NS_PER_S } from '../../../../engine/core/time.ts';

/** Removes all events and returns their targets in order. */
function drain(queue: EventQueue): number[] {
  const targets: number[] = [];
  for (let slot = queue.take(); slot !== NO_EVENT; slot = queue.take()) {
    targets.push(queue.records[slot * 4 + 2]!);
    queue.release(slot);
  }
  return targets;
}

/** Delays of every magnitude: now, heap, wheel, overflow, and many ties. */
function delays(count: number): number[] {
  const random = new Xoshiro128([5, 6, 7, 8]);
  const units = [0, 1, NS_PER_MS, 100 * NS_PER_MS, NS_PER_S, 100 * NS_PER_S];
  return Array.from({ length: count }, () => {
    const unit = units[random.nextU32() % units.length]!;
    return unit * (random.nextU32() % 7);
  });
}

/** Indices of the delays, ordered by (delay, index). */
function inOrder(list: readonly number[]): number[] {
  return list.map((_, i) => i).sort((a, b) => list[a]! - list[b]! || a - b);
}

describe('EventQueue', () => {
  it('grows by doubling from one slot and keeps the order over heap, wheel and overflow', () => {
    const list = delays(5_000);
    const queue = new EventQueue(1);
    list.forEach((delay, i) => void queue.push(delay, 1, i, 0));
    expect(queue.pendingCount).toBe(5_000);
    expect(drain(queue)).toEqual(inOrder(list));
  });

  it('keeps the order when most events are cancelled, and the memory when cancelling goes on', () => {
    const list = delays(5_000);
    const queue = new EventQueue(16);
    const handles = list.map((delay, i) => queue.handleOf(queue.push(delay, 1, i, 0)));
    const random = new Xoshiro128([1, 2, 3, 4]);
    const kept = new Set(list.map((_, i) => i).filter(() => random.nextU32() % 10 === 0));
    handles.forEach((handle, i) => {
      if (!kept.has(i)) expect(queue.cancel(handle)).toBe(true);
    });
    expect(queue.pendingCount).toBe(kept.size);
    expect(drain(queue)).toEqual(inOrder(list).filter((i) => kept.has(i)));
    for (let i = 0; i < 200_000; i += 1) {
      const delay = i % 2 === 0 ? 50 : 3_600 * NS_PER_S;
      queue.cancel(queue.handleOf(queue.push(delay, 1, 0, 0)));
    }
    expect(queue.records.length / 4).toBe(8_192);
  });

  it('keeps the order where the ladder takes what the heap has no room for, with many ties', () => {
    const random = new Xoshiro128([9, 8, 7, 6]);
    // All events are in the present bucket of the wheel: 50,000 ns are one list of the outer rung.
    const list = Array.from({ length: 80_000 }, () => random.nextU32() % 50_000);
    const queue = new EventQueue(16);
    list.forEach((delay, i) => void queue.push(delay, 1, i, 0));
    expect(drain(queue)).toEqual(inOrder(list));
  });

  it('renumbers before a sequence exceeds 32 bits, without changing the order', () => {
    const list = delays(3_000);
    const queue = new EventQueue(16, 67_108_864 - 1_500);
    const order: string[] = [];
    queue.pushFault(0, () => order.push('fault at 0'));
    list.forEach((delay, i) => void queue.push(delay + 1, 1, i, 0));
    queue.pushFault(1, () => order.push('fault at 1'));
    for (let slot = queue.take(); slot !== NO_EVENT; slot = queue.take()) {
      const isCallback = (queue.records[slot * 4 + 1]! & 255) === 0;
      if (isCallback) queue.takeCallback(slot)();
      else order.push(String(queue.records[slot * 4 + 2]));
      queue.release(slot);
    }
    expect(order).toEqual(['fault at 0', 'fault at 1', ...inOrder(list).map(String)]);
  });

  it('renumbers what the ladder holds', () => {
    const list = delays(3_000);
    const queue = new EventQueue(16, 67_108_864 - 1_500, 64);
    list.forEach((delay, i) => void queue.push(delay * 1_000 + 1, 1, i, 0));
    expect(drain(queue)).toEqual(inOrder(list));
  });

  it('frees what was cancelled in the ladder, so that re-arming takes no memory', () => {
    const queue = new EventQueue(16, undefined, 64);
    for (let i = 0; i < 200; i += 1) queue.push(1 + 400_000 * i, 1, i, 0);
    for (let i = 0; i < 20_000; i += 1) {
      queue.cancel(queue.handleOf(queue.push(70_000_000 + i, 1, -1, 0)));
    }
    expect(queue.records.length / 4).toBeLessThan(2_000);
    expect(drain(queue)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it('grows the heap where ties leave the ladder nothing to take, and shrinks it again', () => {
    const queue = new EventQueue(16, undefined, 64);
    for (let i = 0; i < 1_000; i += 1) queue.push(5, 1, i, 0);
    expect(queue.nearCount).toBe(1_000);
    expect(drain(queue)).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    for (let i = 0; i < 1_000; i += 1) queue.push(1 + 1_000 * i, 1, i, 0);
    expect(queue.nearCount).toBeLessThanOrEqual(64);
    expect(drain(queue)).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
  });

  it('lets faults go first also after others were renumbered', () => {
    const queue = new EventQueue(16, 67_108_864 - 10);
    for (let i = 0; i < 100; i += 1) queue.push(7, 1, i, 0);
    const faults = [1, 2, 3].map(() => queue.pushFault(7, () => undefined));
    for (const fault of faults) {
      expect(queue.take()).toBe(fault);
      queue.release(fault);
    }
    expect(drain(queue)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('keeps ties in order after far events were looked at, cancelled, or left behind a limit', () => {
    const order: number[] = [];
    const scheduler = new Scheduler({ fire: (_kind, target): void => void order.push(target) });
    const far = scheduler.schedule(9_000_000 * NS_PER_S, 1, -1, 0);
    const ties = (): void => {
      order.length = 0;
      for (let i = 0; i < 50; i += 1) scheduler.schedule(10, 1, i, 0);
      scheduler.runUntil(scheduler.now + NS_PER_S);
      expect(order).toEqual(Array.from({ length: 50 }, (_, i) => i));
    };
    scheduler.runUntil(NS_PER_S);
    ties();
    expect(scheduler.peekTime()).toBe(9_000_000 * NS_PER_S);
    ties();
    scheduler.cancel(far);
    scheduler.run();
    ties();
  });

  it('finds the nearer of two buckets whose bits share a word of the wheel', () => {
    const bucketNs = 134_217_728;
    const queue = new EventQueue(16);
    queue.advance(10 * bucketNs);
    queue.push(1_019 * bucketNs, 1, 2, 0);
    queue.push(10 * bucketNs, 1, 1, 0);
    expect(queue.peekTime()).toBe(20 * bucketNs);
    expect(drain(queue)).toEqual([1, 2]);
  });

  it('names an event by a handle that is a safe integer and never 0', () => {
    const queue = new EventQueue(16);
    for (let i = 0; i < 100_000; i += 1) {
      const slot = queue.push(0, 1, 0, 0);
      const handle = queue.handleOf(slot);
      queue.release(queue.take());
      if (!Number.isSafeInteger(handle) || handle <= 0 || queue.isPending(handle)) {
        expect.unreachable(`handle ${handle}`);
      }
    }
  });

  it('pours a far bucket only when nearer events are gone, at the right times', () => {
    const times: number[] = [];
    const scheduler = new Scheduler();
    for (const seconds of [0.1, 0.2, 137, 138, 1_000, 100_000]) {
      scheduler.after(Math.floor(seconds * NS_PER_S), () => times.push(scheduler.now / NS_PER_S));
    }
    scheduler.run();
    expect(times).toEqual([0.1, 0.2, 137, 138, 1_000, 100_000]);
  });

  it('keeps near events out of the wheel after the clock was moved far', () => {
    const queue = new EventQueue(16);
    queue.advance(5_000 * NS_PER_S);
    queue.push(10, 1, 7, 0);
    expect(queue.nearCount).toBe(1);
    expect(drain(queue)).toEqual([7]);
    expect(queue.clock[CLOCK_NOW_INDEX]).toBe(5_000 * NS_PER_S + 10);
  });

  it('refuses more cancellable events than a handle can name', () => {
    const queue = new EventQueue(4_194_304);
    for (let i = 0; i < 4_194_304; i += 1) queue.push(1, 1, 0, 0);
    expect(() => queue.push(1, 1, 0, 0)).toThrow(/4194304 cancellable events/);
  });

  it('keeps a million idle timers out of the heap that the near events use', () => {
    const queue = new EventQueue(1024);
    for (let i = 0; i < 1_000_000; i += 1) queue.push(NS_PER_S + i * 1_000, 1, i, 0);
    for (let i = 0; i < 100; i += 1) queue.push(i, 2, i, 0);
    // The ring holds the event with delay 0.
    expect(queue.nearCount).toBe(99);
    expect(queue.pendingCount).toBe(1_000_100);
  });
});
