import { defineConfig } from 'vitest/config';
import { PREPARED } from './vitest.config.ts';

/** Sweeps over real queue servers, which have to be installed: redis-server and postgresql of Debian. */
export default defineConfig({
  test: {
    include: ['test/fleet/*.test.ts'],
    ...PREPARED,
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
