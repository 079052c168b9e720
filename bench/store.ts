/**
 * A bundle of 1 kB through a store: put, sync, delete. The deletion becomes durable with the next
 * sync, as in a forwarding node. Measured on the simulated disk in processor time, and on the disk of
 * this machine in wall time, almost all of which its syncs take; each in an empty store and in a store
 * with other bundles.
 *
 * `npm run bench -- store`
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../engine/host/store.ts';
import { FileDisk } from '../engine/live/file-disk.ts';
import { LiveStore } from '../engine/live/live-store.ts';
import { SimDisk, SimStore } from '../engine/net/sim-store.ts';
import { type BenchResult, cpuTimeUs, requireEqual, spreadOf } from './bench-result.ts';

export const name = 'store';

const BUNDLE = new Uint8Array(1_000).fill(7);
const ROUNDS = 5;
const SIMULATED = 20_000;
const ON_DISK = 100;
/** Numbers of other bundles in the store. */
const OTHERS = [0, 1_000] as const;
const US_PER_MS = 1_000;
/** Target: largest processor time of putting, syncing and deleting a bundle in virtual time, us. */
const SIMULATED_US = 50;

/** One line for each world and number of other bundles. */
export async function run(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const others of OTHERS) {
    const us = Array.from({ length: ROUNDS + 1 }, () => simulatedUs(others)).slice(1);
    const target = { target: SIMULATED_US };
    results.push({
      name: titleOf('simulated', others),
      unit: 'us/bundle',
      ...spreadOf(us),
      ...target,
    });
  }
  for (const others of OTHERS) {
    const us: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) us.push(await onDiskUs(others));
    results.push({
      name: titleOf('on disk', others),
      unit: 'us/bundle',
      ...spreadOf(us.slice(1)),
      note: 'wall time',
    });
  }
  return results;
}

const titleOf = (where: string, others: number): string =>
  `put + sync + delete, 1 kB, ${where}, ${others} others`;

function fill(store: Store, others: number): void {
  for (let i = 0; i < others; i += 1) store.put(`other/${i}`, BUNDLE);
}

function simulatedUs(others: number): number {
  let ends: (() => void)[] = [];
  const store = new SimStore(new SimDisk(), (end) => ends.push(end));
  const sync = (): void => {
    store.sync(() => undefined);
    const now = ends;
    ends = [];
    for (const end of now) end();
  };
  fill(store, others);
  sync();
  const cpuUs = cpuTimeUs(() => {
    for (let i = 0; i < SIMULATED; i += 1) {
      store.put(`bundle/${i}`, BUNDLE);
      sync();
      store.delete(`bundle/${i}`);
    }
    sync();
  });
  requireEqual('bundles left', store.keys().length, others);
  return cpuUs / SIMULATED;
}

async function onDiskUs(others: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-bench-'));
  try {
    const disk = new FileDisk(join(folder, 'bundles.log'));
    const store = new LiveStore(disk, (end) => end());
    const sync = async (): Promise<void> => {
      const error = await new Promise<string | undefined>((done) => store.sync(done));
      requireEqual('the outcome of a sync', error ?? '', '');
    };
    fill(store, others);
    await sync();
    const began = performance.now();
    for (let i = 0; i < ON_DISK; i += 1) {
      store.put(`bundle/${i}`, BUNDLE);
      await sync();
      store.delete(`bundle/${i}`);
    }
    await sync();
    const us = ((performance.now() - began) * US_PER_MS) / ON_DISK;
    requireEqual('bundles left', store.keys().length, others);
    await disk.close();
    return us;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
