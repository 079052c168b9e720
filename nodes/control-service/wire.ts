/**
 * Messages between control services: one byte for the method of a request or the outcome of an answer, then a Protobuf
 * message of the reference (proto/control_plane/v1/seg.proto, drkey.proto).
 *
 * @module
 */
import { concatBytes } from '../_kit/bytes.ts';
import { decodeProtobuf, encodeProtobuf, message, optional } from '../_kit/protobuf.ts';
import {
  decodeSignedSegment,
  makeEncodedSegment,
  PATH_SEGMENT,
  type SignedSegment,
} from '../scion/index.ts';

/** The methods of a control service, with their numbers in requests. */
export const CONTROL_METHODS = {
  beacon: 1,
  segments: 2,
  register: 3,
  level1: 4,
  chain: 5,
  trc: 6,
  renew: 7,
  vote: 8,
} as const;
/** A method of a control service. */
export type ControlMethod = keyof typeof CONTROL_METHODS;

const METHOD_NAMES = Object.keys(CONTROL_METHODS) as ControlMethod[];
/** First byte of an answer: how the call ended. */
const OUTCOME = { ok: 0, refused: 1 } as const;
const BEACON_REQUEST = message({ segment: optional(1, PATH_SEGMENT) });
const NOTHING = new Uint8Array(0);

/** Encodes a request: its method, and its message. */
export function controlRequest(method: ControlMethod, body: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(CONTROL_METHODS[method]), body);
}

/** Reads what {@link controlRequest} wrote; undefined for an unknown method. */
export function readControlRequest(
  bytes: Uint8Array,
): { readonly method: ControlMethod; readonly body: Uint8Array } | undefined {
  const method = METHOD_NAMES.find((name) => CONTROL_METHODS[name] === bytes[0]);
  return method && { method, body: bytes.subarray(1) };
}

/** Encodes the answer of a call that succeeded, with its message. */
export function controlAnswer(body: Uint8Array = NOTHING): Uint8Array {
  return concatBytes(Uint8Array.of(OUTCOME.ok), body);
}

/** The answer of a call that was refused. */
export const CONTROL_REFUSED: Uint8Array = Uint8Array.of(OUTCOME.refused);

/** The message of an answer; undefined if the call was refused. */
export function readControlAnswer(bytes: Uint8Array): Uint8Array | undefined {
  return bytes[0] === OUTCOME.ok ? bytes.subarray(1) : undefined;
}

/** Encodes a beacon as the reference's BeaconRequest. */
export function encodeBeacon(beacon: SignedSegment): Uint8Array {
  return encodeProtobuf(BEACON_REQUEST, { segment: makeEncodedSegment(beacon) });
}

/** Decodes the beacon in a BeaconRequest, or returns why it is refused. */
export function decodeBeacon(
  bytes: Uint8Array,
): SignedSegment | 'beacon-malformed' | 'beacon-unlinked' {
  const read = decodeProtobuf(BEACON_REQUEST, bytes);
  if (typeof read === 'string' || read.segment === undefined) return 'beacon-malformed';
  const beacon = decodeSignedSegment(read.segment);
  return beacon === 'segment-invalid'
    ? 'beacon-unlinked'
    : beacon === 'segment-malformed'
      ? 'beacon-malformed'
      : beacon;
}
