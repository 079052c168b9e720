/**
 * Federated learning: the keys and seeds that nodes get before they start. Each has a signing key; all
 * know the seed from which the data of the simulated federation are made, which a real federation does
 * not have.
 *
 * @module
 */

import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { NodeSetup, Provisioning } from '../../engine/host/protocol.ts';
import { fromHex, toHex, writeUint32 } from '../_kit/bytes.ts';
import type { FederatedOptions } from './config.ts';
import { DATA_SEED_BYTES } from './geometry.ts';
import { federationClientNames, type NodeDataSource } from './learn/data.ts';

const IDENTITY = 'identity';
const DATA = 'data';

/** What nodes get before they start: each a signing key, and all the seed of the simulated data. */
export const federatedProvisioning: Provisioning = {
  publicKeys: { [IDENTITY]: (secret, crypto) => crypto.ed25519PublicKey(secret) },
  publish: ({ random }) => {
    const draws = random(DATA);
    const seed = new Uint8Array(DATA_SEED_BYTES);
    for (let at = 0; at < seed.length; at += 4) writeUint32(seed, at, draws.u32());
    return { [DATA]: toHex(seed) };
  },
};

/** The seed that the data of the federation is made from. */
export function federationDataSeed(network: Pick<NetworkView, 'published'>): Uint8Array {
  const text = network.published(`federated/${DATA}`);
  if (text === undefined) throw new Error('nobody published the seed of the data');
  return fromHex(text);
}

/** Makes the source of a node's training data from its options. */
export function nodeDataSource(
  crypto: Pick<CryptoProvider, 'sha256'>,
  { options, network, readFile }: NodeSetup<FederatedOptions>,
): NodeDataSource {
  return {
    crypto,
    seed: federationDataSeed(network),
    options,
    // A getter, since only data sets that are distributed to clients need this list, which is costly
    // to make.
    get clients(): readonly string[] {
      return federationClientNames(network.hosts, options.aggregator);
    },
    ...(readFile === undefined ? {} : { read: readFile }),
  };
}

/** The secret that a node signs with. */
export function findSigningSecret(
  network: Pick<NetworkView, 'identity'>,
  name: string,
): Uint8Array {
  return network.identity(name).secret(IDENTITY);
}

/** The key that verifies what a node signed. */
export function findVerifyingKey(network: Pick<NetworkView, 'identity'>, name: string): Uint8Array {
  return network.identity(name).publicKey(IDENTITY);
}
