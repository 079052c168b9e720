/**
 * Vault: lengths, times and bounds of the exchange between replicas, each with its reason.
 *
 * @module
 */

/** Marks messages of the vault in a carrier (docs/spec/stacking.md). */
export const VAULT_CHANNEL = 4;

/** Mean time between two clocks to a peer, ns: the delay that the loss of a message costs. */
export const ROUND_DEFAULT_NS = 5_000_000_000;
/** Each interval is drawn within this share of the mean, so that the rounds of replicas do not coincide. */
export const ROUND_JITTER = 0.2;
/** Least time between two clocks that ask a peer for operations, ns, rounds aside: its answer may be on the way. */
export const ASK_AGAIN_NS = 1_000_000_000;
/**
 * Least time between two snapshots of a peer, and between two digests of the state, ns; half a round if that is less.
 * Each costs an encoding of the whole state, and a snapshot a write of it. A correct peer waits for half a round.
 */
export const WHOLE_STATE_AGAIN_NS = 1_000_000_000;
/** Time after which a failed write is tried again, ns. */
export const DISK_RETRY_NS = 1_000_000_000;
/** Time after which an unanswered question to the owner counts as denied, ns. */
export const CONSENT_TIMEOUT_DEFAULT_NS = 60_000_000_000;

/** Largest total length of the operations in a message, bytes, so that no message occupies a link for long. */
export const MESSAGE_ITEMS_BYTES = 262_144;
/**
 * Bytes of a message besides its operations: the longest name of a vault, CBOR heads, and the wrapped keys of a few.
 */
export const MESSAGE_HEAD_BYTES = 400;
/** Most operations in one message: {@link MESSAGE_ITEMS_BYTES} of the shortest. */
export const MESSAGE_ITEMS_MAX = 4_096;
/** Bytes of a digest. */
export const DIGEST_BYTES = 32;
/** Bytes of a digest in a clock: two different states are taken for equal once in 2^64 comparisons. */
export const SHORT_DIGEST_BYTES = 8;

/**
 * Messages with operations that the carrier may hold for one peer; further operations wait for the peer's next clock.
 */
export const PENDING_MESSAGES_MAX = 16;
/** How long the carrier may keep a message, ns: longer than clocks of nodes differ, and than most outages. */
export const LIFETIME_DEFAULT_NS = 86_400_000_000_000;

/** Requests that wait for the end of a write; further ones are refused. */
export const REQUESTS_WAITING_MAX = 1_000;
/** Applications that watch at once. */
export const WATCHERS_MAX = 16;
/** Changes shown to watchers after one write; later ones are not shown. */
export const WATCHED_CHANGES_MAX = 1_000;
/** Operations measured until all replicas confirm them; beyond this, the oldest are not. */
export const CONFIRMATIONS_MAX = 10_000;
