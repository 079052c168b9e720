/**
 * Calls between control services: lengths, limits and times, each with its unit and reason.
 *
 * @module
 */

/** Version of the packet format; there is only this one. */
export const RPC_VERSION = 1;
/** Bytes of a packet before its acknowledgement and data. */
export const RPC_HEADER_BYTES = 18;
/**
 * Smallest room for a packet of a call, bytes: 1,280, the least MTU of IPv6, less the longest SCION header in use here.
 */
export const RPC_ROOM_MIN = 256;
/** Bytes of an acknowledgement without ranges: delay and number of ranges. */
export const RPC_ACK_HEADER_BYTES = 5;
/** Bytes of a range of packet numbers. */
export const RPC_RANGE_BYTES = 8;
/** Largest number of ranges in an acknowledgement; later acknowledgements cover further packets. */
export const RPC_RANGES_MAX = 4;
/** Room that every packet keeps for an acknowledgement, bytes. */
export const RPC_OVERHEAD_BYTES =
  RPC_HEADER_BYTES + RPC_ACK_HEADER_BYTES + RPC_RANGES_MAX * RPC_RANGE_BYTES;
/** Largest message, bytes: an answer of three best sets of 20 segments of ten entries takes some 150 kB. */
export const RPC_MESSAGE_BYTES_MAX = 262_144;
/** Largest number of fragments of a message. */
export const RPC_FRAGMENTS_MAX = 512;
/** Largest number of calls that a node has open at a time, and of calls that it answers at a time. */
export const RPC_CALLS_MAX = 4_096;
/** Largest number of calls of one AS that a node answers at a time, so that no AS takes all of them. */
export const RPC_CALLS_PER_AS_MAX = 512;
/** Largest number of bytes of incomplete messages that a node holds. */
export const RPC_INCOMPLETE_BYTES_MAX = 16_777_216;
/** Number of ids of answered calls that are remembered, so that late copies of a request are not handled again. */
export const RPC_ANSWERED_MAX = 4_096;
/** Time for which a node works on the answer of a call, ns: twice the deadline of beacons. */
export const RPC_ANSWER_NS_MAX = 10_000_000_000;
/** Longest wait between two attempts to send a fragment again, ns; up to it, waits double (RFC 9002 section 6.2.1). */
export const RPC_WAIT_NS_MAX = 1_000_000_000;
