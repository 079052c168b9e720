import { describe, expect, it } from 'vitest';
import { ReservedWindowFactory } from '../../../../../nodes/gateway/replay/reserved-windows.ts';
import { MemoryStore } from '../memory-store.ts';

describe('persistent windows by peer and epoch', () => {
  it('keeps the store tidy: retired epochs go, and those that a crash left go at the next start', () => {
    const store = new MemoryStore();
    const factory = new ReservedWindowFactory({ store, size: 64, reserve: 1024 });
    factory.create('a', 1);
    factory.create('a', 2);
    factory.create('b', 9);
    factory.retire('a', 1);
    expect(store.keys({ prefix: 'window/' })).toEqual(['window/a/2', 'window/b/9']);
    store.settle();
    const after = store.crash(0);
    const second = new ReservedWindowFactory({ store: after, size: 64, reserve: 1024 });
    second.create('a', 17);
    expect(after.keys({ prefix: 'window/a' })).toEqual(['window/a/17']);
  });

  it('R-018: resumes an epoch that is still held behind its bound', () => {
    const store = new MemoryStore();
    const before = new ReservedWindowFactory({ store, size: 64, reserve: 1024 }).create('a', 3);
    store.settle();
    before.accept(10);
    const after = store.crash(0);
    const again = new ReservedWindowFactory({ store: after, size: 64, reserve: 1024 }).create(
      'a',
      3,
    );
    expect([again.accept(10), again.accept(1024)]).toEqual(['expired', 'held']);
    after.settle();
    expect(again.accept(1024)).toBe('fresh');
  });

  it('says for which peer a sync is done', () => {
    const store = new MemoryStore();
    const told: string[] = [];
    const onSync = (peer: string): void => {
      told.push(peer);
    };
    new ReservedWindowFactory({ store, size: 64, reserve: 1024, onSync }).create('a', 3);
    store.settle();
    expect(told).toEqual(['a']);
  });
});
