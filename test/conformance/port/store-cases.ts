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
  {
    id: 'store/keys',
    says: 'lists keys in the order of their characters, however they came, with a prefix and in parts',
    run: async (world) => {
      // As `<` compares strings: by UTF-16 code units, not by a language and not by UTF-8.
      const sorted = ['', 'B', 'a', 'a/1', 'a/10', 'a/2', 'a/\u{1f600}', 'a/\uff01', 'b', '\u00e4'];
      await durably(world, (store) => {
        expect(store.keys()).toEqual([]);
        for (const key of sorted.toReversed()) store.put(key, bytesOf(key));
      });
      for (const restart of [false, true]) {
        if (restart) reopened(world, 'synced');
        world.act(() => {
          const store = world.a.store('main');
          expect(store.keys()).toEqual(sorted);
          const inA = sorted.filter((key) => key.startsWith('a/'));
          expect(store.keys({ prefix: 'a/' })).toEqual(inA);
          expect(store.keys({ prefix: 'a/1' })).toEqual(['a/1', 'a/10']);
          expect(store.keys({ prefix: 'c' })).toEqual([]);
          expect(store.keys({ after: 'a/2', limit: 2 })).toEqual(inA.slice(3));
          // The last key of a part need not be there any more.
          expect(store.keys({ prefix: 'a/', after: 'a/15' })).toEqual(inA.slice(2));
          expect(store.keys({ prefix: 'a/', after: 'A' })).toEqual(inA);
          expect(store.keys({ prefix: 'a/', after: 'b' })).toEqual([]);
          expect(store.keys({ limit: 0 })).toEqual([]);
          const inParts: string[] = [];
          for (let part = store.keys({ limit: 3 }); part.length > 0; ) {
            inParts.push(...part);
            part = store.keys({ after: part.at(-1)!, limit: 3 });
          }
          expect(inParts).toEqual(sorted);
          expect(world.a.store('other').keys()).toEqual([]);
        });
      }
    },
  },
  {
    id: 'store/keys-now',
    says: 'lists what is there now, synced or not, in a list that later writes do not change',
    run: async (world) => {
      await durably(world, (store) => {
        for (const key of ['c', 'a', 'b']) store.put(key, bytesOf(key));
        store.append(bytesOf('a record has no key'));
      });
      world.act(() => {
        const store = world.a.store('main');
        const before = store.keys();
        store.delete('b');
        store.delete('never there');
        store.put('aa', bytesOf('new'));
        store.put('c', bytesOf('again'));
        expect(before).toEqual(['a', 'b', 'c']);
        expect(store.keys()).toEqual(['a', 'aa', 'c']);
      });
      // None of it was synced.
      expect(reopened(world, 'synced').keys()).toEqual(['a', 'b', 'c']);
    },
  },
  {
    id: 'store/keys-that-cannot-be',
    says: 'refuses a key that a disk could not give back: too long, or half a character',
    run: async (world) => {
      const longest = 'k'.repeat(0xffff);
      await durably(world, (store) => {
        store.put(longest, bytesOf('kept'));
        for (const key of [`${longest}k`, '\u00e4'.repeat(0x8000), 'half \ud83d', '\ude00']) {
          expect(() => store.put(key, bytesOf('x'))).toThrow(RangeError);
          expect(() => store.delete(key)).toThrow(RangeError);
        }
      });
      const store = reopened(world, 'synced');
      expect(store.keys()).toEqual([longest]);
      expect(text(store.get(longest))).toBe('kept');
    },
  },
  {
    id: 'store/gives-back',
    says: 'needs no room for what was put and deleted, whether each was synced, all, or none',
    run: async (world) => {
      const bundle = new Uint8Array(10_000);
      const room = (): number => world.rawStoreOfA('main').length;
      await durably(world, (store) => store.put('stays', bytesOf('here')));
      const least = room();
      const put = (store: Store, from: number): void => {
        for (let i = from; i < from + 300; i += 1) store.put(`bundle ${i}`, bundle);
      };
      const remove = (store: Store, from: number): void => {
        for (let i = from; i < from + 300; i += 1) store.delete(`bundle ${i}`);
      };
      // All at once: 3 MB, then nothing.
      await durably(world, (store) => put(store, 0));
      expect(room()).toBeGreaterThan(3e6);
      await durably(world, (store) => remove(store, 0));
      expect(room()).toBe(least);
      // In one turn, a second time.
      await durably(world, (store) => {
        put(store, 300);
        remove(store, 300);
      });
      expect(room()).toBe(least);
      // Never synced, 30 MB: what waits in memory is tidied.
      world.act(() => {
        const store = world.a.store('main');
        for (let from = 600; from < 3_600; from += 300) {
          put(store, from);
          remove(store, from);
        }
        expect(store.keys()).toEqual(['stays']);
      });
      expect(room()).toBeLessThan(2e6 + 300 * 11_000);
      await durably(world, () => undefined);
      expect(room()).toBe(least);
      expect(reopened(world, 'synced').keys()).toEqual(['stays']);
    },
  },
  {
    id: 'store/never-forgets-a-deletion',
    says: 'still deletes a durable entry when much that was put and deleted meanwhile is tidied',
    run: async (world) => {
      const bundle = new Uint8Array(10_000);
      await durably(world, (store) => {
        store.put('old', bytesOf('durable'));
        store.put('changed', bytesOf('first'));
        store.append(bytesOf('one'));
      });
      await durably(world, (store) => {
        store.delete('old');
        store.put('changed', bytesOf('second'));
        store.append(bytesOf('two'));
        for (let i = 0; i < 500; i += 1) {
          store.put(`bundle ${i}`, bundle);
          store.delete(`bundle ${i}`);
        }
        store.append(bytesOf('three'));
      });
      const store = reopened(world, 'synced');
      expect(store.keys()).toEqual(['changed']);
      expect(text(store.get('changed'))).toBe('second');
      expect(recordsOf(store)).toEqual(['one', 'two', 'three']);
    },
  },
  {
    id: 'store/crash-in-order',
    says: 'keeps through a crash the state after one of the writes, deletions included',
    run: async (world) => {
      const kept = new Set<number>();
      for (let round = 0; round < 40; round += 1) {
        await durably(world, (store) => {
          for (const key of store.keys()) store.delete(key);
          store.put('first', bytesOf('1'));
          store.truncate();
        });
        const states: string[] = [];
        const stateOf = (store: Store): string =>
          JSON.stringify([
            store.keys().map((key) => [key, text(store.get(key))]),
            recordsOf(store),
          ]);
        world.act(() => {
          const store = world.a.store('main');
          const note = (): void => void states.push(stateOf(store));
          note();
          for (const write of [
            (): void => store.delete('first'),
            (): void => store.append(bytesOf('record')),
            (): void => store.put('second', bytesOf('2')),
            (): void => store.truncate(),
            (): void => store.put('second', bytesOf('two')),
          ]) {
            write();
            note();
          }
        });
        const after = stateOf(reopened(world, round % 2 === 0 ? 'prefix' : 'torn'));
        expect(states).toContain(after);
        kept.add(states.indexOf(after));
      }
      // The crashes of this seed differ in what they kept.
      expect(kept.size).toBeGreaterThan(2);
    },
  },
  {
    id: 'store/one-writer',
    says: 'writes nothing for a life of the node that a crash has ended',
    run: async (world) => {
      let confirmed = 0;
      await durably(world, (store) => store.put('key', bytesOf('first life')));
      let former!: Store;
      world.act(() => {
        former = world.a.store('main');
      });
      const store = reopened(world, 'synced');
      expect(store).not.toBe(former);
      world.act(() => {
        former.put('key', bytesOf('ghost'));
        former.append(bytesOf('ghost'));
        former.delete('key');
        former.truncate();
        former.sync(() => {
          confirmed += 1;
        });
      });
      await durably(world, (own) => own.append(bytesOf('second life')));
      await world.pass(20);
      const next = reopened(world, 'synced');
      expect(next.keys().map((key) => [key, text(next.get(key))])).toEqual([['key', 'first life']]);
      expect(recordsOf(next)).toEqual(['second life']);
      expect(confirmed).toBe(0);
    },
  },
];
