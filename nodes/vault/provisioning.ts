/**
 * Vault: the keys that replicas get before they start: each a signing key, whose public part all others know as that of
 * this actor, and all together the key under which the keys of values are wrapped.
 *
 * @module
 */
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { Provisioning } from '../../engine/host/protocol.ts';

const IDENTITY = 'identity';
const VAULT_KEY = 'vault';

/** What replicas get before they start. */
export const vaultProvisioning: Provisioning = {
  publicKeys: { [IDENTITY]: (secret, crypto) => crypto.ed25519PublicKey(secret) },
  sharedSecrets: () => [VAULT_KEY],
};

/** The keys of one replica. */
export interface ReplicaKeys {
  /** Public keys by actor: whoever runs a vault, this replica included. */
  readonly actors: ReadonlyMap<string, Uint8Array>;
  readonly secretKey: Uint8Array;
  readonly vaultKey: Uint8Array;
}

/** The keys of the replica `own`, as the network provisioned them. */
export function findReplicaKeys(network: NetworkView, own: string): ReplicaKeys {
  const replicas = network.hosts.filter(({ stack }) => stack.includes('vault'));
  return {
    actors: new Map(replicas.map(({ name }) => [name, network.identity(name).publicKey(IDENTITY)])),
    secretKey: network.identity(own).secret(IDENTITY),
    vaultKey: network.shared(VAULT_KEY),
  };
}
