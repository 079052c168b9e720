/**
 * Mixnet: lengths, numbers and defaults, each with unit and reason (docs/spec/mixnet.md).
 * "Reference" is Katzenpost; values without a source are this project's choice.
 *
 * Lengths inside Sphinx packets are in `nodes/sphinx`.
 *
 * @module
 */

const MS = 1_000_000;
const SECOND = 1_000_000_000;

/** UDP port of packets (ours), from the same range as the port of the protocol `bulk`. */
export const PACKET_PORT = 7010;
/** Stream port of the authority (ours): the number after that of packets. */
export const DIRECTORY_PORT = 7011;

/** Length of the command, with which every datagram begins, in bytes. */
export const COMMAND_LENGTH = 1;
/**
 * First byte of a datagram that carries a mix packet: the reference's number for SendPacket
 * (katzenpost, core/wire/commands).
 */
export const COMMAND_SEND_PACKET = 0x02;
/**
 * First byte of a datagram that asks a provider for the next message of the spool: the reference's
 * number for RetrieveMessage.
 */
export const COMMAND_RETRIEVE_MESSAGE = 0x10;
/**
 * First byte of a datagram that carries a message of the spool: the reference's number for Message.
 */
export const COMMAND_MESSAGE = 0x11;
/** First byte of a datagram that requests the proof of a delay; not in the reference. */
export const COMMAND_PROOF_REQUEST = 0x20;
/** First byte of a datagram that answers such a request with the proof; not in the reference. */
export const COMMAND_PROOF = 0x21;
/** Length of a sequence number of the spool, in bytes. */
export const SPOOL_SEQUENCE_LENGTH = 4;
/** Length of the field that says how long a message was spooled (us), in bytes; ours. */
export const SPOOLED_TIME_LENGTH = 4;
/** Length of the kind of the spooled content, in bytes; not in the reference. */
export const SPOOLED_KIND_LENGTH = 1;

/** Length of type and length in front of each record on a stream to the authority, in bytes. */
export const RECORD_HEADER_LENGTH = 5;
/** Longest descriptor, in bytes: three hexadecimal keys of 1,216 bytes, with a margin. */
export const DESCRIPTOR_RECORD_BYTES_MAX = 16_384;
/** Longest document, in bytes: 1,000 descriptors. */
export const DOCUMENT_RECORD_BYTES_MAX = 16_777_216;
/**
 * Streams that an authority serves concurrently: below the 4,096 that a listener accepts, so that the
 * oldest one makes room for the next. Each carries one request, and a node asks again.
 */
export const AUTHORITY_STREAMS_MAX = 2_048;

/** Length of an epoch, in ns, as in Katzenpost (core/epochtime). */
export const EPOCH_LENGTH_NS_DEFAULT: number = 1_200 * SECOND;
/** Epochs for which a node publishes keys: the present one and the next two. */
export const KEY_EPOCH_COUNT = 3;
/**
 * Share of an epoch after which the next document is available (docs/spec/mixnet.md, "Directory").
 */
export const DOCUMENT_READY_EPOCH_SHARE: number = 5 / 8;
/**
 * Share of an epoch, before and after its bounds, in which the neighbouring epoch's key is tried
 * too.
 */
export const KEY_OVERLAP_EPOCH_SHARE: number = 1 / 8;
/**
 * Wait after the authority's start before it makes the first document, in ns: long enough for nodes
 * that upload immediately.
 */
export const FIRST_DOCUMENT_WAIT_NS: number = 500 * MS;
/** Pause before the authority is asked again, in ns. */
export const AUTHORITY_RETRY_NS: number = 250 * MS;
/**
 * Pause before mixes that draw neighbours ask again for the first document, in ns: short, since
 * clients that have it sooner would send them packets.
 */
export const FIRST_DOCUMENT_RETRY_NS: number = 25 * MS;
/** How long a document may be missing before a node suspects its clock, in ns. */
export const DOCUMENT_MISSING_MAX_NS: number = 10 * SECOND;

/**
 * Mean time between packets that are tried under keys of other epochs, in ns: ten a second take
 * 2 ms of processor time.
 */
export const OTHER_EPOCH_TRIAL_INTERVAL_NS: number = 100 * MS;
/** Largest burst of packets that are tried under keys of other epochs. */
export const OTHER_EPOCH_TRIAL_BURST = 10;

