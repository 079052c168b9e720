/**
 * The router's answers to the sender of a packet: SCMP errors and traceroute replies.
 *
 * SCION "SCMP" (doc/protocols/scmp.rst), reference router/dataplane.go (prepareSCMP). Replies are
 * rare, so plain objects and new arrays are used. node.ts sends a reply over the link on which the
 * packet arrived. Authentication of replies is in scmp-authentication.ts.
 *
 * @module
 */
import { concatBytes, readUint16 } from '../../_kit/bytes.ts';
import {
  PROTOCOL_END_TO_END,
  PROTOCOL_SCMP,
  SCMP_BASE_LENGTH,
  SCMP_CHECKSUM_OFFSET,
} from '../geometry.ts';
import { nextSegmentId } from '../mac.ts';
import { writeChecksum } from '../wire/checksum.ts';
import { decodeHeader, encodePacket, type ScionHeader } from '../wire/header.ts';
import type { HostAddress } from '../wire/host-address.ts';
import type { IsdAs } from '../wire/isd-as.ts';
import type { PacketView } from '../wire/packet-view.ts';
import {
  advancePath,
  isCrossover,
  reversePath,
  type SegmentedPath,
  type WirePath,
} from '../wire/path.ts';
import {
  encodeScmp,
  encodeScmpPacket,
  isScmpError,
  SCMP_TYPES,
  type ScmpBody,
  type ScmpMessage,
  scmpHeaderLength,
  scmpQuoteBytesMax,
} from '../wire/scmp.ts';
import type { PacketProcessingState } from './passage.ts';
import type { ScmpAuthenticator } from './scmp-authentication.ts';

/** The router that sends a reply: its address, and the authentication of its replies. */
export interface ScmpReplySender {
  readonly isdAs: IsdAs;
  /** The router's address inside its AS. */
  readonly host: HostAddress;
  /** Signs replies; absent when replies are not authenticated. */
  readonly authenticator?: ScmpAuthenticator;
}

type ReplyHeader = Omit<ScionHeader, 'payloadLength' | 'nextHeader'>;

const NO_BYTES = new Uint8Array(0);

/** True when the packet carries an SCMP error, which must not cause another error ("SCMP"). */
export function isScmpErrorPacket(packet: PacketView): boolean {
  if (packet.upperProtocol !== PROTOCOL_SCMP) return false;
  // A packet that ends before the type of the message gets no answer either.
  if (packet.upperOffset >= packet.end) return true;
  return isScmpError(packet.buffer[packet.upperOffset] as number);
}

/**
 * Builds the SCMP error that a check has set in the passage.
 * @returns the complete packet, or `undefined` when there is no return path: one-hop and empty
 * paths.
 */
export function buildScmpError(
  passage: PacketProcessingState,
  replier: ScmpReplySender,
): Uint8Array | undefined {
  const { packet, scmpType } = passage;
  const header = replyHeader(passage, replier);
  if (header === undefined) return undefined;
  const { authenticator } = replier;
  const quoteMax = scmpQuoteBytesMax(header, scmpType, authenticator?.extensionLength ?? 0);
  // The quote is the packet in its present state, with the changes that the checks have made in
  // place.
  const quoteEnd = Math.min(packet.end, packet.start + quoteMax);
  const quote = packet.buffer.slice(packet.start, quoteEnd);
  const message = { ...errorBody(passage, replier), code: passage.scmpCode, data: quote };
  return encodeReply(header, message, authenticator);
}

/**
 * Builds the answer to a traceroute request with a router alert for this router.
 * @returns the complete packet, or `undefined` when the packet is not such a request.
 */
export function buildTracerouteReply(
  passage: PacketProcessingState,
  replier: ScmpReplySender,
): Uint8Array | undefined {
  const { packet } = passage;
  const { buffer, upperOffset, end } = packet;
  if (packet.upperProtocol !== PROTOCOL_SCMP) return undefined;
  const isWhole = end - upperOffset >= scmpHeaderLength(SCMP_TYPES.tracerouteRequest);
  const isRequest = buffer[upperOffset] === SCMP_TYPES.tracerouteRequest;
  if (!isWhole || !isRequest || buffer[upperOffset + 1] !== 0) return undefined;
  const header = replyHeader(passage, replier);
  if (header === undefined) return undefined;
  const message: ScmpMessage = {
    kind: 'traceroute-reply',
    code: 0,
    identifier: readUint16(buffer, upperOffset + SCMP_BASE_LENGTH),
    sequence: readUint16(buffer, upperOffset + SCMP_BASE_LENGTH + 2),
    isdAs: replier.isdAs,
    ifId: passage.alertIfId,
    data: NO_BYTES,
  };
  const { authenticator } = replier;
  // Replies are authenticated when the request was.
  const isSigned = authenticator?.isAuthentic(packet) ?? false;
  return encodeReply(header, message, isSigned ? authenticator : undefined);
}

