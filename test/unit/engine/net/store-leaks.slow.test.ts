/**
 * 200,000 bundles of 1 kB through a store in virtual time, and 100,000 through one in a file, which waits for the disk:
 * not two bytes of each are left in memory, and on the disk less than the shortest frame of each.
 *
 * @module
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { MANNERS, memoryBytes, onDisk, simulated } from './store-space.ts';

/** Two bytes of each of the bundles in virtual time; measured were up to 0.1 MB. */
const MEMORY_MAX = 400_000;
/** A disk is tidied when 1 MiB of it are of no use. */
const DISK_MAX = 1_100_000;

beforeAll(() => {
  setFlagsFromString('--expose-gc');
  (globalThis as { gc?: unknown }).gc = runInNewContext('gc');
});

describe.each([
  [200_000, 'simulated', simulated],
  [100_000, 'in a file', onDisk],
] as const)('%i bundles, %s', (bundles, _, open) => {
  it.each(Object.entries(MANNERS))('leave next to nothing if %s', async (manner, live) => {
    const subject = open();
    try {
      // What the compiler and the first sync need is not left by bundles.
      await live(subject, 10_000);
      const before = await memoryBytes();
      const began = performance.now();
      await live(subject, bundles);
      const seconds = (performance.now() - began) / 1_000;
      const [memory, disk] = [(await memoryBytes()) - before, subject.diskBytes()];
      process.stdout.write(
        `${manner}: ${seconds.toFixed(1)} s, ${(disk / 1e6).toFixed(3)} MB on the disk, ${(memory / 1e6).toFixed(3)} MB of memory\n`,
      );
      expect(disk).toBeLessThan(DISK_MAX);
      expect(memory).toBeLessThan(MEMORY_MAX);
      expect(subject.store.keys()).toEqual([]);
    } finally {
      subject.end();
    }
  });
});
