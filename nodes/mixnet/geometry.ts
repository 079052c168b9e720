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

/**
 * UDP port on which nodes receive packets (our choice), from the same range as the port of the
 * protocol `bulk`.
 */
export const PACKET_PORT = 7010;
/** Port on which the authority accepts streams (our choice): the number after the UDP port. */
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

/** Length in bytes of the header of each record on a stream to the authority: type and length. */
export const RECORD_HEADER_LENGTH = 5;
/**
 * Longest descriptor, in bytes: enough for three hexadecimal keys of 1,216 bytes each, with a
 * margin.
 */
export const DESCRIPTOR_RECORD_BYTES_MAX = 16_384;
/** Longest document, in bytes: enough for 1,000 descriptors. */
export const DOCUMENT_RECORD_BYTES_MAX = 16_777_216;
/**
 * Largest number of streams that an authority serves concurrently. It is below the 4,096 that a
 * listener accepts, so that the authority can accept a new stream and close the oldest one. Each
 * stream carries one request, which a node repeats after a failure.
 */
export const AUTHORITY_STREAMS_MAX = 2_048;

/** Length of an epoch, in ns, as in Katzenpost (core/epochtime). */
export const EPOCH_LENGTH_NS_DEFAULT: number = 1_200 * SECOND;
/** Number of epochs for which a node publishes keys: the present epoch and the next two. */
export const KEY_EPOCH_COUNT = 3;
/**
 * Share of an epoch after which the next document is available (docs/spec/mixnet.md, "Directory").
 */
export const DOCUMENT_READY_EPOCH_SHARE: number = 5 / 8;
/**
 * Share of an epoch during which a second key is tried: at its start the key of the previous epoch,
 * at its end the key of the next one.
 */
export const KEY_OVERLAP_EPOCH_SHARE: number = 1 / 8;
/**
 * An authority makes the first document when no new descriptor has arrived for this time, in ns:
 * long enough for nodes that upload immediately after their start. The authority also waits for
 * this long after its own start.
 */
export const FIRST_DOCUMENT_WAIT_NS: number = 500 * MS;
/** Pause before a request to the authority is repeated, in ns. */
export const AUTHORITY_RETRY_NS: number = 250 * MS;
/**
 * Pause before a mix that draws neighbours repeats its request for the first document, in ns. It is
 * short, since clients that have the document sooner would send packets to a mix that is not ready.
 */
export const FIRST_DOCUMENT_RETRY_NS: number = 25 * MS;
/** How long a document may be missing before a node suspects its clock, in ns. */
export const DOCUMENT_MISSING_MAX_NS: number = 10 * SECOND;

/**
 * Shortest mean time between packets that are tried under keys of other epochs, in ns: the
 * resulting ten packets per second take 2 ms of processor time.
 */
export const OTHER_EPOCH_TRIAL_INTERVAL_NS: number = 100 * MS;
/** Largest number of packets that may be tried at once under keys of other epochs. */
export const OTHER_EPOCH_TRIAL_BURST = 10;

/** Number of mixes on a path by default: three layers. */
export const LAYERS_DEFAULT = 3;
/** Length of the user data of a packet by default, in bytes (katzenpost, cmd/genconfig). */
export const USER_DATA_BYTES_DEFAULT = 2_000;
/** Mean delay of a hop by default, in ns (katzenpost, cmd/genconfig). */
export const HOP_DELAY_MEAN_NS_DEFAULT: number = 200 * MS;
/**
 * Mean time between packets of a client's payload process by default, in ns (katzenpost,
 * cmd/genconfig).
 */
export const PAYLOAD_INTERVAL_NS_DEFAULT: number = SECOND;
/** Mean time between two loops of a client by default, in ns (katzenpost, cmd/genconfig). */
export const LOOP_INTERVAL_NS_DEFAULT: number = 2 * SECOND;
/**
 * Mean time between two additional drop packets of a client by default, in ns (Loopix prototype,
 * loopix/config.json).
 */
export const DROP_COVER_INTERVAL_NS_DEFAULT: number = 2 * SECOND;
/**
 * Mean time between two loops of a mix by default, in ns (Loopix prototype, loopix/config.json).
 */
export const MIX_LOOP_INTERVAL_NS_DEFAULT: number = 2 * SECOND;

