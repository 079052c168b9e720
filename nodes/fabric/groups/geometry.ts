/**
 * Groups: lengths, numbers and defaults, each with unit and reason.
 *
 * @module
 */

/** Version of the formats of group messages, requests and records: their first item. */
export const GROUPS_FORMAT_VERSION = 1;

/**
 * Largest number of members of a group, its owner included: at each change the whole list is sent to each
 * member.
 */
export const GROUP_MEMBERS_MAX = 100;
/**
 * Largest number of groups that a node owns; also the largest number of groups of other owners that it has
 * joined.
 */
export const GROUPS_MAX = 100;
/** Largest number of votes of a group that are open at once: as many as people can follow. */
export const OPEN_VOTES_MAX = 16;
/**
 * Number of votes of a group, the newest, that are kept with their results. More than {@link OPEN_VOTES_MAX},
 * so that absent members can learn results later.
 */
export const REMEMBERED_VOTES_MAX = 64;
/**
 * Largest number of left groups that a node remembers, so that a late list of members does not make it a
 * member again.
 */
export const LEFT_GROUPS_MAX = 1_000;
/** Largest number of proposals of this node in one group that the owner has not answered. */
export const UNANSWERED_PROPOSALS_MAX = 16;
/** Largest number of effects that wait for the disk; further requests are refused as `busy`. */
export const WAITING_EFFECTS_MAX = 4_096;

/** Longest name of a node, bytes of UTF-8: that of a DNS name (RFC 1035 section 2.3.4). */
export const MEMBER_NAME_BYTES_MAX = 255;
/** Longest text of a vote, bytes of UTF-8. */
export const VOTE_TEXT_BYTES_MAX = 1_000;
/**
 * Longest group message, bytes: {@link GROUP_MEMBERS_MAX} names of the greatest length, and the other fields.
 */
export const GROUP_MESSAGE_BYTES_MAX = 32_768;

/** Time from the opening of a vote to its deadline, ms, if its proposer names none. */
export const VOTE_LIFETIME_DEFAULT_MS = 300_000;
/** Shortest time from the opening of a vote to its deadline, ms: one round trip over a slow path. */
export const VOTE_LIFETIME_MS_MIN = 1_000;
/** Longest time from the opening of a vote to its deadline, ms (7 days), so that every vote ends. */
export const VOTE_LIFETIME_MS_MAX = 604_800_000;
/**
 * A deadline may be later than {@link VOTE_LIFETIME_MS_MAX} from now by this, ms, since the owner's clock may
 * be fast.
 */
export const CLOCK_SKEW_MS_MAX = 60_000;

/**
 * Lifetime of a group message that is bound to no vote, ns; if it was not delivered by then, it is sent
 * again.
 */
export const GROUP_MESSAGE_LIFETIME_NS = 900_000_000_000;
/**
 * Wait before an undelivered message is sent again, ns: no shorter, since its receiver may never become
 * reachable.
 */
export const RESEND_DELAY_NS = 10_000_000_000;