function errorBody(passage: PacketProcessingState, replier: ScmpReplySender): ScmpBody {
  const { isdAs } = replier;
  const ifId = passage.egress?.ifId ?? 0;
  switch (passage.scmpType) {
    case SCMP_TYPES.packetTooBig:
      return { kind: 'packet-too-big', mtu: passage.scmpDetail };
    case SCMP_TYPES.parameterProblem:
      return { kind: 'parameter-problem', pointer: passage.scmpDetail };
    case SCMP_TYPES.externalInterfaceDown:
      return { kind: 'external-interface-down', isdAs, ifId };
    case SCMP_TYPES.internalConnectivityDown: {
      const { ingress } = passage;
      return { kind: 'internal-connectivity-down', isdAs, ingress, egress: ifId };
    }
    default:
      return { kind: 'destination-unreachable' };
  }
}

function replyHeader(
  passage: PacketProcessingState,
  replier: ScmpReplySender,
): ReplyHeader | undefined {
  const { packet } = passage;
  const decoded = decodeHeader(packet.buffer.subarray(packet.start, packet.end));
  if (typeof decoded === 'string') return undefined;
  const { header } = decoded;
  const path = wayBack(header.path, passage.ingress !== 0);
  if (path === undefined) return undefined;
  return {
    trafficClass: header.trafficClass,
    flowId: header.flowId,
    target: header.source,
    targetHost: header.sourceHost,
    source: replier.isdAs,
    sourceHost: replier.host,
    path,
  };
}

/**
 * Returns the path back to the sender, in its state when a packet leaves this router; undefined if
 * there is none.
 */
function wayBack(path: WirePath, leavesAs: boolean): SegmentedPath | undefined {
  const segmented = path.kind === 'epic' ? path.inner : path;
  if (segmented.kind !== 'scion') return undefined;
  let back = reversePath(segmented);
  if (typeof back === 'string') return undefined;
  const isPeering = isAtPeeringLink(back);
  // If the checklist moved to the next segment (step 13), the reversed path must move back.
  if (isCrossover(back) && !isPeering) {
    back = advancePath(back);
    if (typeof back === 'string') return undefined;
  }
  if (!leavesAs) return back;
  // As in step 18, the MAC is chained and the path moves to the next AS's hop field.
  const left = advancePath(isPeering ? back : chained(back));
  return typeof left === 'string' ? undefined : left;
}

function isAtPeeringLink(path: SegmentedPath): boolean {
  const [first] = path.segmentLengths;
  const isPeeringSegment = path.infos[path.currentInfo]?.isPeering ?? false;
  return isPeeringSegment && (path.currentHop === first - 1 || path.currentHop === first);
}

function chained(path: SegmentedPath): SegmentedPath {
  const hop = path.hops[path.currentHop];
  const info = path.infos[path.currentInfo];
  if (hop === undefined || info === undefined || !info.isConsDir) return path;
  const next = { ...info, segmentId: nextSegmentId(info.segmentId, hop.mac) };
  return { ...path, infos: path.infos.with(path.currentInfo, next) };
}

function encodeReply(
  header: ReplyHeader,
  message: ScmpMessage,
  authenticator: ScmpAuthenticator | undefined,
): Uint8Array {
  if (authenticator === undefined) return encodeScmpPacket(header, message);
  const upper = encodeScmp(message);
  const payload = concatBytes(authenticator.extension(), upper);
  const packet = encodePacket({ ...header, nextHeader: PROTOCOL_END_TO_END }, payload);
  const upperOffset = packet.length - upper.length;
  const fieldOffset = SCMP_CHECKSUM_OFFSET;
  writeChecksum(packet, { upperOffset, protocol: PROTOCOL_SCMP, fieldOffset });
  authenticator.sign(packet);
  return packet;
}
