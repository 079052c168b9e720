/**
 * Groups: when a vote is decided.
 *
 * @module
 */

/** Share of yes that a proposal needs among electors that are still members; silence is not yes. */
export const RULES = ['majority', 'two-thirds', 'all'] as const;
/** See {@link RULES}. */
export type Rule = (typeof RULES)[number];

/** How a vote ends. */
export const OUTCOMES = ['accepted', 'rejected'] as const;
/** See {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number];

/** The ballots of a vote, counted. */
export interface Tally {
  readonly yes: number;
  readonly no: number;
  /** Number of members that may vote and are still members. */
  readonly electors: number;
}

/** True if `yes` ballots are enough to accept a proposal. */
export function isEnough(rule: Rule, yes: number, electors: number): boolean {
  switch (rule) {
    case 'majority':
      return 2 * yes > electors;
    case 'two-thirds':
      return electors > 0 && 3 * yes >= 2 * electors;
    case 'all':
      return electors > 0 && yes === electors;
  }
}

/** The outcome if no further ballot can change it; undefined otherwise. */
export function decided(rule: Rule, { yes, no, electors }: Tally): Outcome | undefined {
  if (isEnough(rule, yes, electors)) return 'accepted';
  return isEnough(rule, electors - no, electors) ? undefined : 'rejected';
}

/** The outcome at the deadline. */
export function outcomeOf(rule: Rule, { yes, electors }: Tally): Outcome {
  return isEnough(rule, yes, electors) ? 'accepted' : 'rejected';
}
