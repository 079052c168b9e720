/**
 * SCION control service: numbers, limits and defaults, each with its unit and reason.
 *
 * @module
 */

const SECOND_NS = 1_000_000_000;

/** Default time between two rounds (reference control/config/config.go, OriginationInterval and others), ns. */
export const ROUND_INTERVAL_NS = 5 * SECOND_NS;
/** Time between two ticks, at which overdue work is done (reference control/tasks.go), ns. */
export const TICK_NS = SECOND_NS / 2;
/** Time in which the neighbour must answer a beacon (reference control/beaconing, defaultRPCTimeout), ns. */
export const CALL_DEADLINE_NS = 5 * SECOND_NS;
/**
 * Age at which a lookup no longer uses an answer of another control service but asks again (reference pathdb,
 * QueryInterval), ns.
 */
export const ANSWER_AGE_NS_MAX = 300 * SECOND_NS;
/**
 * An answer is requested again this long before its last segment expires (reference
 * private/segment/segfetcher/fetcher.go, nextQuery), s.
 */
export const EXPIRY_LEAD_S = 120;

/** Number of beacons that are passed on or registered (reference control/beacon/policy.go, BestSetSize). */
export const BEST_SET_SIZE = 20;
/** Largest number of beacons from which a selection chooses (reference control/beacon/policy.go, CandidateSetSize). */
export const CANDIDATES_MAX = 100;
/** Largest number of entries of a beacon (reference control/beacon/policy.go, MaxHopsLength). */
export const HOPS_MAX = 10;
/** How far in the future a beacon may be dated: one unit of expiry (SCION control plane draft), s. */
export const TIMESTAMP_TOLERANCE_S = 337.5;

/** Unit of the lifetime of hop fields (SCION header specification, "Hop Field"), s. */
export const HOP_UNIT_S = 337.5;

/** Largest number of ASes from which beacons are kept, and to which segments are kept. */
export const ASES_KEPT_MAX = 10_000;
/** Number of hashes of verified prefixes that are kept: 20 beacons of ten entries from each of 100 origins. */
export const VERIFIED_PREFIXES_MAX = 20_000;
/** Largest number of answers of other control services that are kept; beyond it, the oldest is dropped. */
export const ANSWERS_KEPT_MAX = 1_000;
/** Largest number of core ASes of one ISD that are asked for its segments, nearest first. */
export const CORES_ASKED_MAX = 8;
/** Largest number of lookups that are open at a time. */
export const LOOKUPS_MAX = 1_000;
/** Largest number of open streams of all hosts together. */
export const HOST_STREAMS_MAX = 1_000;
/** Largest number of open streams of one host: each protocol on it opens one. */
export const STREAMS_OF_HOST_MAX = 16;
/** Largest number of requests on one stream that are handled at a time; meanwhile no more are read. */
export const STREAM_OPEN_MAX = 64;
/**
 * Largest number of further requests that wait on one stream because they came in the same read as the
 * {@link STREAM_OPEN_MAX} that are handled. A read cannot hold more: each request takes at least eight bytes.
 */
export const STREAM_WAITING_MAX = 16_384;
/** One in this many rounds of lookups for watched ASes includes the ASes to which a path was found already. */
export const FOUND_PATH_LOOKUP_ROUNDS = 10;
/** How long an interface is believed to be down after a report (reference private/revcache, RawTTL), ns. */
export const REVOCATION_NS = 10 * SECOND_NS;
/**
 * Rate of hosts' reports that are believed: in {@link REVOCATION_NS} they fill about a tenth of
 * {@link REVOCATIONS_MAX}.
 */
export const HOST_REPORT_RATE = { perSecond: 10, burst: 10 } as const;
/**
 * Rate of routers' errors that are believed about interfaces that were not believed to be down: in
 * {@link REVOCATION_NS} as many as {@link REVOCATIONS_MAX}.
 */
export const SCMP_REPORT_RATE = { perSecond: 100, burst: 100 } as const;
/** Largest number of interfaces that are believed to be down; beyond it, the oldest belief is dropped. */
export const REVOCATIONS_MAX = 1_000;
/**
 * Largest number of paths that a call tries: it takes another path each time that an error reports the present path
 * dead.
 */
export const WAYS_TRIED_MAX = 3;

/** Largest number of level 1 keys of other ASes that are kept. */
export const KEYS_KEPT_MAX = 1_000;
/** Largest number of level 1 keys that are being requested at a time. */
export const KEY_FETCHES_MAX = 100;
/** Largest number of hosts that wait for one key. */
export const KEY_WAITERS_MAX = 100;
/** How long before an epoch its level 1 keys are first requested, s. */
export const KEY_PREFETCH_SECONDS = 600;
/** Time between two requests for the key of the next epoch, s. */
export const KEY_RETRY_SECONDS = 30;
/** Largest number of beacons in an answer to an operator. */
export const BEACONS_LISTED_MAX = 1_000;
/** Largest number of paths in an answer to a daemon. */
export const HOST_PATHS_MAX = 1_000;
/** Largest size of all paths in an answer to a daemon as JSON, bytes; an answer of more than 1 MiB reaches nobody. */
export const HOST_PATHS_BYTES_MAX = 1_000_000;
