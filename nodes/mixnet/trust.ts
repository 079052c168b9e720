/**
 * Mixnet: the long-lived keys. They are provisioned: each node could name the purpose of another's
 * secret, and none does; what it derives from it is the public key that a deployment would hand out.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { DirectoryTrust } from './directory/index.ts';

/** Length of the identifier of a node, in bytes (1.2). */
const NODE_ID_LENGTH = 32;

/** Secret that signs a node's descriptors, Ed25519. */
export function identitySecret(network: NetworkView, name: string): Uint8Array {
  return network.secret(`mixnet/identity/${name}`);
}

/** Secret of a node's VRF; never the one that signs (3.4 "separate from the identity key"). */
export function vrfSecret(network: NetworkView, name: string): Uint8Array {
  return network.secret(`mixnet/vrf/${name}`);
}

/** Secret that signs documents. */
export function authoritySecret(network: NetworkView): Uint8Array {
  return network.secret('mixnet/authority');
}

/** Whom every node trusts: the one authority. */
export function trustOf(network: NetworkView, crypto: CryptoProvider): DirectoryTrust {
  return { keys: [crypto.ed25519PublicKey(authoritySecret(network))], threshold: 1 };
}

/** Identifier of a node: BLAKE2b-256 of its identity public key (1.7). */
export function nodeIdOf(crypto: CryptoProvider, identityKey: Uint8Array): Uint8Array {
  return crypto.blake2b(identityKey, NODE_ID_LENGTH);
}
