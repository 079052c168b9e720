import { configDefaults, defineConfig } from 'vitest/config';
import { PREPARED } from './vitest.config.ts';
import { ALONE, THOROUGH, THOROUGH_WALL } from './vitest.thorough.config.ts';

/** Tests that follow the wall clock on real sockets and processes: one file after the other. */
export const WALL_CLOCK = [
  'test/live/**/*.test.ts',
  'test/emulate/**/*.test.ts',
  'test/environment/**/*.test.ts',
  'test/conformance/{live-*,port-live}.test.ts',
  'test/unit/engine/live/**/*.test.ts',
  'test/security/*-live.test.ts',
];

export default defineConfig({
  test: {
    include: WALL_CLOCK,
    exclude: [...configDefaults.exclude, ...THOROUGH, ...THOROUGH_WALL, ...ALONE],
    ...PREPARED,
    pool: 'forks',
    maxWorkers: 1,
    // A machine that did something else for a moment is no defect; the end of the run names such tests.
    retry: 1,
    // Ends what hangs, on a slow machine that does much else, too.
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
