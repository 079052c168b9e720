/**
 * Ping: what must hold whatever happens to the network.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';
import type { ConfiguredNode } from '../../engine/host/protocol.ts';
import { greatestOf } from '../../engine/pure/extremes.ts';
import type { PingOptions } from './config.ts';

/**
 * The metrics that must keep their limits in any ping run. None is about damaged payloads: ping has no
 * checksum of its own.
 */
export function pingMust(nodes: readonly ConfiguredNode<PingOptions>[]): Must {
  const timeoutNs = greatestOf(nodes.map(({ options }) => options.timeout));
  return {
    // A reply after the time-out no longer belongs to a request.
    always: { 'ping.rtt': { max: `<= ${timeoutNs}ns` } },
    recover: { 'ping.delivery': { value: '>= 99%' } },
    withinSeconds: 2,
    options: { timeout: ['100ms', '3s'] },
  };
}
