/**
 * Gateway: the protocol as the rest of the project uses it.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { byteJobDefinition } from '../_kit/byte-job.ts';
import {
  END_HOST_DROP_REASONS,
  END_HOST_PORT,
  END_HOST_QUESTIONS,
  WIRE_DROP_REASONS,
} from '../scion/index.ts';
import { accountKeyOfDatagram } from './account.ts';
import { APPLICATION_QUESTIONS } from './application/questions.ts';
import { type GatewayOptions, gatewayConfig } from './config.ts';
import { STATIC_KEY_NAME } from './crypto.ts';
import { behaviourWithDoubles, requestedDoubleText } from './doubles/index.ts';
import { FRAME_DROP_REASONS } from './drops.ts';
import { GATEWAY_FORGERIES } from './forgeries.ts';
import { PACKET_BYTES_MAX } from './geometry.ts';
import { GATEWAY_METRICS } from './metrics.ts';
import { GATEWAY_MUST } from './must.ts';
import { createGatewayNode } from './node.ts';
import { OPEN_JOB, openCostNs, openJob } from './opening/open-job.ts';
import { findOptionConflicts } from './option-conflicts.ts';
import { PACKET_NUMBER_BYTES } from './striping/packet-number.ts';
import { GATEWAY_PORT } from './underlay/underlay-path.ts';

/** Tunnels packets between autonomous systems over several SCION paths. */
export const protocol: Protocol<GatewayOptions> = {
  name: 'gateway',
  summary: 'tunnels packets between ASes: sealed frames, anti-replay, multipath failover',
  config: gatewayConfig,
  disagreements: findOptionConflicts,
  addressRole: 'edge',
  provisioning: {
    publicKeys: { [STATIC_KEY_NAME]: (secret, crypto) => crypto.x25519PublicKey(secret) },
  },
  needsRun: () => 'it takes its paths from segments that are made before a run',
  jobs: { [OPEN_JOB]: { ...byteJobDefinition(openJob, openCostNs), onDemand: true } },
  moduleUrl: import.meta.url,
  drops: {
    ...WIRE_DROP_REASONS,
    ...END_HOST_DROP_REASONS,
    ...FRAME_DROP_REASONS,
    'no-path': 'No path or session within 100 ms of the packet being handed over.',
    'lifetime-over': 'The packet waited for a path until its lifetime was over.',
    displaced: 'The packet waited, and one of higher priority took its place in a full queue.',
    'not-for-us': 'The SCION packet is addressed to another host.',
    'upper-protocol': 'The SCION packet carries neither UDP nor SCMP.',
    'malformed-body': 'The body of a probe, reply or report has the wrong length.',
    'scmp-source': 'An SCMP message comes from an AS other than the one whose interface it names.',
    'scmp-quote':
      'An SCMP message quotes no packet that was sent on a path within the last second.',
    'receive-full': 'The application does not take the packets that came for it.',
    'socket-full': 'The local socket accepted no more datagrams.',
  },
  metrics: GATEWAY_METRICS,
  account: { kind: 'passage', keyOf: accountKeyOfDatagram },
  unaccounted: ({ encapsulation }) =>
    encapsulation === 'sig' ? 'a SIG frame does not say which packets it carries' : undefined,
  remark: ({ encapsulation }) =>
    encapsulation === 'sig' ? 'packets unencrypted (encapsulation: sig)' : undefined,
  messageKinds: { payload: 'content' },
  forgeries: GATEWAY_FORGERIES,
  ports: () => ({ udp: [GATEWAY_PORT, END_HOST_PORT] }),
  // Packets may overtake each other, because paths have different delays; with `striping`, this
  // happens only to a packet that came too late.
  carries: ({ multipath }) => ({
    maxBytes: PACKET_BYTES_MAX - (multipath.strategy === 'striping' ? PACKET_NUMBER_BYTES : 0),
    delivery: 'best-effort',
    isOrdered: false,
  }),
  wishes: { lifetime: 'honoured', priority: 'honoured', tolerant: 'honoured' },
  double: requestedDoubleText,
  must: () => GATEWAY_MUST,
  questions: { ...END_HOST_QUESTIONS, ...APPLICATION_QUESTIONS },
  create: (host, setup) => createGatewayNode(host, setup, behaviourWithDoubles(setup.options)),
};
export { type AccessControl, selectPeers } from './access-control.ts';
export { reloadGatewayFile } from './gateway-reload.ts';
export { gatewaySampleToml } from './gateway-sample.ts';
export {
  type GatewayFile,
  gatewayTomlSchema,
  type TlsFiles,
  withRoutingPolicy,
} from './gateway-toml.ts';
export { SECOND_BOUNDS } from './operator/bounds.ts';
export { BucketCounts } from './operator/bucket-counts.ts';
export {
  type Count,
  LABEL_SETS_MAX,
  LabelTable,
  makeCounts,
} from './operator/label-table.ts';
export type { BucketValue, MetricSeries, MetricSeriesByName } from './operator/node-metrics.ts';
export { PUBLISHED_METRICS, type PublishedMetric } from './operator/published-metrics.ts';
export { parseRoutingPolicy } from './routing/policy.ts';
