/**
 * Groups: the rules that decide a vote from its counts.
 *
 * @module
 */

/**
 * Share of the electors still in the group that must have voted yes for a proposal to be accepted;
 * no ballot counts as no yes.
 */
export const VOTE_RULES = ['majority', 'two-thirds', 'all'] as const;
/** See {@link VOTE_RULES}. */
export type VoteRule = (typeof VOTE_RULES)[number];

/** The possible outcomes of a vote. */
export const VOTE_OUTCOMES = ['accepted', 'rejected'] as const;
/** See {@link VOTE_OUTCOMES}. */
export type VoteOutcome = (typeof VOTE_OUTCOMES)[number];

/** The counts of the ballots of a vote. */
export interface VoteTally {
  readonly yes: number;
  readonly no: number;
  /** Number of electors: members since the vote opened that are still in the group. */
  readonly electors: number;
}

/** True if `yes` ballots are enough to accept a proposal. */
export function hasEnoughYesVotes(rule: VoteRule, yes: number, electors: number): boolean {
  switch (rule) {
    case 'majority':
      return 2 * yes > electors;
    case 'two-thirds':
      return electors > 0 && 3 * yes >= 2 * electors;
    case 'all':
      return electors > 0 && yes === electors;
  }
}

/** The outcome of a vote, if no further ballot can change it; undefined otherwise. */
export function decidedOutcome(
  rule: VoteRule,
  { yes, no, electors }: VoteTally,
): VoteOutcome | undefined {
  if (hasEnoughYesVotes(rule, yes, electors)) return 'accepted';
  return hasEnoughYesVotes(rule, electors - no, electors) ? undefined : 'rejected';
}

/** The outcome of a vote at its deadline, when missing ballots count against it. */
export function outcomeAtDeadline(rule: VoteRule, { yes, electors }: VoteTally): VoteOutcome {
  return hasEnoughYesVotes(rule, yes, electors) ? 'accepted' : 'rejected';
}
