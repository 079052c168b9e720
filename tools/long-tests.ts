/**
 * Test files that take long, and which of them a commit runs.
 *
 * Those that `npm run test:thorough` runs take turns: each commit runs a third of them, chosen by its hash, and
 * `npm run nightly` all (its row `long-tests`).
 *
 * @module
 */
import { createHash } from 'node:crypto';

/** Test files that take twenty seconds or more each on two cores, below `test/` and without `.test.ts`; longest first. */
export const LONG_TESTS: readonly string[] = [
  'scenarios/doubles.slow',
  'how-to/commands-live.slow-wall',
  'hunted/hunts.slow',
  'scenarios/genuine-packets.slow',
  'property/tcp-listeners-fuzz.slow',
  'property/http-sockets-fuzz.slow',
  'live/new-protocol.slow-wall',
  'scenarios/doubles-federated.slow',
  'property/control-service-fuzz.slow',
  'conformance/live-protocols.slow-wall',
  'live/fabric-kills.slow-wall',
  'architecture/new-protocol.slow',
  'live/processes.slow-wall',
  'live/dtn-kills.slow-wall',
  'emulate/gateway-faces.slow-wall',
  'scenarios/golden-seeds.slow',
  'unit/cli/hunt.slow',
  'unit/cli/sweep-resume.slow',
  'live/hunt.slow-wall',
  'live/federated-kills.slow-wall',
  'emulate/ip-tunnel.slow-wall',
  'scenarios/restarts.slow',
  'emulate/gateways.slow-wall',
  'live/streams.slow-wall',
  'scenarios/fabric-ways.slow',
  'scenarios/verify-mutations.slow',
  'scenarios/verify.slow',
  'scenarios/federated-compression.slow',
  'vectors/federated-pld-fine.slow',
  'unit/cli/start.slow',
  'live/held.slow-wall',
  'property/sealed-thorough.slow',
  'how-to/commands-long.slow',
  'scenarios/overload.slow',
  'scenarios/dtn-theory.slow',
  'scenarios/fabric-outage.slow',
  'live/dtn-layers.slow-wall',
  'live/signals.slow-wall',
  'live/deploy-files.slow-wall',
  'scenarios/federated-groups.slow',
  'live/fabric-face.wall',
  'live/ask.wall',
  'live/alone.wall',
  'how-to/commands',
  'conformance/live-account.wall',
  'live/mixnet.slow-wall',
  'property/toml-fuzz.slow',
  'live/beaconing.slow-wall',
  'unit/engine/net/store-leaks.slow',
  'unit/services/gateway/grpc-fuzz.slow-wall',
  'security/hostile-files.slow',
  'live/namespaces.slow-wall',
  'lab/searches.slow',
  'unit/services/gateway/http-fuzz.slow-wall',
  'scenarios/federated-privacy.slow',
];

/** Of the long tests of `npm run test:thorough`, each commit runs one in so many. */
const ONE_IN = 3;

/** The turn that a commit has among `turns`, 0 to `turns - 1`; the same for each run of the commit. */
export function turnOf(commit: string, turns: number): number {
  return createHash('sha256').update(commit).digest().readUInt32BE() % turns;
}

/** True if a test file, as a path from the root, is one of those that take turns. */
export function takesTurns(file: string): boolean {
  return ROTATED.includes(file);
}

/** The test files, as paths from the root, that `npm run test:thorough` leaves out at this commit. */
export function restingTests(commit: string): readonly string[] {
  const turn = turnOf(commit, ONE_IN);
  return ROTATED.filter((_, index) => index % ONE_IN !== turn);
}

/**
 * Those that take turns: of each suffix in the order of their durations, so that each turn takes about as long as
 * the others. Of the defective doubles, the rows take turns instead of the files.
 */
const ROTATED: readonly string[] = ['.slow', '.slow-wall']
  .flatMap((suffix) => LONG_TESTS.filter((name) => name.endsWith(suffix)))
  .filter((name) => !name.includes('/doubles'))
  .map((name) => `test/${name}.test.ts`);
