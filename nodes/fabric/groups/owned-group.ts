/**
 * Groups: a group at its owner, who alone changes it and counts its votes.
 *
 * Each change of the members begins a new epoch, and each member is sent the whole new list, so a lost older
 * list does no harm. Only one list at a time is under way to a member. Once a member has a list, it is sent
 * notices of votes, each repeated until delivered.
 *
 * @module
 */
import type { GroupDropReason } from './drops.ts';
import type { GroupEvent, GroupRequestOutcome, GroupsContext } from './effects.ts';
import {
  CLOCK_SKEW_MS_MAX,
  GROUP_MEMBERS_MAX,
  GROUP_MESSAGE_LIFETIME_NS,
  REMEMBERED_VOTES_MAX,
  RESEND_DELAY_NS,
  VOTE_LIFETIME_MS_MAX,
  VOTE_LIFETIME_MS_MIN,
} from './geometry.ts';
import type { MemberMessage, Proposal, ProposalRefusal } from './messages.ts';
import { canOpenVote, OwnedVote, type VoteNoticeKind } from './owned-vote.ts';
import {
  encodeOwnedGroup,
  type GroupRecordKey,
  groupRecordKey,
  type OwnedGroupRecord,
  type OwnedVoteRecord,
} from './records.ts';
import type { GroupId, GroupStatus } from './requests.ts';

const NS_PER_MS = 1_000_000;
/**
 * Lifetime of the message that tells a node that it is no member any more, ns: the longest time that a vote
 * can be open.
 */
const FAREWELL_NS = VOTE_LIFETIME_MS_MAX * NS_PER_MS;

interface Member {
  /** Epoch in which the member joined. */
  readonly since: number;
  /** Newest epoch whose list the member is known to have; -1 if none. */
  confirmed: number;
  /** True while a list is under way to the member. */
  isOut: boolean;
}

/** A notice about a vote that is sent to one member. */
interface Telling {
  readonly member: Member;
  readonly vote: OwnedVote;
  readonly notice: VoteNoticeKind;
}

/** A proposal whose vote has no number yet. */
export type UnnumberedProposal = Omit<Proposal, 'vote'>;

/** A group at its owner, which changes its members and counts its votes. */
export class OwnedGroup {
  readonly #shared: GroupsContext;
  readonly name: GroupId;
  readonly #members: Map<string, Member>;
  readonly #votes: Map<number, OwnedVote>;
  #epoch: number;
  #lastVote: number;

