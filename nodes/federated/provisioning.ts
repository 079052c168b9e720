/**
 * Federated learning: what nodes have before they start. Each has an identity that signs; all know the
 * seed that the data of the simulated federation is made from, which a real one would not have.
 *
 * @module
 */

import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { NodeSetup, Provisioning } from '../../engine/host/protocol.ts';
import { fromHex, toHex, writeUint32 } from '../_kit/bytes.ts';
import type { FederatedOptions } from './config.ts';
import { DATA_SEED_BYTES } from './geometry.ts';
import { clientNames, type DataSource } from './learn/data.ts';

const IDENTITY = 'identity';
const DATA = 'data';

/** See the module. */
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
export function dataSeed(network: Pick<NetworkView, 'published'>): Uint8Array {
  const text = network.published(`federated/${DATA}`);
  if (text === undefined) throw new Error('nobody published the seed of the data');
  return fromHex(text);
}

/** Where the data of a node comes from. */
export function dataSource(
  crypto: Pick<CryptoProvider, 'sha256'>,
  { options, network, readFile }: NodeSetup<FederatedOptions>,
): DataSource {
  return {
    crypto,
    seed: dataSeed(network),
    options,
    // A getter, as only sets dealt out to clients need the list, and each client would make one.
    get clients(): readonly string[] {
      return clientNames(network.hosts, options.aggregator);
    },
    ...(readFile === undefined ? {} : { read: readFile }),
  };
}

/** The secret that a node signs with. */
export function signingSecret(network: Pick<NetworkView, 'identity'>, name: string): Uint8Array {
  return network.identity(name).secret(IDENTITY);
}

/** The key that verifies what a node signed. */
export function verifyingKey(network: Pick<NetworkView, 'identity'>, name: string): Uint8Array {
  return network.identity(name).publicKey(IDENTITY);
}
