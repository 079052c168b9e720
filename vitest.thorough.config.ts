import { defineConfig } from 'vitest/config';

/**
 * Long runs: theory, defective doubles, whole mixnets, floods and fuzz of many seconds, programs of
 * others. CI runs them after `npm test`.
 */
export const THOROUGH = [
  'test/architecture/new-protocol.test.ts',
  'test/scenarios/{verify,verify-mutations,doubles,privacy,privacy-laws,genuine-packets,overload}.test.ts',
  'test/scenarios/restarts.test.ts',
  'test/live/{mixnet,namespaces,viewers}.test.ts',
  'test/conformance/live-{audit,mixnet-unwrap}.test.ts',
  'test/property/{gateway-rekey,http-sockets-fuzz,mixnet-node-fuzz}.test.ts',
  'test/unit/nodes/mixnet/{audit,load,neighbours,unwrap-threads}.test.ts',
  'test/unit/scenarios/calibration/in-place.test.ts',
];

/** Tests that judge the wall clock to a few percent: nothing runs beside them. */
export const ALONE = ['test/emulate/outside-pair.test.ts'];

export default defineConfig({
  test: {
    include: THOROUGH,
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
