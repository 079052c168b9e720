/**
 * Bulk: lengths, numbers and defaults, each with unit and reason.
 *
 * @module
 */

/** Port that bulk nodes listen on; next to ping's. */
export const BULK_PORT = 7008;
/** Bytes of the length in front of each packet. */
export const LENGTH_BYTES = 4;
/** Largest packet, bytes: what an application may hand over (64 KiB). */
export const PACKET_MAX = 65_536;
/** Bytes of the name of a sender's memory: 64 random bits, so that two are never alike. */
export const MEMORY_BYTES = 8;
/** Bytes of a packet's number; at a million packets a second they last nine years. */
export const NUMBER_BYTES = 6;
/** What opens a stream: the sender's memory, and the last number that it knows to have arrived. */
export const HELLO_BYTES = MEMORY_BYTES + NUMBER_BYTES;
/** Packets per peer that are kept until the peer has confirmed them. */
export const KEPT_MAX = 256;
/**
 * Bytes per peer that are kept until the peer has confirmed them: what a stream at 100 Mbit/s has
 * under way over 80 ms (1 MiB). One packet more may begin.
 */
export const KEPT_BYTES_MAX = 1_048_576;
/** Packets per peer that wait for room among the kept ones; more are refused. 64 of 64 KiB are 4 MiB. */
export const WAITING_MAX = 64;
/** Bytes of a stream that wait for the store of the receiver, before the stream is paused (1 MiB). */
export const HELD_BYTES_MAX = 1_048_576;
/** First wait before a stream is opened anew, ns; it doubles up to the second one. */
export const RETRY_NS_MIN = 50_000_000;
/** A peer that comes back is found within this time, ns. */
export const RETRY_NS_MAX = 2_000_000_000;
