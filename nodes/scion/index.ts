/**
 * SCION border router: the protocol as the rest of the project uses it.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { type RouterOptions, routerConfig } from './config.ts';
import { scionTopologyGenerator } from './generator.ts';
import { createRouter } from './node.ts';
import { scionProvisioning } from './provisioning.ts';
import { ROUTER_DROPS } from './router/drops.ts';

/** Forwards SCION packets between autonomous systems and watches its links with BFD. */
export const protocol: Protocol<RouterOptions> = {
  name: 'scion',
  summary: 'SCION border router: checks hop fields, forwards, answers with SCMP, watches links',
  config: routerConfig,
  generators: [scionTopologyGenerator],
  provisioning: scionProvisioning,
  needsRun: () => 'its path segments are made before a run, and valid for six hours',
  jobs: {},
  moduleUrl: import.meta.url,
  drops: ROUTER_DROPS,
  metrics: [
    {
      name: 'router.forwarded',
      kind: 'counter',
      unit: 'packets',
      help: 'packets sent on to another AS or to a sibling router, at the router',
    },
    {
      name: 'router.delivered',
      kind: 'counter',
      unit: 'packets',
      help: 'packets handed to hosts of the own AS, at the router',
    },
    {
      name: 'router.replies',
      kind: 'counter',
      unit: 'packets',
      help: 'SCMP errors and traceroute replies made by the router',
    },
    {
      name: 'router.suppressed',
      kind: 'counter',
      unit: 'packets',
      help: 'SCMP errors not sent because they would be about an SCMP error',
    },
    {
      name: 'bfd.sent',
      kind: 'counter',
      unit: 'packets',
      help: 'BFD packets sent on all links of the router',
    },
    {
      name: 'bfd.changes',
      kind: 'counter',
      unit: 'count',
      help: 'changes of state of all BFD sessions of the router',
    },
    {
      name: 'bfd.links_up',
      kind: 'gauge',
      unit: 'count',
      help: 'BFD sessions of the router that are up',
    },
  ],
  create: createRouter,
};

export { PROTOCOL_SCMP, PROTOCOL_UDP, UDP_LENGTH } from './geometry.ts';
export { interfaceOf, isdAsOf, relationOf } from './network.ts';
export type { SegmentSet } from './paths/edges.ts';
export type { PathFinder } from './paths/finder.ts';
export { formatInterface, type Path, type PathInterface, walkOfPath } from './paths/path.ts';
export { walkOfSegment } from './paths/segment.ts';
export { makePathFinder } from './provisioning.ts';
export {
  ROUTE_TRACE,
  SEGMENTS_TRACE,
  type SegmentRole,
  type TracedSegment,
} from './trace-states.ts';
export { isUrgentPacket, markUrgent, URGENT_TRAFFIC_CLASS } from './urgency.ts';
export { foldChecksum, sumWords } from './wire/checksum.ts';
export { WIRE_DROPS } from './wire/drops.ts';
export { encodeHeader, writePayloadLength } from './wire/header.ts';
export { type HostAddress, host } from './wire/host-address.ts';
export { type IsdAs, isdAs, isdAsWords } from './wire/isd-as.ts';
export { PacketView } from './wire/packet-view.ts';
export { decodePath, encodePath, reverseWirePath, type WirePath } from './wire/path.ts';
export { decodeScmp, encodeScmpPacket } from './wire/scmp.ts';
