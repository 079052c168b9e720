/**
 * Bulk: the keys provisioned for pairs of nodes, one for each direction.
 *
 * @module
 */
import type { HostView, NetworkMap } from '../../engine/host/network-view.ts';
import type { Provisioning } from '../../engine/host/protocol.ts';

/** Gives a node the keys of the streams that it opens or accepts, and no others. */
export const bulkProvisioning: Provisioning = {
  sharedSecrets: ({ name }, network) =>
    bulkPeers(name, network).flatMap((peer) => [
      pairSecretName(name, peer.name),
      pairSecretName(peer.name, name),
    ]),
};

/** Name of a pair's key: first the node that opens the stream, then the one that accepts it. */
export function pairSecretName(from: string, to: string): string {
  return `${from}/${to}`;
}

/** All nodes of the same protocol; a node is also its own peer. */
export function bulkPeers(host: string, { hosts }: NetworkMap): readonly HostView[] {
  const own = hosts.find(({ name }) => name === host);
  return hosts.filter(({ protocol }) => protocol === own?.protocol);
}
