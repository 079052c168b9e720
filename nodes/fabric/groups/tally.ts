/**
 * Groups: when a vote is decided.
 *
 * @module
 */

/** What a proposal needs, as a share of the electors that are still members; who is silent is no yes. */
export const RULES = ['majority', 'two-thirds', 'all'] as const;
/** See {@link RULES}. */
export type Rule = (typeof RULES)[number];

/** How a vote ends. */
export const OUTCOMES = ['accepted', 'rejected'] as const;
/** See {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number];

/** Ballots of a vote. */
export interface Tally {
  readonly yes: number;
  readonly no: number;
  /** Who could vote, and is still a member. */
  readonly electors: number;
}

/** True if so many are enough. */
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
