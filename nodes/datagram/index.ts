/**
 * Datagram: the definition of the protocol, which the registry of protocols reads.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { type DatagramOptions, datagramConfig } from './config.ts';
import { createDatagramNode } from './node.ts';

/** Carries each message in one UDP datagram (RFC 768), and nothing else. */
export const protocol: Protocol<DatagramOptions> = {
  name: 'datagram',
  summary: 'carries each message in one UDP datagram to a neighbour: the plainest carrier',
  config: datagramConfig,
  jobs: {},
  moduleUrl: import.meta.url,
  drops: {
    'unknown-peer': 'the sender is not a host of the topology',
  },
  metrics: [
    { name: 'datagram.sent', kind: 'counter', unit: 'packets', help: 'messages sent' },
    {
      name: 'datagram.received',
      kind: 'counter',
      unit: 'packets',
      help: 'messages handed over, at the receiving node',
    },
  ],
  ports: ({ port }) => ({ udp: [port] }),
  carries: ({ maxBytes }) => ({ maxBytes, delivery: 'best-effort', isOrdered: false }),
  wishes: { priority: 'honoured' },
  create: createDatagramNode,
};
