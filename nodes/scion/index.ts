/**
 * SCION: the border router as a protocol, and the parts of SCION that other protocols use.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { type RouterOptions, routerConfig } from './config.ts';
import { ROUTER_FORGERIES } from './forgeries.ts';
import { scionTopologyGenerator } from './generator.ts';
import { scionInternetGenerator } from './internet-generator.ts';
import { ROUTER_MUST } from './must.ts';
import { createRouterNode } from './node.ts';
import { scionProvisioning } from './provisioning.ts';
import { ROUTER_DROP_REASONS } from './router/drops.ts';
import { ROUTER_INTERNAL_PORT } from './router/geometry.ts';

/** Forwards SCION packets between autonomous systems and watches its links with BFD. */
export const protocol: Protocol<RouterOptions> = {
  name: 'scion',
  summary: 'SCION border router: checks hop fields, forwards, answers with SCMP, watches links',
  config: routerConfig,
  generators: [scionTopologyGenerator, scionInternetGenerator],
  provisioning: scionProvisioning,
  needsRun: () => 'its path segments are made before a run, and valid for six hours',
  must: () => ROUTER_MUST,
  jobs: {},
  moduleUrl: import.meta.url,
  ports: (_, linkPorts) => ({ udp: [ROUTER_INTERNAL_PORT, ...linkPorts] }),
  drops: ROUTER_DROP_REASONS,
  forgeries: ROUTER_FORGERIES,
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
    {
      name: 'bfd.links_down',
      kind: 'gauge',
      unit: 'count',
      help: 'BFD sessions of the router that are not up, until it stops',
    },
  ],
  create: createRouterNode,
};

