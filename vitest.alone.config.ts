import { defineConfig } from 'vitest/config';
import { PREPARED } from './vitest.config.ts';
import { ALONE } from './vitest.thorough.config.ts';

/** The part of `npm run test:thorough` that has the machine to itself. */
export default defineConfig({
  test: {
    ...PREPARED,
    include: ALONE,
    maxWorkers: 1,
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
