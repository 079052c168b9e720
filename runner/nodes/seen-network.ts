/**
 * The network as the nodes of one protocol see it. If a host has several lowest protocols, the
 * nodes see their own one there, whichever is first in the file, so that they find their peers (ADR
 * 0094).
 *
 * @module
 */
import type { NetworkMap } from '../../engine/host/network-view.ts';
import { memoisePerObject } from '../../engine/pure/once-per.ts';

/** Networks by protocol, kept with the hosts of the network that all nodes share. */
const knownOf = memoisePerObject((_: NetworkMap['hosts']) => new Map<string, NetworkMap>());

/**
 * Returns the network that the nodes of a protocol see, made once for all of them. It is the
 * unchanged network if no host has this protocol as a second or later lowest protocol.
 * @param protocolsOf All protocols of a host, the lowest first.
 */
export function networkSeenBy(
  protocol: string,
  network: NetworkMap,
  protocolsOf: (host: string) => readonly { readonly name: string }[],
): NetworkMap {
  const networks = knownOf(network.hosts);
  const made = networks.get(protocol) ?? makeNetwork(protocol, network, protocolsOf);
  networks.set(protocol, made);
  return made;
}

function makeNetwork(
  ...[protocol, network, protocolsOf]: Parameters<typeof networkSeenBy>
): NetworkMap {
  const { hosts } = network;
  if (hosts.every(({ over }) => over?.[protocol] !== 'links')) return network;
  // Hosts that run a user's module as their first protocol are shown with its path.
  const first = hosts.find(({ name }) => protocolsOf(name)[0]?.name === protocol);
  const shown = first?.protocol ?? protocol;
  return {
    ...network,
    hosts: hosts.map((host) =>
      host.over?.[protocol] === 'links' ? { ...host, protocol: shown } : host,
    ),
  };
}
