import { defineConfig } from 'vitest/config';

/** Long runs: theory, defective doubles, whole mixnets. CI runs them beside `npm test`. */
export const THOROUGH = [
  'test/architecture/new-protocol.test.ts',
  'test/scenarios/{verify,verify-mutations,doubles,privacy,privacy-laws}.test.ts',
  'test/live/mixnet.test.ts',
  'test/conformance/live-mixnet-unwrap.test.ts',
  'test/emulate/outside-pair.test.ts',
];

export default defineConfig({
  test: {
    include: THOROUGH,
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
