/**
 * The border router's checks on a packet with a SCION path, one function per line of the checklist.
 *
 * SCION header specification "Path Type: SCION", reference router/dataplane.go. Each function
 * examines the passage and returns `undefined` (continue with the next step), a drop reason, or the
 * action for the packet. pipeline.ts determines their order; the numbers refer to that list.
 *
 * @module
 */
import {
  DESTINATION_ISD_AS_OFFSET,
  HOST_TYPE_IPV4,
  HOST_TYPE_IPV6,
  HOST_TYPE_SERVICE,
  SOURCE_ISD_AS_OFFSET,
} from '../geometry.ts';
import { hostAddressLength, isIpv4Mapped } from '../wire/host-address.ts';
import { isHopExpired } from '../wire/path.ts';
import type { RouterContext } from './context.ts';
import type { NeighbourRole, RouterInterface } from './link.ts';
import type { CheckStepResult, PacketProcessingState } from './passage.ts';
import {
  INVALID_DESTINATION,
  INVALID_MAC,
  INVALID_PACKET_SIZE,
  INVALID_PATH,
  INVALID_SEGMENT_CHANGE,
  INVALID_SOURCE,
  LINK_DOWN,
  PACKET_TOO_BIG,
  PATH_EXPIRED,
  type ScmpError,
  SIBLING_DOWN,
  UNKNOWN_HOP_EGRESS,
  UNKNOWN_HOP_INGRESS,
} from './scmp-errors.ts';

/** Roles of the next AS allowed within one segment, by the role of the previous AS (step 15a). */
const STRAIGHT: Readonly<Record<NeighbourRole, readonly NeighbourRole[]>> = {
  none: [],
  core: ['core'],
  child: ['parent', 'peer'],
  parent: ['child'],
  peer: ['child'],
};

/**
 * Roles of the next AS allowed at a change of segments, by the role of the previous AS (step 15b).
 */
const CHANGING: Readonly<Record<NeighbourRole, readonly NeighbourRole[]>> = {
  none: [],
  core: ['child'],
  child: ['core', 'child'],
  parent: [],
  peer: [],
};

/** Step 2: a peering path has exactly two segments; records if this hop is at the peering link. */
export function checkPeering(passage: PacketProcessingState): CheckStepResult {
  const { packet } = passage;
  if (packet.isPeeringMalformed) return 'path-peering-malformed';
  passage.isPeering = packet.isPeeringHop;
  return undefined;
}

/** Step 3: the hop field has not expired. */
export function checkExpiry(
  passage: PacketProcessingState,
  context: RouterContext,
): CheckStepResult {
  if (!isHopExpired(passage.packet.expiryHalfSeconds, context.clock())) return undefined;
  return passage.refuseHop('hop-expired', PATH_EXPIRED);
}

/** Step 4: a packet from another AS arrived on the interface that its hop field names. */
export function checkIngress(passage: PacketProcessingState): CheckStepResult {
  const { packet, ingress } = passage;
  if (ingress === 0 || ingress === packet.ingress) return undefined;
  return passage.refuseHop('hop-ingress-mismatch', unknownIngress(packet.isConsDir));
}

/** Step 5: PayloadLen is correct. */
export function checkPayloadLength(passage: PacketProcessingState): CheckStepResult {
  const { packet } = passage;
  if (packet.payloadLength === packet.actualPayloadLength) return undefined;
  return passage.refuse('packet-length', INVALID_PACKET_SIZE, 0);
}

/**
 * Step 6: a packet in transit that arrives from inside the AS was forwarded by the router by which
 * it entered the AS.
 */
