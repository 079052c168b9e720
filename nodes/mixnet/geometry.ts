/**
 * Mixnet: lengths, command numbers, limits and defaults, each with unit and reason
 * (docs/spec/mixnet.md). "The reference" is Katzenpost; values without a source are this project's
 * choice.
 *
 * Lengths inside Sphinx packets are in `nodes/sphinx`.
 *
 * @module
 */

const MS = 1_000_000;
const SECOND = 1_000_000_000;

/** UDP port of packets (our choice), from the same range as the port of the protocol `bulk`. */
export const PACKET_PORT = 7010;
/** Stream port of the authority (our choice): the number after the port of packets. */
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
/**
 * First byte of a datagram that answers a request for the proof of a delay; not in the reference.
 */
export const COMMAND_PROOF = 0x21;
/** Length of a sequence number of the spool, in bytes. */
export const SPOOL_SEQUENCE_LENGTH = 4;
/**
 * Length of the field that says how long a message was spooled (us), in bytes; not in the
 * reference.
 */
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
 * Largest number of streams that an authority serves concurrently. It is below the 4,096 that a
 * listener accepts, so that the authority can accept a new stream and close the oldest one. Each
 * stream carries one request, which a node repeats after a failure.
 */
export const AUTHORITY_STREAMS_MAX = 2_048;

/** Length of an epoch, in ns, as in Katzenpost (core/epochtime). */
export const EPOCH_LENGTH_NS_DEFAULT: number = 1_200 * SECOND;
/** Number of epochs for which a node publishes keys: the present one and the next two. */
export const KEY_EPOCH_COUNT = 3;
/**
 * Share of an epoch after which the next document is available (docs/spec/mixnet.md, "Directory").
 */
export const DOCUMENT_READY_EPOCH_SHARE: number = 5 / 8;
/**
 * Share of an epoch, at its start and its end, during which the key of the neighbouring epoch is
 * tried too.
 */
export const KEY_OVERLAP_EPOCH_SHARE: number = 1 / 8;
/**
 * Time without a new descriptor after which an authority makes the first document, in ns: long
 * enough for nodes that upload immediately after their start. It also waits for so long after its
 * own start.
 */
export const FIRST_DOCUMENT_WAIT_NS: number = 500 * MS;
/** Pause before a request to the authority is repeated, in ns. */
export const AUTHORITY_RETRY_NS: number = 250 * MS;
/**
 * Pause before mixes that draw neighbours repeat the request for the first document, in ns: short,
 * since clients that have the document sooner would send packets to these mixes.
 */
export const FIRST_DOCUMENT_RETRY_NS: number = 25 * MS;
/** How long a document may be missing before a node suspects its clock, in ns. */
export const DOCUMENT_MISSING_MAX_NS: number = 10 * SECOND;

/**
 * Shortest mean time between packets that are tried under keys of other epochs, in ns: ten packets
 * a second take 2 ms of processor time.
 */
export const OTHER_EPOCH_TRIAL_INTERVAL_NS: number = 100 * MS;
/** Largest burst of packets that are tried under keys of other epochs. */
export const OTHER_EPOCH_TRIAL_BURST = 10;

/** Number of mixes on a path by default: three layers. */
export const LAYERS_DEFAULT = 3;
/** User data of a packet by default, in bytes (katzenpost, cmd/genconfig). */
export const USER_DATA_BYTES_DEFAULT = 2_000;
/** Mean delay of a hop by default, in ns (katzenpost, cmd/genconfig). */
export const HOP_DELAY_MEAN_NS_DEFAULT: number = 200 * MS;
/**
 * Mean time between packets of a client's payload process by default, in ns (katzenpost,
 * cmd/genconfig).
 */
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

/** Number of frames in the answer to a retrieval by default, empty ones included. */
export const RETRIEVE_BATCH_DEFAULT = 5;
/**
 * Largest number of spooled messages of one client by default: minutes of traffic at the default
 * rates.
 */
export const SPOOL_CLIENT_MESSAGES_DEFAULT = 1_000;
/** Largest number of spooled messages of all clients of a provider together by default. */
export const SPOOL_TOTAL_MESSAGES_DEFAULT = 100_000;
/**
 * Largest number of packets that a client may send at once by default: honest Poisson clients
 * exceed a smaller number.
 */
export const CLIENT_BURST_PACKETS_DEFAULT = 20;
/** Multiple of the allowed client rate at which the bucket refills. */
export const CLIENT_RATE_SLACK_FACTOR = 1.25;

/** Length of the status of an answer to a proof request, in bytes. */
export const PROOF_STATUS_LENGTH = 1;
/** Length of the lateness (microseconds) in an answer with a proof, in bytes. */
export const PROOF_LATENESS_LENGTH = 4;
/** Largest number of recent packets for which a mix can give proofs: minutes at 200/s. */
export const PROVABLE_PACKETS_MAX = 65_536;
/**
 * Shortest mean time between proofs of a mix, in ns: a proof costs 1.85 ms, so proofs take at most
 * a fifth of a core.
 */
export const PROOF_INTERVAL_NS: number = 10 * MS;
/**
 * Transit time of a link that auditors assume by default, in ns: that of the generated networks.
 */
export const LINK_TRANSIT_NS_DEFAULT: number = 5 * MS;
/** Tolerance of a loop's time by default, in ns: transmission and queueing on links. */
export const AUDIT_TOLERANCE_NS_DEFAULT: number = MS;
/**
 * Number of latest latenesses that a mix remembers: their maximum is about the 99.9th percentile.
 */
export const LATENESS_SAMPLES = 1_000;
/**
 * Interval of the timer that measures lateness, in ns: about the mean delay at a hop in audited
 * networks.
 */
export const LATENESS_PROBE_INTERVAL_NS: number = 50 * MS;
/**
 * Largest lateness of one mix that an auditor accepts by default, in ns: a busy machine can stall a
 * mix for so long.
 */
export const AUDIT_LATENESS_MAX_NS: number = 5 * SECOND;
/** Largest number of loops of one sender that are under way at once and will be audited. */
export const AUDIT_LOOPS_MAX = 1_024;
/** Pause before a proof is requested again, in ns. */
export const PROOF_RETRY_NS: number = 500 * MS;
/** Number of requests without a proof after which a mix counts as refusing proofs. */
export const PROOF_REQUEST_TRIES_MAX = 6;
/** Number of loops through a mix from which on estimates of its delays count. */
export const SUSPECT_LOOPS_MIN = 8;
/** A mix that changes delays by more than this share is suspect. */
export const SUSPECT_DELAY_SHARE = 0.05;
/** Number of loops over which the share of loops with wrong times is smoothed. */
export const WRONG_LOOP_SMOOTHING_COUNT = 10;
/** Share of loops with wrong times above which a mix may be suspect. */
export const SUSPECT_WRONG_LOOP_SHARE = 0.25;

/** Number of buffers in a node's pool by default: packets beyond that number are pool misses. */
export const BUFFER_POOL_SIZE = 1_024;
/** Largest number of packets that wait in a mix or provider by default. */
export const MIX_QUEUE_PACKETS_MAX_DEFAULT = 10_000;
/** Largest number of packets of a node in worker threads, with `unwrap: threads`. */
export const UNWRAPPING_PACKETS_MAX = 4_096;
/**
 * Largest number of packets that a node sends per wake-up before other work gets its turn
 * (katzenpost, server/internal/scheduler).
 */
export const SEND_BATCH_PACKETS_MAX = 16;