  /** Makes the group from its records on disk. */
  constructor(
    shared: GroupsContext,
    number: number,
    record: OwnedGroupRecord,
    votes: readonly OwnedVoteRecord[] = [],
  ) {
    this.#shared = shared;
    this.name = { owner: shared.own, number };
    this.#epoch = record.epoch;
    this.#members = new Map(
      record.members.map(([name, since]) => [name, { since, confirmed: -1, isOut: false }]),
    );
    const byNumber = votes.toSorted((a, b) => a.proposal.vote - b.proposal.vote);
    this.#votes = new Map(byNumber.map((vote) => [vote.proposal.vote, new OwnedVote(vote)]));
    // After a crash the disk may have a vote whose number the group's own record does not have yet.
    this.#lastVote = Math.max(record.lastVote, byNumber.at(-1)?.proposal.vote ?? 0);
  }

  get shown(): GroupStatus {
    const votes = [...this.#votes.values()].map(({ proposal, result }) => ({ proposal, result }));
    return { epoch: this.#epoch, members: [...this.#members.keys()], votes };
  }

  /** Deadline of the vote that ends next, Unix ms; Infinity if none is open. */
  get nextMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { proposal, result } of this.#votes.values()) {
      if (result === undefined) next = Math.min(next, proposal.deadlineMs);
    }
    return next;
  }

  /** Founds the group: stores its record and sends the list to its members. */
  found(): void {
    this.#writeGroup();
    this.#tell({ kind: 'joined', members: [...this.#members.keys()] });
    this.resend();
  }

  /** Makes the node `name` a member; it is not asked. */
  invite(name: string): GroupRequestOutcome {
    if (this.#members.has(name)) return 'already-member';
    if (this.#members.size >= GROUP_MEMBERS_MAX) return 'too-many-members';
    this.#epoch += 1;
    this.#members.set(name, { since: this.#epoch, confirmed: -1, isOut: false });
    this.#changed({ added: [name], removed: [] });
    return 'ok';
  }

  /** Removes a member; its ballots in open votes no longer count. */
  remove(name: string): GroupRequestOutcome {
    if (name === this.#shared.own || !this.#members.delete(name)) return 'no-such-member';
    this.#epoch += 1;
    for (const vote of this.#votes.values()) {
      const isTouched = vote.remove(name);
      if (vote.end(false)) this.#ended(vote);
      else if (isTouched) this.#writeVote(vote);
    }
    this.#changed({ added: [], removed: [name] });
    this.#farewell(name, FAREWELL_NS);
    return 'ok';
  }

  /** Ends the group: tells all members and erases its records. */
  dissolve(): void {
    this.#epoch += 1;
    for (const name of this.#members.keys()) this.#farewell(name, FAREWELL_NS);
    for (const vote of this.#votes.keys()) this.#shared.erase(this.#key('own-vote', vote));
    this.#shared.erase(this.#key('own'));
    this.#members.clear();
    this.#votes.clear();
    this.#tell({ kind: 'left' });
  }

  /** Opens a vote. @returns its number, or why it is not opened. */
  propose(proposing: UnnumberedProposal): number | ProposalRefusal {
    const vote = this.#lastVote + 1;
    const timeMs = proposing.deadlineMs - this.#shared.nowMs();
    if (timeMs <= 0 || timeMs > VOTE_LIFETIME_MS_MAX + CLOCK_SKEW_MS_MAX) return 'bad-deadline';
    if (!canOpenVote(this.#votes, vote, REMEMBERED_VOTES_MAX)) return 'too-many-votes';
    const electors = [...this.#members.keys()].map((name) => [name, 'silent'] as const);
    const proposal = { vote, ...proposing };
    const opened = new OwnedVote({ proposal, result: undefined, toldEpoch: 0, electors });
    this.#lastVote = vote;
    this.#votes.set(vote, opened);
    if (this.#votes.delete(vote - REMEMBERED_VOTES_MAX)) {
      this.#shared.erase(this.#key('own-vote', vote - REMEMBERED_VOTES_MAX));
    }
    this.#writeGroup();
    this.#writeVote(opened);
    this.#tell({ kind: 'opened', proposal, mayVote: true });
    this.resend();
    return vote;
  }

  /**
   * Takes a ballot of the member `name`. @returns why the ballot does not count; undefined if it counts.
   */
  cast(name: string, vote: number, isYes: boolean): GroupDropReason | undefined {
    const known = this.#votes.get(vote);
    if (known === undefined) return this.#isPast(vote) ? 'late-vote' : 'unknown-vote';
    const fault = known.cast(name, isYes);
    if (fault !== undefined) return fault;
    if (known.end(false)) this.#ended(known);
    else this.#writeVote(known);
    return undefined;
  }

  /** Handles a message from a node that may be a member. */
  receive(from: string, message: MemberMessage): GroupDropReason | undefined {
    const member = this.#members.get(from);
    if (member === undefined || from === this.#shared.own) {
      if (from !== this.#shared.own) this.#farewell(from, GROUP_MESSAGE_LIFETIME_NS);
      return 'not-a-member';
    }
    switch (message.kind) {
      case 'cast':
        return this.cast(from, message.vote, message.isYes);
      case 'leave':
        if (message.epoch >= member.since) this.remove(from);
        else {
          this.#farewell(from, GROUP_MESSAGE_LIFETIME_NS, member.since - 1);
          return 'old-leave';
        }
        return undefined;
      case 'propose':
        return this.#proposed(from, message);
    }
  }

  /** Ends the votes whose deadline has come. */
  endDue(): void {
    const nowMs = this.#shared.nowMs();
    for (const vote of this.#votes.values()) {
      if (vote.proposal.deadlineMs <= nowMs && vote.end(true)) this.#ended(vote);
    }
  }

  /** Sends all members the lists and the notices of votes that they lack. */
  resend(): void {
    for (const name of this.#members.keys()) this.#pump(name);
  }

  #proposed(
    from: string,
    message: Extract<MemberMessage, { kind: 'propose' }>,
  ): GroupDropReason | undefined {
    const { number, proposal, rule, deadlineMs, text } = message;
    for (const { proposal: known } of this.#votes.values()) {
      if (known.proposer === from && known.proposal === proposal) return 'known-proposal';
    }
    const opened = this.propose({ proposer: from, proposal, rule, deadlineMs, text });
    if (typeof opened === 'number') return undefined;
    const refused = { kind: 'refused', number, proposal, reason: opened } as const;
    this.#shared.send({ to: from, message: refused, lifetimeNs: GROUP_MESSAGE_LIFETIME_NS });
    return undefined;
  }

  #isPast(vote: number): boolean {
    return vote > 0 && vote <= this.#lastVote;
  }

  #changed(change: Pick<Extract<GroupEvent, { kind: 'members' }>, 'added' | 'removed'>): void {
    this.#writeGroup();
    this.#tell({ kind: 'members', epoch: this.#epoch, ...change });
    this.resend();
  }

  #ended(vote: OwnedVote): void {
    const { proposal, result } = vote;
    this.#writeVote(vote);
    if (result !== undefined) this.#tell({ kind: 'result', proposal, result });
    this.resend();
  }

  /** Sends a member the current list and the notices of votes that the member lacks. */
  #pump(name: string): void {
    const member = this.#members.get(name);
    if (member === undefined || name === this.#shared.own) return;
    this.#sendList(name, member);
    if (member.confirmed < member.since) return;
    for (const vote of this.#votes.values()) {
      const notice = vote.takeNotice(name, member.since);
      if (notice !== undefined) this.#sendNotice(name, { member, vote, notice });
    }
  }

  #sendList(name: string, member: Member): void {
    const epoch = this.#epoch;
    if (member.isOut || member.confirmed >= epoch) return;
    member.isOut = true;
    const members = [...this.#members.keys()];
    const done = (isDelivered: boolean): void => {
      member.isOut = false;
      if (isDelivered) member.confirmed = Math.max(member.confirmed, epoch);
      if (this.#members.get(name) !== member) return;
      if (isDelivered) this.#pump(name);
      else this.#shared.resendIn(RESEND_DELAY_NS);
    };
    const message = { kind: 'list', number: this.name.number, epoch, members } as const;
    this.#shared.send({ to: name, message, lifetimeNs: GROUP_MESSAGE_LIFETIME_NS, done });
  }

  #sendNotice(name: string, { member, vote, notice }: Telling): void {
    const { number } = this.name;
    const { proposal, result } = vote;
    const done = (isDelivered: boolean): void => {
      // The member may have been removed and invited again since; then it has to get the notice anew.
      if (this.#members.get(name) !== member) return;
      vote.noticed(name, notice, isDelivered);
      if (!isDelivered) this.#shared.resendIn(RESEND_DELAY_NS);
      else if (notice === 'result') this.#noteTold(vote);
    };
    if (result === undefined) {
      const leftMs = Math.max(1, proposal.deadlineMs - this.#shared.nowMs());
      const message = { kind: 'opened', number, proposal, mayVote: vote.isElector(name) } as const;
      this.#shared.send({ to: name, message, lifetimeNs: leftMs * NS_PER_MS, done });
    } else {
      const message = { kind: 'result', number, proposal, result } as const;
      this.#shared.send({ to: name, message, lifetimeNs: GROUP_MESSAGE_LIFETIME_NS, done });
    }
  }

  #noteTold(vote: OwnedVote): void {
    const others = [...this.#members]
      .filter(([name]) => name !== this.#shared.own)
      .map(([name, { since }]) => [name, since] as const);
    if (vote.noteTold(others, this.#epoch) && this.#votes.has(vote.proposal.vote)) {
      this.#writeVote(vote);
    }
  }

  /** Tells the node `to` that it is no member in this epoch. */
  #farewell(to: string, lifetimeNs: number, epoch: number = this.#epoch): void {
    if (to === this.#shared.own) return;
    const message = { kind: 'gone', number: this.name.number, epoch } as const;
    this.#shared.send({ to, message, lifetimeNs });
  }

  #tell(event: GroupEvent): void {
    this.#shared.tell(this.name, event);
  }

  #writeGroup(): void {
    const members = [...this.#members].map(([name, { since }]) => [name, since] as const);
    const record = { epoch: this.#epoch, lastVote: this.#lastVote, members };
    this.#shared.put(this.#key('own'), encodeOwnedGroup(record));
  }

  #writeVote(vote: OwnedVote): void {
    this.#shared.put(this.#key('own-vote', vote.proposal.vote), vote.record);
  }

  #key(kind: GroupRecordKey['kind'], vote = 0): string {
    return groupRecordKey({ kind, number: this.name.number, vote, owner: '' });
  }
}

/** The deadline of a requested vote, Unix ms; undefined if `lifetimeMs` is out of bounds. */
export function computeVoteDeadline(nowMs: number, lifetimeMs: number): number | undefined {
  if (lifetimeMs < VOTE_LIFETIME_MS_MIN || lifetimeMs > VOTE_LIFETIME_MS_MAX) return undefined;
  return nowMs + lifetimeMs;
}
