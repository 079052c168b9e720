import { defineConfig } from 'vitest/config';
import { NATIVE } from './vitest.config.ts';
import { ALONE } from './vitest.thorough.config.ts';

/** The part of `npm run test:thorough` that has the machine to itself. */
export default defineConfig({
  test: {
    include: ALONE,
    ...NATIVE,
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
