/**
 * The checklist of the border router: runs the checks on a packet in order.
 *
 * SCION header specification and reference router/dataplane.go, in the reference's order, which is
 * observable: it determines which SCMP error a packet with two faults causes, and what the quote
 * shows. The packet is changed in place, but not sent: border-router.ts performs the verdict.
 *
 * @module
 */
import { PATH_TYPE_EMPTY, PATH_TYPE_EPIC, PATH_TYPE_ONE_HOP, PROTOCOL_BFD } from '../geometry.ts';
import {
  advancePathAtEgress,
  checkEgressAlert,
  checkExpiry,
  checkIngress,
  checkIngressAlert,
  checkIsdAs,
  checkLinkUp,
  checkMac,
  checkMtu,
  checkPayloadLength,
  checkPeering,
  checkSourceHost,
  checkTransitAllowed,
  checkTransitSource,
  crossOverToNextSegment,
  deliverLocally,
  findEgress,
  updateSegmentIdAtIngress,
} from './checks.ts';
import type { RouterContext } from './context.ts';
import { checkEpicField, checkEpicTime } from './epic-checks.ts';
import { processOneHopPacket } from './one-hop.ts';
import type { PacketProcessingState, PacketVerdict } from './passage.ts';

/** Decides what happens to the packet that {@link PacketProcessingState.begin} has parsed. */
export function processPacket(
  passage: PacketProcessingState,
  context: RouterContext,
): PacketVerdict {
  const { packet } = passage;
  const isBfd = packet.upperProtocol === PROTOCOL_BFD;
  switch (packet.pathType) {
    case PATH_TYPE_EMPTY:
      return isBfd ? 'bfd' : 'empty-path-not-bfd';
    case PATH_TYPE_ONE_HOP:
      return isBfd ? 'bfd' : processOneHopPacket(passage, context);
    case PATH_TYPE_EPIC:
      return processEpicPacket(passage, context);
    default:
      return processSegments(passage, context);
  }
}

/**
 * Decides about a packet on an EPIC-HP path: first the steps of a SCION path, then the additional
 * checks of the last two hops.
 */
function processEpicPacket(passage: PacketProcessingState, context: RouterContext): PacketVerdict {
  const { packet } = passage;
  const arrivedAt = packet.currentHop;
  const verdict = processSegments(passage, context);
  if (verdict !== 'forward' && verdict !== 'deliver') return verdict;
  // The hop field by which the packet leaves this AS. The reference uses the hop field by which it
  // arrives, so that a router at which the packet changes to a segment at its penultimate hop
  // checks nothing.
  const hop = arrivedAt + (passage.hasCrossedOver ? 1 : 0);
  if (hop < packet.hopCount - 2) return verdict;
  return checkEpicTime(passage, context) ?? checkEpicField(passage, context, hop) ?? verdict;
}

/**
 * Runs steps 2 to 18 on a packet with a SCION path (checks.ts). The parser has done step 1, the
 * check of the structure.
 */
function processSegments(passage: PacketProcessingState, context: RouterContext): PacketVerdict {
  return (
    checkPeering(passage) ??
    checkExpiry(passage, context) ??
    checkIngress(passage) ??
    checkPayloadLength(passage) ??
    checkTransitSource(passage, context) ??
    checkIsdAs(passage, context) ??
    checkSourceHost(passage, context) ??
    updateSegmentIdAtIngress(passage) ??
    checkMac(passage, context) ??
    checkIngressAlert(passage) ??
    deliverLocally(passage, context) ??
    crossOverToNextSegment(passage, context) ??
    findEgress(passage, context) ??
    checkTransitAllowed(passage) ??
    checkEgressAlert(passage) ??
    checkLinkUp(passage) ??
    checkMtu(passage, context) ??
    advancePathAtEgress(passage) ??
    'forward'
  );
}
