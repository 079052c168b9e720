/**
 * Fabric: the public interface.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { type FabricOptions, fabricConfig } from './config.ts';
import { behaviourOf } from './doubles/index.ts';
import { FABRIC_DROP_REASONS } from './drop-reasons.ts';
import { FABRIC_CHANNEL, PAYLOAD_BYTES_MAX } from './geometry.ts';
import { FABRIC_METRICS } from './metrics.ts';
import { FABRIC_MUST } from './must.ts';
import { createFabricNode } from './node.ts';

/**
 * The fabric protocol: carries messages of any size over the carriers below; each message is
 * handled once.
 */
export const protocol: Protocol<FabricOptions> = {
  name: 'fabric',
  summary: 'carries messages and calls of any size, handled once, over whatever network there is',
  config: fabricConfig,
  account: { kind: 'custody' },
  jobs: {},
  moduleUrl: import.meta.url,
  drops: FABRIC_DROP_REASONS,
  metrics: FABRIC_METRICS,
  channel: FABRIC_CHANNEL,
  carriers: ({ ways = [] }) => ways.map((carrier, index) => ({ carrier, option: ['ways', index] })),
  carries: ({ order }) => ({
    maxBytes: PAYLOAD_BYTES_MAX,
    delivery: 'acknowledged',
    isOrdered: order === 'sent',
  }),
  // Every message waits for its peer until its deadline.
  wishes: {
    lifetime: 'honoured',
    priority: 'honoured',
    tolerant: 'honoured',
    private: 'honoured',
  },
  double: ({ double }) => double && `double: ${double}`,
  must: () => FABRIC_MUST,
  create: (host, setup) => createFabricNode(host, setup, behaviourOf(setup.options)),
};

export {
  decodeEnvelope,
  type Envelope,
  type EnvelopeDropReason,
  type MessageKind,
} from './envelope.ts';
