import { defineConfig } from 'vitest/config';

/** The package as a stranger installs it: `npm run test:package`, a step of `.ci/run`. */
export default defineConfig({
  test: {
    include: ['test/package/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
