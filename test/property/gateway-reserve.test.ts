/** R-018 in process: the journal is cut at every byte, while the keys of the epoch are kept. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DurableCounter } from '../../nodes/_kit/reserved-counter.ts';
import { DurableReplayWindow } from '../../nodes/_kit/reserved-window.ts';
import { MemoryStore } from '../unit/nodes/gateway/memory-store.ts';

const RESERVE = 64;
const options = (store: MemoryStore): ConstructorParameters<typeof DurableReplayWindow>[0] => ({
  store,
  key: 'w',
  size: 128,
  reserve: RESERVE,
});

interface Step {
  readonly by: number;
  readonly settles: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  by: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -20, max: 25 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 1000 }) },
  ),
  settles: fc.boolean(),
});

/** What was authenticated and accepted before the crash. */
interface Past {
  readonly accepted: Set<number>;
  highest: number;
}

/** Every possible state of the disk after a crash at this moment. */
function crashes(store: MemoryStore): MemoryStore[] {
  const stores: MemoryStore[] = [];
  for (let bytes = store.durable; bytes <= store.written; bytes++) stores.push(store.crash(bytes));
  return stores;
}

function checkAfter(store: MemoryStore, past: Past): void {
  const guard = new DurableReplayWindow(options(store));
  store.settle();
  // A fresh number beyond the documented reserve is never rejected. Checked before any number is
  // accepted again.
  const beyond = past.highest + RESERVE + 1;
  if (guard.check(beyond) !== 'fresh' && guard.check(beyond) !== 'held') {
    expect.fail(`${beyond} is fresh, but ${guard.check(beyond)}`);
  }
  const again = [...past.accepted].filter((sequence) => guard.accept(sequence) === 'fresh');
  if (again.length > 0) expect.fail(`accepted again: ${again.join(' ')}`);
}

interface Life {
  store: MemoryStore;
  readonly accepted: Set<number>;
  at: number;
}

/**
 * Runs from a start to a crash; a number accepted before an earlier crash must never be accepted
 * again.
 */
function live(life: Life, steps: readonly Step[], cut: number): void {
  const { store, accepted } = life;
  const guard = new DurableReplayWindow(options(store));
  for (const { by, settles } of steps) {
    life.at = Math.max(0, life.at + by);
    const isFresh = guard.accept(life.at) === 'fresh';
    if (isFresh && accepted.has(life.at)) expect.fail(`${life.at} accepted again`);
    if (isFresh) accepted.add(life.at);
    if (settles) store.settleOnce();
  }
  life.store = store.crash(store.durable + (cut % (store.written - store.durable + 1)));
}

describe('the reserved window over crashes', () => {
  it('R-018: accepts nothing again and refuses nothing fresh beyond the reserve, at any cut', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const store = new MemoryStore();
        const guard = new DurableReplayWindow(options(store));
        const past: Past = { accepted: new Set(), highest: -1 };
        let at = 0;
        for (const { by, settles } of steps) {
          at = Math.max(0, at + by);
          const verdict = guard.accept(at);
          if (verdict === 'fresh') past.accepted.add(at);
          past.highest = Math.max(past.highest, at);
          for (const after of crashes(store)) checkAfter(after, past);
          if (settles) store.settleOnce();
        }
      }),
      { numRuns: 120 },
    );
  });

  it('R-018: holds over many crashes in a row', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(step, { maxLength: 15 }), fc.nat(1000)), { maxLength: 12 }),
        (lives) => {
          const past: Life = { store: new MemoryStore(), accepted: new Set(), at: 0 };
          for (const [steps, cut] of lives) live(past, steps, cut);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('R-027: a sender gives no number twice at any cut', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (settles) => {
        const store = new MemoryStore();
        const counter = new DurableCounter({ store, key: 'c', reserve: 8 });
        let last = -1;
        for (const now of settles) {
          last = counter.take(0) ?? last;
          for (const after of crashes(store)) {
            const again = new DurableCounter({ store: after, key: 'c', reserve: 8 });
            after.settle();
            const next = again.take(0)!;
            expect(next).toBeGreaterThan(last);
            expect(next).toBeLessThanOrEqual(last + 1 + 2 * 8);
          }
          if (now) store.settleOnce();
        }
      }),
      { numRuns: 60 },
    );
  });
});
