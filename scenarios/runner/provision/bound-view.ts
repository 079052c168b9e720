/**
 * The network as one node sees it: bound to its host, so that it gives that host's secrets, those
 * of its groups, and everybody's public values.
 *
 * An assertion refuses what a node may not have: asking for it is a mistake of its protocol.
 *
 * @module
 */
import { assert } from '../../../engine/core/assert.ts';
import type { Identity, NetworkMap, NetworkView } from '../../../engine/host/network-view.ts';
import type { Protocol } from '../../../engine/host/protocol.ts';
import type { SecretSource } from './secret-source.ts';

/** The part of a protocol that is used here. */
export type ProvisionedProtocol = Pick<Protocol, 'name' | 'provisioning'>;

/** The parts that all views share. */
export interface ViewParts {
  readonly network: NetworkMap;
  /** The protocol of a host. */
  readonly protocolOf: (host: string) => ProvisionedProtocol;
  readonly secrets: SecretSource;
  /** The public part of a host's secret; undefined if its protocol has no secret with that name. */
  readonly publicKeyOf: (host: string, name: string) => Uint8Array | undefined;
  readonly published: (name: string) => string | undefined;
}

/** The name of a host's secret has no slash, so it cannot be confused with a group's secret. */
const SECRET_NAME = /^[a-z0-9-]+$/;

/** Makes the view of one host from what its process has received. */
export function boundView(owner: string, parts: ViewParts): NetworkView {
  const { network, protocolOf, secrets, publicKeyOf, published } = parts;
  const own = protocolOf(owner).name;
  let memberships: ReadonlySet<string> | undefined;
  return {
    hosts: network.hosts,
    links: network.links,
    ases: network.ases,
    identity: (host): Identity => {
      assert(isKnown(network, host), `${owner} asks for the keys of ${host}, which does not exist`);
      return {
        publicKey: (name): Uint8Array => {
          const key = publicKeyOf(host, name);
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
    shared: (purpose): Uint8Array => {
      memberships ??= new Set(sharedBy(owner, parts));
      const name = `${own}/${purpose}`;
      assert(memberships.has(name), `${owner} asks for ${name}, which it does not share`);
      return secrets.shared(name).slice();
    },
    published,
  };
}

/** Names of the secrets that a host shares with others. */
export function sharedBy(
  host: string,
  { network, protocolOf }: Pick<ViewParts, 'network' | 'protocolOf'>,
): readonly string[] {
  const protocol = protocolOf(host);
  const view = network.hosts.find(({ name }) => name === host);
  assert(view !== undefined, `the topology has no node ${host}`);
  const purposes = protocol.provisioning?.sharedSecrets?.(view, network) ?? [];
  return purposes.map((purpose) => `${protocol.name}/${purpose}`);
}

function isKnown({ hosts }: NetworkMap, name: string): boolean {
  return hosts.some((host) => host.name === name);
}
