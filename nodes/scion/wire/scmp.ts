/**
 * Encodes and decodes SCMP messages.
 *
 * SCION "SCMP" (doc/protocols/scmp.rst), layouts of reference pkg/slayers/scmp_msg.go. Routers and
 * hosts decide when to send which message.
 *
 * @module
 */
import { readUint16, readUint32, writeUint16, writeUint32 } from '../../_kit/bytes.ts';
import {
  ISD_AS_LENGTH,
  PROTOCOL_SCMP,
  SCMP_BASE_LENGTH,
  SCMP_CHECKSUM_OFFSET,
  SCMP_ERROR_PACKET_BYTES_MAX,
} from '../geometry.ts';
import { writeChecksum } from './checksum.ts';
import type { WireDropReason } from './drops.ts';
import { encodePacket, headerLength, type ScionHeader } from './header.ts';
import { type IsdAs, readIsdAs, writeIsdAs } from './isd-as.ts';

/** Numbers of message types: types from 128 on are informational, all others are errors. */
export const SCMP_TYPES = {
  destinationUnreachable: 1,
  packetTooBig: 2,
  parameterProblem: 4,
  externalInterfaceDown: 5,
  internalConnectivityDown: 6,
  echoRequest: 128,
  echoReply: 129,
  tracerouteRequest: 130,
  tracerouteReply: 131,
} as const;

/** Codes of DestinationUnreachable. */
export const DESTINATION_UNREACHABLE_CODES = {
  noRoute: 0,
  adminDenied: 1,
  beyondScope: 2,
  addressUnreachable: 3,
  portUnreachable: 4,
  policy: 5,
  rejectRoute: 6,
} as const;

/** Codes of ParameterProblem. */
export const PARAMETER_PROBLEM_CODES = {
  erroneousField: 0,
  unknownNextHeader: 1,
  invalidCommonHeader: 16,
  unknownVersion: 17,
  flowIdRequired: 18,
  invalidPacketSize: 19,
  unknownPathType: 20,
  unknownAddressFormat: 21,
  invalidAddressHeader: 32,
  invalidSource: 33,
  invalidDestination: 34,
  nonLocalDelivery: 35,
  invalidPath: 48,
  unknownHopIngress: 49,
  unknownHopEgress: 50,
  invalidMac: 51,
  pathExpired: 52,
  invalidSegmentChange: 53,
  invalidExtension: 64,
  unknownHopByHopOption: 65,
  unknownEndToEndOption: 66,
} as const;

/** One SCMP message. `data` is the quoted packet of an error, or the payload of an echo. */
export type ScmpMessage = { readonly code: number; readonly data: Uint8Array } & ScmpBody;

/** The fields of a message that depend on its type. */
export type ScmpBody =
  | { readonly kind: 'destination-unreachable' }
  | { readonly kind: 'packet-too-big'; readonly mtu: number }
  | { readonly kind: 'parameter-problem'; readonly pointer: number }
  | { readonly kind: 'external-interface-down'; readonly isdAs: IsdAs; readonly ifId: number }
  | {
      readonly kind: 'internal-connectivity-down';
      readonly isdAs: IsdAs;
      readonly ingress: number;
      readonly egress: number;
    }
  | {
      readonly kind: 'echo-request' | 'echo-reply';
      readonly identifier: number;
      readonly sequence: number;
    }
  | {
      readonly kind: 'traceroute-request' | 'traceroute-reply';
      readonly identifier: number;
      readonly sequence: number;
      readonly isdAs: IsdAs;
      readonly ifId: number;
    }
  | { readonly kind: 'unknown'; readonly type: number };

/** A decoded message with its received checksum, which has not been verified. */
export type ReceivedScmp = ScmpMessage & { readonly checksum: number };

const BODY_OFFSET = SCMP_BASE_LENGTH;
const SHORT_BODY_LENGTH = 4;
const HALF_BODY_OFFSET = BODY_OFFSET + 2;
const IF_ID_LENGTH = 8;
const FIRST_INFORMATIONAL = 128;
const IF_ID_MAX = 0xffff;
const TRACEROUTE_ISD_AS_OFFSET = BODY_OFFSET + SHORT_BODY_LENGTH;
const TRACEROUTE_IF_ID_OFFSET = TRACEROUTE_ISD_AS_OFFSET + ISD_AS_LENGTH;
const DOWN_IF_ID_OFFSET = BODY_OFFSET + ISD_AS_LENGTH;

/** True for error types: errors quote a packet and must never be answered by an error. */
export function isScmpError(type: number): boolean {
  return type < FIRST_INFORMATIONAL;
}

