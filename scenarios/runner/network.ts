/**
 * The topology as nodes see it, and the secrets that a real deployment would provision.
 *
 * @module
 */
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { Topology } from '../../topologies/model.ts';

/** Draws the secret of a purpose once; sim derives it from the seed, live from the system. */
export type SecretSource = (purpose: string) => Uint8Array;

/** Makes the view of one run. Every node gets the same object. */
export function networkView(topology: Topology, source: SecretSource): NetworkView {
  const address = new Map(topology.hosts.map((host) => [host.name, host.address]));
  const end = (at: { host: string; port: number; ifId: number }): EndView => ({
    host: at.host,
    address: address.get(at.host) ?? '',
    port: at.port,
    ifId: at.ifId,
  });
  const secrets = new Map<string, Uint8Array>();
  return {
    hosts: topology.hosts.map(({ name, address: at, protocol, isdAs }) => ({
      name,
      address: at,
      protocol,
      ...(isdAs === undefined ? {} : { isdAs }),
    })),
    links: topology.links.map((link) => ({
      id: link.id,
      a: end(link.a),
      b: end(link.b),
      relation: link.relation,
      mtu: Math.min(link.forward.mtu ?? 65_535, link.backward.mtu ?? 65_535),
      delayNs: link.forward.delayNs,
      rateBps: link.forward.rateBps,
    })),
    ases: topology.ases,
    secret(purpose: string): Uint8Array {
      const known = secrets.get(purpose);
      if (known !== undefined) return known.slice();
      const drawn = source(purpose);
      secrets.set(purpose, drawn);
      return drawn.slice();
    },
  };
}

type EndView = NetworkView['links'][number]['a'];
