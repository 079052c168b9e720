/**
 * The network as one node sees it. The view is bound to its host: it gives the secrets of this host,
 * those that it shares with others, and the public values of all hosts.
 *
 * A request for any other secret fails an assertion, because it is a mistake of the protocol.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import type {
  HostKeys,
  HostView,
  NetworkMap,
  NetworkView,
} from '../../engine/host/network-view.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import { indexByName, memoisePerObject } from '../../engine/pure/once-per.ts';
import type { SecretSource } from './secret-source.ts';
import { networkSeenBy } from './seen-network.ts';

/** The part of a protocol that provisioning uses. */
export type ProvisionedProtocol = Pick<Protocol, 'name' | 'provisioning'>;

/** The data that the network views of all hosts share. */
export interface NetworkViewParts {
  readonly network: NetworkMap;
  /** All protocols of a host, the lowest first. */
  readonly protocolsOf: (host: string) => readonly ProvisionedProtocol[];
  readonly secrets: SecretSource;
  /**
   * The public part of a host's secret; undefined if its protocol has no secret of this name.
   * @param protocol Name of the protocol that has the secret.
   */
  readonly publicKeyOf: (host: string, protocol: string, name: string) => Uint8Array | undefined;
  readonly published: (name: string) => string | undefined;
}

/**
 * Matches names of a host's own secrets. They have no slash, so they cannot be confused with shared
 * secrets.
 */
const SECRET_NAME = /^[a-z0-9-]+$/;

/**
 * Makes the view of one host from the keys and the network that its process knows.
 * @param layer Name of the layer that gets the view; absent for the lowest protocol.
 */
export function hostNetworkView(
  owner: string,
  parts: NetworkViewParts,
  layer?: string,
): NetworkView {
  const { protocolsOf, secrets, publicKeyOf, published } = parts;
  const own = layer ?? protocolsOf(owner)[0]?.name ?? '';
  const network = networkSeenBy(own, parts.network, protocolsOf);
  const { over } = hostNamed(network, owner) ?? {};
  // A lowest protocol knows the keys of the lowest protocols of other hosts; a layer knows the keys
  // of the same layer there.
  const isLowest = layer === undefined || over?.[layer] === 'links';
  const protocolAt = (host: string): string => (isLowest ? lowestSeenBy(own, host, parts) : own);
  let memberships: ReadonlySet<string> | undefined;
  return {
    hosts: network.hosts,
    links: network.links,
    areas: network.areas,
    identity: (host): HostKeys => {
      assert(
        hostNamed(network, host) !== undefined,
        `${owner} asks for the keys of ${host}, which does not exist`,
      );
      return {
        publicKey: (name): Uint8Array => {
          const key = publicKeyOf(host, protocolAt(host), name);
          assert(
            key !== undefined,
            `${owner} asks for the key "${name}" of ${host}, which has none`,
          );
          return key.slice();
        },
        secret: (name): Uint8Array => {
          assert(host === owner, `${owner} asks for the secret "${name}" of ${host}`);
          assert(SECRET_NAME.test(name), `"${name}" is no name of a secret`);
          return secrets.own(owner, `${own}/${name}`).slice();
        },
      };
    },
    shared: (purpose, protocol = own): Uint8Array => {
      memberships ??= new Set(sharedSecretNames(owner, parts));
      const name = `${protocol}/${purpose}`;
      assert(memberships.has(name), `${owner} asks for ${name}, which it does not share`);
      return secrets.shared(name).slice();
    },
    published,
  };
}

/** Names of the secrets that a host shares with others. */
export function sharedSecretNames(
  host: string,
  parts: Pick<NetworkViewParts, 'network' | 'protocolsOf'>,
): readonly string[] {
  const own = parts.protocolsOf(host);
  const isOwn = (name: string): boolean => own.some((protocol) => protocol.name === name);
  const others = protocolsOfNetwork(parts).filter(
    ({ name, provisioning }) => !isOwn(name) && provisioning?.sharedWith?.some(isOwn),
  );
  return [...own, ...others].flatMap(({ name: protocol, provisioning }) => {
    const reader = isOwn(protocol) ? protocol : (provisioning?.sharedWith?.find(isOwn) ?? '');
    const network = networkSeenBy(reader, parts.network, parts.protocolsOf);
    const view = hostNamed(network, host);
    assert(view !== undefined, `the topology has no node ${host}`);
    return (provisioning?.sharedSecrets?.(view, network) ?? []).map((one) => `${protocol}/${one}`);
  });
}

/**
 * The lowest protocol of a host as seen by another lowest protocol: the same protocol if the host
 * has it, else the first one of the host.
 */
function lowestSeenBy(
  protocol: string,
  host: string,
  { network, protocolsOf }: NetworkViewParts,
): string {
  const isThere = hostNamed(network, host)?.over?.[protocol] === 'links';
  return isThere ? protocol : (protocolsOf(host)[0]?.name ?? '');
}

/** All protocols that any host of a network runs. */
const protocolsOfNetwork = memoisePerObject(
  (parts: Pick<NetworkViewParts, 'network' | 'protocolsOf'>) => [
    ...new Set(parts.network.hosts.flatMap(({ name }) => parts.protocolsOf(name))),
  ],
);

function hostNamed({ hosts }: Pick<NetworkMap, 'hosts'>, name: string): HostView | undefined {
  return indexByName(hosts).get(name);
}
