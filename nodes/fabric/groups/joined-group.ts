/**
 * Groups: a group at a member that does not own it. It takes the newest list of members, the votes and their
 * results from the owner, unchecked.
 *
 * A leaving node remains a member until the owner has answered. If the owner invites the node again meanwhile,
 * the answer to the leaving comes after a newer list, and the node stays a member.
 *
 * @module
 */
import type { GroupDropReason } from './drops.ts';
import type { GroupEvent, GroupRequestOutcome, GroupsContext } from './effects.ts';
import {
  GROUP_MESSAGE_LIFETIME_NS,
  REMEMBERED_VOTES_MAX,
  RESEND_DELAY_NS,
  UNANSWERED_PROPOSALS_MAX,
} from './geometry.ts';
import type { OwnerMessage, Proposal, ProposalRefusal, VoteResult } from './messages.ts';
import {
  encodeJoinedGroup,
  encodeJoinedVote,
  type JoinedGroupRecord,
  type JoinedVoteRecord,
  memberRecordKey,
} from './records.ts';
import type { GroupId, GroupStatus } from './requests.ts';

const NS_PER_MS = 1_000_000;

/** Called with the owner's answer to a proposal; `vote` is the number of the vote if it was opened. */
export type ProposalCallback = (outcome: GroupRequestOutcome, vote?: number) => void;

interface Waiting {
  readonly deadlineMs: number;
  readonly answer: ProposalCallback;
}

/** A group of another owner, as one of its members keeps it. */
export class JoinedGroup {
  readonly #shared: GroupsContext;
  readonly name: GroupId;
  readonly #votes: Map<number, JoinedVoteRecord>;
  readonly #waiting = new Map<number, Waiting>();
  #record: JoinedGroupRecord;
  #isLeaveOut = false;

  /** Makes the group from its records on disk. */
  constructor(
    shared: GroupsContext,
    name: GroupId,
    record: JoinedGroupRecord,
    votes: readonly JoinedVoteRecord[] = [],
  ) {
    this.#shared = shared;
    this.name = name;
    const byNumber = votes.toSorted((a, b) => a.proposal.vote - b.proposal.vote);
    const lastVote = Math.max(record.lastVote, byNumber.at(-1)?.proposal.vote ?? 0);
    this.#record = { ...record, lastVote };
    this.#votes = new Map(byNumber.map((vote) => [vote.proposal.vote, vote]));
  }

  get epoch(): number {
    return this.#record.epoch;
  }

  get isLeaving(): boolean {
    return this.#record.leftEpoch > 0;
  }

  get shown(): GroupStatus {
    const votes = [...this.#votes.values()].toSorted((a, b) => a.proposal.vote - b.proposal.vote);
    const { epoch, members } = this.#record;
    return { epoch, members, votes: votes.map(({ proposal, result }) => ({ proposal, result })) };
  }

  /** When the next unanswered proposal is given up, Unix ms; Infinity if there is none. */
  get nextMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { deadlineMs } of this.#waiting.values()) next = Math.min(next, deadlineMs);
    return next;
  }

  /** Called when the first list of members has come. */
  join(): void {
    this.#write(this.#record);
    this.#tell({ kind: 'joined', members: this.#record.members });
  }

  /** Called after a restart: sends ballots and a notice of leaving again, since the crash may have lost them. */
  resume(): void {
    const nowMs = this.#shared.nowMs();
    for (const vote of this.#votes.values()) {
      const isOpen = vote.result === undefined && vote.proposal.deadlineMs > nowMs;
      if (isOpen && vote.choice !== 'silent') this.#sendBallot(vote);
    }
    this.resend();
  }

