import { describe, expect, it } from 'vitest';
import {
  DurableTagGuard,
  REPLAY_DROP_REASONS,
  type TagGuard,
  TagLog,
  WitnessedGuard,
} from '../../../../../nodes/mixnet/replay/index.ts';
import { BlindWitness } from '../../../../fixtures/blind-witness.ts';
import { ByteStore, filterOf, tagOf } from './support.ts';

const PENDING = 100;
const guardOf = (store: ByteStore, pendingMax = PENDING): DurableTagGuard =>
  new DurableTagGuard({ filter: filterOf(), store, pendingMax });
const ignore = (): void => undefined;

function reloaded(store: ByteStore): string[] {
  const tags: string[] = [];
  TagLog.reload(store, (tag) => tags.push(Buffer.from(tag).toString('hex')));
  return tags;
}
const hexOf = (number: number): string =>
  Buffer.from(tagOf(number).subarray(0, 16)).toString('hex');

describe('the log of tags', () => {
  it('tells that a tag is on disk only when it is, and never in the same turn', () => {
    const store = new ByteStore();
    const log = new TagLog(store);
    const synced: number[] = [];
    log.add(tagOf(1), () => synced.push(1));
    expect(synced).toEqual([]);
    expect(log.pending).toBe(1);
    expect(store.durable).toBe(0);
    store.settleOnce();
    expect(synced).toEqual([1]);
    expect(log.pending).toBe(0);
    expect(reloaded(store.crash(store.durable))).toEqual([hexOf(1)]);
  });

  it('gathers the tags that come during a sync for one record and one sync', () => {
    const store = new ByteStore();
    const log = new TagLog(store);
    const synced: number[] = [];
    for (let number = 0; number < 300; number++) log.add(tagOf(number), () => synced.push(number));
    expect(store.syncs).toBe(1);
    store.settleOnce();
    expect(synced).toEqual([0]);
    expect(store.syncs).toBe(2);
    store.settleOnce();
    expect(synced).toEqual(Array.from({ length: 300 }, (_, number) => number));
    expect(store.syncs).toBe(2);
    expect(reloaded(store)).toEqual(synced.map(hexOf));
    const records: number[] = [];
    store.replay(({ length }) => records.push(length));
    expect(records).toEqual([16, 299 * 16]);
  });

  it('takes tags that come while owners are told', () => {
    const store = new ByteStore();
    const log = new TagLog(store);
    const synced: number[] = [];
    log.add(tagOf(1), () => log.add(tagOf(2), () => synced.push(2)));
    store.settle();
    expect(synced).toEqual([2]);
    expect(reloaded(store)).toEqual([hexOf(1), hexOf(2)]);
  });

  it('tells a failed write to those of the group only, and goes on', () => {
    const store = new ByteStore();
    const log = new TagLog(store);
    const told: string[] = [];
    log.add(tagOf(1), (error) => told.push(`1 ${error}`));
    log.add(tagOf(2), (error) => told.push(`2 ${error}`));
    store.settleOnce('disk full');
    expect(told).toEqual(['1 disk full']);
    store.settleOnce();
    expect(told).toEqual(['1 disk full', '2 undefined']);
  });

  it('does not believe a record that is no sequence of tags', () => {
    const store = new ByteStore();
    store.append(new Uint8Array(17));
    expect(() => TagLog.reload(store, ignore)).toThrow('17 bytes');
  });
});

