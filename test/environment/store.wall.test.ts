/**
 * Stores on disks that are full, broken, or accept bytes slowly, and stores written by another
 * version.
 *
 * @module
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { FileDisk } from '../../engine/live/file-disk.ts';
import { LiveStore } from '../../engine/live/live-store.ts';
import { LiveWorld } from '../../engine/live/live-world.ts';
import { makeFrame } from '../../engine/net/store-frames.ts';
import { DurableCounter } from '../../nodes/_kit/reserved-counter.ts';
import { DurableReplayWindow } from '../../nodes/_kit/reserved-window.ts';
import { FaultyFiles } from './faulty-files.ts';
import { NO_SMALL_DISK, SmallDisk } from './small-disk.ts';

const HEADER_BYTES = 16;
const RESERVE = 16;
const HEADER = 'orrery-store 01\n';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, 'node', 'main.log');
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function open(files?: FaultyFiles, turns: (string | undefined)[] = []): LiveStore {
  const disk = new FileDisk(path(), files);
  return new LiveStore(
    disk,
    (call) => call(),
    (error) => turns.push(error),
  );
}

function records(store: LiveStore): string[] {
  const found: string[] = [];
  store.replay((record) => found.push(new TextDecoder().decode(record)));
  return found;
}

const synced = (store: LiveStore): Promise<string | undefined> =>
  new Promise((resolve) => store.sync(resolve));

describe('a disk that misbehaves', () => {
  it('has all of a record that the system took seven bytes at a time', async () => {
    const files = new FaultyFiles();
    files.writeMax = 7;
    const store = open(files);
    store.append(bytesOf('a record of more than seven bytes'));
    expect(await synced(store)).toBeUndefined();
    expect(files.log.filter((entry) => entry.startsWith('write')).length).toBeGreaterThan(5);
    expect(records(open())).toEqual(['a record of more than seven bytes']);
  });

  it('ends a sync of which the system takes nothing and says nothing', async () => {
    const files = new FaultyFiles();
    files.writeMax = 0;
    const store = open(files);
    store.append(bytesOf('one'));
    expect(await synced(store)).toContain('writes nothing');
  });

  it('confirms nothing any more after fdatasync failed with EIO, and does not try again', async () => {
    const files = new FaultyFiles();
    const turns: (string | undefined)[] = [];
    const store = open(files, turns);
    store.append(bytesOf('durable'));
    expect(await synced(store)).toBeUndefined();
    store.append(bytesOf('lost'));
    files.next.datasync = 'EIO';
    const words = 'the device reports an input or output error (EIO)';
    expect(await synced(store)).toBe(`${path()}: ${words}`);
    const before = files.log.length;
    expect(await synced(store)).toContain(words);
    expect(await synced(store)).toContain(words);
    expect(files.log.length).toBe(before);
    // Reported once, however often it fails.
    expect(turns).toEqual([`${path()}: ${words}`]);
  });

  it('trusts no file whose fdatasync failed for lack of room: the next sync has a new one', async () => {
    const files = new FaultyFiles();
    const turns: (string | undefined)[] = [];
    const store = open(files, turns);
    store.append(bytesOf('one'));
    await synced(store);
    store.append(bytesOf('two'));
    files.next.datasync = 'ENOSPC';
    expect(await synced(store)).toContain('no space left on the device (ENOSPC)');
    files.log.length = 0;
    expect(await synced(store)).toBeUndefined();
    expect(files.log).toContain('datasync main.log.new');
    expect(files.log).not.toContain('datasync main.log');
    expect(turns).toEqual([expect.stringContaining('ENOSPC'), undefined]);
    expect(records(open())).toEqual(['one', 'two']);
  });

  it('writes anew, before anything else, what an earlier process left', async () => {
    const first = open();
    first.append(bytesOf('left'));
    await synced(first);
    const files = new FaultyFiles();
    const store = open(files);
    store.append(bytesOf('new'));
    expect(await synced(store)).toBeUndefined();
    expect(files.log).toContain('datasync main.log.new');
    store.append(bytesOf('newer'));
    expect(await synced(store)).toBeUndefined();
    expect(files.log.at(-1)).toBe('datasync main.log');
    expect(records(open())).toEqual(['left', 'new', 'newer']);
  });

  it('keeps the old file, and no new one beside it, when a new file cannot be finished', async () => {
    const files = new FaultyFiles();
    const store = open(files);
    store.append(bytesOf('old'));
    await synced(store);
    store.truncate();
    store.append(bytesOf('new'));
    files.next.write = 'ENOSPC';
    expect(await synced(store)).toContain('ENOSPC');
    expect(readdirSync(dirname(path()))).toEqual(['main.log']);
    expect(records(open())).toEqual(['old']);
    // The process sees the truncation already; on the disk it takes effect with the next sync.
    expect(records(store)).toEqual(['new']);
    expect(await synced(store)).toBeUndefined();
    expect(records(open())).toEqual(['new']);
  });

  it('writes nothing twice when only the name could not be made durable', async () => {
    const files = new FaultyFiles();
    const store = open(files);
    store.append(bytesOf('once'));
    files.next.sync = 'EIO';
    expect(await synced(store)).toContain('EIO');
    expect(records(store)).toEqual(['once']);
    expect(await synced(store)).toContain('EIO');
    expect(records(open())).toEqual(['once']);
  });

  it('had an old value again that was written while the newer one waited', async () => {
    const files = new FaultyFiles();
    const store = open(files);
    store.put('key', bytesOf('old'));
    files.next.open = 'ENOSPC';
    const failing = synced(store);
    store.put('key', bytesOf('new'));
    expect(await failing).toContain('ENOSPC');
    expect(await synced(store)).toBeUndefined();
    expect(new TextDecoder().decode(open().get('key'))).toBe('new');
  });

  it('keeps few frames in memory, however often an entry is written while the disk is full', async () => {
    const files = new FaultyFiles();
    const store = open(files);
    for (let i = 0; i < 5_000; i += 1) {
      store.put('bound', bytesOf(`${i}`));
      if (i % 100 === 99) {
        files.next.open = 'EMFILE';
        expect(await synced(store)).toContain('too many open files');
      }
    }
    store.put('gone', bytesOf('x'));
    store.delete('gone');
    expect(await synced(store)).toBeUndefined();
    expect(readFileSync(path()).length).toBeLessThan(10_000);
    const next = open();
    expect(new TextDecoder().decode(next.get('bound'))).toBe('4999');
    expect(next.get('gone')).toBeUndefined();
  });
});

describe('a file that this version did not write', () => {
  const refuses = (bytes: Uint8Array, words: string): void => {
    mkdirSync(dirname(path()), { recursive: true });
    writeFileSync(path(), bytes);
    expect(() => open()).toThrow(words);
    // The file has not changed at all.
    expect(new Uint8Array(readFileSync(path()))).toEqual(new Uint8Array(bytes));
  };

  it('refuses a store of another format and leaves it as it is', () => {
    refuses(bytesOf('orrery-store 02\nwhatever'), 'a store of format 02, this version reads');
    refuses(bytesOf('a letter to grandmother'), 'a store of no known format');
  });

  it('refuses a store without the first line, as development versions wrote it', () => {
    refuses(makeFrame(1, bytesOf('record')), 'a store of no known format');
  });

  it('refuses whole records of a kind that it does not know', () => {
    const later = Buffer.concat([bytesOf(HEADER), makeFrame(7, bytesOf('record'))]);
    refuses(later, 'a store with records of kind 7');
  });

  it('takes a first line that was torn, or never reached the disk, for an empty store', () => {
    open();
    for (let length = 0; length <= HEADER_BYTES; length += 1) {
      writeFileSync(path(), HEADER.slice(0, length));
      expect(records(open())).toEqual([]);
    }
    writeFileSync(path(), new Uint8Array(100));
    expect(records(open())).toEqual([]);
  });
});

/** The state of a sender and a receiver, kept in one store. */
function reserves(store: LiveStore): { counter: DurableCounter; window: DurableReplayWindow } {
  const counter = new DurableCounter({ store, key: 'epochs', reserve: RESERVE });
  const window = new DurableReplayWindow({ store, key: 'window', size: 64, reserve: RESERVE });
  return { counter, window };
}

