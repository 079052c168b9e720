/**
 * Ping: lengths, numbers and defaults, each with unit and reason.
 *
 * @module
 */

/**
 * Port that ping nodes listen on; 7 is the echo service (RFC 862), moved out of the system ports.
 */
export const PING_PORT = 7007;
/** Version in the first byte of a packet; no other is defined. */
export const PING_VERSION = 1;
/** Value of the kind field of a request. */
export const KIND_REQUEST = 1;
/** Value of the kind field of a reply. */
export const KIND_REPLY = 2;
/** Bytes of the header: version, kind, two of padding, identifier. */
export const HEADER_BYTES = 8;
/** Offset of the identifier in the header, bytes. */
export const IDENTIFIER_OFFSET = 4;
/** Largest body, bytes: the largest UDP payload less the header. */
export const BODY_BYTES_MAX = 65_507 - HEADER_BYTES;
/** Time to wait for a reply, ns; longer than any terrestrial round trip. */
export const DEFAULT_TIMEOUT_NS = 1_000_000_000;
/**
 * Largest number of outstanding requests; at one a millisecond it covers the default time-out. Further
 * requests are refused.
 */
export const OUTSTANDING_REQUESTS_MAX = 1024;
