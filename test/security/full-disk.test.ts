/**
 * A disk that is full for a while, which anybody who can write to it may cause. Afterwards, a store
 * must not return old values of an entry again: epochs and the limits of replay windows must never
 * decrease.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type DiskFile,
  type FileOpener,
  SYSTEM_FILE_OPENER,
} from '../../engine/live/disk-files.ts';
import { FileDisk } from '../../engine/live/file-disk.ts';
import { LiveStore } from '../../engine/live/live-store.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-disk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Files that accept a given number of bytes in total and then report a full disk. */
class FullFiles implements FileOpener {
  room = Number.POSITIVE_INFINITY;

  async open(path: string, flags: 'r' | 'r+' | 'wx'): Promise<DiskFile> {
    const file = await SYSTEM_FILE_OPENER.open(path, flags);
    const write = async (
      bytes: Uint8Array,
      from: number,
      length: number,
      at: number,
    ): Promise<{ bytesWritten: number }> => {
      if (this.room === 0) throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
      const taken = Math.min(length, this.room);
      this.room -= taken;
      return await file.write(bytes, from, taken, at);
    };
    return {
      write: write as unknown as DiskFile['write'],
      datasync: (): Promise<void> => file.datasync(),
      sync: (): Promise<void> => file.sync(),
      close: (): Promise<void> => file.close(),
    };
  }
}

const bytesOf = (n: number): Uint8Array => new TextEncoder().encode(String(n).padStart(6, '0'));
const numberOf = (bytes: Uint8Array | undefined): number => Number(new TextDecoder().decode(bytes));
const synced = (store: LiveStore): Promise<string | undefined> =>
  new Promise((resolve) => store.sync(resolve));

describe('a store whose disk is full for a while', () => {
  it.each([0, 1, 40, 400, 4_000])(
    'reads the newest value of an entry, when %i bytes of the refused ones were written',
    async (room) => {
      const files = new FullFiles();
      const open = (): LiveStore =>
        new LiveStore(new FileDisk(join(folder, 'epochs.log'), files), (call) => call());
      const store = open();
      store.put('epoch', bytesOf(1));
      expect(await synced(store)).toBeUndefined();
      files.room = room;
      // More values than the store keeps in memory one by one; only the newest is written when
      // there is room again.
      for (let epoch = 2; epoch <= 300; epoch += 1) store.put('epoch', bytesOf(epoch));
      expect(await synced(store)).toContain('epochs.log: ');
      expect(numberOf(open().get('epoch'))).toBeGreaterThanOrEqual(1);
      files.room = Number.POSITIVE_INFINITY;
      expect(await synced(store)).toBeUndefined();
      expect(numberOf(store.get('epoch'))).toBe(300);
      expect(numberOf(open().get('epoch'))).toBe(300);
    },
  );
});