/** Mixes on a path by default: three layers. */
export const LAYERS_DEFAULT = 3;
/** User data of a packet by default, in bytes (katzenpost, cmd/genconfig). */
export const USER_DATA_BYTES_DEFAULT = 2_000;
/** Mean delay of a hop by default, in ns (katzenpost, cmd/genconfig). */
export const HOP_DELAY_MEAN_NS_DEFAULT: number = 200 * MS;
/** Mean time between packets of process P by default, in ns (katzenpost, cmd/genconfig). */
export const PAYLOAD_INTERVAL_NS_DEFAULT: number = SECOND;
/** Mean time between loops of a client by default, in ns (katzenpost, cmd/genconfig). */
export const LOOP_INTERVAL_NS_DEFAULT: number = 2 * SECOND;
/**
 * Mean time between drop packets of a client by default, in ns (Loopix prototype,
 * loopix/config.json).
 */
export const DROP_COVER_INTERVAL_NS_DEFAULT: number = 2 * SECOND;
/** Mean time between loops of a mix by default, in ns (Loopix prototype, loopix/config.json). */
export const MIX_LOOP_INTERVAL_NS_DEFAULT: number = 2 * SECOND;

/** Frames in the answer to a retrieval by default, padded with empty ones. */
export const RETRIEVE_BATCH_DEFAULT = 5;
/** Messages of one client in a spool by default: minutes of traffic at the default rates. */
export const SPOOL_CLIENT_MESSAGES_DEFAULT = 1_000;
/** Messages in a spool by default. */
export const SPOOL_TOTAL_MESSAGES_DEFAULT = 100_000;
/** Tokens of a client's bucket by default: honest Poisson clients exceed a smaller one. */
export const CLIENT_BURST_PACKETS_DEFAULT = 20;
/** Multiple of the allowed client rate at which the bucket refills. */
export const CLIENT_RATE_SLACK_FACTOR = 1.25;

/** Length of the status of an answer to a proof request, in bytes. */
export const PROOF_STATUS_LENGTH = 1;
/** Length of the lateness (microseconds) in an answer with a proof, in bytes. */
export const PROOF_LATENESS_LENGTH = 4;
/** Largest number of recent packets for which a mix can give proofs: minutes at 200/s. */
export const PROVABLE_PACKETS_MAX = 65_536;
/** Time between proofs of a mix, in ns: a proof costs 1.85 ms, so at most a fifth of a core. */
export const PROOF_INTERVAL_NS: number = 10 * MS;
/** Transit time of a link by default, in ns: that of the generated networks. */
export const LINK_TRANSIT_NS_DEFAULT: number = 5 * MS;
/** Tolerance of a loop's time by default, in ns: transmission and queueing on links. */
export const AUDIT_TOLERANCE_NS_DEFAULT: number = MS;
/** Number of latenesses remembered: their maximum is the 99.9th percentile. */
export const LATENESS_SAMPLES = 1_000;
/** Interval of the timer that measures lateness, in ns: the mean delay in audits. */
export const LATENESS_PROBE_INTERVAL_NS: number = 50 * MS;
/**
 * Largest lateness of one mix that an auditor accepts by default, ns: a busy machine can stall a
 * mix for so long.
 */
export const AUDIT_LATENESS_MAX_NS: number = 5 * SECOND;
/** Largest number of loops of one sender that are under way and will be audited. */
export const AUDIT_LOOPS_MAX = 1_024;
/** Pause before a proof is requested again, in ns. */
export const PROOF_RETRY_NS: number = 500 * MS;
/** Requests without an answer after which a mix counts as refusing proofs. */
export const PROOF_REQUEST_TRIES_MAX = 6;
/** Loops through a mix before estimates of its delays count. */
export const SUSPECT_LOOPS_MIN = 8;
/** A mix that changes delays by more than this share is suspect. */
export const SUSPECT_DELAY_SHARE = 0.05;
/** Number of loops over which the share of wrong ones is smoothed. */
export const WRONG_LOOP_SMOOTHING_COUNT = 10;
/** Share of wrong loops above which a mix may be suspect. */
export const SUSPECT_WRONG_LOOP_SHARE = 0.25;

/** Buffers in a node's pool: packets beyond them are pool misses. */
export const BUFFER_POOL_SIZE = 1_024;
/** Largest number of packets that wait in a mix. */
export const MIX_QUEUE_PACKETS_MAX_DEFAULT = 10_000;
/** Largest number of packets of a node in worker threads, with `unwrap: threads`. */
export const UNWRAPPING_PACKETS_MAX = 4_096;
/**
 * Packets sent per wake-up before other work gets its turn (katzenpost, server/internal/scheduler).
 */
export const SEND_BATCH_PACKETS_MAX = 16;
