/**
 * Stores in files: what happens to a torn, damaged or overgrown file.
 *
 * @module
 */
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileDisk } from '../../../../engine/live/file-disk.ts';
import { LiveStore } from '../../../../engine/live/live-store.ts';

/** Length of the first line of a store's file. */
const HEADER_BYTES = 16;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-disk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, 'node', 'main.log');
const open = (): LiveStore => new LiveStore(new FileDisk(path()), (call) => call());
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

function records(store: LiveStore): string[] {
  const found: string[] = [];
  store.replay((record) => found.push(text(record)));
  return found;
}

function synced(store: LiveStore): Promise<string | undefined> {
  return new Promise((resolve) => store.sync(resolve));
}

it('keeps of a file that was cut at any byte exactly the whole records before the cut', async () => {
  const store = open();
  const words = ['one', '', 'three three three'];
  for (const word of words) store.append(bytesOf(word));
  store.put('key', bytesOf('value'));
  expect(await synced(store)).toBeUndefined();
  const whole = readFileSync(path());
  let last = 0;
  const sizes = new Set<number>();
  for (let cut = 0; cut <= whole.length; cut += 1) {
    writeFileSync(path(), whole.subarray(0, cut));
    const found = records(open());
    expect(found).toEqual(words.slice(0, found.length));
    expect(found.length).toBeGreaterThanOrEqual(last);
    last = found.length;
    sizes.add(statSync(path()).size);
  }
  // The damaged tail is removed from the file: it ends after one of its four frames, or is empty.
  expect(sizes.size).toBe(5);
  expect(last).toBe(words.length);
});

it('never believes a record in which one bit was flipped', async () => {
  const store = open();
  store.append(bytesOf('first'));
  store.append(bytesOf('second'));
  await synced(store);
  const whole = readFileSync(path());
  for (let bit = HEADER_BYTES * 8; bit < whole.length * 8; bit += 1) {
    const damaged = Uint8Array.from(whole);
    damaged[bit >>> 3] = damaged[bit >>> 3]! ^ (1 << (bit & 7));
    writeFileSync(path(), damaged);
    expect(['', 'first']).toContain(records(open()).join());
  }
});

it('writes behind a tail that it has cut', async () => {
  const store = open();
  store.append(bytesOf('kept'));
  await synced(store);
  appendFileSync(path(), Uint8Array.of(1, 0, 0));
  const next = open();
  next.append(bytesOf('behind'));
  await synced(next);
  expect(records(open())).toEqual(['kept', 'behind']);
});

it('truncates by a new file that takes the name of the old one', async () => {
  const store = open();
  for (let i = 0; i < 100; i += 1) store.append(bytesOf(`record ${i}`));
  store.put('key', bytesOf('stays'));
  await synced(store);
  const before = statSync(path());
  store.truncate();
  await synced(store);
  const after = statSync(path());
  expect(after.ino).not.toBe(before.ino);
  expect(after.size).toBeLessThan(100);
  expect(records(open())).toEqual([]);
  expect(text(open().get('key'))).toBe('stays');
});

it('stays bounded when the same key is written again and again', async () => {
  const store = open();
  store.append(bytesOf('record'));
  const value = new Uint8Array(20_000);
  for (let i = 0; i < 300; i += 1) {
    value[0] = i & 255;
    store.put('epoch', value);
    if (i % 10 === 9) await synced(store);
  }
  expect(statSync(path()).size).toBeLessThan(2_000_000);
  const next = open();
  expect(next.get('epoch')![0]).toBe(299 & 255);
  expect(records(next)).toEqual(['record']);
});

it('tells why a sync failed, and makes the same records durable with the next', async () => {
  const store = open();
  store.append(bytesOf('one'));
  rmSync(join(folder, 'node'), { recursive: true });
  expect(await synced(store)).toMatch(/ENOENT/);
  const { mkdirSync } = await import('node:fs');
  mkdirSync(join(folder, 'node'));
  writeFileSync(path(), new Uint8Array(0));
  expect(await synced(store)).toBeUndefined();
  expect(records(open())).toEqual(['one']);
});
