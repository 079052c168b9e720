/**
 * Bulk: lengths, numbers and defaults, each with unit and reason.
 *
 * @module
 */

/** Port that bulk nodes listen on: the next one after the port of ping. */
export const BULK_PORT = 7008;
/** Length of the length field before each packet, bytes. */
export const LENGTH_FIELD_BYTES = 4;
/** Largest packet that an application may send, bytes (64 KiB). */
export const PACKET_BYTES_MAX = 65_536;
/**
 * Length of the random name that identifies a sender's memory, bytes: 64 bits, so that two are
 * practically never equal.
 */
export const OUTBOX_NAME_BYTES = 8;
/** Length of a packet's number, bytes; at a million packets a second the numbers last nine years. */
export const PACKET_NUMBER_BYTES = 6;
/**
 * Length of the start of a stream, bytes: the name of the sender's memory, and the last number that
 * it knows to have arrived.
 */
export const HELLO_BYTES = OUTBOX_NAME_BYTES + PACKET_NUMBER_BYTES;
/** Largest number of packets per peer that are kept until the peer has confirmed them. */
export const UNCONFIRMED_PACKETS_MAX = 256;
/**
 * Largest number of bytes per peer that are kept until the peer has confirmed them: the amount that
 * a stream at 100 Mbit/s has under way in 80 ms (1 MiB). The last packet may exceed it.
 */
export const UNCONFIRMED_BYTES_MAX = 1_048_576;
/**
 * Largest number of packets per peer that wait until one more packet can be kept; further packets
 * are rejected. 64 packets of 64 KiB are 4 MiB.
 */
export const WAITING_PACKETS_MAX = 64;
/**
 * A stream is paused while more bytes than this (1 MiB), or more packets than {@link UNCONFIRMED_PACKETS_MAX},
 * wait for the receiver's store; an honest sender has no more packets under way.
 */
export const UNSYNCED_BYTES_MAX = 1_048_576;
/** Largest number of unanswered `flush` requests about one peer. */
export const PENDING_FLUSHES_MAX = 16;
/**
 * First wait before a stream is reopened (later waits double), and wait before a failed write to
 * the store is repeated, ns.
 */
export const RETRY_NS_MIN = 50_000_000;
/** Longest wait before a stream is reopened, ns: a peer that returns is found within this time. */
export const RETRY_NS_MAX = 2_000_000_000;
/**
 * First wait for a confirmation of the peer, ns, before the stream is reset. The wait doubles until a
 * packet is confirmed, since a slow link may only need longer.
 */
export const PEER_SILENCE_NS_MIN = 30_000_000_000;
/** Longest wait for a confirmation of the peer, ns: equal to a stream's longest wait for an answer (RFC 6298, 2.5). */
export const PEER_SILENCE_NS_MAX = 60_000_000_000;