export function checkTransitSource(
  passage: PacketProcessingState,
  context: RouterContext,
): CheckStepResult {
  const { packet, arrival } = passage;
  if (packet.isFirstHop || arrival.kind === 'external') return undefined;
  // After a change of segments, the packet entered the AS by the last hop of the previous segment.
  const isAfterCrossover = packet.isFirstHopAfterCrossover && !passage.isPeering;
  const entry = packet.ingressOf(packet.currentHop - (isAfterCrossover ? 1 : 0));
  const expected = context.interfaces.get(entry)?.link;
  return expected === arrival && arrival.kind === 'sibling' ? undefined : 'transit-source';
}

/**
 * Step 7: source and destination ISD-AS match the link on which the packet arrived, and the AS
 * where its path ends.
 */
export function checkIsdAs(
  passage: PacketProcessingState,
  context: RouterContext,
): CheckStepResult {
  const { packet } = passage;
  const isSourceLocal = packet.isSource(context.isdAs);
  const isTargetLocal = packet.isTarget(context.isdAs);
  const isOutbound = passage.ingress === 0;
  const isSourceWrong = isOutbound ? packet.isFirstHop && !isSourceLocal : isSourceLocal;
  if (isSourceWrong) return passage.refuse('source-ia', INVALID_SOURCE, SOURCE_ISD_AS_OFFSET);
  const isTargetWrong = isOutbound ? isTargetLocal : packet.isLastHop !== isTargetLocal;
  if (!isTargetWrong) return undefined;
  return passage.refuse('destination-ia', INVALID_DESTINATION, DESTINATION_ISD_AS_OFFSET);
}

/** Step 8: hosts of this AS send from an address that can be answered. */
export function checkSourceHost(
  passage: PacketProcessingState,
  context: RouterContext,
): CheckStepResult {
  const { packet } = passage;
  if (!packet.isSource(context.isdAs)) return undefined;
  switch (packet.sourceHostType) {
    case HOST_TYPE_IPV4:
    case HOST_TYPE_SERVICE:
      return undefined;
    case HOST_TYPE_IPV6:
      if (!isMapped(packet.buffer, packet.sourceHostOffset)) return undefined;
  }
  return passage.refuse('source-host', INVALID_SOURCE, 0);
}

/**
 * Step 9: against construction direction, the ingress router removes the MAC of this hop field from
 * the SegID.
 */
export function updateSegmentIdAtIngress(passage: PacketProcessingState): CheckStepResult {
  const { packet } = passage;
  if (passage.ingress !== 0 && !passage.isPeering && !packet.isConsDir) {
    packet.foldMacIntoSegmentId();
  }
  return undefined;
}

/** Step 10: this AS created the hop field. */
export function checkMac(passage: PacketProcessingState, context: RouterContext): CheckStepResult {
  if (context.hops.verify(passage.packet)) return undefined;
  return passage.refuseHop('hop-mac', INVALID_MAC);
}

/** Step 11: an alert flag requests an answer from the router at the ingress. */
export function checkIngressAlert(passage: PacketProcessingState): CheckStepResult {
  const { packet, ingress } = passage;
  if (ingress === 0 || !packet.hasIngressAlert) return undefined;
  packet.clearIngressAlert();
  passage.alertIfId = ingress;
  return 'traceroute';
}

/**
 * Step 12: the packet is in its destination AS. Its path is not advanced, so that the receiver can
 * reverse it.
 */
export function deliverLocally(
  passage: PacketProcessingState,
  context: RouterContext,
): CheckStepResult {
  return passage.packet.isTarget(context.isdAs) ? context.delivery.resolve(passage) : undefined;
}

/** Step 13: the packet continues on the next segment, whose first hop also belongs to this AS. */
export function crossOverToNextSegment(
  passage: PacketProcessingState,
  context: RouterContext,
): CheckStepResult {
  const { packet } = passage;
  if (!packet.isCrossover || passage.isPeering) return undefined;
  passage.hasCrossedOver = true;
  return packet.advance() ?? checkExpiry(passage, context) ?? checkMac(passage, context);
}

/**
 * Step 14: the egress is an interface of this router, or of a sibling if the packet came from
 * outside.
 */
