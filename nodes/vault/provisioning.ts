/**
 * Vault: the keys that replicas get before they start. Each has a signing key, whose public part all replicas know by
 * the name of the actor. All share the key of the vault, which wraps the keys of values.
 *
 * @module
 */
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { Provisioning } from '../../engine/host/protocol.ts';

const IDENTITY = 'identity';
const VAULT_KEY = 'vault';

/** The keys that replicas get before they start. */
export const vaultProvisioning: Provisioning = {
  publicKeys: { [IDENTITY]: (secret, crypto) => crypto.ed25519PublicKey(secret) },
  sharedSecrets: () => [VAULT_KEY],
};

/** The keys of one replica. */
export interface ReplicaKeys {
  /** Public keys of all nodes that run `vault`, this replica included, by actor. */
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
