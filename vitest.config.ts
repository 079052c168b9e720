import { defineConfig } from 'vitest/config';
import { LongestFirstSequencer } from './tools/longest-first.ts';

/** Threads and agents start from programs that are prepared once for the whole run. */
const PREPARED = {
  globalSetup: ['test/prepared-once.mjs'],
  setupFiles: ['test/prepared-threads.ts'],
};

/** Settings for tests that compute. */
const COMPUTING = {
  ...PREPARED,
  pool: 'forks',
  // Each worker loads a module once for all its tests: no module keeps state that one test could leave for another.
  isolate: false,
  hookTimeout: 60_000,
} as const;

/**
 * Modules that Node loads, translated by tsx. vitest's own runner reads each imported name through an accessor, which
 * takes a fifth of the time of a long run, and translates each module in each worker.
 */
const NATIVE = {
  ...COMPUTING,
  execArgv: ['--import', 'tsx'],
  experimental: { viteModuleRunner: false, nodeLoader: false },
};

/** Settings for tests of a browser, of speed, and of long runs on sockets: one file after the other. */
const WAITING = { pool: 'forks', maxWorkers: 1, hookTimeout: 60_000 } as const;

/** Repeats a failed test once, as other programs may have slowed it; the end of the run names such tests. */
const TWICE = { retry: 1 };

/**
 * Test projects, named after the suffix of their files, `NAME.SUFFIX.test.ts`. Time limits end tests that hang, and are
 * long enough for a slow and busy machine.
 */
const BY_SUFFIX = {
  /** Tests that replace or reload modules, or load modules that only Vite finds: these need vitest's own module runner. */
  reload: { ...COMPUTING, testTimeout: 180_000 },
  /** Tests that follow the wall clock on real sockets and processes. They mostly wait, so two files run at a time. */
  wall: { ...NATIVE, ...TWICE, testTimeout: 180_000 },
  /**
   * Long runs: theory, defective doubles, whole mixnets, floods and fuzz of many seconds, thousands of published
   * vectors, and tests of `npm test` with all seeds instead of one. CI runs them after `npm test`.
   */
  slow: { ...NATIVE, testTimeout: 300_000 },
  /** Long runs that follow the wall clock. */
  'slow-wall': { ...PREPARED, ...WAITING, ...TWICE, testTimeout: 180_000 },
  /** Tests of speed, of wall-clock times within a few percent, or of answers in time: nothing else runs beside them. */
  alone: { ...PREPARED, ...WAITING, testTimeout: 120_000 },
  /** The browser view in Debian's chromium. */
  browser: { ...WAITING, ...TWICE, testTimeout: 60_000 },
  /** Sweeps over real queue servers, which have to be installed: redis-server and postgresql of Debian. */
  fleet: { ...PREPARED, ...WAITING, testTimeout: 300_000, hookTimeout: 120_000 },
  /** Tests that take too long for each change; `npm run nightly` runs them. */
  nightly: { ...PREPARED, ...WAITING, testTimeout: 3_600_000 },
  /** The package as a stranger installs it. */
  package: { ...WAITING, testTimeout: 120_000, hookTimeout: 240_000 },
};

/** Settings for test files without a suffix, most of which run in virtual time. */
const VIRTUAL = { ...NATIVE, testTimeout: 180_000 };

/** Tests for the line coverage of gateway and anti-replay, translated by vitest itself. */
const GATEWAY = {
  name: 'gateway',
  include: [
    'test/unit/nodes/gateway/**/*.test.ts',
    'test/unit/nodes/_kit/{replay,reserved}-window.test.ts',
  ],
  // Long runs of whole scenarios would take half a minute, and cover only eight more lines of 3,028.
  exclude: [
    'test/unit/nodes/gateway/node/{failover,long-life,noisy-machine}.slow.test.ts',
    'test/unit/nodes/gateway/node/{sizes,throughput}.test.ts',
  ],
  pool: 'forks' as const,
  isolate: false,
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

const tests = [
  { name: 'virtual', include: ['test/**/+([^.]).test.ts'], ...VIRTUAL },
  ...Object.entries(BY_SUFFIX).map(([name, options]) => ({
    name,
    include: [`test/**/+([^.]).${name}.test.ts`],
    ...options,
  })),
];

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirstSequencer },
    maxWorkers: 2,
    projects: (process.argv.includes('--coverage') ? [GATEWAY] : tests).map((test) => ({ test })),
    coverage: {
      provider: 'v8',
      include: ['nodes/gateway/**/*.ts', 'nodes/_kit/{replay,reserved}-window.ts'],
      // These make drawings for the browser view, which test/unit/viz checks.
      exclude: ['nodes/gateway/viz{,-*}.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 91.8 },
    },
  },
});
