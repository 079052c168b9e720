import { defineConfig } from 'vitest/config';
import { PREPARED } from './vitest.config.ts';
import { THOROUGH_WALL } from './vitest.thorough.config.ts';

/** The part of `npm run test:thorough` on real sockets and processes: one file after the other. */
export default defineConfig({
  test: {
    include: THOROUGH_WALL,
    ...PREPARED,
    pool: 'forks',
    maxWorkers: 1,
    // A machine that did something else for a moment is no defect; the end of the run names such tests.
    retry: 1,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
