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

/** The errors by cause, each with its type and code from the SCMP specification. */
export const INVALID_PACKET_SIZE = parameter(PARAMETER_PROBLEM_CODES.invalidPacketSize);
export const INVALID_SOURCE = parameter(PARAMETER_PROBLEM_CODES.invalidSource);
export const INVALID_DESTINATION = parameter(PARAMETER_PROBLEM_CODES.invalidDestination);
export const INVALID_PATH = parameter(PARAMETER_PROBLEM_CODES.invalidPath);
export const UNKNOWN_HOP_INGRESS = parameter(PARAMETER_PROBLEM_CODES.unknownHopIngress);
export const UNKNOWN_HOP_EGRESS = parameter(PARAMETER_PROBLEM_CODES.unknownHopEgress);
export const INVALID_MAC = parameter(PARAMETER_PROBLEM_CODES.invalidMac);
export const PATH_EXPIRED = parameter(PARAMETER_PROBLEM_CODES.pathExpired);
export const INVALID_SEGMENT_CHANGE = parameter(PARAMETER_PROBLEM_CODES.invalidSegmentChange);
export const NO_ROUTE = unreachable(DESTINATION_UNREACHABLE_CODES.noRoute);
export const ADDRESS_UNREACHABLE = unreachable(DESTINATION_UNREACHABLE_CODES.addressUnreachable);
export const PACKET_TOO_BIG: ScmpError = { type: SCMP_TYPES.packetTooBig, code: 0 };
export const LINK_DOWN: ScmpError = { type: SCMP_TYPES.externalInterfaceDown, code: 0 };
export const SIBLING_DOWN: ScmpError = { type: SCMP_TYPES.internalConnectivityDown, code: 0 };