describe('the replay guard', () => {
  it('lets a packet go when its tag is on disk, and refuses copies before and after', () => {
    const store = new ByteStore();
    const guard = guardOf(store);
    let gone = 0;
    const go = (): number => (gone += 1);
    expect(guard.enter(tagOf(1), go)).toBeUndefined();
    expect(guard.enter(tagOf(1), go)).toBe('replay');
    expect(gone).toBe(0);
    store.settle();
    expect(gone).toBe(1);
    expect(guard.enter(tagOf(1), go)).toBe('replay');
  });

  it('remembers over a restart under another filter key', () => {
    const store = new ByteStore();
    guardOf(store).enter(tagOf(1), ignore);
    store.settle();
    const filter = filterOf({}, 2);
    const again = new DurableTagGuard({ filter, store: store.crash(0), pendingMax: PENDING });
    expect(again.reloaded).toBe(1);
    expect(again.enter(tagOf(1), ignore)).toBe('replay');
    expect(again.enter(tagOf(2), ignore)).toBeUndefined();
  });

  it('R-176: bounds what waits for the disk, and does not burn the tags it refuses then', () => {
    const store = new ByteStore();
    const guard = guardOf(store, 3);
    const verdicts = [1, 2, 3, 4].map((number) => guard.enter(tagOf(number), ignore));
    expect(verdicts).toEqual([undefined, undefined, undefined, 'replay-log-busy']);
    store.settle();
    expect(guard.enter(tagOf(4), ignore)).toBeUndefined();
  });

  it('refuses by name when the filter is full, before anything is written', () => {
    const store = new ByteStore();
    const filter = filterOf({ expectedTags: 1 });
    const guard = new DurableTagGuard({ filter, store, pendingMax: PENDING });
    expect(guard.enter(tagOf(1), ignore)).toBeUndefined();
    expect(guard.enter(tagOf(2), ignore)).toBe('replay-filter-full');
    store.settle();
    expect(reloaded(store)).toEqual([hexOf(1)]);
  });

  it('refuses everything new when the disk holds more tags than the filter can', () => {
    const store = new ByteStore();
    const guard = guardOf(store);
    for (const number of [1, 2, 3]) guard.enter(tagOf(number), ignore);
    store.settle();
    const filter = filterOf({ expectedTags: 2 });
    const small = new DurableTagGuard({ filter, store, pendingMax: PENDING });
    for (const number of [1, 2, 3, 4]) {
      expect(small.enter(tagOf(number), ignore)).toMatch(/^replay/);
    }
  });

  it('without a store lets go at once: key and tags are both in memory', () => {
    const guard = new DurableTagGuard({ filter: filterOf(), pendingMax: PENDING });
    let gone = 0;
    const go = (): number => (gone += 1);
    expect(guard.enter(tagOf(1), go)).toBeUndefined();
    expect(gone).toBe(1);
    expect(guard.enter(tagOf(1), go)).toBe('replay');
    expect(gone).toBe(1);
  });

  it('R-186: erases the tags when its key is retired', () => {
    const store = new ByteStore();
    const guard = guardOf(store);
    guard.enter(tagOf(1), ignore);
    store.settle();
    guard.retire();
    store.settle();
    expect(reloaded(store.crash(store.durable))).toEqual([]);
  });

  it('has a sentence for each drop', () => {
    for (const sentence of Object.values(REPLAY_DROP_REASONS)) expect(sentence).toMatch(/\.$/);
  });
});

describe('the witness of replay protection', () => {
  const counting = (inner: TagGuard, seen = new Set<string>()): [TagGuard, () => number[]] => {
    const counts = [0, 0, 0];
    const counter = (index: number): { add(amount: number): void } => ({
      add: (amount) => {
        counts[index] = (counts[index] as number) + amount;
      },
    });
    const has = (space: string, value: number): boolean => seen.has(`${space} ${value}`);
    const note = (space: string, value: number): boolean => {
      const before = has(space, value);
      seen.add(`${space} ${value}`);
      return before;
    };
    const counters = {
      fresh: counter(0),
      falsePositives: counter(1),
      falseNegatives: counter(2),
    };
    const witness = Object.assign(new BlindWitness(), { note, has });
    const truth = { witness, space: 'mix-1 epoch 7' };
    return [new WitnessedGuard(inner, truth, counters), (): number[] => counts];
  };

  it('measures the false positives of a filter, and changes no verdict', () => {
    const parts = { pendingMax: PENDING };
    const options = { expectedTags: 2_000, falsePositive: 0.05 };
    const bare = new DurableTagGuard({ ...parts, filter: filterOf(options) });
    const [guard, counts] = counting(new DurableTagGuard({ ...parts, filter: filterOf(options) }));
    let refused = 0;
    for (let number = 0; number < 2_000; number++) {
      const verdict = guard.enter(tagOf(number), ignore);
      expect(verdict).toBe(bare.enter(tagOf(number), ignore));
      if (verdict === 'replay') refused += 1;
      expect(guard.enter(tagOf(number), ignore)).toBe('replay');
    }
    expect(refused).toBeGreaterThan(0);
    expect(counts()).toEqual([2_000, refused, 0]);
  });

  it('finds a guard that lets a tag go twice', () => {
    const forgetful: TagGuard = {
      enter: (_tag, onSynced) => {
        onSynced();
        return undefined;
      },
      retire: ignore,
    };
    const [guard, counts] = counting(forgetful);
    for (let copy = 0; copy < 3; copy++) guard.enter(tagOf(1), ignore);
    expect(counts()).toEqual([1, 0, 2]);
  });

  it('counts no hole for a packet that a crash kept from going, and that comes again', () => {
    const store = new ByteStore();
    const seen = new Set<string>();
    counting(guardOf(store), seen)[0].enter(tagOf(1), ignore);
    const after = store.crash(0);
    const [guard, counts] = counting(guardOf(after), seen);
    expect(guard.enter(tagOf(1), ignore)).toBeUndefined();
    after.settle();
    expect(counts()).toEqual([0, 0, 0]);
  });
});
