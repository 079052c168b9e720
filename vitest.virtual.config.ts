import { configDefaults, defineConfig } from 'vitest/config';
import { GLOBBING, NATIVE, RELOADING, VIRTUAL } from './vitest.config.ts';
import { ALONE, THOROUGH, THOROUGH_WALL } from './vitest.thorough.config.ts';
import { WALL_CLOCK } from './vitest.wall.config.ts';

/** Ends what hangs, on a slow machine that does much else, too. */
const testTimeout = 180_000;

/** Everything that does not wait: runs beside the tests of the wall clock, in virtual time mostly. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...NATIVE,
          name: 'native',
          include: ['test/**/*.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            // Needs servers that have to be installed: npm run test:fleet.
            'test/fleet/**',
            ...['test/package/**', 'test/viz/**', 'test/security/browser/**'],
            ...[...WALL_CLOCK, ...THOROUGH, ...THOROUGH_WALL, ...ALONE, ...RELOADING, ...GLOBBING],
          ],
          testTimeout,
        },
      },
      {
        test: { ...VIRTUAL, name: 'reloading', include: [...RELOADING, ...GLOBBING], testTimeout },
      },
    ],
  },
});
