/**
 * A protocol that queries its view for the secrets of every host and every conceivable group, and
 * logs what it received. It tests what a node can find out.
 *
 * @module
 */
import { z } from 'zod';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { NodeHandle, Protocol } from '../../engine/host/protocol.ts';

/** What one spy found, as JSON in its log line after the word `spied`. */
export interface Findings {
  /** Hosts whose secrets it received. */
  readonly secretsOf: readonly string[];
  /** Groups whose secret it received. */
  readonly groups: readonly string[];
  /** The public keys of all hosts, in the order of the hosts. */
  readonly publicKeys: readonly string[];
}

const config = z.strictObject({ wait: z.literal(true).default(true) });

/** Names of secrets that some protocol of this repository uses, and names that look like paths. */
const NAMES = ['static', 'identity', 'vrf', 'authority', '../gateway/static', '__proto__', ''];
const GROUPS = [
  'pair',
  'forwarding-key/1-ff00:0:111',
  'drkey/1-ff00:0:111',
  'alice/bob',
  'bob/alice',
  '../scion/forwarding-key/1-ff00:0:111',
  '__proto__',
  'constructor',
];

function isGiven(ask: () => Uint8Array): boolean {
  try {
    return ask().length > 0;
  } catch {
    return false;
  }
}

function spy(network: NetworkView): Findings {
  const names = network.hosts.map(({ name }) => name);
  return {
    secretsOf: names.filter((host) =>
      NAMES.some((name) => isGiven(() => network.identity(host).secret(name))),
    ),
    groups: GROUPS.filter((group) => isGiven(() => network.shared(group))),
    publicKeys: names.map((host) => String(network.identity(host).publicKey('static'))),
  };
}

export const protocol: Protocol = {
  name: 'spy',
  summary: 'asks for every secret and tells what it was given',
  config,
  provisioning: {
    publicKeys: { static: (secret, crypto) => crypto.x25519PublicKey(secret) },
    sharedSecrets: ({ name }) => (name === 'carol' ? [] : ['pair']),
  },
  jobs: {},
  moduleUrl: import.meta.url,
  drops: {},
  metrics: [],
  create: (host, { network }): NodeHandle => ({
    start: (): void => {
      host.onRequest(({ respond }) => respond('ok'));
      host.log.warn(`spied ${JSON.stringify(spy(network))}`);
    },
  }),
};
