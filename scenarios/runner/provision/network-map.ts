/**
 * The topology as nodes see it, without anybody's keys.
 *
 * @module
 */
import type { LinkEndView, NetworkMap } from '../../../engine/host/network-view.ts';
import type { Topology } from '../../../topologies/model.ts';

/** The part of a topology that nodes see. */
export type MappedTopology = Pick<Topology, 'hosts' | 'links' | 'ases'>;

/**
 * Makes the map of a run, one object for all its nodes.
 * @param layersOf Protocols above the lowest one of a host, by its name.
 */
export function networkMap(
  topology: MappedTopology,
  layersOf: (host: string) => readonly { readonly name: string }[] = () => [],
): NetworkMap {
  const address = new Map(topology.hosts.map((host) => [host.name, host.address]));
  const end = (at: { host: string; port: number; ifId: number }): LinkEndView => ({
    host: at.host,
    address: address.get(at.host) ?? '',
    port: at.port,
    ifId: at.ifId,
  });
  return {
    hosts: topology.hosts.map(({ name, address: at, protocol, isdAs }) => ({
      name,
      address: at,
      protocol,
      stack: [protocol, ...layersOf(name).map((layer) => layer.name)],
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
  };
}
