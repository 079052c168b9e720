/**
 * Ping: the definition of the protocol, which the registry of protocols reads.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { type PingOptions, pingConfig } from './config.ts';
import { pingMust } from './must.ts';
import { createPingNode } from './node.ts';

/** Carries application bytes in datagrams and measures the round trip of each. */
export const protocol: Protocol<PingOptions> = {
  name: 'ping',
  summary: 'carries application bytes in echo requests and measures each round trip',
  config: pingConfig,
  jobs: {},
  moduleUrl: import.meta.url,
  ports: ({ port }) => ({ udp: [port] }),
  drops: {
    truncated: 'the datagram is shorter than the header',
    'wrong-version': 'the first byte is not version 1',
    'unknown-kind': 'the kind is neither request nor reply',
    'padding-not-zero': 'the two reserved bytes are not zero',
    'unexpected-reply': 'no request with this identifier is under way',
    'unknown-peer': 'the sender is not a host of the topology',
  },
  metrics: [
    {
      name: 'ping.rtt',
      kind: 'histogram',
      unit: 'ns',
      help: 'request sent to reply received, at the requesting node',
    },
    { name: 'ping.requests', kind: 'counter', unit: 'packets', help: 'requests sent' },
    {
      name: 'ping.lost',
      kind: 'counter',
      unit: 'packets',
      help: 'requests without a reply within the time-out',
    },
  ],
  wishes: { priority: 'honoured' },
  must: pingMust,
  create: createPingNode,
};
