import { configDefaults, defineConfig } from 'vitest/config';
import { PREPARED } from './vitest.config.ts';
import { ALONE, THOROUGH, THOROUGH_WALL } from './vitest.thorough.config.ts';
import { WALL_CLOCK } from './vitest.wall.config.ts';

/** Everything that does not wait: runs beside the tests of the wall clock, in virtual time mostly. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      // Needs servers that have to be installed: npm run test:fleet.
      'test/fleet/**',
      ...['test/package/**', 'test/viz/**', 'test/security/browser/**'],
      ...[...WALL_CLOCK, ...THOROUGH, ...THOROUGH_WALL, ...ALONE],
    ],
    ...PREPARED,
    pool: 'forks',
    maxWorkers: 2,
    // Modules are loaded once a worker: none of them keeps state that a test could leave behind.
    isolate: false,
    // Ends what hangs, on a slow machine that does much else, too.
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