/** Number of frames in the answer to a retrieval by default, including empty frames. */
export const RETRIEVE_BATCH_DEFAULT = 5;
/**
 * Largest number of spooled messages of one client by default: as many as arrive in some minutes at
 * the default rates.
 */
export const SPOOL_CLIENT_MESSAGES_DEFAULT = 1_000;
/**
 * Largest number of spooled messages of all clients of a provider, counted together, by default.
 */
export const SPOOL_TOTAL_MESSAGES_DEFAULT = 100_000;
/**
 * Largest number of packets that a client may send at once by default: a smaller number would hit
 * honest clients, since their sending instants are random.
 */
export const CLIENT_BURST_PACKETS_DEFAULT = 20;
/** The token bucket of a client refills at this multiple of the rate that the client is allowed. */
export const CLIENT_RATE_SLACK_FACTOR = 1.25;

/** Length of the status of an answer to a proof request, in bytes. */
export const PROOF_STATUS_LENGTH = 1;
/** Length of the lateness (microseconds) in an answer with a proof, in bytes. */
export const PROOF_LATENESS_LENGTH = 4;
/**
 * Largest number of recent packets for which a mix can give proofs: those of some minutes at 200
 * packets/s.
 */
export const PROVABLE_PACKETS_MAX = 65_536;
/**
 * Shortest mean time between two proofs that a mix makes, in ns: a proof costs 1.85 ms, so proofs
 * take at most a fifth of a core.
 */
export const PROOF_INTERVAL_NS: number = 10 * MS;
/**
 * Transit time of a link that auditors assume by default, in ns: the delay of the links that the
 * generator makes.
 */
export const LINK_TRANSIT_NS_DEFAULT: number = 5 * MS;
/**
 * How far a loop's time may deviate from its delays by default, in ns: for transmission and
 * queueing on links.
 */
export const AUDIT_TOLERANCE_NS_DEFAULT: number = MS;
/**
 * Number of the latest lateness values that a mix remembers: their maximum is about the 99.9th
 * percentile.
 */
export const LATENESS_SAMPLES = 1_000;
/**
 * Interval of the timer that measures lateness, in ns: about the mean delay at a hop in audited
 * networks.
 */
export const LATENESS_PROBE_INTERVAL_NS: number = 50 * MS;
/**
 * Largest lateness of one mix that an auditor accepts by default, in ns: a busy machine can stall a
 * mix for this long.
 */
export const AUDIT_LATENESS_MAX_NS: number = 5 * SECOND;
/**
 * Largest number of loops of one sender that are under way at the same time and remembered for an
 * audit.
 */
export const AUDIT_LOOPS_MAX = 1_024;
/** Pause before a missing proof is requested again, in ns. */
export const PROOF_RETRY_NS: number = 500 * MS;
/** Number of requests after which a mix that gave no proof counts as refusing proofs. */
export const PROOF_REQUEST_TRIES_MAX = 6;
/** Smallest number of loops through a mix for which estimates of its delays are used. */
export const SUSPECT_LOOPS_MIN = 8;
/** A mix is suspect if it lengthens or shortens its delays by more than this share. */
export const SUSPECT_DELAY_SHARE = 0.05;
/** The share of loops with wrong times is an average over about this many of the latest loops. */
export const WRONG_LOOP_SMOOTHING_COUNT = 10;
/** A mix may be suspect only if more than this share of its loops have wrong times. */
export const SUSPECT_WRONG_LOOP_SHARE = 0.25;

/**
 * Number of buffers in a node's pool by default: a packet that finds the pool empty is counted as a
 * pool miss.
 */
export const BUFFER_POOL_SIZE = 1_024;
/** Largest number of packets that wait in a mix or provider by default. */
export const MIX_QUEUE_PACKETS_MAX_DEFAULT = 10_000;
/**
 * Largest number of packets of a node that are in worker threads at the same time, with `unwrap:
 * threads`.
 */
export const UNWRAPPING_PACKETS_MAX = 4_096;
/**
 * Largest number of packets that a node sends per wake-up before other work gets its turn
 * (katzenpost, server/internal/scheduler).
 */
export const SEND_BATCH_PACKETS_MAX = 16;
