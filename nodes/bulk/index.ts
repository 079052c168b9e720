/**
 * Bulk: the public face.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { type BulkOptions, bulkConfig } from './config.ts';
import { createBulk } from './node.ts';
import { bulkProvisioning } from './provisioning.ts';

/** Carries application packets over one reliable stream per peer. */
export const protocol: Protocol<BulkOptions> = {
  name: 'bulk',
  summary: 'carries application packets over one reliable stream per peer',
  config: bulkConfig,
  provisioning: bulkProvisioning,
  jobs: {},
  moduleUrl: import.meta.url,
  drops: {
    'unknown-peer': 'the stream comes from no host of the topology',
    'bad-length': 'a length on the stream is 0 or above 65,536',
    truncated: 'the stream ended within a packet',
  },
  metrics: [
    { name: 'bulk.connects', kind: 'counter', unit: 'count', help: 'streams that were asked for' },
    {
      name: 'bulk.resets',
      kind: 'counter',
      unit: 'count',
      help: 'ends of streams at this node by reset, time-out or a failed handshake',
    },
  ],
  create: createBulk,
};
