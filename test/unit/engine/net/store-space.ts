/**
 * Bundles that are put into a store and deleted again, in any world: what they leave behind.
 *
 * @module
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Store } from '../../../../engine/host/store.ts';
import { FileDisk } from '../../../../engine/live/file-disk.ts';
import { LiveStore } from '../../../../engine/live/live-store.ts';
import { SimDisk, SimStore } from '../../../../engine/net/sim-store.ts';

const BUNDLE_BYTES = 1_000;
const BATCH = 1_000;
/** What may be left of any number of bundles, bytes. */
export const LEFT_MAX = 2_000_000;

/** A store with the bytes that its disk holds. */
export interface Subject {
  readonly store: Store;
  /** Bytes on the disk, and on their way there. */
  readonly diskBytes: () => number;
  readonly sync: () => Promise<void>;
  readonly end: () => void;
}

/** A store on a simulated disk. */
export function simulated(): Subject {
  const disk = new SimDisk();
  const later: (() => void)[] = [];
  const store = new SimStore(disk, (call) => later.push(call));
  const sync = (): Promise<void> => {
    store.sync(() => undefined);
    for (const call of later.splice(0)) call();
    return Promise.resolve();
  };
  return { store, sync, diskBytes: () => disk.raw().length, end: () => undefined };
}

/** A store in a file, alone in its folder. */
export function onDisk(): Subject {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-space-'));
  const disk = new FileDisk(join(folder, 'node', 'bundles.log'));
  const store = new LiveStore(disk, (call) => call());
  const sync = async (): Promise<void> => {
    expect(await new Promise((resolve) => store.sync(resolve))).toBeUndefined();
  };
  const diskBytes = (): number =>
    disk.waitingBytes +
    readdirSync(join(folder, 'node')).reduce(
      (sum, name) => sum + statSync(join(folder, 'node', name)).size,
      0,
    );
  return { store, sync, diskBytes, end: () => rmSync(folder, { recursive: true }) };
}

/** How a node treats its bundles, and how often it syncs. */
export const MANNERS: Readonly<Record<string, (of: Subject, count: number) => Promise<void>>> = {
  'each batch is synced, then deleted and synced': async ({ store, sync }, count) => {
    for (let from = 0; from < count; from += BATCH) {
      putBatch(store, from);
      await sync();
      deleteBatch(store, from);
      await sync();
    }
  },
  'each batch is deleted with the sync of the next one': async ({ store, sync }, count) => {
    for (let from = 0; from < count; from += BATCH) {
      putBatch(store, from);
      await sync();
      deleteBatch(store, from);
    }
    await sync();
  },
  'nothing is ever synced': ({ store }, count) => {
    for (let from = 0; from < count; from += BATCH) {
      putBatch(store, from);
      deleteBatch(store, from);
    }
    return Promise.resolve();
  },
};

function putBatch(store: Store, from: number): void {
  for (let i = from; i < from + BATCH; i += 1) store.put(`bundle/${i}`, bundleOf(i));
}

function deleteBatch(store: Store, from: number): void {
  for (let i = from; i < from + BATCH; i += 1) store.delete(`bundle/${i}`);
}

function bundleOf(number: number): Uint8Array {
  return new Uint8Array(BUNDLE_BYTES).fill(1 + (number % 255));
}

/** Bytes of memory in use after collections of garbage, which release buffers with a delay. */
export async function memoryBytes(): Promise<number> {
  const found: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    (globalThis as { gc?: () => void }).gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    found.push(heapUsed + arrayBuffers);
  }
  return Math.min(...found);
}