export {
  type AnnouncedCrossing,
  type AnnouncedInside,
  type AnnouncedLink,
  type AnnouncedValues,
  interfacePairName,
  readAnnouncedInside,
  readAnnouncedLink,
} from './announcements.ts';
export { makeOneHopPath } from './bfd/envelope.ts';
export { portRangeSchema } from './config.ts';
export {
  decodeSegmentFrame,
  encodeSegmentFrame,
  REQUEST_FRAME_LAYOUT,
} from './daemon/frames.ts';
export {
  ANSWER_SEGMENTS_BYTES_MAX,
  encodeHostAnswer,
  type HostAnswer,
} from './daemon/host-answer.ts';
export { decodeHostRequest } from './daemon/host-request.ts';
export {
  decodeHostKeyRequest,
  type EpochKey,
  encodeHostKeyAnswer,
  encodeHostKeyRequest,
  type HostKeyRequest,
} from './daemon/key-messages.ts';
export { SegmentClient } from './daemon/segment-client.ts';
export { END_HOST_DROP_REASONS } from './end-host/drops.ts';
export { findHostPaths } from './end-host/host-paths.ts';
export { END_HOST_QUESTIONS, EndHostQuestions } from './end-host/questions-node.ts';
export { ScmpEndHost } from './end-host/scmp-end-host.ts';
export {
  EPIC_META_LENGTH,
  HOST_TYPE_IPV4,
  HOST_TYPE_IPV6,
  PATH_TYPE_EPIC,
  PATH_TYPE_SCION,
  PROTOCOL_SCMP,
  PROTOCOL_UDP,
  SEGMENT_ID_VALUES,
  UDP_HEADER_LENGTH,
  UDP_TARGET_PORT_OFFSET,
} from './geometry.ts';
export { HopAuthenticator } from './mac.ts';
export {
  type AsExit,
  CONTROL_PROTOCOL,
  exitsOf,
  findControlServices,
  interfaceIdOf,
  isdAsOf,
  listAutonomousSystems,
  type NeighbourRelation,
  readLinkRelation,
} from './network.ts';
export { combineSegmentsIntoPaths } from './paths/combinator.ts';
export type { CombineRequest, SegmentSet } from './paths/edges.ts';
export { computeEpicDigest, isEpicDigestOf } from './paths/epic-extension.ts';
export { makePathInside, type PathFinder } from './paths/finder.ts';
export { asSequenceOfPath, formatInterface, type Path, type PathInterface } from './paths/path.ts';
export { computePathTotals } from './paths/path-metadata.ts';
export {
  type FoundPaths,
  findSegmentsAround,
  leaveOutPaths,
  passesOneOf,
} from './paths/revoked.ts';
export {
  asSequenceOfSegment,
  extendSegment,
  findFirstAs,
  findLastAs,
  type PathSegment,
  segmentExpiryHalfSeconds,
  segmentIdHashInput,
} from './paths/segment.ts';
export {
  decodeSegments,
  decodeSegmentsRequest,
  encodeSegments,
  encodeSegmentsRequest,
  plainSegments,
  SEGMENTS_PER_ROLE_MAX,
  type SegmentsByRole,
  type SegmentsRequest,
} from './paths/segment-messages.ts';
export {
  appendSignedEntry,
  decodeSignedSegment,
  emptySignedSegment,
  makeEncodedSegment,
  PATH_SEGMENT,
  type SignatureKeyId,
  type SignedSegment,
  signatureInput,
} from './paths/segment-wire.ts';
export {
  type ByInterface,
  LINK_TYPES,
  type LinkType,
  type PropertyValues,
  type StaticInfo,
} from './paths/static-info.ts';
export { type AccessEntry, accessListRefusal, parseAccessEntry } from './policy/access-list.ts';
export { POLICY_LIMITS } from './policy/geometry.ts';
export { PATH_ORDERS } from './policy/order.ts';
export {
  applyPathPolicy,
  extendPathPolicy,
  type PathPolicy,
  type PolicyOption,
} from './policy/policy.ts';
export { type PathSequence, parseSequence, stateCountOf } from './policy/sequence.ts';
export { createDrkeyStore, forwardingKeyOf, makePathFinder } from './provisioning.ts';
export {
  DRKEY_EPOCH_SECONDS,
  DRKEY_KEY_LENGTH,
  DRKEY_PROTOCOL_SCMP,
  deriveDrkeyAsHostKey,
  drkeyEpochAt,
} from './router/drkey.ts';
export type { DrkeyStore } from './router/drkey-store.ts';
export {
  CONTROL_PORT,
  DISPATCHED_PORTS,
  END_HOST_PORT,
  ROUTER_INTERNAL_PORT,
} from './router/geometry.ts';
export { isScmpSignedBySourceAs } from './router/scmp-authentication.ts';
export {
  ROUTE_TRACE,
  SEGMENTS_TRACE,
  type SegmentRole,
  type TracedSegment,
} from './trace-states.ts';
export { isUrgentPacket, markUrgent, URGENT_TRAFFIC_CLASS } from './urgency.ts';
export { addToOnesComplementSum, foldChecksum } from './wire/checksum.ts';
export { WIRE_DROP_REASONS } from './wire/drops.ts';
export { type EpicAuthenticators, EpicPathMaker } from './wire/epic.ts';
export { encodeHeader, headerLength, writePayloadLength } from './wire/header.ts';
export {
  formatHost,
  type HostAddress,
  hostAddressLength,
  parseHost,
  requireHostAddress,
} from './wire/host-address.ts';
export {
  type IsdAs,
  isdAsNumbers,
  isdAsOfWords,
  isdAsWords,
  isWildcard,
  makeWildcard,
  parseIsdAs,
  readIsd,
  requireIsdAs,
  writeIsdAs,
} from './wire/isd-as.ts';
export { type PacketEnd, PacketView } from './wire/packet-view.ts';
export {
  decodePath,
  encodePath,
  reverseWirePath,
  type WirePath,
  writeEpicMeta,
} from './wire/path.ts';
export { decodeScmp, encodeScmpPacket } from './wire/scmp.ts';
export { encodeUdpPacket } from './wire/udp.ts';
