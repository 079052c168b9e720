/**
 * Fabric: lengths, numbers and defaults, each with unit and reason.
 *
 * @module
 */

/**
 * Number of the channel by which carriers tell fabric's messages from those of other protocols
 * (docs/spec/stacking.md).
 */
export const FABRIC_CHANNEL = 2;

/** First item of each envelope: the version of its format. */
export const ENVELOPE_VERSION = 1;
/** Bytes of the id of a message: the random name of its sender's memory, then the message number. */
export const MESSAGE_ID_BYTES = 16;
/**
 * Bytes of the random name that a node gives to its stored numbering of messages, its memory; 64 bits make
 * equal names improbable.
 */
export const MEMORY_NAME_BYTES = 8;
/** Largest payload of a message, bytes (64 MiB). */
export const PAYLOAD_BYTES_MAX = 67_108_864;
/** Longest name of a node, bytes of UTF-8: that of a DNS name (RFC 1035 section 2.3.4). */
export const NODE_NAME_BYTES_MAX = 255;
/** Upper bound of the length of an envelope without its payload, bytes. */
export const ENVELOPE_HEAD_BYTES_MAX = 640;
/** Number of message priorities: 0 (bulk) to 3 (urgent). */
export const PRIORITY_COUNT = 4;
/** Priority of a message whose application asks for none. */
export const PRIORITY_DEFAULT = 1;
/** Priority of a packet in a carrier, 0 to 2, by the priority of its message, 0 to 3. */
export const PRIORITY_TO_CARRIER_PRIORITY = [0, 1, 2, 2] as const;

/** Version in the first byte of a packet; the packets of version 1 had no checksum. */
export const PACKET_VERSION = 2;
/** Bytes of a nonce that a challenged peer sends back: 64 bits, which nobody guesses. */
export const CHALLENGE_NONCE_BYTES = 8;
/** Largest number of message pieces in a packet: more than fit into a packet of any usual size. */
export const PACKET_PIECES_MAX = 1_024;
/** Largest packet over a carrier that may lose packets, bytes: what any path carries (RFC 9000 section 14). */
export const PACKET_BYTES_DEFAULT = 1_200;
/**
 * A carrier must take messages of at least this length, bytes: the head of a packet, acknowledgements and a
 * short piece.
 */
export const CARRIER_MESSAGE_BYTES_MIN = 512;

/**
 * How many message numbers above the highest contiguous number a receiver can mark as handled. More than
 * {@link PEER_OPEN_MESSAGES_MAX}, so that a sender is stopped by its queue before it is stopped by this
 * window.
 */
export const RECEIVE_WINDOW_NUMBERS = 1_024;
/** Largest number of open messages for one peer, including calls that wait for their answer. */
export const PEER_OPEN_MESSAGES_MAX = 1_000;
/**
 * Largest number of answers to one peer that the peer has not reported as handled; a further answer displaces
 * the oldest. Only a peer that never confirms or gives up its calls loses answers, since a peer has at most
 * {@link PEER_OPEN_MESSAGES_MAX} open calls.
 */
export const UNCONFIRMED_ANSWERS_MAX = 2_048;
/** Message numbers that one write to the disk reserves. */
export const RESERVED_NUMBERS_PER_WRITE = 256;
/**
 * Largest number of messages handed to the application before their handover is recorded on disk: after a
 * crash, only these can be handed over a second time.
 */
export const UNSYNCED_HANDOVERS_MAX = 32;
/**
 * Largest number of bytes of one peer's messages that are incomplete or wait for their handlers: twice the
 * longest message. Pieces beyond it are dropped; over a carrier that promises delivery they are lost, since it
 * does not repeat them.
 */
export const ASSEMBLY_BYTES_MAX = 134_217_728;
/**
 * Largest number of bytes of packets and calls that wait until the count of this node's starts is on disk (16
 * MiB).
 */
export const STARTUP_QUEUE_BYTES_MAX = 16_777_216;
/** Largest number of packets and calls that wait until the count of this node's starts is on disk. */
export const STARTUP_QUEUE_INPUTS_MAX = 4_096;
/**
 * Largest number of calls that the application has not answered; beyond it the oldest is given up. The receive
 * windows do not bound this number, since a peer that gives up calls may make new ones.
 */
export const CALLS_AT_APPLICATION_MAX = 65_536;
/** A list is searched for items that are no longer needed only when it has more than this number of items. */
export const STALE_ITEMS_MAX = 1_024;
/**
 * Memory for an incomplete message is allocated in chunks of this size, bytes, as pieces come: a false total
 * length costs nothing.
 */
export const ASSEMBLY_GROWTH_BYTES = 65_536;
/** Largest number of gaps in an incomplete message; a piece that would open a further gap is dropped. */
export const ASSEMBLY_GAPS_MAX = 4_096;
/**
 * Largest number of bytes given to a carrier whose answer is still missing (1 MiB); a single message may
 * exceed it.
 */
export const CARRIER_BYTES_IN_FLIGHT_MAX = 1_048_576;

/** First wait before something unanswered is tried again, ns; it doubles each time. */
export const FIRST_RETRY_NS = 250_000_000;
/** Longest wait before something is tried again, ns: a peer that returns is noticed within this time. */
export const RETRY_NS_MAX = 10_000_000_000;
/** Number of consecutive time-outs of a way after which the next way is used. */
export const TIMEOUTS_BEFORE_FAILOVER = 3;
/**
 * The list of handled messages waits this long, ns, for a packet to the peer that can carry it; then it leaves
 * alone.
 */
export const HANDLED_NEWS_DELAY_NS = 10_000_000;

/**
 * Default time from the acceptance of a message to its deadline, ns: 1.5 times the longest outage in shipped
 * scenarios.
 */
export const MESSAGE_LIFETIME_DEFAULT_NS = 900_000_000_000;
