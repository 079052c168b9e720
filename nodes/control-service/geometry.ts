/**
 * SCION control service: numbers, limits and defaults, each with its unit and reason.
 *
 * @module
 */

const SECOND_NS = 1_000_000_000;

/** Times between two rounds (reference control/config/config.go, OriginationInterval and others), ns. */
export const ROUND_INTERVAL_NS = 5 * SECOND_NS;
/** Time between two looks at what is overdue (reference control/tasks.go), ns. */
export const TICK_NS = SECOND_NS / 2;
/** Time in which the neighbour must answer a beacon (reference control/beaconing, defaultRPCTimeout), ns. */
export const CALL_DEADLINE_NS = 5 * SECOND_NS;
/** Age at which an answer of another control service is asked for again (reference pathdb, QueryInterval), ns. */
export const ANSWER_AGE_NS_MAX = 300 * SECOND_NS;

/** Beacons that are passed on or registered (reference control/beacon/policy.go, BestSetSize). */
export const BEST_SET_SIZE = 20;
/** Most beacons that a selection chooses from (reference control/beacon/policy.go, CandidateSetSize). */
export const CANDIDATES_MAX = 100;
/** Entries of the longest beacon that is taken (reference control/beacon/policy.go, MaxHopsLength). */
export const HOPS_MAX = 10;
/** How far in the future a beacon may be dated: one unit of expiry (SCION control plane draft), s. */
export const TIMESTAMP_TOLERANCE_S = 337.5;

/** Unit of the lifetime of hop fields (SCION header specification, "Hop Field"), s. */
export const HOP_UNIT_S = 337.5;

/** Most ASes from which beacons, or to which segments, are kept. */
export const ASES_KEPT_MAX = 10_000;
/** Hashes of verified prefixes: 20 beacons of ten entries from each of 100 origins. */
export const VERIFIED_PREFIXES_MAX = 20_000;
/** Answers of other control services that are kept. */
export const ANSWERS_KEPT_MAX = 1_000;
/** Core ASes of one ISD that are asked for its segments, nearest first. */
export const CORES_ASKED_MAX = 8;
/** Lookups that hosts wait for at a time. */
export const LOOKUPS_MAX = 1_000;
/** Streams of hosts that are open at a time. */
export const HOST_STREAMS_MAX = 1_000;
/** Most of one host, which needs one for each of its protocols. */
export const STREAMS_OF_HOST_MAX = 16;
/** Requests on a stream of a host that are answered at a time; meanwhile no more are read. */
export const STREAM_OPEN_MAX = 64;
/** Most that wait beyond: what came in one piece with them, of at least eight bytes each, in what a stream hands over. */
export const STREAM_WAITING_MAX = 16_384;
/** Every so many looks for paths to watched ASes include those that were found. */
export const FOUND_ROUNDS = 10;
/** An interface is believed to be down for so long (reference private/revcache, RawTTL), ns. */
export const REVOCATION_NS = 10 * SECOND_NS;
/** Reports of hosts that are believed: in {@link REVOCATION_NS} a tenth of what may be believed at a time. */
export const HOST_REPORTS = { perSecond: 10, burst: 10 } as const;
/** Interfaces that are believed to be down; the oldest makes room. */
export const REVOCATIONS_MAX = 1_000;
/** Paths over which a core AS is asked, one after the other. */
export const WAYS_TRIED_MAX = 3;

/** Level 1 keys of other ASes that are kept. */
export const KEYS_KEPT_MAX = 1_000;
/** Level 1 keys that are asked for at a time. */
export const KEY_FETCHES_MAX = 100;
/** Hosts that wait for one key. */
export const KEY_WAITERS_MAX = 100;
/** The key of the next epoch is asked for so long before it begins, s. */
export const KEY_PREFETCH_SECONDS = 600;
/** Time between two such tries, s. */
export const KEY_RETRY_SECONDS = 30;
/** Most beacons of an answer to an operator. */
export const BEACONS_LISTED_MAX = 1_000;
