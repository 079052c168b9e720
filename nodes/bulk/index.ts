/**
 * Bulk: the definition of the protocol, which the registry of protocols reads.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { type BulkOptions, bulkConfig } from './config.ts';
import { behaviourOf } from './doubles/index.ts';
import { PACKET_BYTES_MAX } from './geometry.ts';
import { BULK_MUST } from './must.ts';
import { createBulkNode } from './node.ts';
import { bulkProvisioning } from './provisioning.ts';

/** Carries application packets over one reliable stream per peer. */
export const protocol: Protocol<BulkOptions> = {
  name: 'bulk',
  summary: 'carries application packets over one reliable stream per peer',
  config: bulkConfig,
  provisioning: bulkProvisioning,
  account: { kind: 'custody' },
  jobs: {},
  moduleUrl: import.meta.url,
  drops: {
    'unknown-peer': 'the stream does not come from a host of the topology',
    crowded: 'a stream that said nothing made room for a newer one from the same peer',
    'bad-length': 'a length on the stream is above 65,536',
    truncated: 'the stream ended within its first bytes or a packet',
    'bad-number': 'a peer confirms a packet that was never sent to it',
    'lifetime-over': 'the lifetime of an accepted packet ended before it could be sent',
  },
  metrics: [
    {
      name: 'bulk.taken',
      kind: 'counter',
      unit: 'packets',
      help: 'packets that were taken over to send: they are on the disk until they are confirmed',
    },
    {
      name: 'bulk.confirmed',
      kind: 'counter',
      unit: 'packets',
      help: 'packets that the peer has confirmed, at the sending node',
    },
    {
      name: 'bulk.delivered',
      kind: 'counter',
      unit: 'packets',
      help: 'packets handed over, at the receiving node',
    },
    { name: 'bulk.connects', kind: 'counter', unit: 'count', help: 'streams that were asked for' },
    {
      name: 'bulk.resets',
      kind: 'counter',
      unit: 'count',
      help: 'ends of streams at this node by reset, time-out or a failed handshake',
    },
  ],
  questions: {
    flush:
      'when the peer has confirmed everything that was accepted for it; a part is the number of packets left',
  },
  finishes: ({ expects }) => expects !== undefined,
  ports: ({ port }) => ({ tcp: [port] }),
  carries: () => ({ maxBytes: PACKET_BYTES_MAX, delivery: 'custody', isOrdered: true }),
  // Every packet waits for its peer, in the order of sending, and is withdrawn when its time is over.
  wishes: { lifetime: 'honoured', tolerant: 'honoured' },
  double: ({ double }) => double && `double: ${double}`,
  must: () => BULK_MUST,
  create: (host, setup) => createBulkNode(host, setup, behaviourOf(setup.options)),
};