/** Takes numbers until no more are given, or up to `max`. */
function takeAll(counter: DurableCounter, max: number): number[] {
  const taken: number[] = [];
  for (let i = 0; i < max; i += 1) {
    const number = counter.take(0);
    if (number === undefined) break;
    taken.push(number);
  }
  return taken;
}

describe('a gateway that cannot persist its reserve', () => {
  it.skipIf(NO_SMALL_DISK !== undefined)(
    'R-018: hands out and accepts only what a full disk has confirmed, and repeats nothing',
    async () => {
      const disk = new SmallDisk(join(folder, 'node'), 'size=64k');
      try {
        const store = open();
        const { counter, window } = reserves(store);
        expect(await synced(store)).toBeUndefined();
        await synced(store);
        writeFileUntilFull(join(folder, 'node', 'fill'));
        const given = takeAll(counter, 1_000);
        const accepted = offer(window, 0, 1_000);
        for (let round = 0; round < 3; round += 1) {
          // The current page of the log has room left. Once it is full, nothing more fits.
          for (let i = 0; i < 6; i += 1) store.append(new Uint8Array(1_000));
          expect(await synced(store)).toContain('no space left on the device (ENOSPC)');
          given.push(...takeAll(counter, 1_000));
          accepted.push(...offer(window, accepted.length, 1_000));
        }
        expect(given.length).toBeLessThanOrEqual(2 * RESERVE);
        expect(accepted.length).toBeLessThanOrEqual(2 * RESERVE);
        // Counter and window asked for syncs of their own: a process that has ended writes nothing beside the next one.
        expect(await synced(store)).toContain('ENOSPC');
        // The process has ended and the disk is unchanged. Then somebody makes room.
        const second = open();
        const next = reserves(second);
        expect(await synced(second)).toContain('ENOSPC');
        expect(takeAll(next.counter, 1_000)).toEqual([]);
        expect(offer(next.window, 0, 1_000)).toEqual([]);
        rmSync(join(folder, 'node', 'fill'));
        next.counter.take(0);
        expect(await synced(second)).toBeUndefined();
        // The counter asks for its bound with a sync of its own, which may still be under way.
        let fresh: readonly number[] = [];
        for (let round = 0; round < 10 && fresh.length === 0; round += 1) {
          expect(await synced(second)).toBeUndefined();
          fresh = takeAll(next.counter, 3);
        }
        expect(fresh.length).toBe(3);
        expect(fresh.filter((number) => given.includes(number))).toEqual([]);
      } finally {
        disk.remove();
      }
    },
  );

  it('R-018: uses nothing while every sync fails, and goes on when one succeeds', async () => {
    const files = new FaultyFiles();
    files.always = 'ENOSPC';
    const store = open(files);
    const { counter, window } = reserves(store);
    for (let round = 0; round < 5; round += 1) {
      expect(counter.take(0)).toBeUndefined();
      expect(window.accept(round)).toBe('held');
      expect(await synced(store)).toContain('ENOSPC');
    }
    files.always = undefined;
    expect(counter.take(0)).toBeUndefined();
    window.accept(0);
    await synced(store);
    await synced(store);
    expect(counter.take(0)).toBe(0);
    expect(window.accept(0)).toBe('fresh');
  });

  it.skipIf(NO_SMALL_DISK !== undefined)(
    'says it in the log of the node, once, and counts it',
    async () => {
      const disk = new SmallDisk(join(folder, 'state'), 'size=16k');
      const log: string[] = [];
      const crypto = createCryptoProvider('node');
      const world = new LiveWorld({
        seed: 1,
        cryptoFor: (): CryptoProvider => crypto,
        stateFolder: join(folder, 'state'),
        onFailure: (error) => expect.fail(String(error)),
        log: (host, level, message) => log.push(`${host} ${level} ${message}`),
      });
      try {
        world.addHost({ name: 'alice', address: '127.0.0.1' });
        world.seal();
        const store = world.host('alice').store('window');
        for (let i = 0; i < 5; i += 1) {
          store.append(new Uint8Array(10_000));
          const error = await new Promise((resolve) => store.sync(resolve));
          if (i > 0) expect(error).toContain('ENOSPC');
        }
        expect(world.storeFailures).toBe(4);
        const where = join(folder, 'state', 'alice', 'window.log');
        const why = `${where}: no space left on the device (ENOSPC)`;
        expect(log).toEqual([`alice warn store window: nothing more is durable: ${why}`]);
        expect(existsSync(`${where}.new`)).toBe(false);
      } finally {
        await world.close();
        disk.remove();
      }
    },
  );
});

/** Offers ascending numbers; returns those that were accepted. */
function offer(window: DurableReplayWindow, from: number, count: number): number[] {
  const accepted: number[] = [];
  for (let sequence = from; sequence < from + count; sequence += 1) {
    if (window.accept(sequence) === 'fresh') accepted.push(sequence);
  }
  return accepted;
}

function writeFileUntilFull(file: string): void {
  expect(() => writeFileSync(file, new Uint8Array(1 << 20))).toThrow('ENOSPC');
}