/** Returns the number of bytes before quote or data; type, code and checksum are included. */
export function scmpHeaderLength(type: number): number {
  switch (type) {
    case SCMP_TYPES.externalInterfaceDown:
      return DOWN_IF_ID_OFFSET + IF_ID_LENGTH;
    case SCMP_TYPES.internalConnectivityDown:
      return DOWN_IF_ID_OFFSET + 2 * IF_ID_LENGTH;
    case SCMP_TYPES.tracerouteRequest:
    case SCMP_TYPES.tracerouteReply:
      return TRACEROUTE_IF_ID_OFFSET + IF_ID_LENGTH;
    default:
      return isKnown(type) ? BODY_OFFSET + SHORT_BODY_LENGTH : BODY_OFFSET;
  }
}

/** Returns the type number of a message. */
export function scmpTypeNumber(message: ScmpBody): number {
  switch (message.kind) {
    case 'destination-unreachable':
      return SCMP_TYPES.destinationUnreachable;
    case 'packet-too-big':
      return SCMP_TYPES.packetTooBig;
    case 'parameter-problem':
      return SCMP_TYPES.parameterProblem;
    case 'external-interface-down':
      return SCMP_TYPES.externalInterfaceDown;
    case 'internal-connectivity-down':
      return SCMP_TYPES.internalConnectivityDown;
    case 'echo-request':
      return SCMP_TYPES.echoRequest;
    case 'echo-reply':
      return SCMP_TYPES.echoReply;
    case 'traceroute-request':
      return SCMP_TYPES.tracerouteRequest;
    case 'traceroute-reply':
      return SCMP_TYPES.tracerouteReply;
    case 'unknown':
      return message.type;
  }
}

/**
 * Decodes the upper layer of a packet. Reserved fields are ignored; interface ids above 16 bits,
 * which no packet can name, are rejected.
 *
 *     |     Type      |     Code      |           Checksum            |
 *     |                          Info block …                         |
 *     |                        Quote or data …                        |
 */
export function decodeScmp(upper: Uint8Array): ReceivedScmp | WireDropReason {
  if (upper.length < SCMP_BASE_LENGTH) return 'l4-truncated';
  const type = upper[0] as number;
  const length = scmpHeaderLength(type);
  if (upper.length < length) return 'l4-truncated';
  const body = decodeBody(upper, type);
  if (typeof body === 'string') return body;
  return {
    ...body,
    code: upper[1] as number,
    checksum: readUint16(upper, SCMP_CHECKSUM_OFFSET),
    data: upper.slice(length),
  };
}

/** Encodes a message with a checksum of 0. */
export function encodeScmp(message: ScmpMessage): Uint8Array {
  const type = scmpTypeNumber(message);
  const length = scmpHeaderLength(type);
  const bytes = new Uint8Array(length + message.data.length);
  bytes[0] = type;
  bytes[1] = message.code;
  writeBody(bytes, message);
  bytes.set(message.data, length);
  return bytes;
}

/** Encodes a complete packet without extension headers and writes its checksum. */
export function encodeScmpPacket(
  header: Omit<ScionHeader, 'payloadLength' | 'nextHeader'>,
  message: ScmpMessage,
): Uint8Array {
  const upper = encodeScmp(message);
  const packet = encodePacket({ ...header, nextHeader: PROTOCOL_SCMP }, upper);
  const upperOffset = packet.length - upper.length;
  writeChecksum(packet, {
    upperOffset,
    protocol: PROTOCOL_SCMP,
    fieldOffset: SCMP_CHECKSUM_OFFSET,
  });
  return packet;
}

/**
 * Computes how many bytes of the offending packet an error may quote, so that the whole reply has
 * at most 1,232 bytes ("SCMP").
 * @param extensionsLength Bytes of the extension headers that the reply will have.
 */
export function scmpQuoteBytesMax(
  header: Omit<ScionHeader, 'payloadLength' | 'nextHeader'>,
  type: number,
  extensionsLength: number,
): number {
  const before = headerLength(header);
  return Math.max(
    0,
    SCMP_ERROR_PACKET_BYTES_MAX - before - extensionsLength - scmpHeaderLength(type),
  );
}

function isKnown(type: number): boolean {
  return Object.values(SCMP_TYPES).some((known) => known === type);
}

