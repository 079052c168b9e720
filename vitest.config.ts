import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tools/longest-first.ts';

/** Threads and agents start from programs that are prepared once for the whole run. */
const PREPARED = {
  globalSetup: ['test/prepared-once.mjs'],
  setupFiles: ['test/prepared-threads.ts'],
};

/** Settings for tests that compute. */
const COMPUTING = {
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
const NATIVE = {
  ...COMPUTING,
  execArgv: ['--import', 'tsx'],
  experimental: { viteModuleRunner: false, nodeLoader: false },
};

/** Settings for tests with real sockets, processes or a browser: one file after the other. */
const WAITING = { pool: 'forks', maxWorkers: 1, hookTimeout: 60_000 } as const;

/** A machine that did something else for a moment is no defect; the end of the run names such tests. */
const TWICE = { retry: 1 };

/**
 * Projects by the suffix of the file's name, `NAME.SUFFIX.test.ts`; their names are the suffixes. A time limit ends what
 * hangs, on a slow machine that does much else, too.
 */
const BY_SUFFIX = {
  /** Tests that replace modules, or load them anew, or modules that only Vite can find: they need vitest's runner of modules. */
  reload: { ...COMPUTING, testTimeout: 180_000 },
  /** Tests that follow the wall clock on real sockets and processes. */
  wall: { ...PREPARED, ...WAITING, ...TWICE, testTimeout: 180_000 },
  /**
   * Long runs: theory, defective doubles, whole mixnets, floods and fuzz of many seconds, published
   * vectors by the thousand, all seeds of what `npm test` tries with one. CI runs them after `npm test`.
   */
  slow: { ...NATIVE, testTimeout: 300_000 },
  /** Long runs that follow the wall clock. */
  'slow-wall': { ...PREPARED, ...WAITING, ...TWICE, testTimeout: 180_000 },
  /** Tests that judge a speed, the wall clock to a few percent, or count what comes back in time: nothing runs beside them. */
  alone: { ...PREPARED, ...WAITING, testTimeout: 120_000 },
  /** The browser view in Debian's chromium. */
  browser: { ...WAITING, ...TWICE, testTimeout: 60_000 },
  /** Sweeps over real queue servers, which have to be installed: redis-server and postgresql of Debian. */
  fleet: { ...PREPARED, ...WAITING, testTimeout: 300_000, hookTimeout: 120_000 },
  /** What takes too long for each change: a row of `npm run nightly`. */
  nightly: { ...PREPARED, ...WAITING, testTimeout: 3_600_000 },
  /** The package as a stranger installs it. */
  package: { ...WAITING, testTimeout: 120_000, hookTimeout: 240_000 },
};

/** All other tests, in virtual time mostly. */
const VIRTUAL = { ...NATIVE, testTimeout: 180_000 };

/** Line coverage of gateway and anti-replay, by vitest's own translation. */
const GATEWAY = {
  name: 'gateway',
  include: ['test/unit/nodes/gateway/**/*.test.ts'],
  // Long runs of whole scenarios add half a minute, and eight lines of 3,028.
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
    sequence: { sequencer: LongestFirst },
    maxWorkers: 2,
    projects: (process.argv.includes('--coverage') ? [GATEWAY] : tests).map((test) => ({ test })),
    coverage: {
      provider: 'v8',
      include: ['nodes/gateway/**/*.ts'],
      // Drawings for the browser view: test/unit/viz holds them.
      exclude: ['nodes/gateway/viz{,-*}.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 91.8 },
    },
  },
});
