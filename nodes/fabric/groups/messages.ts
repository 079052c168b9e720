/**
 * Groups: messages between an owner and a member, arrays in deterministic CBOR (RFC 8949 section
 * 4.2.1). A group is named by its owner and a number; a message has the number only, since either
 * its sender or its receiver is the owner.
 *
 * ```text
 * owner  -> member   [1, 0, number, epoch, [member, ...]]        all members, the owner first
 *                    [1, 1, number, epoch]                       you are no member
 *                    [1, 2, number, PROPOSAL, mayVote]           a vote is open
 *                    [1, 3, number, PROPOSAL, outcome, yes, no, electors]
 *                    [1, 4, number, proposal, reason]            your proposal is refused
 * member -> owner    [1, 5, number, proposal, rule, deadline, text]
 *                    [1, 6, number, vote, isYes]
 *                    [1, 7, number, epoch]                       I leave
 *
 * PROPOSAL           vote, proposer, proposal, rule, deadline (Unix ms), text
 * ```
 *
 * No member can vote for another one: a ballot names no voter and counts for the member that sent
 * it.
 *
 * @module
 */
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { CborFieldReader } from '../../_kit/cbor-fields.ts';
import {
  GROUP_MEMBERS_MAX,
  GROUP_MESSAGE_BYTES_MAX,
  GROUPS_FORMAT_VERSION,
  MEMBER_NAME_BYTES_MAX,
  VOTE_TEXT_BYTES_MAX,
} from './geometry.ts';
import {
  VOTE_OUTCOMES,
  VOTE_RULES,
  type VoteOutcome,
  type VoteRule,
  type VoteTally,
} from './tally.ts';

/** A proposal that the members of a group vote on. */
export interface Proposal {
  /** Number of the vote in its group, from 1. */
  readonly vote: number;
  readonly proposer: string;
  /** Number by which the proposer recognises the answer to its proposal. */
  readonly proposal: number;
  readonly rule: VoteRule;
  /** Unix ms by the clock of the owner. */
  readonly deadlineMs: number;
  readonly text: string;
}

/** The outcome and counts of a vote, as the group's owner sends them to the members. */
export interface VoteResult extends VoteTally {
  readonly outcome: VoteOutcome;
}

/** Reasons for which an owner refuses to open a vote. */
export const PROPOSAL_REFUSALS = ['too-many-votes', 'bad-deadline'] as const;
/** See {@link PROPOSAL_REFUSALS}. */
export type ProposalRefusal = (typeof PROPOSAL_REFUSALS)[number];

/** Messages of an owner to a member. */
export type OwnerMessage =
  | {
      readonly kind: 'list';
      readonly number: number;
      readonly epoch: number;
      readonly members: readonly string[];
    }
  | { readonly kind: 'gone'; readonly number: number; readonly epoch: number }
  | {
      readonly kind: 'opened';
      readonly number: number;
      readonly proposal: Proposal;
      /** False for members that joined after the vote was opened. */
      readonly mayVote: boolean;
    }
  | {
      readonly kind: 'result';
      readonly number: number;
      readonly proposal: Proposal;
      readonly result: VoteResult;
    }
  | {
      readonly kind: 'refused';
      readonly number: number;
      readonly proposal: number;
      readonly reason: ProposalRefusal;
    };

/** Messages of a member to the owner. */
export type MemberMessage =
  | {
      readonly kind: 'propose';
      readonly number: number;
      readonly proposal: number;
      readonly rule: VoteRule;
      readonly deadlineMs: number;
      readonly text: string;
    }
  | {
      readonly kind: 'cast';
      readonly number: number;
      readonly vote: number;
      readonly isYes: boolean;
    }
  | { readonly kind: 'leave'; readonly number: number; readonly epoch: number };

/** Any message between the owner and a member of a group. */
export type GroupMessage = OwnerMessage | MemberMessage;
/** Why bytes are not a valid group message. */
export type GroupMessageDropReason =
  | 'bad-group-message'
  | 'unknown-group-version'
  | 'unknown-group-kind';

const KINDS = ['list', 'gone', 'opened', 'result', 'refused', 'propose', 'cast', 'leave'] as const;
/** Number of items in the array of each kind of message, in the order of `KINDS`. */
const ITEMS = [5, 4, 10, 13, 5, 7, 5, 4] as const;
const ITEMS_MAX = 13;

/**
 * Encodes a group message. The caller keeps all fields within their bounds; nothing is checked.
 */
