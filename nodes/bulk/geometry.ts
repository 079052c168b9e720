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
/** Packets per peer that wait for room in the stream; more are refused. 64 of 64 KiB are 4 MiB. */
export const WAITING_MAX = 64;
