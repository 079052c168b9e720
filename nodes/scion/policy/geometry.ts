/**
 * Limits of path policies; the reference (private/path/pathpol) has none. The work for each path
 * depends on the policy in a file, so it is bounded, and a file with a larger policy is refused.
 *
 * @module
 */

/** Largest number of hops and operators of a sequence together; each becomes at most two states. */
export const SEQUENCE_TOKENS_MAX = 1_000;
/** Largest depth of parentheses in a sequence. */
export const SEQUENCE_DEPTH_MAX = 100;
/** Number of paths that an order by disjointness puts first; the other paths keep their order. */
export const DISJOINT_PLACES_MAX = 20;

/** Limits that readers of policies from files must enforce. */
export const POLICY_LIMITS = {
  /** Longest text of a sequence, of an entry of an access list, or of a name, characters. */
  text: 10_000,
  /** Largest number of entries of an access list, and of a list of ASes. */
  entries: 1_000,
  /** Largest number of named policies, and of options of one policy. */
  named: 100,
  /** Largest number of policies that a policy extends. */
  extended: 100,
  /**
   * Largest number of access list entries and sequence states that are compared with one hop of a
   * path; a policy's entries and states count once for each option that leads to the policy.
   */
  size: 20_000,
} as const;
