import { configDefaults, defineConfig } from 'vitest/config';

/** Threads and agents start from programs that are prepared once for the whole run. */
export const PREPARED = {
  globalSetup: ['test/prepared-once.mjs'],
  setupFiles: ['test/prepared-threads.ts'],
};

/**
 * Tests that replace modules, or load them anew: only vitest's own runner of modules can. They are few, and all others
 * of virtual time run in modules as Node loads them.
 */
export const RELOADING = [
  'test/property/crypto-vectors.test.ts',
  'test/security/run-list.test.ts',
  'test/unit/engine/crypto/fast-aead.test.ts',
  'test/unit/engine/crypto/hash-memory.test.ts',
  'test/unit/engine/crypto/node.test.ts',
  'test/unit/engine/crypto/vector-aes.test.ts',
  'test/unit/runner/distributed/staged-start.test.ts',
];

/** Tests of modules of the browser view that only Vite can find (`import.meta.glob`). */
export const GLOBBING = ['test/unit/viz/app/lacks.test.ts'];

/** Of all tests that do not follow the wall clock. */
export const VIRTUAL = {
  ...PREPARED,
  pool: 'forks',
  // Modules are loaded once a worker: none of them keeps state that a test could leave behind.
  isolate: false,
  hookTimeout: 60_000,
} as const;

/**
 * Modules that Node loads, translated by tsx. vitest's own runner reads each imported name through an accessor, which
 * takes a fifth of the time of a long run, and translates each module in each worker.
 */
export const NATIVE = {
  ...VIRTUAL,
  execArgv: ['--import', 'tsx'],
  experimental: { viteModuleRunner: false, nodeLoader: false },
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
