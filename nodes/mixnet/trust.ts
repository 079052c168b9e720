/**
 * Mixnet: the long-lived keys that a node is given in advance: its own keys, and the public keys of
 * the other nodes.
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

/** Derives the public keys of a node, which all nodes know before there is a directory. */
export const mixnetProvisioning: Provisioning = {
  publicKeys: {
    [IDENTITY]: (secret, crypto) => crypto.ed25519PublicKey(secret),
    [AUTHORITY]: (secret, crypto) => crypto.ed25519PublicKey(secret),
  },
};

/**
 * Returns the Ed25519 secret with which the node `name` signs its descriptors; for use by that node
 * only.
 */
export function identitySecret(network: NetworkView, name: string): Uint8Array {
  return network.identity(name).secret(IDENTITY);
}

/** Returns the Ed25519 public key with which descriptors of the node `name` must be signed. */
export function findIdentityKey(network: NetworkView, name: string): Uint8Array {
  return network.identity(name).publicKey(IDENTITY);
}

/** Returns the VRF secret of the node `name`; for use by that node only. */
export function vrfSecret(network: NetworkView, name: string): Uint8Array {
  return network.identity(name).secret(VRF);
}

/**
 * Returns the Ed25519 secret with which the authority `name` signs documents; for use by the
 * authority only.
 */
export function authoritySecret(network: NetworkView, name: string): Uint8Array {
  return network.identity(name).secret(AUTHORITY);
}

/** Returns the public key of the authority whose documents every node accepts. */
export function findTrustedAuthorities(
  network: NetworkView,
  authority: string,
): TrustedAuthorities {
  return { keys: [network.identity(authority).publicKey(AUTHORITY)], threshold: 1 };
}

/**
 * Derives the identifier of a node: BLAKE2b-256 of its identity public key (katzenpost,
 * core/sphinx/path/path.go, `hash.Sum256`).
 */
export function deriveNodeId(crypto: CryptoProvider, identityKey: Uint8Array): Uint8Array {
  return crypto.blake2b(identityKey, NODE_ID_LENGTH);
}
