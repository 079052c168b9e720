/**
 * Datagram: numbers and defaults, each with unit and reason.
 *
 * @module
 */

/** UDP port that datagram nodes listen on: the first of the dynamic range (RFC 6335 section 6). */
export const DATAGRAM_PORT = 49_152;
/** Longest message unless an option says otherwise, bytes: what any path carries (RFC 9000 section 14). */
export const DATAGRAM_BODY_BYTES_DEFAULT = 1_200;
/** Longest message that options may allow, bytes: the largest UDP payload over IPv4. */
export const DATAGRAM_BODY_BYTES_MAX = 65_507;
