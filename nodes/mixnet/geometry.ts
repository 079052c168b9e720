/**
 * Mixnet: lengths, numbers and defaults, each with unit and reason (project spec mixnet 3).
 *
 * Lengths inside Sphinx packets are those of `nodes/sphinx`.
 *
 * @module
 */

const MS = 1_000_000;
const SECOND = 1_000_000_000;

/** UDP port of packets; next to bulk's (no number is given by a specification). */
export const PACKET_PORT = 7010;
/** Stream port of the authority; next to that of packets (no number is given by a specification). */
export const DIRECTORY_PORT = 7011;

/** The byte in front of every datagram: what to do with the rest (3.7 "command"). */
export const COMMAND_LENGTH = 1;
/** 3.7, the reference's number of "SendPacket". */
export const COMMAND_PACKET = 0x02;
/** 3.7, the reference's number of "RetrieveMessage". */
export const COMMAND_RETRIEVE = 0x10;
/** 3.7, the reference's number of "Message". */
export const COMMAND_MESSAGE = 0x11;
/** Request for a proof of a delay (own addition to 3.7). */
export const COMMAND_ASK = 0x20;
/** Answer to it (own addition to 3.7). */
export const COMMAND_PROOF = 0x21;
/** Sequence number of the spool, in bytes (3.7). */
export const SEQUENCE_LENGTH = 4;
/** How long a message waited in the spool, in bytes: microseconds (own addition to 3.7). */
export const WAITED_LENGTH = 4;
/** Kind of what was spooled, in bytes (own addition to 3.7). */
export const KIND_LENGTH = 1;

/** Type and length in front of each record on a stream to the authority, in bytes (own format). */
export const RECORD_HEADER_LENGTH = 5;
/** Longest descriptor, in bytes: three keys of 1,216 bytes in hex, and room (1.8, 3.2). */
export const DESCRIPTOR_LENGTH_MAX = 16_384;
/** Longest document, in bytes: 1,000 descriptors (3.2). */
export const DOCUMENT_LENGTH_MAX = 16_777_216;
/** Streams that an authority serves at the same time: every node of a large network (3.2). */
export const STREAMS_MAX = 20_000;

/** An epoch, in ns (3.2). */
export const EPOCH_NS_DEFAULT: number = 1_200 * SECOND;
/** Epochs for which a node publishes keys: the present one and two more (3.2). */
export const KEY_EPOCHS = 3;
/** Of the epoch before: from then on the next document is there (3.2 "consensus 5/8"). */
export const CONSENSUS_SHARE: number = 5 / 8;
/** Of an epoch: keys of the neighbouring epochs are tried so long before and after its bounds (1.7). */
export const SLACK_SHARE: number = 1 / 8;
/** First document after the start of the authority, in ns: who uploads at once is in it (3.2). */
export const BOOTSTRAP_NS: number = 500 * MS;
/** Pause before the authority is asked again, in ns (own choice). */
export const RETRY_NS: number = 250 * MS;
/** The same for the first document where neighbours delay it: clients may be faster, ns (own choice). */
export const FIRST_RETRY_NS: number = 25 * MS;
/** How long a document may be lacking before the clock of a node is suspected, in ns (own choice). */
export const CLOCK_SUSPECT_NS: number = 10 * SECOND;

/** Packets a second that are tried under keys of other epochs, as a mean time: 2 ms of a core (own choice). */
export const OTHER_EPOCHS_NS: number = 100 * MS;
/** The same, at once. */
export const OTHER_EPOCHS_BURST = 10;

