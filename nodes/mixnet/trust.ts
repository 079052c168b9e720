/**
 * Mixnet: the long-lived keys that a node is provisioned with, and the public keys of the others.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { Provisioning } from '../../engine/host/protocol.ts';
import type { DirectoryTrust } from './directory/index.ts';

/** Length of the identifier of a node, in bytes (1.2). */
const NODE_ID_LENGTH = 32;
/** Signs a node's descriptors, Ed25519. */
const IDENTITY = 'identity';
/** Signs documents, Ed25519; of use to the authority only. */
const AUTHORITY = 'authority';
/** Never the one that signs (3.4 "separate from the identity key"); its public key is in descriptors. */
const VRF = 'vrf';

/** What everybody knows of a node before any directory does. */
export const mixnetProvisioning: Provisioning = {
  publicKeys: {
    [IDENTITY]: (secret, crypto) => crypto.ed25519PublicKey(secret),
    [AUTHORITY]: (secret, crypto) => crypto.ed25519PublicKey(secret),
  },
};

/** Secret that signs the descriptors of the node `name`, which asks. */
export function identitySecret(network: NetworkView, name: string): Uint8Array {
  return network.identity(name).secret(IDENTITY);
}

/** The key that the descriptors of a node must be signed with. */
export function identityKeyOf(network: NetworkView, name: string): Uint8Array {
  return network.identity(name).publicKey(IDENTITY);
}

/** Secret of the VRF of the node `name`, which asks. */
export function vrfSecret(network: NetworkView, name: string): Uint8Array {
  return network.identity(name).secret(VRF);
}

/** Secret that signs documents, of the authority `name`, which asks. */
export function authoritySecret(network: NetworkView, name: string): Uint8Array {
  return network.identity(name).secret(AUTHORITY);
}

/** Whom every node trusts: the one authority. */
export function trustOf(network: NetworkView, authority: string): DirectoryTrust {
  return { keys: [network.identity(authority).publicKey(AUTHORITY)], threshold: 1 };
}

/** Identifier of a node: BLAKE2b-256 of its identity public key (1.7). */
export function nodeIdOf(crypto: CryptoProvider, identityKey: Uint8Array): Uint8Array {
  return crypto.blake2b(identityKey, NODE_ID_LENGTH);
}
