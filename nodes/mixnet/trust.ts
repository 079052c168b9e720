/**
 * Mixnet: the long-lived keys that a node is provisioned with, and the public keys of the others.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { Provisioning } from '../../engine/host/protocol.ts';
import type { TrustedAuthorities } from './directory/index.ts';

/** Length of a node identifier, in bytes. */
const NODE_ID_LENGTH = 32;
/** Name of the Ed25519 key that signs a node's descriptors. */
const IDENTITY = 'identity';
/** Name of the Ed25519 key that signs documents; used by the authority only. */
const AUTHORITY = 'authority';
/** Name of the VRF key, distinct from the signing key; its public key is in descriptors. */
const VRF = 'vrf';

/** The facts about a node that everybody knows before there is a directory. */
export const mixnetProvisioning: Provisioning = {
  publicKeys: {
    [IDENTITY]: (secret, crypto) => crypto.ed25519PublicKey(secret),
    [AUTHORITY]: (secret, crypto) => crypto.ed25519PublicKey(secret),
  },
};

/** Secret that signs the descriptors of the requesting node `name`. */
export function identitySecret(network: NetworkView, name: string): Uint8Array {
  return network.identity(name).secret(IDENTITY);
}

/** The key that a node's descriptors must be signed with. */
export function findIdentityKey(network: NetworkView, name: string): Uint8Array {
  return network.identity(name).publicKey(IDENTITY);
}

/** VRF secret of the requesting node `name`. */
export function vrfSecret(network: NetworkView, name: string): Uint8Array {
  return network.identity(name).secret(VRF);
}

/** Secret with which the requesting authority `name` signs documents. */
export function authoritySecret(network: NetworkView, name: string): Uint8Array {
  return network.identity(name).secret(AUTHORITY);
}

/** The authority that every node trusts. */
export function findTrustedAuthorities(
  network: NetworkView,
  authority: string,
): TrustedAuthorities {
  return { keys: [network.identity(authority).publicKey(AUTHORITY)], threshold: 1 };
}

/**
 * Identifier of a node: BLAKE2b-256 of its identity public key (katzenpost,
 * core/sphinx/path/path.go, `hash.Sum256`).
 */
export function deriveNodeId(crypto: CryptoProvider, identityKey: Uint8Array): Uint8Array {
  return crypto.blake2b(identityKey, NODE_ID_LENGTH);
}
