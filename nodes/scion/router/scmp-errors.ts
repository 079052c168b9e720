/**
 * The SCMP errors that a border router sends, as type and code.
 *
 * SCION "SCMP" (doc/protocols/scmp.rst). checks.ts decides which error to send, scmp-reply.ts
 * builds the message.
 *
 * @module
 */
import {
  DESTINATION_UNREACHABLE_CODES,
  PARAMETER_PROBLEM_CODES,
  SCMP_TYPES,
} from '../wire/scmp.ts';

/** Type and code of an SCMP error. */
export interface ScmpError {
  readonly type: number;
  readonly code: number;
}

const parameter = (code: number): ScmpError => ({ type: SCMP_TYPES.parameterProblem, code });
const unreachable = (code: number): ScmpError => ({
  type: SCMP_TYPES.destinationUnreachable,
  code,
});

/** Error for a packet whose length differs from PayloadLen. */
export const INVALID_PACKET_SIZE = parameter(PARAMETER_PROBLEM_CODES.invalidPacketSize);
/** Error for a source ISD-AS or host address that is not allowed. */
export const INVALID_SOURCE = parameter(PARAMETER_PROBLEM_CODES.invalidSource);
/** Error for a destination ISD-AS or host address that is not allowed. */
export const INVALID_DESTINATION = parameter(PARAMETER_PROBLEM_CODES.invalidDestination);
/** Error for transit between neighbours that the AS does not allow. */
export const INVALID_PATH = parameter(PARAMETER_PROBLEM_CODES.invalidPath);
/** Error for a hop field with an unknown or wrong ConsIngress. */
export const UNKNOWN_HOP_INGRESS = parameter(PARAMETER_PROBLEM_CODES.unknownHopIngress);
/** Error for a hop field with an unknown or wrong ConsEgress. */
export const UNKNOWN_HOP_EGRESS = parameter(PARAMETER_PROBLEM_CODES.unknownHopEgress);
/** Error for a hop field with a wrong MAC. */
export const INVALID_MAC = parameter(PARAMETER_PROBLEM_CODES.invalidMac);
/** Error for a hop field that has expired. */
export const PATH_EXPIRED = parameter(PARAMETER_PROBLEM_CODES.pathExpired);
/** Error for a change of segments that is not allowed. */
export const INVALID_SEGMENT_CHANGE = parameter(PARAMETER_PROBLEM_CODES.invalidSegmentChange);
/** Error for a service without instances. */
export const NO_ROUTE = unreachable(DESTINATION_UNREACHABLE_CODES.noRoute);
/** Error for a host address that no host of the AS has. */
export const ADDRESS_UNREACHABLE = unreachable(DESTINATION_UNREACHABLE_CODES.addressUnreachable);
/** Error for a packet that exceeds the MTU of a link. */
export const PACKET_TOO_BIG: ScmpError = { type: SCMP_TYPES.packetTooBig, code: 0 };
/** Error for an egress link to another AS that is down. */
export const LINK_DOWN: ScmpError = { type: SCMP_TYPES.externalInterfaceDown, code: 0 };
/** Error for a link to a sibling router that is down. */
export const SIBLING_DOWN: ScmpError = { type: SCMP_TYPES.internalConnectivityDown, code: 0 };
