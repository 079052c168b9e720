/**
 * The provisioning of one run of a scenario.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { runEndNs, type Scenario } from '../../scenarios/model.ts';
import { makeProtocolsFinder, type ProtocolStackOf } from '../../scenarios/open/nodes.ts';
import { networkMap } from './network-map.ts';
import { SecretProvisioner } from './provision.ts';
import { type SecretSource, seededSecrets } from './secret-source.ts';

/** The run whose hosts get secrets. */
export interface RunToProvision {
  readonly scenario: Pick<Scenario, 'topology' | 'durationNs' | 'drainNs'>;
  readonly seed: number;
  readonly stackOf: ProtocolStackOf;
  readonly crypto: CryptoProvider;
  /** Calendar time at which the nodes start, Unix seconds. */
  readonly seconds: number;
  readonly secrets: SecretSource;
}

/** Makes the {@link SecretProvisioner} of a run in any world. */
export function provisionRun(run: RunToProvision): SecretProvisioner {
  const { topology } = run.scenario;
  const protocolsOf = makeProtocolsFinder(topology, run.stackOf);
  return new SecretProvisioner({
    ...run,
    network: networkMap(topology, protocolsOf),
    protocolsOf,
    durationNs: runEndNs(run.scenario),
  });
}

/**
 * Makes the {@link SecretProvisioner} of a run in virtual time, where all secrets are derived from
 * the seed.
 */
export function provisionSeed(
  run: Omit<RunToProvision, 'seconds' | 'secrets' | 'scenario'> & { readonly scenario: Scenario },
): SecretProvisioner {
  const { scenario, seed } = run;
  return provisionRun({ ...run, seconds: scenario.epochSeconds, secrets: seededSecrets(seed) });
}
