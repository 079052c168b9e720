/**
 * Limits of path policies; the reference (private/path/pathpol) has none. Whoever writes a policy chooses how much
 * work a path is: each is bounded, and a file that asks for more is refused.
 *
 * @module
 */

/** Longest text of a sequence or of one entry of an access list, characters. */
export const POLICY_TEXT_MAX = 10_000;
/** Most hops and operators of a sequence, each of at most two states. */
export const SEQUENCE_TOKENS_MAX = 1_000;
/** Deepest parentheses of a sequence. */
export const SEQUENCE_DEPTH_MAX = 100;
/** Most entries of an access list, and of a list of ASes. */
export const ACCESS_ENTRIES_MAX = 1_000;
/** Most policies of one file, with those of options. */
export const POLICIES_MAX = 100;
/** Most names that a policy extends. */
export const EXTENDS_MAX = 100;
/** Most entries and states that a hop of a path may cost, counted as often as options lead to them. */
export const POLICY_SIZE_MAX = 20_000;
/** Places of an order by disjointness; the paths after them keep their order. */
export const DISJOINT_PLACES_MAX = 20;
