import { describe, expect, it } from 'vitest';
import { PruningDeadlineHeap } from '../../../../../nodes/_kit/live-deadlines.ts';
import { BundleStore, type StoreLimits } from '../../../../../nodes/dtn/agent/bundle-store.ts';
import type { HeldBundle, Priority } from '../../../../../nodes/dtn/agent/held-bundle.ts';
import { type EndedBundle, EndedBundleMemory } from '../../../../../nodes/dtn/agent/remembered.ts';
import {
  EVICTION_POLICIES,
  type EvictionPolicy,
} from '../../../../../nodes/dtn/agent/store-policy.ts';
import { dtnConfig } from '../../../../../nodes/dtn/config.ts';

interface Given {
  readonly bytes?: number;
  readonly priority?: Priority;
  readonly deadlineNs?: number;
  readonly source?: string;
  /** True for a bundle of the node itself. */
  readonly isOwn?: boolean;
}

function bundle(key: string, given: Given = {}): HeldBundle {
  return {
    key,
    source: given.source ?? key,
    bytes: new Uint8Array(given.bytes ?? 100),
    destination: 'b',
    priority: given.priority ?? 1,
    sinceNs: 0,
    deadlineNs: given.deadlineNs ?? 1_000,
    from: given.isOwn === true ? undefined : 'c',
    observerNumber: 0,
  };
}

const LIMITS: StoreLimits = { bytes: 400, bundles: 100, policy: 'reject-new', perSource: 1 };

/** A full store, in which the oldest bundle is under way. */
function full(policy: EvictionPolicy): BundleStore {
  const store = new BundleStore({ ...LIMITS, policy });
  store.add(bundle('under way', { priority: 0, deadlineNs: 1 }));
  store.add(bundle('own', { isOwn: true, priority: 0, deadlineNs: 2 }));
  store.add(bundle('old', { bytes: 60, priority: 2, deadlineNs: 900 }));
  store.add(bundle('low', { bytes: 60, priority: 0, deadlineNs: 800 }));
  store.add(bundle('late', { bytes: 80, deadlineNs: 500 }));
  return store;
}

const questions = {
  isFree: ({ key }: HeldBundle): boolean => key !== 'under way',
  below: (bound: number): number => bound - 1,
};

function goFor(store: BundleStore, newcomer: HeldBundle): readonly string[] | string {
  const gone = store.roomFor(newcomer, questions);
  return typeof gone === 'string' ? gone : gone.map(({ key }) => key);
}

describe('a full store', () => {
  it('refuses new bundles unless the options say otherwise', () => {
    const { policy, perSource, kind } = dtnConfig.parse({}).store;
    expect([policy, perSource, kind]).toEqual(['reject-new', 0.25, 'memory']);
  });

  it.each([
    ['reject-new', 'no-storage'],
    ['oldest', ['old', 'low']],
    ['expiring-first', ['late', 'low']],
    ['largest', 'no-storage'],
    ['lowest-priority', 'no-storage'],
    // The draws of this test leave the order as it is.
    ['random', ['old', 'low']],
  ] as const)('with %s makes room for 100 bytes', (policy, expected) => {
    expect(goFor(full(policy), bundle('new'))).toEqual(expected);
  });

  it.each([
    ['expiring-first', { deadlineNs: 500 }, 'no-storage'],
    ['largest', { bytes: 79 }, ['late']],
    ['largest', { bytes: 80 }, 'no-storage'],
    ['lowest-priority', { bytes: 60, priority: 2 }, ['low']],
    ['lowest-priority', { bytes: 60, priority: 0 }, 'no-storage'],
  ] as const)(
    'with %s refuses a newcomer that would be the next to go',
    (policy, given, expected) => {
      expect(goFor(full(policy), bundle('new', given))).toEqual(expected);
    },
  );

  it('never drops bundles of its own applications, nor what is under way', () => {
    for (const policy of EVICTION_POLICIES) {
      const store = new BundleStore({ ...LIMITS, policy });
      store.add(bundle('under way', { bytes: 200, deadlineNs: 1, priority: 0 }));
      store.add(bundle('own', { bytes: 200, isOwn: true, deadlineNs: 1, priority: 0 }));
      expect(goFor(store, bundle('new'))).toBe('no-storage');
    }
  });

  it('counts bundles as well as bytes', () => {
    const store = new BundleStore({ ...LIMITS, bundles: 2 });
    store.add(bundle('1', { bytes: 1 }));
    expect(goFor(store, bundle('2', { bytes: 399 }))).toEqual([]);
    store.add(bundle('2', { bytes: 1 }));
    expect(goFor(store, bundle('3', { bytes: 1 }))).toBe('no-storage');
  });
});

describe('the share of a source', () => {
  const shared = { ...LIMITS, perSource: 0.25 };

  it('is all that its bundles may take, and the rest is for others', () => {
    const store = new BundleStore(shared);
    expect(goFor(store, bundle('1', { source: 's', bytes: 101 }))).toBe('source-share');
    expect(goFor(store, bundle('1', { source: 's', bytes: 100 }))).toEqual([]);
    store.add(bundle('1', { source: 's' }));
    expect(goFor(store, bundle('2', { source: 's', bytes: 1 }))).toBe('source-share');
    expect(goFor(store, bundle('2', { source: 't' }))).toEqual([]);
  });

  it('is free again when they have gone', () => {
    const store = new BundleStore(shared);
    const first = bundle('1', { source: 's' });
    store.add(first);
    store.remove(first);
    expect(goFor(store, bundle('2', { source: 's' }))).toEqual([]);
  });

  it('does not bind the applications of the node itself', () => {
    const store = new BundleStore(shared);
    store.add(bundle('1', { isOwn: true, bytes: 300 }));
    expect(goFor(store, bundle('2', { isOwn: true, bytes: 100 }))).toEqual([]);
  });

  it('makes a source that has used it up drop its own bundles first', () => {
    const store = new BundleStore({ ...shared, policy: 'oldest' });
    store.add(bundle('other', { source: 't' }));
    store.add(bundle('mine', { source: 's' }));
    expect(goFor(store, bundle('new', { source: 's' }))).toEqual(['mine']);
  });
});

describe('what has gone before its deadline', () => {
  it('was kept until then: a bundle of 1 kB for an hour after it had left', () => {
    const live = new Set<number>();
    const deadlines = new PruningDeadlineHeap<number>((item) => live.has(item));
    for (let item = 0; item < 100_000; item += 1) {
      live.add(item);
      deadlines.add(1_000_000 + item, item);
      live.delete(item - 10);
    }
    expect(deadlines.size).toBeLessThanOrEqual(1_024);
    expect(deadlines.nextAt()).toBe(1_000_000 + 99_990);
  });

  it('is remembered until it would have expired, and in bounds', () => {
    const remembered = new EndedBundleMemory(2);
    const ended = (key: string, deadlineNs: number): EndedBundle => ({ key, deadlineNs, hops: 3 });
    expect(remembered.add(0, ended('a', 10))).toEqual([]);
    expect([remembered.hopsOf('a', 10), remembered.hopsOf('a', 11)]).toEqual([3, undefined]);
    expect(remembered.add(11, ended('b', 100))).toEqual(['a']);
    expect(remembered.add(12, ended('c', 200))).toEqual([]);
    expect(remembered.add(13, ended('d', 300))).toEqual(['b']);
  });
});
