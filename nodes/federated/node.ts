/**
 * Federated learning: a node is the aggregator of its federation, or a client of it.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { NodeHandle } from '../../engine/host/protocol.ts';
import { AggregatorNode } from './aggregator-node.ts';
import type { FederatedSetup } from './behaviour.ts';
import { ClientNode } from './client-node.ts';
import { GossipNode } from './gossip-node.ts';

/** Creates a node on `host`. */
export function createFederatedNode(host: Host, setup: FederatedSetup): NodeHandle {
  if (setup.options.gossip !== undefined) return new GossipNode(host, setup);
  const isAggregator = host.name === setup.options.aggregator;
  return isAggregator ? new AggregatorNode(host, setup) : new ClientNode(host, setup);
}
