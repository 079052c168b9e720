/**
 * The reasons for which a SCION codec rejects bytes from the network, each explained in one
 * sentence.
 *
 * A reason is also a metric and a trace category. Routers and gateways have further reasons; the
 * reasons here are found by decoding alone.
 *
 * @module
 */

/** All reasons of the codecs with their explanations. */
export const WIRE_DROP_REASONS = {
  'scion-truncated': 'The datagram ends before the SCION header does.',
  'scion-version': 'The version is not 0.',
  'scion-header-length': 'HdrLen differs from common header + addresses + path.',
  'path-type-unknown': 'The path type is neither empty nor SCION, one-hop or EPIC-HP.',
  'path-malformed': 'Segment lengths or the current hop of the path contradict each other.',
  'path-irreversible': 'The path has no hop to come back from.',
  'path-end': 'The path is advanced beyond its last hop.',
  'extension-malformed': 'An extension header is cut, repeated or out of order.',
  'l4-truncated': 'The upper layer header does not fit the packet.',
  'l4-length': 'The UDP length does not fit the packet.',
  'scmp-interface': 'An SCMP message names an interface id above 16 bits.',
  'l4-checksum': 'The upper layer checksum is wrong.',
} as const;

/** Why a codec rejected the bytes. */
export type WireDropReason = keyof typeof WIRE_DROP_REASONS;

/** True when the result of a decoder is a drop reason and not a value. A value must not be text. */
export function isWireDropReason(answer: unknown): answer is WireDropReason {
  return typeof answer === 'string';
}
