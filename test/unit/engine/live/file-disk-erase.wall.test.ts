/**
 * Data deleted from a store are gone from its files: checked in the raw bytes of real files,
 * including files that have lost their name, and after crashes during the deletion.
 *
 * @module
 */
import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../../../../engine/host/host.ts';
import {
  type DiskFile,
  type FileOpener,
  SYSTEM_FILE_OPENER,
} from '../../../../engine/live/disk-files.ts';
import { FileDisk } from '../../../../engine/live/file-disk.ts';
import { LiveStore } from '../../../../engine/live/live-store.ts';
import { SimDisk, SimStore } from '../../../../engine/net/sim-store.ts';
import { KeyRing } from '../../../../nodes/mixnet/mix/key-ring.ts';
import type { ReplayGuardsByEpoch } from '../../../../nodes/mixnet/mix/replay-guards-by-epoch.ts';
import type { NodePrivateKey, PacketFormat } from '../../../../nodes/sphinx/index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-erase-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, 'node', 'keys.log');
const open = (files: FileOpener = SYSTEM_FILE_OPENER): LiveStore =>
  new LiveStore(new FileDisk(path(), files), (call) => call());
const secretOf = (number: number): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, at) => 1 + ((number * 37 + at * 11) % 255));

function synced(store: LiveStore): Promise<string | undefined> {
  return new Promise((resolve) => store.sync(resolve));
}

/** How often the bytes occur in all files of the folder, whatever their names. */
function copies(secret: Uint8Array): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + countIn(join(parentPath, name), secret), 0);
}

function countIn(file: string, secret: Uint8Array): number {
  const bytes = readFileSync(file);
  let count = 0;
  for (let at = bytes.indexOf(secret); at >= 0; at = bytes.indexOf(secret, at + 1)) count += 1;
  return count;
}

/**
 * Creates a second name for the store's file, so that its bytes can be read after the first name is
 * gone.
 */
function keepInode(name: string): string {
  const spy = join(folder, name);
  linkSync(path(), spy);
  return spy;
}

describe('R-188: a deleted secret', () => {
  it('is in no file any more, and not in the blocks that the file had', async () => {
    const store = open();
    store.put('old', secretOf(1));
    store.put('kept', secretOf(2));
    await synced(store);
    expect([copies(secretOf(1)), copies(secretOf(2))]).toEqual([1, 1]);
    const spy = keepInode('spy');
    store.delete('old');
    expect(await synced(store)).toBeUndefined();
    expect(countIn(spy, secretOf(1))).toBe(0);
    expect(copies(secretOf(1))).toBe(0);
    expect(readFileSync(spy).every((byte) => byte === 0)).toBe(true);
    expect(open().get('kept')).toEqual(secretOf(2));
    expect(open().get('old')).toBeUndefined();
  });

  it('leaves no earlier value of its entry behind either', async () => {
    const store = open();
    for (const number of [1, 2, 3]) {
      store.put('key', secretOf(number));
      await synced(store);
    }
    store.delete('key');
    await synced(store);
    expect([1, 2, 3].map((number) => copies(secretOf(number)))).toEqual([0, 0, 0]);
  });

  it('goes with a truncated log, too', async () => {
    const store = open();
    store.append(secretOf(1));
    await synced(store);
    const spy = keepInode('spy');
    store.truncate();
    await synced(store);
    expect(copies(secretOf(1))).toBe(0);
    expect(countIn(spy, secretOf(1))).toBe(0);
  });

  it('is not in the copy that a restart writes anew', async () => {
    const first = open();
    first.put('key', secretOf(1));
    await synced(first);
    const spy = keepInode('spy');
    const second = open();
    second.put('other', secretOf(2));
    await synced(second);
    // The earlier file was replaced, so its copy of a key that is still in use is gone as well.
    expect(countIn(spy, secretOf(1))).toBe(0);
    second.delete('key');
    await synced(second);
    expect(copies(secretOf(1))).toBe(0);
  });

  it('is overwritten in a tail that is cut', async () => {
    const store = open();
    store.put('kept', secretOf(2));
    await synced(store);
    const whole = readFileSync(path());
    const torn = Uint8Array.from([...whole, 2, 0, 0, 1, 0, 0, 0, 0, 0, ...secretOf(1)]);
    writeFileSync(path(), torn);
    expect(copies(secretOf(1))).toBe(1);
    expect(open().get('kept')).toEqual(secretOf(2));
    expect(copies(secretOf(1))).toBe(0);
  });
});

/** Files of a process that ends at a given operation, which therefore never completes. */
class EndingFiles implements FileOpener {
  /** When it has ended. */
  readonly end: Promise<void>;
  #left: number;
  #ended = (): void => undefined;

  constructor(operations: number) {
    this.end = new Promise((resolve) => {
      this.#ended = resolve;
    });
    this.#left = operations;
  }

  async open(name: string, flags: 'r' | 'r+' | 'wx'): Promise<DiskFile> {
    await this.#step();
    const file = await SYSTEM_FILE_OPENER.open(name, flags);
    const step = (): Promise<void> => this.#step();
    return {
      write: (async (...what: Parameters<DiskFile['write']>) => {
        await step();
        return await file.write(...what);
      }) as DiskFile['write'],
      datasync: async (): Promise<void> => {
        await step();
        await file.datasync();
      },
      sync: async (): Promise<void> => {
        await step();
        await file.sync();
      },
      close: (): Promise<void> => file.close(),
    };
  }

