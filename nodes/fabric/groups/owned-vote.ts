/**
 * Groups: a vote at the owner of its group: ballots, outcome, and which members have been told.
 *
 * @module
 */
import { OPEN_VOTES_MAX } from './geometry.ts';
import type { Proposal, VoteResult } from './messages.ts';
import { type BallotChoice, encodeOwnedVote, type OwnedVoteRecord } from './records.ts';
import { decidedOutcome, outcomeAtDeadline, type VoteTally } from './tally.ts';

/** The notices that a member gets about a vote. */
export type VoteNoticeKind = 'opened' | 'result';
/** `due`: to be sent; `out`: sent, and neither delivered nor given up so far; `known`: delivered. */
type NoticeState = 'due' | 'out' | 'known';

/** Why a ballot does not count. */
export type BallotFault = 'repeated-ballot' | 'second-ballot' | 'not-an-elector' | 'late-vote';

/** A vote at the owner of its group: ballots, result, and which members know of it. */
export class OwnedVote {
  readonly proposal: Proposal;
  /** Members that were in the group when the vote opened and still are, each with its ballot. */
  readonly #electors: Map<string, BallotChoice>;
  readonly #notices = new Map<string, Record<VoteNoticeKind, NoticeState>>();
  #result: VoteResult | undefined;
  #toldEpoch: number;

  constructor({ proposal, result, toldEpoch, electors }: OwnedVoteRecord) {
    this.proposal = proposal;
    this.#electors = new Map(electors);
    this.#result = result;
    this.#toldEpoch = toldEpoch;
  }

  /** How the vote ended; undefined while it is open. */
  get result(): VoteResult | undefined {
    return this.#result;
  }

  get record(): Uint8Array {
    const electors = [...this.#electors];
    const { proposal } = this;
    return encodeOwnedVote({
      ...{ proposal, electors },
      result: this.#result,
      toldEpoch: this.#toldEpoch,
    });
  }

  isElector(name: string): boolean {
    return this.#electors.has(name);
  }

  /** Takes a ballot of the member `name`. @returns why the ballot does not count; undefined if it counts. */
  cast(name: string, isYes: boolean): BallotFault | undefined {
    const former = this.#electors.get(name);
    const choice = isYes ? 'yes' : 'no';
    if (former === undefined) return 'not-an-elector';
    if (former === choice) return 'repeated-ballot';
    if (former !== 'silent') return 'second-ballot';
    if (this.#result !== undefined) return 'late-vote';
    this.#electors.set(name, choice);
    return undefined;
  }

  /**
   * Removes a member, and its ballot if the vote is open. @returns true if the vote is open and the member was an
   * elector.
   */
  remove(name: string): boolean {
    this.#notices.delete(name);
    return this.#result === undefined && this.#electors.delete(name);
  }

  /**
   * Ends the vote if further ballots cannot change it or, with `isOver`, its deadline has come. @returns true if
   * this call ended it.
   */
  end(isOver: boolean): boolean {
    if (this.#result !== undefined) return false;
    const tally = this.#tally();
    const { rule } = this.proposal;
    const outcome = isOver ? outcomeAtDeadline(rule, tally) : decidedOutcome(rule, tally);
    if (outcome === undefined) return false;
    this.#result = { outcome, ...tally };
    return true;
  }

  /** Takes the notice that a member lacks and marks it as sent; `since` is the epoch in which the member joined. */
  takeNotice(name: string, since: number): VoteNoticeKind | undefined {
    const notice = this.#result === undefined ? 'opened' : 'result';
    const states = this.#noticesOf(name, since);
    if (states[notice] !== 'due') return undefined;
    states[notice] = 'out';
    return notice;
  }

  /** Notes whether a notice was delivered. */
  noticed(name: string, notice: VoteNoticeKind, isDelivered: boolean): void {
    const states = this.#notices.get(name);
    if (states !== undefined) states[notice] = isDelivered ? 'known' : 'due';
  }

  /**
   * Records that all these members, given as name and epoch of joining, know the result in `epoch`. @returns false
   * if one of them does not know it, or if this was recorded before.
   */
  noteTold(members: Iterable<readonly [string, number]>, epoch: number): boolean {
    if (this.#result === undefined || this.#toldEpoch >= epoch) return false;
    for (const [name, since] of members) {
      if (this.#noticesOf(name, since).result !== 'known') return false;
    }
    this.#toldEpoch = epoch;
    return true;
  }

  #noticesOf(name: string, since: number): Record<VoteNoticeKind, NoticeState> {
    let states = this.#notices.get(name);
    if (states === undefined) {
      states = { opened: 'due', result: since <= this.#toldEpoch ? 'known' : 'due' };
      this.#notices.set(name, states);
    }
    return states;
  }

  #tally(): VoteTally {
    const choices = [...this.#electors.values()];
    const count = (wanted: BallotChoice): number =>
      choices.filter((each) => each === wanted).length;
    return { yes: count('yes'), no: count('no'), electors: choices.length };
  }
}

/**
 * True if a group with these votes may open a vote with the number `vote`; only the `kept` newest votes are
 * remembered.
 */
export function canOpenVote(
  votes: ReadonlyMap<number, OwnedVote>,
  vote: number,
  kept: number,
): boolean {
  const open = [...votes.values()].filter(({ result }) => result === undefined);
  // The new vote must not push an open vote out of the remembered ones.
  return open.length < OPEN_VOTES_MAX && open.every(({ proposal }) => proposal.vote > vote - kept);
}
