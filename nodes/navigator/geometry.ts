/**
 * Navigator: numbers and defaults, each with unit and reason. They are this project's choice; those of the seed system
 * are in the README.
 *
 * @module
 */

/** Largest number of costs on a frontier: a node compares all of them for each message. */
export const FRONTIER_MAX = 8;
/** Privacy that all messages to one destination may cost together, epsilon. */
export const PRIVACY_BUDGET = 1;
/**
 * Least time between two changes of the way for one class of messages, in round trips of the faster
 * of the two ways.
 */
export const ROUND_TRIPS_BETWEEN_CHANGES = 3;
/**
 * For this long after a peer was last heard over a way that is down, answers to the peer still
 * leave over that way, ns.
 */
export const SILENCE_MAX_NS = 10_000_000_000;
/** Number of ns in a ms. */
export const NS_PER_MS = 1_000_000;
/** Number of the channel by which carriers tell the navigator's messages from those of other protocols. */
export const NAVIGATOR_CHANNEL = 5;
/** Largest number of carriers among which a node chooses: it compares all of them for each message. */
export const WAYS_MAX = 8;
