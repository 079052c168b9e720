/**
 * Groups: lengths, numbers and defaults, each with unit and reason.
 *
 * @module
 */

/** Version of messages, requests and records. */
export const GROUPS_FORMAT_VERSION = 1;

/** Largest number of members of a group, its owner included: each change tells all of them the whole list. */
export const GROUP_MEMBERS_MAX = 100;
/** Largest number of groups that a node owns, and of groups of others that it is in. */
export const GROUPS_MAX = 100;
/** Largest number of votes of a group that are open at once: as many as people can follow. */
export const OPEN_VOTES_MAX = 16;
/**
 * How many votes of a group are remembered: those with the highest numbers. More than {@link
 * OPEN_VOTES_MAX}, so that results can wait for members that are away.
 */
export const REMEMBERED_VOTES_MAX = 64;
/** Largest number of groups that a node remembers having left, so that no old message brings one back. */
export const LEFT_GROUPS_MAX = 1_000;
/** Largest number of proposals of this node in one group that are not answered yet. */
export const UNANSWERED_PROPOSALS_MAX = 16;
/** Largest number of effects that wait for the disk; further requests are refused as `busy`. */
export const WAITING_EFFECTS_MAX = 4_096;

/** Longest name of a node, bytes of UTF-8: that of a DNS name (RFC 1035 section 2.3.4). */
export const MEMBER_NAME_BYTES_MAX = 255;
/** Longest text of a vote, bytes of UTF-8. */
export const VOTE_TEXT_BYTES_MAX = 1_000;
/** Longest message, bytes: a list of the largest number of members with the longest names, and heads. */
export const GROUP_MESSAGE_BYTES_MAX = 32_768;

/** Time from the opening of a vote to its deadline, ms, if its proposer names none. */
export const VOTE_LIFETIME_DEFAULT_MS = 300_000;
/** Shortest time of a vote, ms: the time that one answer takes over a slow path. */
export const VOTE_LIFETIME_MS_MIN = 1_000;
/** Longest time of a vote, ms (7 days), so that a forgotten vote does not stay for ever. */
export const VOTE_LIFETIME_MS_MAX = 604_800_000;
/** How far beyond the longest time a deadline may lie, ms: the proposer's clock may be fast. */
export const CLOCK_SKEW_MS_MAX = 60_000;

/** Lifetime of a message without a deadline of its own, ns; after that it is sent again. */
export const GROUP_MESSAGE_LIFETIME_NS = 900_000_000_000;
/** Wait before an undelivered message is sent again, ns: its peer may be unknown for good. */
export const RESEND_DELAY_NS = 10_000_000_000;