function decodeBody(upper: Uint8Array, type: number): ScmpBody | WireDropReason {
  switch (type) {
    case SCMP_TYPES.destinationUnreachable:
      return { kind: 'destination-unreachable' };
    case SCMP_TYPES.packetTooBig:
      return { kind: 'packet-too-big', mtu: readUint16(upper, HALF_BODY_OFFSET) };
    case SCMP_TYPES.parameterProblem:
      return { kind: 'parameter-problem', pointer: readUint16(upper, HALF_BODY_OFFSET) };
    case SCMP_TYPES.externalInterfaceDown:
      return decodeExternalDown(upper);
    case SCMP_TYPES.internalConnectivityDown:
      return decodeInternalDown(upper);
    case SCMP_TYPES.echoRequest:
      return { kind: 'echo-request', ...readIdentifiers(upper) };
    case SCMP_TYPES.echoReply:
      return { kind: 'echo-reply', ...readIdentifiers(upper) };
    case SCMP_TYPES.tracerouteRequest:
      return decodeTraceroute(upper, 'traceroute-request');
    case SCMP_TYPES.tracerouteReply:
      return decodeTraceroute(upper, 'traceroute-reply');
    default:
      return { kind: 'unknown', type };
  }
}

function decodeExternalDown(upper: Uint8Array): ScmpBody | WireDropReason {
  const isdAs = readIsdAs(upper, BODY_OFFSET);
  const ifId = readIfId(upper, DOWN_IF_ID_OFFSET);
  return ifId < 0 ? 'scmp-interface' : { kind: 'external-interface-down', isdAs, ifId };
}

function decodeInternalDown(upper: Uint8Array): ScmpBody | WireDropReason {
  const isdAs = readIsdAs(upper, BODY_OFFSET);
  const ingress = readIfId(upper, DOWN_IF_ID_OFFSET);
  const egress = readIfId(upper, DOWN_IF_ID_OFFSET + IF_ID_LENGTH);
  if (ingress < 0 || egress < 0) return 'scmp-interface';
  return { kind: 'internal-connectivity-down', isdAs, ingress, egress };
}

function decodeTraceroute(
  upper: Uint8Array,
  kind: 'traceroute-request' | 'traceroute-reply',
): ScmpBody | WireDropReason {
  const isdAs = readIsdAs(upper, TRACEROUTE_ISD_AS_OFFSET);
  const ifId = readIfId(upper, TRACEROUTE_IF_ID_OFFSET);
  return ifId < 0 ? 'scmp-interface' : { kind, ...readIdentifiers(upper), isdAs, ifId };
}

function readIdentifiers(upper: Uint8Array): { identifier: number; sequence: number } {
  return {
    identifier: readUint16(upper, BODY_OFFSET),
    sequence: readUint16(upper, HALF_BODY_OFFSET),
  };
}

/**
 * Reads an interface id, which has 64 bits in SCMP but 16 bits in hop fields; -1 when the value has
 * more than 16 bits.
 */
function readIfId(upper: Uint8Array, offset: number): number {
  const low = readUint32(upper, offset + 4);
  return readUint32(upper, offset) === 0 && low <= IF_ID_MAX ? low : -1;
}

function writeBody(bytes: Uint8Array, message: ScmpBody): void {
  switch (message.kind) {
    case 'packet-too-big':
      writeUint16(bytes, HALF_BODY_OFFSET, message.mtu);
      break;
    case 'parameter-problem':
      writeUint16(bytes, HALF_BODY_OFFSET, message.pointer);
      break;
    case 'external-interface-down':
      writeIsdAs(bytes, BODY_OFFSET, message.isdAs);
      writeUint32(bytes, DOWN_IF_ID_OFFSET + 4, message.ifId);
      break;
    case 'internal-connectivity-down':
      writeIsdAs(bytes, BODY_OFFSET, message.isdAs);
      writeUint32(bytes, DOWN_IF_ID_OFFSET + 4, message.ingress);
      writeUint32(bytes, DOWN_IF_ID_OFFSET + IF_ID_LENGTH + 4, message.egress);
      break;
    case 'echo-request':
    case 'echo-reply':
      writeIdentifiers(bytes, message);
      break;
    case 'traceroute-request':
    case 'traceroute-reply':
      writeIdentifiers(bytes, message);
      writeIsdAs(bytes, TRACEROUTE_ISD_AS_OFFSET, message.isdAs);
      writeUint32(bytes, TRACEROUTE_IF_ID_OFFSET + 4, message.ifId);
      break;
    case 'destination-unreachable':
    case 'unknown':
      break;
  }
}

function writeIdentifiers(
  bytes: Uint8Array,
  message: { readonly identifier: number; readonly sequence: number },
): void {
  writeUint16(bytes, BODY_OFFSET, message.identifier);
  writeUint16(bytes, HALF_BODY_OFFSET, message.sequence);
}