export function encodeGroupMessage(message: GroupMessage): Uint8Array {
  const writer = new CborWriter();
  const kind = KINDS.indexOf(message.kind);
  writer.array(ITEMS[kind] ?? 0);
  writer.uint(GROUPS_FORMAT_VERSION);
  writer.uint(kind);
  writer.uint(message.number);
  switch (message.kind) {
    case 'list':
      writer.uint(message.epoch);
      writeMemberNames(writer, message.members);
      break;
    case 'gone':
    case 'leave':
      writer.uint(message.epoch);
      break;
    case 'opened':
      writeProposal(writer, message.proposal);
      writer.boolean(message.mayVote);
      break;
    case 'result':
      writeProposal(writer, message.proposal);
      writeVoteResult(writer, message.result);
      break;
    case 'refused':
      writer.uint(message.proposal);
      writer.uint(PROPOSAL_REFUSALS.indexOf(message.reason));
      break;
    case 'propose':
      writer.uint(message.proposal);
      writer.uint(VOTE_RULES.indexOf(message.rule));
      writer.uint(message.deadlineMs);
      writer.text(message.text);
      break;
    case 'cast':
      writer.uint(message.vote);
      writer.boolean(message.isYes);
  }
  return writer.taken();
}

/** Reads exactly what {@link encodeGroupMessage} writes. */
export function decodeGroupMessage(bytes: Uint8Array): GroupMessage | GroupMessageDropReason {
  if (bytes.length > GROUP_MESSAGE_BYTES_MAX) return 'bad-group-message';
  const fields = new CborFieldReader(bytes);
  const items = fields.array(ITEMS_MAX);
  const version = fields.uint();
  if (fields.isSpoilt) return 'bad-group-message';
  if (version !== GROUPS_FORMAT_VERSION) return 'unknown-group-version';
  const place = fields.uint();
  if (fields.isSpoilt) return 'bad-group-message';
  const kind = (KINDS as readonly GroupMessage['kind'][])[place];
  if (kind === undefined) return 'unknown-group-kind';
  if (items !== ITEMS[place]) return 'bad-group-message';
  const message = readContent(kind, fields.uint(), fields);
  return fields.isGood ? message : 'bad-group-message';
}

function readContent(
  kind: GroupMessage['kind'],
  number: number,
  fields: CborFieldReader,
): GroupMessage {
  switch (kind) {
    case 'list':
      return { kind, number, epoch: fields.uint(), members: readMemberNames(fields) };
    case 'gone':
    case 'leave':
      return { kind, number, epoch: fields.uint() };
    case 'opened':
      return { kind, number, proposal: readProposal(fields), mayVote: fields.boolean() };
    case 'result':
      return { kind, number, proposal: readProposal(fields), result: readVoteResult(fields) };
    case 'refused':
      return { kind, number, proposal: fields.uint(), reason: fields.word(PROPOSAL_REFUSALS) };
    case 'propose':
      return {
        kind,
        number,
        proposal: fields.uint(),
        rule: fields.word(VOTE_RULES),
        deadlineMs: fields.uint(),
        text: fields.text(VOTE_TEXT_BYTES_MAX),
      };
    case 'cast':
      return { kind, number, vote: fields.uint(), isYes: fields.boolean() };
  }
}

/** Writes an array of the names of members. */
export function writeMemberNames(writer: CborWriter, names: readonly string[]): void {
  writer.array(names.length);
  for (const name of names) writer.text(name);
}

/** Reads an array of the names of members, at most {@link GROUP_MEMBERS_MAX}. */
export function readMemberNames(fields: CborFieldReader): readonly string[] {
  const count = fields.array(GROUP_MEMBERS_MAX);
  const names: string[] = [];
  for (let index = 0; index < count && !fields.isSpoilt; index += 1) {
    names.push(fields.name(MEMBER_NAME_BYTES_MAX));
  }
  return names;
}

/** Writes the six fields of a proposal into an array that the caller has begun. */
export function writeProposal(writer: CborWriter, proposal: Proposal): void {
  writer.uint(proposal.vote);
  writer.text(proposal.proposer);
  writer.uint(proposal.proposal);
  writer.uint(VOTE_RULES.indexOf(proposal.rule));
  writer.uint(proposal.deadlineMs);
  writer.text(proposal.text);
}

/** Reads the six fields of a proposal. */
export function readProposal(fields: CborFieldReader): Proposal {
  return {
    vote: fields.uint(),
    proposer: fields.name(MEMBER_NAME_BYTES_MAX),
    proposal: fields.uint(),
    rule: fields.word(VOTE_RULES),
    deadlineMs: fields.uint(),
    text: fields.text(VOTE_TEXT_BYTES_MAX),
  };
}

/** Writes the outcome of a vote and its counts: yes, no, electors. */
export function writeVoteResult(
  writer: CborWriter,
  { outcome, yes, no, electors }: VoteResult,
): void {
  writer.uint(VOTE_OUTCOMES.indexOf(outcome));
  writer.uint(yes);
  writer.uint(no);
  writer.uint(electors);
}

/** Reads the outcome of a vote and its counts: yes, no, electors. */
export function readVoteResult(fields: CborFieldReader): VoteResult {
  const outcome = fields.word(VOTE_OUTCOMES);
  const yes = fields.uint(GROUP_MEMBERS_MAX);
  const no = fields.uint(GROUP_MEMBERS_MAX - yes);
  const electors = fields.uint(GROUP_MEMBERS_MAX);
  if (yes + no > electors) fields.spoil();
  return { outcome, yes, no, electors };
}
