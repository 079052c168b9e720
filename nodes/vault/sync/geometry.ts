/**
 * Vault: lengths, times and bounds of the exchange between replicas, each with its reason.
 *
 * @module
 */

/** Marks messages of the vault in a carrier (docs/spec/stacking.md). */
export const VAULT_CHANNEL = 4;

/** Mean time between two clocks to a peer: a lost message costs so long. */
export const ROUND_DEFAULT_NS = 5_000_000_000;
/** Each time between two clocks is drawn within this share of the mean, so that rounds do not fall together. */
export const ROUND_JITTER = 0.2;
/** A peer is asked again at most so often, besides the rounds: its answer may be on the way. */
export const ASK_AGAIN_NS = 1_000_000_000;
/**
 * A peer may send a snapshot so often, or each half a round if that is less: each costs a comparison of the whole state,
 * and a write of it. A correct peer waits for half a round.
 */
export const SNAPSHOT_AGAIN_NS = 1_000_000_000;
/** A write that has failed is tried again after this. */
export const DISK_RETRY_NS = 1_000_000_000;
/** A question to the owner that is open for so long counts as denied. */
export const CONSENT_TIMEOUT_DEFAULT_NS = 60_000_000_000;

/** Operations that one message brings take about so many bytes: no message keeps a link for long. */
export const MESSAGE_ITEMS_BYTES = 262_144;
/** What a message with operations has besides: the longest name of a vault, heads, and a key for each of a few. */
export const MESSAGE_HEAD_BYTES = 400;
/** Most operations in one message: {@link MESSAGE_ITEMS_BYTES} of the shortest. */
export const MESSAGE_ITEMS_MAX = 4_096;
/** Bytes of a digest. */
export const DIGEST_BYTES = 32;
/** Bytes of a digest in a clock: two different states are taken for equal once in 2^64 comparisons. */
export const SHORT_DIGEST_BYTES = 8;

/** Messages with operations for one peer that the carrier may have; then they wait for the peer's next clock. */
export const PENDING_MESSAGES_MAX = 16;
/** How long the carrier may keep a message: longer than clocks of nodes differ, and than most outages. */
export const LIFETIME_DEFAULT_NS = 86_400_000_000_000;

/** Requests that wait for the end of a write; further ones are refused. */
export const REQUESTS_WAITING_MAX = 1_000;
/** Applications that watch at once. */
export const WATCHERS_MAX = 16;
/** Changes that wait for a write and that watchers see; of more, the later ones are not shown. */
export const WATCHED_CHANGES_MAX = 1_000;
/** Operations that wait for other replicas' clocks and are measured; of more, the oldest are not. */
export const CONFIRMATIONS_MAX = 10_000;
