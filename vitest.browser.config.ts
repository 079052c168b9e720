import { configDefaults, defineConfig } from 'vitest/config';
import { ALONE } from './vitest.thorough.config.ts';

/** The browser view in Debian's chromium: `npm run test:browser`, a part of `npm run test:thorough`. */
export default defineConfig({
  test: {
    include: ['test/viz/**/*.test.ts', 'test/security/browser/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...ALONE],
    pool: 'forks',
    maxWorkers: 1,
    // A machine that did something else for a moment is no defect; the end of the run names such tests.
    retry: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
