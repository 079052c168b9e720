import { defineConfig } from 'vitest/config';
import { NATIVE, PREPARED } from './vitest.config.ts';
import { ALONE } from './vitest.thorough.config.ts';

/** A whole run in the process of the test: vitest's own runner of modules takes a fifth of its time. */
const RUNS = ['test/scenarios/federated-large.test.ts'];
const testTimeout = 120_000;

/** The part of `npm run test:thorough` that has the machine to itself. */
export default defineConfig({
  test: {
    maxWorkers: 1,
    projects: [
      { test: { ...NATIVE, name: 'native', include: RUNS, testTimeout } },
      {
        test: {
          ...PREPARED,
          name: 'vite',
          include: ALONE.filter((path) => !RUNS.includes(path)),
          pool: 'forks',
          testTimeout,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
