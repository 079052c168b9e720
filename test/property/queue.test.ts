/** Compares the event queue with a simple sorted list (docs/spec/event-order.md). @module */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Xoshiro128 } from '../../engine/core/random.ts';
import { Scheduler } from '../../engine/core/scheduler.ts';

interface Entry {
  readonly time: number;
  readonly class: number;
  readonly sequence: number;
  readonly id: number;
}

/**
 * The specification of the queue in its simplest form: a list that is searched for its smallest
 * element.
 */
class SortedList {
  now = 0;
  private entries: Entry[] = [];
  private sequence = 0;

  add(delay: number, id: number, eventClass: number): void {
    const time = this.now + delay;
    this.entries.push({ time, class: eventClass, sequence: this.sequence, id });
    this.sequence += 1;
  }

  cancel(id: number): boolean {
    const before = this.entries.length;
    this.entries = this.entries.filter((entry) => entry.id !== id);
    return this.entries.length < before;
  }

  nextTime(): number {
    return this.entries.reduce((least, { time }) => Math.min(least, time), Infinity);
  }

  ids(): number[] {
    return this.entries.map(({ id }) => id);
  }

  next(): number | undefined {
    const isBefore = (a: Entry, b: Entry): boolean =>
      (a.time - b.time || a.class - b.class || a.sequence - b.sequence) < 0;
    const [head, ...rest] = this.entries;
    if (head === undefined) return undefined;
    const least = rest.reduce((best, entry) => (isBefore(entry, best) ? entry : best), head);
    this.entries = this.entries.filter((entry) => entry !== least);
    this.now = least.time;
    return least.id;
  }

  get size(): number {
    return this.entries.length;
  }
}

/**
 * Does the same with both and compares; `unit` stretches the delays 0 to 49 over heap and wheel.
 */
class Comparison {
  private readonly random: Xoshiro128;
  private readonly unit: number;
  /** Limits the number of pending events, so that the list remains cheap. */
  private readonly size: number;
  private readonly fired: number[] = [];
  private readonly list = new SortedList();
  private readonly scheduler: Scheduler;
  private readonly handles = new Map<number, number>();
  private lastId = 0;

  constructor(options: { seed: number; unit: number; size?: number; heapLimit?: number }) {
    this.random = new Xoshiro128([options.seed | 0, 1, 2, 3]);
    this.unit = options.unit;
    this.size = options.size ?? 100;
    const fire = (_kind: number, target: number): void => this.note(target);
    this.scheduler = new Scheduler({ fire }, 16, options.heapLimit);
  }

  /** Ids continue from run to run. */
  run(steps: number): void {
    const end = this.lastId + steps;
    for (let id = this.lastId; id < end; id += 1) {
      if (this.below(this.size) >= this.list.size) this.change(id);
      else if (this.below(20) === 0) this.runUntil(this.below(50) * this.unit);
      else this.next();
    }
    this.lastId = end;
    expect(this.scheduler.pendingCount).toBe(this.list.size);
  }

  private change(id: number): void {
    const delay = this.below(50) * this.unit;
    const action = this.below(8);
    if (action < 3) this.handles.set(id, this.scheduler.schedule(delay, 1, id, 0));
    else if (action === 3) this.scheduler.post(delay, 2, id);
    else if (action === 4)
      this.handles.set(
        id,
        this.scheduler.after(delay, () => this.note(id)),
      );
    else if (action === 5) this.addFault(delay, id);
    else this.cancel(id - 1 - this.below(this.size));
    if (action < 5) this.list.add(delay, id, 1);
  }

  private addFault(delay: number, id: number): void {
    const time = this.scheduler.now + delay;
    this.handles.set(
      id,
      this.scheduler.scheduleFault(time, () => this.note(id)),
    );
    this.list.add(delay, id, 0);
  }

  private cancel(id: number): void {
    const handle = this.handles.get(id);
    if (handle === undefined) return;
    const wasPending = this.list.cancel(id);
    if (this.scheduler.isPending(handle) !== wasPending) expect.unreachable(`pending ${id}`);
    if (this.scheduler.cancel(handle) !== wasPending) expect.unreachable(`cancel ${id}`);
  }

  /** Cancels most pending events, so that heap and wheel are rebuilt. */
  cancelMost(): void {
    for (const id of this.list.ids()) if (this.below(8) > 0) this.cancel(id);
  }

  private next(): void {
    const expected = this.list.next();
    if (this.below(4) === 0 && this.scheduler.peekTime() !== this.list.now) {
      expect.unreachable(`peekTime at ${this.list.now}`);
    }
    this.scheduler.step();
    if (this.fired.at(-1) !== expected) expect.unreachable(`${expected}, not ${this.fired.at(-1)}`);
    if (this.scheduler.now !== this.list.now) expect.unreachable(`clock ${this.scheduler.now}`);
  }

  private runUntil(distance: number): void {
    const until = this.list.now + distance;
    const before = this.fired.length;
    this.scheduler.runUntil(until);
    const expected: number[] = [];
    while (this.list.nextTime() <= until) expected.push(this.list.next() ?? -1);
    this.list.now = until;
    expect(this.fired.slice(before)).toEqual(expected);
    expect(this.scheduler.now).toBe(until);
  }

  private note(id: number): void {
    this.fired.push(id);
  }

  private below(n: number): number {
    return this.random.nextU32() % n;
  }
}

describe('event queue', () => {
  it('equals a sorted list over 400,000 random steps with delays 0..49', () => {
    new Comparison({ seed: 1, unit: 1 }).run(400_000);
  });

  it('equals a sorted list at any seed and at any scale of delays, through wheel and overflow', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom(1, 1_000, 9_999_991, 200_000_000, 10_000_000_000),
        (seed, unit) => new Comparison({ seed, unit }).run(1_500),
      ),
      { numRuns: 60 },
    );
  });

  it('equals a sorted list when the heap holds few and the ladder takes the rest', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom(1, 3, 100, 5_000, 50_000, 1_000_000, 9_999_991),
        fc.constantFrom(1, 4, 16),
        (seed, unit, heapLimit) => new Comparison({ seed, unit, heapLimit }).run(1_500),
      ),
      { numRuns: 100 },
    );
  });

  it('equals a sorted list when most of what the ladder holds is cancelled again and again', () => {
    for (const unit of [1, 1_000, 50_000, 2_000_000]) {
      const comparison = new Comparison({ seed: unit, unit, size: 1_500, heapLimit: 32 });
      for (let round = 0; round < 10; round += 1) {
        comparison.run(1_500);
        comparison.cancelMost();
      }
    }
  });

  it('equals a sorted list when most of a thousand events are cancelled again and again', () => {
    for (const unit of [1, 1_000, 200_000_000]) {
      const comparison = new Comparison({ seed: unit, unit, size: 1_500 });
      for (let round = 0; round < 20; round += 1) {
        comparison.run(1_500);
        comparison.cancelMost();
      }
    }
  });
});
