/**
 * Bulk: the keys that pairs of nodes are provisioned with, one for each direction.
 *
 * @module
 */
import type { HostView, NetworkMap } from '../../engine/host/network-view.ts';
import type { Provisioning } from '../../engine/host/protocol.ts';

/** A node has the keys of the streams that it opens and accepts, and no others. */
export const bulkProvisioning: Provisioning = {
  sharedSecrets: ({ name }, network) =>
    bulkPeers(name, network).flatMap((peer) => [
      pairSecret(name, peer.name),
      pairSecret(peer.name, name),
    ]),
};

/** The key of a pair is that of the opening and the accepting node, in this order. */
export function pairSecret(from: string, to: string): string {
  return `${from}/${to}`;
}

/** All nodes of the same protocol; a node is a peer of itself. */
export function bulkPeers(host: string, { hosts }: NetworkMap): readonly HostView[] {
  const own = hosts.find(({ name }) => name === host);
  return hosts.filter(({ protocol }) => protocol === own?.protocol);
}
