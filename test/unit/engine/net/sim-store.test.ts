import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { SimDisk, SimStore, type StoreFault } from '../../../../engine/net/sim-store.ts';
import { crc32c } from '../../../../engine/pure/crc32c.ts';
import { makeWorld } from './world-fixture.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function opened(disk = new SimDisk()): {
  store: SimStore;
  sync: () => void;
  records: () => string[];
} {
  const later: (() => void)[] = [];
  const store = new SimStore(disk, (call) => later.push(call));
  const sync = (): void => {
    store.sync(() => undefined);
    for (const call of later.splice(0)) call();
  };
  const records = (): string[] => {
    const found: string[] = [];
    store.replay((record) => found.push(new TextDecoder().decode(record)));
    return found;
  };
  return { store, sync, records };
}

describe('CRC-32C', () => {
  it('has the check value of RFC 3720 and continues over parts', () => {
    expect(crc32c(text('123456789'))).toBe(0xe306_9283);
    expect(crc32c(text('6789'), crc32c(text('12345')))).toBe(0xe306_9283);
  });
});

describe('the simulated store', () => {
  it('replays what was appended, in order, and keeps copies', () => {
    const { store, records } = opened();
    const record = text('one');
    store.append(record);
    record.fill(0);
    store.append(text('two'));
    expect(records()).toEqual(['one', 'two']);
  });

  it('is a table, too', () => {
    const { store } = opened();
    store.put('a', text('1'));
    store.put('b', text('2'));
    store.delete('a');
    expect(store.get('a')).toBeUndefined();
    expect(store.get('b')).toEqual(text('2'));
  });

  it('truncate empties the log at the next sync, and the table stays', () => {
    const disk = new SimDisk();
    const { store, sync, records } = opened(disk);
    store.append(text('old'));
    store.put('k', text('v'));
    sync();
    store.truncate();
    store.append(text('new'));
    expect(records()).toEqual(['new']);
    disk.crash('synced', openRandomStream(1, 'a', 'store'));
    expect(opened(disk).records()).toEqual(['old']);
    const second = opened(disk);
    second.store.truncate();
    second.store.append(text('newer'));
    second.sync();
    disk.crash('synced', openRandomStream(1, 'a', 'store'));
    const third = opened(disk);
    expect(third.records()).toEqual(['newer']);
    expect(third.store.get('k')).toEqual(text('v'));
  });

  it('is not durable before `done`: a crash between sync and done loses it', () => {
    const disk = new SimDisk();
    const later: (() => void)[] = [];
    const store = new SimStore(disk, (call) => later.push(call));
    store.append(text('x'));
    let isDone = false;
    store.sync(() => {
      isDone = true;
    });
    expect(isDone).toBe(false);
    disk.crash('synced', openRandomStream(1, 'a', 'store'));
    expect(opened(disk).records()).toEqual([]);
  });

  it('what was written after a sync began is not part of it', () => {
    const disk = new SimDisk();
    const later: (() => void)[] = [];
    const store = new SimStore(disk, (call) => later.push(call));
    store.append(text('in'));
    store.sync(() => undefined);
    store.append(text('out'));
    for (const call of later) call();
    disk.crash('synced', openRandomStream(1, 'a', 'store'));
    expect(opened(disk).records()).toEqual(['in']);
  });

  it('after any crash what was synced is there, and the rest is a whole prefix, never altered', () => {
    const faults: StoreFault[] = ['synced', 'prefix', 'torn', 'flipped'];
    const record = fc.string({ maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(record),
        fc.array(record),
        fc.constantFrom(...faults),
        fc.nat(),
        (kept, rest, fault, seed) => {
          const disk = new SimDisk();
          const { store, sync } = opened(disk);
          for (const value of kept) store.append(text(value));
          sync();
          for (const value of rest) store.append(text(value));
          disk.crash(fault, openRandomStream(seed, 'a', 'store'));
          const found = opened(disk).records();
          expect(found.slice(0, kept.length)).toEqual(kept);
          const survivors = found.slice(kept.length);
          expect(survivors).toEqual(rest.slice(0, survivors.length));
          if (fault === 'synced') expect(survivors).toEqual([]);
          // The log can be continued after its damaged tail was cut off.
          const next = opened(disk);
          next.store.append(text('next'));
          next.sync();
          expect(opened(disk).records()).toEqual([...found, 'next']);
        },
      ),
      { seed: 8, numRuns: 300 },
    );
  });

  it('belongs to a host, by name, and survives its crash', () => {
    const world = makeWorld({ syncDelayNs: 1_000 });
    const host = world.addHost({ name: 'a', address: '127.0.0.1' });
    expect(host.store('s')).toBe(host.store('s'));
    let confirmedAt = -1;
    host.store('s').append(text('kept'));
    host.store('s').sync(() => {
      confirmedAt = host.now();
    });
    host.store('t').append(text('lost'));
    world.runUntil(5_000);
    expect(confirmedAt).toBe(1_000);
    world.crash('a');
    world.restart('a');
    const found: string[] = [];
    for (const name of ['s', 't'])
      host.store(name).replay((record) => found.push(new TextDecoder().decode(record)));
    expect(found).toEqual(['kept']);
  });

  it('finds entries again under keys of any well-formed text, and takes no others', () => {
    const disk = new SimDisk();
    const { store, sync } = opened(disk);
    const keys = ['', 'b/00f', '\u007f', '\u0080', 'ü', 'x\u{1f319}', 'k'.repeat(65_535)];
    for (const key of keys) store.put(key, text(`value of ${key}`));
    sync();
    const again = opened(disk).store;
    for (const key of keys) expect(again.get(key)).toEqual(text(`value of ${key}`));
    expect(again.keys()).toHaveLength(keys.length);
    // 65,535 bytes of UTF-8 are the most, of ASCII or not.
    const tooLong = ['k'.repeat(65_536), `${'k'.repeat(65_534)}ü`];
    for (const key of [...tooLong, 'x\ud83c', '\udf19'])
      expect(() => store.put(key, text('v'))).toThrow(RangeError);
  });

  it('confirms nothing to a node that crashed meanwhile', () => {
    const world = makeWorld({ syncDelayNs: 1_000 });
    const host = world.addHost({ name: 'a', address: '127.0.0.1' });
    let isConfirmed = false;
    host.store('s').sync(() => {
      isConfirmed = true;
    });
    world.scheduler.after(500, () => world.crash('a'));
    world.runUntil(5_000);
    expect(isConfirmed).toBe(false);
  });
});