/** Mixes on a path by default (3.2 "stratified", three layers). */
export const LAYERS_DEFAULT = 3;
/** User data of a packet by default, in bytes (1.2). */
export const PAYLOAD_DEFAULT = 2_000;
/** Mean delay of a hop by default, in ns (3.3, genconfig). */
export const DELAY_NS_DEFAULT: number = 200 * MS;
/** Mean time between packets of process P by default, in ns (3.3, genconfig). */
export const PAYLOAD_NS_DEFAULT: number = SECOND;
/** Mean time between loops of a client by default, in ns (3.3, genconfig). */
export const LOOP_NS_DEFAULT: number = 2 * SECOND;
/** Mean time between drops of a client by default, in ns (3.3, Loopix prototype). */
export const DROP_NS_DEFAULT: number = 2 * SECOND;
/** Mean time between loops of a mix by default, in ns (3.3, Loopix prototype). */
export const MIX_LOOP_NS_DEFAULT: number = 2 * SECOND;

/** Frames that answer a retrieval by default; what is not there is filled up (3.7). */
export const RETRIEVE_BATCH_DEFAULT = 5;
/** Messages of one client in a spool by default: minutes of traffic at the default rates (3.7). */
export const SPOOL_CLIENT_DEFAULT = 1_000;
/** Messages in a spool by default (3.7). */
export const SPOOL_TOTAL_DEFAULT = 100_000;
/** Tokens of a client's bucket by default: honest Poisson clients exceed a tight one (3.7). */
export const BURST_DEFAULT = 20;
/** Of the rate that clients obey: what the bucket allows more (3.7 "slack"). */
export const RATE_SLACK = 1.25;

/** Status of an answer to a request for a proof, in bytes (own format). */
export const STATUS_LENGTH = 1;
/** How late packets leave, in an answer with a proof, in bytes: microseconds (own format). */
export const LATENESS_LENGTH = 4;
/** Packets that a mix can give proofs for, the latest ones: minutes at 200/s (own choice). */
export const PROOF_PACKETS_MAX = 65_536;
/** Time between two proofs of a mix, in ns: a proof costs 1.85 ms, so a fifth of a core (3.4). */
export const PROOF_INTERVAL_NS: number = 10 * MS;
/** What a link takes by default, in ns: that of the generated networks (own choice). */
export const TRANSIT_NS_DEFAULT: number = 5 * MS;
/** How far a loop may be off by default, in ns: bytes on a link and in its queue (own choice). */
export const AUDIT_TOLERANCE_NS_DEFAULT: number = MS;
/** Latenesses that are remembered: the longest is their 99.9th percentile (3.4). */
export const LATENESS_WINDOW = 1_000;
/** Time between two of the timers that measure lateness, in ns: the mean delays of audits (own choice). */
export const LATENESS_PROBE_NS: number = 50 * MS;
/** Lateness that an auditor believes of one mix by default, in ns: stalls of a busy machine (own choice). */
export const LATENESS_NS_DEFAULT: number = 5 * SECOND;
/** Loops of one sender that are under way and will be audited, at most (own choice). */
export const AUDIT_LOOPS_MAX = 1_024;
/** Pause before a proof is asked for again, in ns (own choice). */
export const PROOF_RETRY_NS: number = 500 * MS;
/** Requests without a proof after which a mix counts as one that gives none (own choice). */
export const PROOF_TRIES = 6;
/** Loops through a mix before shares of its delays are believed (own choice). */
export const SUSPECT_LOOPS_MIN = 8;
/** A mix that stretches or shortens delays by more than this share is suspect (own choice). */
export const SUSPECT_SHARE = 0.05;
/** Loops over which the share of wrong ones is smoothed (own choice). */
export const RECENT_LOOPS = 10;
/** Share of wrong loops above which a mix may be suspect (own choice). */
export const SUSPECT_WRONG = 0.25;

/** Buffers of a node's pool: packets beyond them are misses (3.6). */
export const POOL_BUFFERS = 1_024;
/** Packets that wait in a mix at most (3.6 "queue depth"). */
export const QUEUE_MAX_DEFAULT = 10_000;
/** Packets of a node in worker threads at most, with `unwrap: threads` (own choice). */
export const UNWRAPPING_MAX = 4_096;
/** Packets sent per wake-up before others get their turn (3.1 "at most 16"). */
export const SEND_BATCH = 16;
