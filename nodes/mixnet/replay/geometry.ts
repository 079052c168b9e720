/**
 * Replay protection (docs/spec/mixnet.md, "Replay protection"): lengths and defaults. Numbers only.
 *
 * @module
 */

/**
 * Bytes of a replay tag that are used, in the log and in the filter. Two of 30 million tags agree
 * in them with probability 10^-24.
 */
export const REPLAY_TAG_PREFIX_BYTES = 16;
/** Bytes of the secret that keys a filter. */
export const FILTER_KEY_BYTES = 16;
/** Packets per key: 20 minutes at 833 per second. */
export const EXPECTED_TAGS_DEFAULT = 1_000_000;
/** Largest number of packets per key that options may name. */
export const EXPECTED_TAGS_MAX = 1_000_000_000;
/** Share of honest packets that are dropped at the end of a key's life. */
export const FALSE_POSITIVE_SHARE_DEFAULT = 1e-6;
/** Smallest share of false positives that options may name. */
export const FALSE_POSITIVE_SHARE_MIN = 1e-9;
/** Largest share of false positives that options may name. */
export const FALSE_POSITIVE_SHARE_MAX = 0.1;
/** Largest number of packets that wait for the disk: 0.4 s at 25,000 per second. */
export const PENDING_TAGS_MAX_DEFAULT = 10_000;
