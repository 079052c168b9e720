/**
 * Port cases for crash-safe storage (engine/host/store.ts).
 *
 * @module
 */
import { expect } from 'vitest';
import type { Store } from '../../../engine/host/store.ts';
import type { PortCase, PortWorld } from './port-world.ts';

const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes);
const bytesOf = (words: string): Uint8Array => new TextEncoder().encode(words);

function recordsOf(store: Store): string[] {
  const records: string[] = [];
  store.replay((record) => records.push(text(record) ?? ''));
  return records;
}

/** Calls `write` and waits until the data are durable. */
async function durably(world: PortWorld, write: (store: Store) => void): Promise<void> {
  let outcome: string | undefined;
  world.act(() => {
    const store = world.a.store('main');
    write(store);
    store.sync((error) => {
      outcome = error ?? 'durable';
    });
    // The outcome never comes in the same turn.
    expect(outcome).toBeUndefined();
  });
  await world.until(() => outcome !== undefined, 'the sync ends');
  expect(outcome).toBe('durable');
}

/** Crashes `a` and returns its store after the restart. */
function reopened(world: PortWorld, fault: 'synced' | 'prefix' | 'torn'): Store {
  let store!: Store;
  world.act(() => {
    world.crashA(fault);
    world.restartA();
    store = world.a.store('main');
  });
  return store;
}

export const storeCases: readonly PortCase[] = [
  {
    id: 'store/table',
    says: 'puts, gets, replaces and deletes copies of values',
    run: (world) => {
      world.act(() => {
        const store = world.a.store('main');
        expect(world.a.store('main')).toBe(store);
        const value = bytesOf('one');
        store.put('key', value);
        value.fill(0);
        expect(text(store.get('key'))).toBe('one');
        store.get('key')!.fill(0);
        expect(text(store.get('key'))).toBe('one');
        store.put('key', bytesOf(''));
        expect(text(store.get('key'))).toBe('');
        store.delete('key');
        expect(store.get('key')).toBeUndefined();
        expect(world.a.store('other').get('key')).toBeUndefined();
      });
      return Promise.resolve();
    },
  },
  {
    id: 'store/log',
    says: 'replays records in their order, also those that are not synced yet',
    run: async (world) => {
      await durably(world, (store) => {
        for (const word of ['one', 'two', '']) store.append(bytesOf(word));
      });
      world.act(() => {
        const store = world.a.store('main');
        store.append(bytesOf('four'));
        expect(recordsOf(store)).toEqual(['one', 'two', '', 'four']);
      });
    },
  },
  {
    id: 'store/crash-keeps-synced',
    says: 'keeps through a crash what was synced, and with `synced` nothing else',
    run: async (world) => {
      await durably(world, (store) => {
        store.append(bytesOf('kept'));
        store.put('key', bytesOf('kept'));
        store.put('gone', bytesOf('x'));
        store.delete('gone');
      });
      world.act(() => {
        const store = world.a.store('main');
        store.append(bytesOf('lost'));
        store.put('key', bytesOf('lost'));
      });
      const store = reopened(world, 'synced');
      expect(recordsOf(store)).toEqual(['kept']);
      expect(text(store.get('key'))).toBe('kept');
      expect(store.get('gone')).toBeUndefined();
    },
  },
  {
    id: 'store/crash-tears-nothing',
    says: 'keeps a prefix of whole records when a crash tears what was not synced',
    run: async (world) => {
      await durably(world, (store) => store.append(bytesOf('first')));
      for (const fault of ['torn', 'prefix', 'torn'] as const) {
        const before: string[] = [];
        const written: string[] = [];
        world.act(() => {
          const store = world.a.store('main');
          before.push(...recordsOf(store));
          for (let i = 0; i < 6; i += 1) {
            written.push(`record ${i} ${'x'.repeat(i * 10)}`);
            store.append(bytesOf(written.at(-1)!));
          }
        });
        const after = recordsOf(reopened(world, fault));
        expect(after.slice(0, before.length)).toEqual(before);
        const kept = after.slice(before.length);
        expect(kept).toEqual(written.slice(0, kept.length));
        // After the restart, the node writes behind the data that were kept.
        await durably(world, (store) => store.append(bytesOf(`life after ${fault}`)));
        world.act(() => {
          expect(recordsOf(world.a.store('main'))).toEqual([...after, `life after ${fault}`]);
        });
      }
    },
  },
  {
    id: 'store/truncate',
    says: 'replaces the log by nothing at the next sync, and keeps the table',
    run: async (world) => {
      await durably(world, (store) => {
        store.append(bytesOf('old'));
        store.put('key', bytesOf('stays'));
      });
      world.act(() => world.a.store('main').truncate());
      // Without a sync, the crash undoes the truncation.
      expect(recordsOf(reopened(world, 'synced'))).toEqual(['old']);
      await durably(world, (store) => {
        store.truncate();
        store.append(bytesOf('new'));
      });
      const store = reopened(world, 'synced');
      expect(recordsOf(store)).toEqual(['new']);
      expect(text(store.get('key'))).toBe('stays');
    },
  },
  {
    id: 'store/erase',
    says: 'has nothing left of what was deleted or truncated once that is synced',
    run: async (world) => {
      const isThere = (words: string): boolean =>
        Buffer.from(world.rawStoreOfA('main')).includes(words);
      await durably(world, (store) => {
        store.put('key', bytesOf('first value'));
        store.put('key', bytesOf('second value'));
        store.put('other', bytesOf('stays here'));
        store.append(bytesOf('a record'));
      });
      expect(isThere('second value')).toBe(true);
      await durably(world, (store) => store.delete('key'));
      expect(['first value', 'second value', 'stays here', 'a record'].map(isThere)).toEqual([
        false,
        false,
        true,
        true,
      ]);
      await durably(world, (store) => store.truncate());
      expect(isThere('a record')).toBe(false);
      const store = reopened(world, 'synced');
      expect(text(store.get('other'))).toBe('stays here');
      expect(store.get('key')).toBeUndefined();
    },
  },
  {
    id: 'store/many-syncs',
    says: 'confirms syncs in their order, each covering what was written before it',
    run: async (world) => {
      const confirmed: number[] = [];
      world.act(() => {
        const store = world.a.store('main');
        for (let i = 0; i < 20; i += 1) {
          store.append(bytesOf(`${i}`));
          store.sync(() => confirmed.push(i));
        }
      });
      await world.until(() => confirmed.length === 20, 'all syncs end');
      expect(confirmed).toEqual(Array.from({ length: 20 }, (_, index) => index));
      expect(recordsOf(reopened(world, 'synced')).length).toBe(20);
    },
  },
];
