/**
 * The border router as a flat checklist.
 *
 * SCION header specification and reference router/dataplane.go, in the reference's order, which is
 * observable: it determines which SCMP error a packet with two faults causes, and what the quote
 * shows. Pure: bytes are changed in place, nothing is sent. node.ts performs the verdict.
 *
 * @module
 */
import { PATH_TYPE_EMPTY, PATH_TYPE_ONE_HOP, PROTOCOL_BFD } from '../geometry.ts';
import {
  checkEgressAlert,
  checkExpiry,
  checkIngress,
  checkIngressAlert,
  checkIsdAs,
  checkLinkUp,
  checkMac,
  checkMtu,
  checkNeighbours,
  checkPayloadLength,
  checkPeering,
  checkSourceHost,
  checkTransitSource,
  crossOver,
  deliverLocally,
  findEgress,
  foldAtIngress,
  leave,
} from './checks.ts';
import type { RouterContext } from './context.ts';
import { processOneHop } from './one-hop.ts';
import type { Passage, Verdict } from './passage.ts';

/** Decides about the packet that {@link Passage.begin} has parsed. */
export function processPacket(passage: Passage, context: RouterContext): Verdict {
  const { packet } = passage;
  const isBfd = packet.upperProtocol === PROTOCOL_BFD;
  switch (packet.pathType) {
    case PATH_TYPE_EMPTY:
      return isBfd ? 'bfd' : 'empty-path-not-bfd';
    case PATH_TYPE_ONE_HOP:
      return isBfd ? 'bfd' : processOneHop(passage, context);
    default:
      return processSegments(passage, context);
  }
}

/** The checklist; step 1, the path's structure, was checked by the parser. */
function processSegments(passage: Passage, context: RouterContext): Verdict {
  return (
    checkPeering(passage) ??
    checkExpiry(passage, context) ??
    checkIngress(passage) ??
    checkPayloadLength(passage) ??
    checkTransitSource(passage, context) ??
    checkIsdAs(passage, context) ??
    checkSourceHost(passage, context) ??
    foldAtIngress(passage) ??
    checkMac(passage, context) ??
    checkIngressAlert(passage) ??
    deliverLocally(passage, context) ??
    crossOver(passage, context) ??
    findEgress(passage, context) ??
    checkNeighbours(passage) ??
    checkEgressAlert(passage) ??
    checkLinkUp(passage) ??
    checkMtu(passage, context) ??
    leave(passage) ??
    'forward'
  );
}
