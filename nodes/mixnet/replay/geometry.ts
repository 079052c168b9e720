/**
 * Replay protection (docs/spec/mixnet.md, "Replay protection"): lengths, limits and defaults.
 *
 * @module
 */

/**
 * Number of leading bytes of a replay tag that the log and the filter use. The probability that any
 * two of 30 million tags agree in them is 10^-24.
 */
export const REPLAY_TAG_PREFIX_BYTES = 16;
/** Length of the secret that keys the hash of a filter, bytes. */
export const FILTER_KEY_BYTES = 16;
/** Expected number of packets under one key by default: 20 minutes at 833 packets per second. */
export const EXPECTED_TAGS_DEFAULT = 1_000_000;
/** Largest expected number of packets under one key that the options allow. */
export const EXPECTED_TAGS_MAX = 1_000_000_000;
/**
 * Share of new packets that are dropped as replays at the end of a key's epoch, by default.
 */
export const FALSE_POSITIVE_SHARE_DEFAULT = 1e-6;
/** Smallest share of false positives that the options allow. */
export const FALSE_POSITIVE_SHARE_MIN = 1e-9;
/** Largest share of false positives that the options allow. */
export const FALSE_POSITIVE_SHARE_MAX = 0.1;
/**
 * Largest number of packets that wait for the disk by default: 0.4 s of traffic at 25,000 packets
 * per second.
 */
export const PENDING_TAGS_MAX_DEFAULT = 10_000;
