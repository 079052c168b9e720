import { defineConfig } from 'vitest/config';

/** Line coverage of gateway and anti-replay: `npm run coverage`, a step of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/unit/nodes/gateway/**/*.test.ts'],
    // Long runs of whole scenarios add half a minute, and eight lines of 3,028.
    exclude: [
      'test/unit/nodes/gateway/node/{failover,long-life,noisy-machine,sizes,throughput}.test.ts',
    ],
    pool: 'forks',
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['nodes/gateway/**/*.ts'],
      // Drawings for the browser view: test/unit/viz holds them.
      exclude: ['nodes/gateway/viz{,-*}.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 91.8 },
    },
  },
});
