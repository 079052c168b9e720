/**
 * Reads requests of the gRPC service of a gateway, and names the statuses of failed calls.
 *
 * The package decodes messages without limits: a request of 1 MiB may hold half a million empty
 * messages. So apart from its packet, a request may have at most 16 KiB.
 *
 * This file does not import gRPC's packages, so that it loads where they are not installed.
 *
 * @module
 */
import { PROTOBUF_WIRE_LEN, ProtobufReader } from '../../nodes/_kit/protobuf-reader.ts';

/**
 * Numbers of gRPC statuses (github.com/grpc/grpc, "Status codes and their use in gRPC"). The
 * status 12 is for calls that no gateway serves.
 */
export const GRPC_STATUS = {
  cancelled: 1,
  invalidArgument: 3,
  notFound: 5,
  exhausted: 8,
  unsupported: 12,
  internal: 13,
  unavailable: 14,
} as const;

/** Longest request apart from its packet, bytes. */
const REST_BYTES_MAX = 16_384;
/** Number of the field that contains the packet. */
const PACKET_FIELD = 1;
/** Longest explanation of a status, which is sent in a header field. */
const DETAILS_CHARACTERS_MAX = 200;

/** The status of a failed call, in place of a response. */
export class CallFailure {
  readonly code: (typeof GRPC_STATUS)[keyof typeof GRPC_STATUS];
  readonly details: string;

  constructor(code: keyof typeof GRPC_STATUS, details: string) {
    this.code = GRPC_STATUS[code];
    this.details = details.slice(0, DETAILS_CHARACTERS_MAX);
  }
}

/** Makes the status for a request that is malformed or not allowed. */
export function refuseRequest(details: string): CallFailure {
  return new CallFailure('invalidArgument', details);
}

/**
 * Decodes a request.
 * @param decode The decoder of the package, which throws on malformed bytes.
 * @param hasPacket True if the first field is a packet.
 */
export function decodeRequest<Request>(
  decode: (bytes: Buffer) => Request,
  bytes: Buffer,
  hasPacket: boolean,
): Request | CallFailure {
  const packetBytes = hasPacket ? longestPacket(bytes) : 0;
  if (bytes.length - packetBytes > REST_BYTES_MAX) {
    return refuseRequest(`beside its packet, a request has at most ${REST_BYTES_MAX} bytes`);
  }
  try {
    return decode(bytes);
  } catch {
    return refuseRequest('the request is malformed');
  }
}

/** Length of the longest content of the field with the packet, bytes. */
function longestPacket(bytes: Uint8Array): number {
  const reader = new ProtobufReader(bytes);
  let longest = 0;
  while (reader.hasMore) {
    reader.tag();
    const isPacket = reader.field === PACKET_FIELD && reader.wireType === PROTOBUF_WIRE_LEN;
    if (isPacket) longest = Math.max(longest, reader.content().length);
    else reader.skip();
  }
  return reader.refusal === undefined ? longest : 0;
}
