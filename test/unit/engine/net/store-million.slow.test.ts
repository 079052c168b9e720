/**
 * A million bundles of 1 kB through a store in virtual time, 1 GB in all, and 200,000 through one in a file, which
 * waits for the disk: less than 2 MB are left, on the disk and in memory.
 *
 * @module
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { LEFT_MAX, MANNERS, memoryBytes, onDisk, simulated } from './store-space.ts';

beforeAll(() => {
  setFlagsFromString('--expose-gc');
  (globalThis as { gc?: unknown }).gc = runInNewContext('gc');
});

describe.each([
  [1_000_000, 'simulated', simulated],
  [200_000, 'in a file', onDisk],
] as const)('%i bundles, %s', (bundles, _, open) => {
  it.each(Object.entries(MANNERS))('leave less than 2 MB if %s', async (manner, live) => {
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
      expect(disk).toBeLessThan(LEFT_MAX);
      expect(memory).toBeLessThan(LEFT_MAX);
      expect(subject.store.keys()).toEqual([]);
    } finally {
      subject.end();
    }
  });
});