  /** Repeats the notice that this node leaves, if the owner has not answered and no notice is under way. */
  resend(): void {
    if (!this.isLeaving || this.#isLeaveOut) return;
    this.#isLeaveOut = true;
    const { owner, number } = this.name;
    const done = (isDelivered: boolean): void => {
      this.#isLeaveOut = false;
      this.#shared.resendIn(isDelivered ? GROUP_MESSAGE_LIFETIME_NS : RESEND_DELAY_NS);
    };
    const message = { kind: 'leave', number, epoch: this.#record.leftEpoch } as const;
    this.#shared.send({ to: owner, message, lifetimeNs: GROUP_MESSAGE_LIFETIME_NS, done });
  }

  leave(): void {
    this.#write({ ...this.#record, leftEpoch: this.epoch });
    this.#giveUp('undelivered');
    this.#tell({ kind: 'left' });
    this.resend();
  }

  /** Forgets the group and erases its records. */
  erase(): void {
    for (const vote of this.#votes.keys())
      this.#shared.erase(memberRecordKey('in-vote', this.name, vote));
    this.#shared.erase(memberRecordKey('in', this.name));
    this.#giveUp('undelivered');
    if (!this.isLeaving) this.#tell({ kind: 'left' });
  }

  /** Asks the owner to open a vote. */
  propose(proposing: Omit<Proposal, 'vote' | 'proposer'>, answer: ProposalCallback): void {
    if (this.#waiting.size >= UNANSWERED_PROPOSALS_MAX) {
      answer('too-many-votes');
      return;
    }
    const { proposal, deadlineMs } = proposing;
    const { owner, number } = this.name;
    this.#waiting.set(proposal, { deadlineMs, answer });
    const done = (isDelivered: boolean): void => {
      if (!isDelivered) this.#answered(proposal, 'undelivered');
    };
    const lifetimeNs = (deadlineMs - this.#shared.nowMs()) * NS_PER_MS;
    this.#shared.send({
      to: owner,
      message: { kind: 'propose', number, ...proposing },
      lifetimeNs,
      done,
    });
  }

  /** Casts this node's ballot in an open vote, if it is an elector and has not voted. */
  cast(vote: number, isYes: boolean): GroupRequestOutcome {
    const known = this.#votes.get(vote);
    if (known === undefined) return 'unknown-vote';
    if (!known.mayVote) return 'not-an-elector';
    if (known.choice !== 'silent') return 'already-voted';
    const isOver = known.proposal.deadlineMs <= this.#shared.nowMs();
    if (known.result !== undefined || isOver) return 'vote-over';
    const cast = { ...known, choice: isYes ? 'yes' : 'no' } as const;
    this.#keep(cast);
    this.#sendBallot(cast);
    return 'ok';
  }

  /** Gives up this node's unanswered proposals whose deadline has come. */
  endDue(): void {
    const nowMs = this.#shared.nowMs();
    for (const [proposal, { deadlineMs }] of [...this.#waiting]) {
      if (deadlineMs <= nowMs) this.#answered(proposal, 'no-answer');
    }
  }

  /** Takes a list of members, if it is newer than the known one. */
  list(epoch: number, members: readonly string[]): GroupDropReason | undefined {
    if (epoch <= this.epoch) return 'known-list';
    const former = this.#record.members;
    this.#write({ ...this.#record, epoch, members });
    if (this.isLeaving) return undefined;
    const before = new Set(former);
    const after = new Set(members);
    const added = members.filter((name) => !before.has(name));
    const removed = former.filter((name) => !after.has(name));
    this.#tell({ kind: 'members', epoch, added, removed });
    return undefined;
  }

  /**
   * Called when the owner says that this node was no member in an older epoch: since then it was invited again.
   */
  returned(): GroupDropReason | undefined {
    if (!this.isLeaving) return 'known-list';
    this.#write({ ...this.#record, leftEpoch: 0 });
    this.#tell({ kind: 'joined', members: this.#record.members });
    return undefined;
  }

  /** Takes a message of the owner about a vote or a proposal. */
  receive(message: Exclude<OwnerMessage, { kind: 'list' | 'gone' }>): GroupDropReason | undefined {
    if (message.kind === 'refused') return this.#refused(message.proposal, message.reason);
    const { proposal } = message;
    if (proposal.vote <= this.#record.lastVote - REMEMBERED_VOTES_MAX) return 'old-vote';
    const known = this.#votes.get(proposal.vote);
    return message.kind === 'opened'
      ? this.#opened(known, proposal, message.mayVote)
      : this.#over(known, proposal, message.result);
  }

  #opened(
    known: JoinedVoteRecord | undefined,
    proposal: Proposal,
    mayVote: boolean,
  ): GroupDropReason | undefined {
    if (known !== undefined) return 'known-vote';
    this.#keep({ proposal, result: undefined, mayVote, choice: 'silent' });
    if (!this.isLeaving) this.#tell({ kind: 'opened', proposal, mayVote });
    this.#answerOpened(proposal);
    return undefined;
  }

  #over(
    known: JoinedVoteRecord | undefined,
    proposal: Proposal,
    result: VoteResult,
  ): GroupDropReason | undefined {
    if (known?.result !== undefined) return 'known-vote';
    const { mayVote, choice } = known ?? { mayVote: false, choice: 'silent' };
    this.#keep({ proposal, result, mayVote, choice });
    if (!this.isLeaving) this.#tell({ kind: 'result', proposal, result });
    this.#answerOpened(proposal);
    return undefined;
  }

  #refused(proposal: number, reason: ProposalRefusal): GroupDropReason | undefined {
    return this.#answered(proposal, reason) ? undefined : 'unknown-proposal';
  }

  #answerOpened({ proposer, proposal, vote }: Proposal): void {
    if (proposer === this.#shared.own) this.#answered(proposal, 'ok', vote);
  }

  #answered(proposal: number, outcome: GroupRequestOutcome, vote?: number): boolean {
    const waiting = this.#waiting.get(proposal);
    this.#waiting.delete(proposal);
    waiting?.answer(outcome, vote);
    return waiting !== undefined;
  }

  #giveUp(outcome: GroupRequestOutcome): void {
    for (const proposal of [...this.#waiting.keys()]) this.#answered(proposal, outcome);
  }

  #sendBallot({ proposal, choice }: JoinedVoteRecord): void {
    const { owner, number } = this.name;
    const done = (isDelivered: boolean): void => {
      if (!isDelivered) this.#shared.drop('ballot-undelivered');
    };
    const message = { kind: 'cast', number, vote: proposal.vote, isYes: choice === 'yes' } as const;
    const lifetimeNs = (proposal.deadlineMs - this.#shared.nowMs()) * NS_PER_MS;
    this.#shared.send({ to: owner, message, lifetimeNs, done });
  }

  /**
   * Stores a vote, and forgets votes whose numbers are {@link REMEMBERED_VOTES_MAX} or more below its number.
   */
  #keep(vote: JoinedVoteRecord): void {
    const { vote: number } = vote.proposal;
    this.#votes.set(number, vote);
    this.#shared.put(memberRecordKey('in-vote', this.name, number), encodeJoinedVote(vote));
    if (number <= this.#record.lastVote) return;
    this.#write({ ...this.#record, lastVote: number });
    for (const old of [...this.#votes.keys()].filter(
      (each) => each <= number - REMEMBERED_VOTES_MAX,
    )) {
      this.#votes.delete(old);
      this.#shared.erase(memberRecordKey('in-vote', this.name, old));
    }
  }

  #write(record: JoinedGroupRecord): void {
    this.#record = record;
    this.#shared.put(memberRecordKey('in', this.name), encodeJoinedGroup(record));
  }

  #tell(event: GroupEvent): void {
    this.#shared.tell(this.name, event);
  }
}
