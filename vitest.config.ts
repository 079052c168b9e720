import { configDefaults, defineConfig } from 'vitest/config';

/** Threads and agents start from programs that are prepared once for the whole run. */
export const PREPARED = {
  globalSetup: ['test/prepared-once.mjs'],
  setupFiles: ['test/prepared-threads.ts'],
};

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Packs and installs: a step of its own (vitest.package.config.ts).
    // Needs servers that have to be installed: vitest.fleet.config.ts.
    exclude: [...configDefaults.exclude, 'test/package/**', 'test/fleet/**'],
    ...PREPARED,
    pool: 'forks',
    // Ends what hangs, on a slow machine that does much else, too.
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
