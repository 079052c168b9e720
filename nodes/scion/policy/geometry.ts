/**
 * Limits of path policies; the reference (private/path/pathpol) has none. Whoever writes a policy chooses how much
 * work a path is: each is bounded, and a file that asks for more is refused.
 *
 * @module
 */

/** Most hops and operators of a sequence, each of at most two states. */
export const SEQUENCE_TOKENS_MAX = 1_000;
/** Deepest parentheses of a sequence. */
export const SEQUENCE_DEPTH_MAX = 100;
/** Places of an order by disjointness; the paths after them keep their order. */
export const DISJOINT_PLACES_MAX = 20;

/** What whoever reads policies from a file has to hold. */
export const POLICY_LIMITS = {
  /** Longest text of a sequence, of an entry of an access list, or of a name, characters. */
  text: 10_000,
  /** Most entries of an access list, and of a list of ASes. */
  entries: 1_000,
  /** Most policies that are named, and most options of one. */
  named: 100,
  /** Most names that a policy extends. */
  extended: 100,
  /** Most entries and states that a hop of a path may cost, counted as often as options lead to them. */
  size: 20_000,
} as const;
