/**
 * Groups: lengths, numbers and defaults, each with unit and reason.
 *
 * @module
 */

/** Version of messages, requests and records. */
export const GROUPS_VERSION = 1;

/** Members of a group, its owner included: each change tells all of them the whole list. */
export const MEMBERS_MAX = 100;
/** Groups that a node owns, and as many again that it is a member of. */
export const GROUPS_MAX = 100;
/** Votes of a group that are open at once, as many as people can follow. */
export const OPEN_VOTES_MAX = 16;
/**
 * Votes of a group that are remembered, by their numbers. More than {@link OPEN_VOTES_MAX}, so that
 * results can wait for members that are away.
 */
export const VOTES_KEPT = 64;
/** Groups that a node remembers having left, so that an old message does not bring it back. */
export const LEFT_MAX = 1_000;
/** Proposals of this node to one owner that are not answered yet. */
export const PROPOSALS_MAX = 16;
/** Changes that wait for the disk; further requests are refused as `busy`. */
export const WAITING_MAX = 4_096;

/** Longest name of a node, bytes of UTF-8: that of a DNS name (RFC 1035 section 2.3.4). */
export const NAME_BYTES_MAX = 255;
/** Longest text of a vote, bytes of UTF-8. */
export const TEXT_BYTES_MAX = 1_000;
/** Longest message: a list of members whose names are all of the longest, and heads. */
export const MESSAGE_BYTES_MAX = 32_768;

/** Time that a vote is given whose proposer names none, ms. */
export const VOTE_MS = 300_000;
/** Shortest time of a vote, ms: that of one answer over a slow path. */
export const VOTE_MS_MIN = 1_000;
/** Longest time of a vote, ms (7 days), so that a forgotten one does not stay for ever. */
export const VOTE_MS_MAX = 604_800_000;
/** Time that the deadline of a proposal may lie too far ahead for its clock being fast, ms. */
export const SKEW_MS = 60_000;

/** Time that a message without a deadline of its own is given, ns; then it is sent again. */
export const MESSAGE_NS = 900_000_000_000;
/** After this time, what was not delivered is sent again, ns: a peer may be unknown for good. */
export const RESEND_NS = 10_000_000_000;
