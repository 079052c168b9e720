/**
 * The border router as a flat checklist.
 *
 * SCION header specification and reference router/dataplane.go, in the reference's order, which is
 * observable: it determines which SCMP error a packet with two faults causes, and what the quote
 * shows. Pure: bytes are changed in place, nothing is sent. node.ts performs the verdict.
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

/** Decides about the packet that {@link PacketProcessingState.begin} has parsed. */
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

/** A packet on an EPIC-HP path: all of a SCION path first, then what the last two hops check. */
function processEpicPacket(passage: PacketProcessingState, context: RouterContext): PacketVerdict {
  const { packet } = passage;
  const arrivedAt = packet.currentHop;
  const verdict = processSegments(passage, context);
  if (verdict !== 'forward' && verdict !== 'deliver') return verdict;
  // The hop with which the packet leaves this AS. The reference looks at the one with which it arrives, so that a
  // router that changes segments at the penultimate hop checks nothing.
  const hop = arrivedAt + (passage.hasCrossedOver ? 1 : 0);
  if (hop < packet.hopCount - 2) return verdict;
  return checkEpicTime(passage, context) ?? checkEpicField(passage, context, hop) ?? verdict;
}

/** Steps 2 to 18 of a packet on a SCION path (checks.ts); step 1, its structure, the parser has checked. */
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
