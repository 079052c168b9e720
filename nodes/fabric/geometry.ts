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
/** The priority in a carrier for each of ours, because carriers have three. */
export const PRIORITY_TO_CARRIER_PRIORITY = [0, 1, 2, 2] as const;

/** Version in the first byte of a packet; the packets of version 1 had no checksum. */
export const PACKET_VERSION = 2;
/** Bytes of a nonce that a challenged peer sends back: 64 bits, which nobody guesses. */
export const CHALLENGE_NONCE_BYTES = 8;
/** Most pieces in a packet: more than a packet of any usual size has. */
export const PACKET_PIECES_MAX = 1_024;
/** Largest packet over a carrier that may lose it, bytes: what any path carries (RFC 9000 section 14). */
export const PACKET_BYTES_DEFAULT = 1_200;
/** Least bytes that a carrier must take: the head of a packet, acknowledgements and a few bytes. */
export const CARRIER_MESSAGE_BYTES_MIN = 512;

/**
 * How many numbers above the contiguous ones a receiver remembers. More than {@link PEER_OPEN_MESSAGES_MAX}, so
 * that senders meet the bound of their queue first.
 */
export const RECEIVE_WINDOW_NUMBERS = 1_024;
/** Most open messages for one peer, including calls that wait for their answer. */
export const PEER_OPEN_MESSAGES_MAX = 1_000;
/**
 * Most answers to one peer that it has not confirmed; beyond that the oldest is given up. More than
 * a peer has open calls, so only a peer that gives up its calls or says nothing loses any.
 */
export const UNCONFIRMED_ANSWERS_MAX = 2_048;
/** Message numbers that one write to the disk reserves. */
export const RESERVED_NUMBERS_PER_WRITE = 256;
/**
 * Most messages that are handed to the application before the disk knows that they were: after a
 * crash, only these can be handed over a second time.
 */
export const UNSYNCED_HANDOVERS_MAX = 32;
/**
 * Most bytes of messages of one peer that are incomplete or wait for their handlers: twice those of
 * the longest message. Bytes beyond that are dropped; a carrier that promises delivery does not
 * bring them again.
 */
export const ASSEMBLY_BYTES_MAX = 134_217_728;
/** Bytes of packets and calls at which no more wait for the first write of a life (16 MiB). */
export const STARTUP_QUEUE_BYTES_MAX = 16_777_216;
/** Most packets and calls that wait until the disk has counted this life. */
export const STARTUP_QUEUE_INPUTS_MAX = 4_096;
/**
 * Most calls that are with the application; beyond that the oldest is given up. A peer that gives
 * up its own calls makes room for others, so windows do not bound these.
 */
export const CALLS_AT_APPLICATION_MAX = 65_536;
/** Number of useless items in a list at which they are removed at the latest. */
export const STALE_ITEMS_MAX = 1_024;
/** Bytes by which the memory for an incomplete message grows: by what came, not as was stated. */
export const ASSEMBLY_GROWTH_BYTES = 65_536;
/** Most gaps in an incomplete message; pieces that would make more are not taken. */
export const ASSEMBLY_GAPS_MAX = 4_096;
/** Most bytes that a carrier has not answered for; one message may exceed it (1 MiB). */
export const CARRIER_BYTES_IN_FLIGHT_MAX = 1_048_576;

/** First wait before something unanswered is tried again, ns; it doubles each time. */
export const FIRST_RETRY_NS = 250_000_000;
/** Longest wait before something is tried again, ns: a returning peer is found within it. */
export const RETRY_NS_MAX = 10_000_000_000;
/** Time-outs in a row after which another way is taken. */
export const TIMEOUTS_BEFORE_FAILOVER = 3;
/** The news that messages were handled waits this long for a packet that takes it along, ns. */
export const HANDLED_NEWS_DELAY_NS = 10_000_000;

/** Time from a message to its deadline, ns: 1.5 times the longest outage in shipped scenarios. */
export const MESSAGE_LIFETIME_DEFAULT_NS = 900_000_000_000;
