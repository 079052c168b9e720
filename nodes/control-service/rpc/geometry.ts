/**
 * Calls between control services: lengths, limits and times, each with its unit and reason.
 *
 * @module
 */

/** The only version. */
export const RPC_VERSION = 1;
/** Bytes of a packet before its acknowledgement and data. */
export const RPC_HEADER_BYTES = 18;
/** Least room of a packet: 1,280 bytes, the least MTU of IPv6, less the longest header of SCION that control services use. */
export const RPC_ROOM_MIN = 256;
/** Bytes of an acknowledgement without ranges: delay and number of ranges. */
export const RPC_ACK_HEADER_BYTES = 5;
/** Bytes of a range of packet numbers. */
export const RPC_RANGE_BYTES = 8;
/** Most ranges of an acknowledgement; further packets are acknowledged by later ones. */
export const RPC_RANGES_MAX = 4;
/** Room that every packet keeps for an acknowledgement, bytes. */
export const RPC_OVERHEAD_BYTES =
  RPC_HEADER_BYTES + RPC_ACK_HEADER_BYTES + RPC_RANGES_MAX * RPC_RANGE_BYTES;
/** Largest message, bytes: an answer of three best sets of 20 segments of ten entries takes some 150 kB. */
export const RPC_MESSAGE_BYTES_MAX = 262_144;
/** Most fragments of a message. */
export const RPC_FRAGMENTS_MAX = 512;
/** Most calls that a node has open at a time, and most that it answers at a time. */
export const RPC_CALLS_MAX = 4_096;
/** Most calls of one AS that a node answers at a time, so that none takes all of them. */
export const RPC_CALLS_PER_AS_MAX = 512;
/** Most bytes of incomplete messages that a node holds. */
export const RPC_INCOMPLETE_BYTES_MAX = 16_777_216;
/** Ids of answered calls that are remembered, so that what comes late is not handled again. */
export const RPC_ANSWERED_MAX = 4_096;
/** A call is answered for so long, ns: twice the deadline of beacons. */
export const RPC_ANSWER_NS_MAX = 10_000_000_000;
/** Longest wait between two attempts to send something again, ns; without it waits double (RFC 9002 section 6.2.1). */
export const RPC_WAIT_NS_MAX = 1_000_000_000;
