/**
 * Fabric: lengths, numbers and defaults, each with unit and reason.
 *
 * @module
 */

/** Channel in carriers (docs/spec/stacking.md). */
export const FABRIC_CHANNEL = 2;

/** Version of envelopes. */
export const ENVELOPE_VERSION = 1;
/** Bytes of the id of a message: the name of the sender's memory, then a number. */
export const MESSAGE_ID_BYTES = 16;
/** Bytes of the random name of a sender's memory: 64 bits, so that no two are equal. */
export const MEMORY_NAME_BYTES = 8;
/** Largest payload of a message, bytes (64 MiB). */
export const PAYLOAD_BYTES_MAX = 67_108_864;
/** Longest name of a node, bytes of UTF-8: that of a DNS name (RFC 1035 section 2.3.4). */
export const NODE_NAME_BYTES_MAX = 255;
/** Room for everything of an envelope but its payload, bytes. */
export const ENVELOPE_HEAD_BYTES_MAX = 640;
/** Priorities are 0 (bulk) to 3 (urgent). */
export const PRIORITY_COUNT = 4;
/** Priority of a message for which no application asked for another one. */
export const PRIORITY_DEFAULT = 1;
/** By priority of a message, 0 to 3, the priority of its packets in a carrier, 0 to 2. */
export const PRIORITY_TO_CARRIER_PRIORITY = [0, 1, 2, 2] as const;

/** Version in the first byte of a packet; the packets of version 1 had no checksum. */
export const PACKET_VERSION = 2;
/** Bytes of a nonce that a challenged peer sends back: 64 bits, which nobody guesses. */
export const CHALLENGE_NONCE_BYTES = 8;
/** Largest number of pieces in a packet: more than a packet of any usual size has. */
export const PACKET_PIECES_MAX = 1_024;
/** Largest packet over a carrier that may lose packets, bytes: what any path carries (RFC 9000 section 14). */
export const PACKET_BYTES_DEFAULT = 1_200;
/** Smallest limit of a carrier's messages, bytes: head of a packet, acknowledgements and a few bytes. */
export const CARRIER_MESSAGE_BYTES_MIN = 512;

/**
 * Number of message numbers above the contiguous ones that a receiver can remember. More than
 * {@link PEER_OPEN_MESSAGES_MAX}, so that senders meet the bound of their queue first.
 */
export const RECEIVE_WINDOW_NUMBERS = 1_024;
/** Largest number of open messages for one peer, including calls that wait for their answer. */
export const PEER_OPEN_MESSAGES_MAX = 1_000;
/**
 * Largest number of answers to one peer that it has not confirmed; one more, and the oldest is given
 * up. Only a peer that is silent or gives up calls loses answers: at most
 * {@link PEER_OPEN_MESSAGES_MAX} of its calls are open.
 */
export const UNCONFIRMED_ANSWERS_MAX = 2_048;
/** Message numbers that one write to the disk reserves. */
export const RESERVED_NUMBERS_PER_WRITE = 256;
/**
 * Largest number of messages handed to the application before the disk has a record of it: after a
 * crash, only these can be handed over a second time.
 */
export const UNSYNCED_HANDOVERS_MAX = 32;
/**
 * Largest number of bytes of one peer's messages that are incomplete or wait for their handlers: twice
 * the longest message. Bytes beyond it are dropped; a carrier that promises delivery does not bring
 * them again.
 */
export const ASSEMBLY_BYTES_MAX = 134_217_728;
/** Largest number of bytes of packets and calls that wait until the disk has counted this life (16 MiB). */
export const STARTUP_QUEUE_BYTES_MAX = 16_777_216;
/** Largest number of packets and calls that wait until the disk has counted this life. */
export const STARTUP_QUEUE_INPUTS_MAX = 4_096;
/**
 * Largest number of calls that are with the application; beyond it the oldest is given up. A peer that
 * gives up its calls may make others, so windows do not bound this number.
 */
export const CALLS_AT_APPLICATION_MAX = 65_536;
/** Number of items in a list at which those that are no longer needed are removed. */
export const STALE_ITEMS_MAX = 1_024;
/** Bytes by which the memory for an incomplete message grows as pieces come, whatever total was stated. */
export const ASSEMBLY_GROWTH_BYTES = 65_536;
/** Largest number of gaps in an incomplete message; pieces that would make more are not taken. */
export const ASSEMBLY_GAPS_MAX = 4_096;
/** Largest number of bytes that a carrier has not answered for; one message may exceed it (1 MiB). */
export const CARRIER_BYTES_IN_FLIGHT_MAX = 1_048_576;

/** First wait before something unanswered is tried again, ns; it doubles each time. */
export const FIRST_RETRY_NS = 250_000_000;
/** Longest wait before something is tried again, ns: a returning peer is found within this time. */
export const RETRY_NS_MAX = 10_000_000_000;
/** Number of time-outs in a row after which another way is taken. */
export const TIMEOUTS_BEFORE_FAILOVER = 3;
/** Longest wait of the news that messages were handled for a packet that takes it along, ns. */
export const HANDLED_NEWS_DELAY_NS = 10_000_000;

/** Time from a message to its deadline, ns: 1.5 times the longest outage in shipped scenarios. */
export const MESSAGE_LIFETIME_DEFAULT_NS = 900_000_000_000;