export function findEgress(
  passage: PacketProcessingState,
  context: RouterContext,
): CheckStepResult {
  const { packet } = passage;
  const egress = context.interfaces.get(packet.egress);
  const isUsable = egress !== undefined && (passage.ingress !== 0 || isOwn(egress));
  if (!isUsable) return passage.refuseHop('egress-unknown', unknownEgress(packet.isConsDir));
  passage.egress = egress;
  return undefined;
}

/** Step 15: the AS may carry this packet between these neighbours. */
export function checkTransitAllowed(passage: PacketProcessingState): CheckStepResult {
  const { arrival, packet } = passage;
  const to = egressOf(passage).neighbour;
  if (passage.hasCrossedOver) {
    if (CHANGING[arrival.neighbour].includes(to)) return undefined;
    const pointer = packet.infoOffset - packet.start;
    return passage.refuse('segment-change', INVALID_SEGMENT_CHANGE, pointer);
  }
  if (passage.ingress === 0 || STRAIGHT[arrival.neighbour].includes(to)) return undefined;
  return passage.refuseHop('hop-link-types', INVALID_PATH);
}

/**
 * Step 16: an alert flag requests an answer from the router at the egress. This step is before step
 * 17, so that a traceroute works up to a link that is down.
 */
export function checkEgressAlert(passage: PacketProcessingState): CheckStepResult {
  const { packet } = passage;
  const egress = egressOf(passage);
  if (!isOwn(egress) || !packet.hasEgressAlert) return undefined;
  packet.clearEgressAlert();
  passage.alertIfId = egress.ifId;
  return 'traceroute';
}

/** Step 17: according to BFD the egress link is up. */
export function checkLinkUp(passage: PacketProcessingState): CheckStepResult {
  const egress = egressOf(passage);
  if (egress.link.isUp) return undefined;
  return passage.refuse('link-down', isOwn(egress) ? LINK_DOWN : SIBLING_DOWN, 0);
}

/** After step 17: the packet fits the link's MTU. The reference has no such check. */
export function checkMtu(passage: PacketProcessingState, context: RouterContext): CheckStepResult {
  if (!context.mtuCheck) return undefined;
  const { packet } = passage;
  const { mtu } = egressOf(passage).link;
  if (packet.end - packet.start <= mtu) return undefined;
  return passage.refuse('packet-too-big', PACKET_TOO_BIG, mtu);
}

/**
 * Step 18: when the packet leaves the AS, adds the MAC of this hop field to the SegID and moves to
 * the next AS's hop field.
 */
export function advancePathAtEgress(passage: PacketProcessingState): CheckStepResult {
  const { packet } = passage;
  if (!isOwn(egressOf(passage))) return 'forward';
  if (packet.isConsDir && !passage.isPeering) packet.foldMacIntoSegmentId();
  return packet.advance() ?? 'forward';
}

/**
 * The error for an unknown ingress interface: the direction determines whether ConsIngress or
 * ConsEgress of the hop field is wrong ("SCMP" codes 49 and 50).
 */
function unknownIngress(isConsDir: boolean): ScmpError {
  return isConsDir ? UNKNOWN_HOP_INGRESS : UNKNOWN_HOP_EGRESS;
}

function unknownEgress(isConsDir: boolean): ScmpError {
  return isConsDir ? UNKNOWN_HOP_EGRESS : UNKNOWN_HOP_INGRESS;
}

function isOwn(egress: RouterInterface): boolean {
  return egress.link.kind === 'external';
}

/** The egress, which step 14 sets before any step that uses it. */
function egressOf(passage: PacketProcessingState): RouterInterface {
  return passage.egress as RouterInterface;
}

function isMapped(buffer: Uint8Array, offset: number): boolean {
  return isIpv4Mapped(buffer.subarray(offset, offset + hostAddressLength(HOST_TYPE_IPV6)));
}