  async #step(): Promise<void> {
    this.#left -= 1;
    if (this.#left >= 0) return;
    this.#ended();
    await new Promise<never>(() => undefined);
  }
}

describe('R-188: a process that ends while it erases', () => {
  it.each([0, 1, 2, 3, 4])(
    'after %i operations leaves nothing that the next one does not erase',
    async (at) => {
      const first = open();
      first.put('old', secretOf(1));
      first.put('kept', secretOf(2));
      await synced(first);
      const spy = keepInode('spy');
      const dying = open(new EndingFiles(at));
      dying.delete('old');
      dying.sync(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 50));

      const next = open();
      rmSync(spy);
      // The deletion happened or did not; data that are now deleted are in no file.
      if (next.get('old') === undefined) expect(copies(secretOf(1))).toBe(0);
      else expect(copies(secretOf(1))).toBe(1);
      expect(next.get('kept')).toEqual(secretOf(2));
      expect(copies(secretOf(2))).toBe(1);
      next.delete('old');
      await synced(next);
      expect(copies(secretOf(1))).toBe(0);
      expect(open().get('kept')).toEqual(secretOf(2));
    },
  );

  it('before the folder was durable has not touched the old file, which may come back', async () => {
    const first = open();
    first.put('old', secretOf(1));
    await synced(first);
    const spy = keepInode('spy');
    // The operations are: open, write and datasync of the new file, then open of the folder; its
    // sync never happens.
    const dying = open(new EndingFiles(4));
    dying.delete('old');
    dying.sync(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(countIn(spy, secretOf(1))).toBe(1);
    open();
    expect(countIn(spy, secretOf(1))).toBe(0);
  });
});

describe('a process that ends in the middle of a rewrite', () => {
  it('loses nothing that was synced, after whichever operation it ends', async () => {
    const ends: string[] = [];
    // Open, write and datasync of the new file, open and sync of the folder, and one more sync.
    for (let at = 0; at <= 12; at += 1) {
      rmSync(join(folder, 'node'), { recursive: true, force: true });
      const first = open();
      for (let i = 0; i < 50; i += 1) first.put(`bundle/${i}`, secretOf(i));
      first.append(secretOf(100));
      await synced(first);
      const files = new EndingFiles(at);
      const dying = open(files);
      let confirmed = 0;
      for (const number of [0, 1]) {
        dying.delete(`bundle/${number}`);
        dying.put(`bundle/${50 + number}`, secretOf(50 + number));
        dying.append(secretOf(101 + number));
        const answered = new Promise<void>((resolve) => {
          dying.sync((error) => {
            if (error === undefined) confirmed += 1;
            resolve();
          });
        });
        await Promise.race([answered, files.end]);
        // What else was begun.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const next = open();
      const keys = next.keys();
      for (let i = 2; i < 50; i += 1) expect(next.get(`bundle/${i}`)).toEqual(secretOf(i));
      const records: Uint8Array[] = [];
      next.replay((record) => records.push(record));
      // Each sync happened as a whole or not at all, and what was confirmed did happen.
      const happened = records.length - 1;
      expect(happened).toBeGreaterThanOrEqual(confirmed);
      expect(keys.includes('bundle/0')).toBe(happened < 1);
      expect(keys.includes('bundle/50')).toBe(happened >= 1);
      expect(keys.includes('bundle/1')).toBe(happened < 2);
      expect(keys.includes('bundle/51')).toBe(happened >= 2);
      expect(keys).toHaveLength(50);
      ends.push(`${confirmed} of ${happened}`);
    }
    // It ended before, between and after both syncs.
    expect(new Set(ends)).toEqual(new Set(['0 of 0', '0 of 1', '1 of 1', '1 of 2', '2 of 2']));
  });
});

describe('R-188: the keys of 42 epochs', () => {
  const LENGTH = 32;
  const made: Uint8Array[] = [];
  const ring = (store: object): KeyRing => {
    made.length = 0;
    const host = {
      store: (): object => store,
      randomBytes: (): Uint8Array => {
        const secret = secretOf(made.length + 1);
        made.push(secret.slice());
        return secret;
      },
    } as unknown as Host;
    const format = {
      privateKeyLength: LENGTH,
      openKey: ([first = 0]: Uint8Array): NodePrivateKey => ({
        publicKey: Uint8Array.of(first),
        secretOf: (): undefined => undefined,
        wipe: (): void => undefined,
      }),
    } as unknown as PacketFormat;
    const tags = { retire: (): void => undefined } as unknown as ReplayGuardsByEpoch;
    return new KeyRing({ host, format, tags, epochNs: 1_000_000_000 });
  };

  it('were all in the file when three were valid: now three are', async () => {
    const store = open();
    const keys = ring(store);
    for (let epoch = 100; epoch < 140; epoch += 1) {
      keys.prepare(epoch, () => undefined);
      keys.forgetBefore(epoch);
      await synced(store);
    }
    expect(made.length).toBe(42);
    const left = made.filter((secret) => copies(secret) > 0);
    expect(left).toEqual(made.slice(-3));
  });

  it('are not on the simulated disk either', () => {
    const disk = new SimDisk();
    const keys = ring(new SimStore(disk, (call) => call()));
    for (let epoch = 100; epoch < 140; epoch += 1) {
      keys.prepare(epoch, () => undefined);
      keys.forgetBefore(epoch);
    }
    const raw = Buffer.from(disk.raw());
    expect(made.filter((secret) => raw.indexOf(secret) >= 0)).toEqual(made.slice(-3));
  });
});
