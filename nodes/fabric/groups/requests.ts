/**
 * Groups: requests of the application and their answers, arrays in deterministic CBOR (RFC 8949
 * section 4.2.1). A group is named by its owner and a number.
 *
 * ```text
 * [1, 0, [member, ...]]                        create         answer [1, number]
 * [1, 1, owner, number, member]                invite
 * [1, 2, owner, number, member]                remove
 * [1, 3, owner, number]                        leave; of its owner: end the group
 * [1, 4, owner, number, rule, lifetime, text]  propose        answer [1, vote]; lifetime in ms, 0: 300 s
 * [1, 5, owner, number, vote, isYes]           cast
 * [1, 6, owner, number]                        show           answer [1, epoch, [member, ...], VOTES]
 *
 * VOTES   an array: for each vote its six fields of a proposal, then isOver, outcome, yes, no, electors
 * ```
 *
 * @module
 */
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { CborFieldReader } from '../../_kit/cbor-fields.ts';
import {
  GROUP_MESSAGE_BYTES_MAX,
  GROUPS_FORMAT_VERSION,
  MEMBER_NAME_BYTES_MAX,
  REMEMBERED_VOTES_MAX,
  VOTE_LIFETIME_MS_MAX,
  VOTE_TEXT_BYTES_MAX,
} from './geometry.ts';
import {
  type Proposal,
  readMemberNames,
  readProposal,
  readVoteResult,
  type VoteResult,
  writeMemberNames,
  writeProposal,
  writeVoteResult,
} from './messages.ts';
import { VOTE_RULES, type VoteRule } from './tally.ts';

/** The identifier of a group: its owner, and the number that the owner gave it. */
export interface GroupId {
  readonly owner: string;
  readonly number: number;
}

/** Requests of an application about groups. */
export type GroupRequest =
  /** Founds a group of this node and these members. */
  | { readonly kind: 'create'; readonly members: readonly string[] }
  | { readonly kind: 'invite'; readonly group: GroupId; readonly member: string }
  | { readonly kind: 'remove'; readonly group: GroupId; readonly member: string }
  | { readonly kind: 'leave'; readonly group: GroupId }
  | {
      readonly kind: 'propose';
      readonly group: GroupId;
      readonly rule: VoteRule;
      /** Time from the opening of the vote to its deadline, ms; 0 for the default, 300 s. */
      readonly lifetimeMs: number;
      readonly text: string;
    }
  | {
      readonly kind: 'cast';
      readonly group: GroupId;
      readonly vote: number;
      readonly isYes: boolean;
    }
  | { readonly kind: 'show'; readonly group: GroupId };

/** A vote and its result, if it is over. */
export interface VoteStatus {
  readonly proposal: Proposal;
  readonly result?: VoteResult | undefined;
}

/** The state of a group as shown to applications. */
export interface GroupStatus {
  readonly epoch: number;
  readonly members: readonly string[];
  /** In the order of their numbers. */
  readonly votes: readonly VoteStatus[];
}

const KINDS = ['create', 'invite', 'remove', 'leave', 'propose', 'cast', 'show'] as const;
const ITEMS = [3, 5, 5, 4, 7, 6, 4] as const;
const ITEMS_MAX = 7;
const VOTE_ITEMS = 11;
const NO_RESULT: VoteResult = { outcome: 'rejected', yes: 0, no: 0, electors: 0 };

/** Encodes a request of an application. */
export function encodeGroupRequest(request: GroupRequest): Uint8Array {
  const writer = new CborWriter();
  const kind = KINDS.indexOf(request.kind);
  writer.array(ITEMS[kind] ?? 0);
  writer.uint(GROUPS_FORMAT_VERSION);
  writer.uint(kind);
  if (request.kind === 'create') writeMemberNames(writer, request.members);
  else {
    writer.text(request.group.owner);
    writer.uint(request.group.number);
    writeContent(writer, request);
  }
  return writer.taken();
}

function writeContent(
  writer: CborWriter,
  request: Exclude<GroupRequest, { kind: 'create' }>,
): void {
  if (request.kind === 'invite' || request.kind === 'remove') writer.text(request.member);
  else if (request.kind === 'propose') {
    writer.uint(VOTE_RULES.indexOf(request.rule));
    writer.uint(request.lifetimeMs);
    writer.text(request.text);
  } else if (request.kind === 'cast') {
    writer.uint(request.vote);
    writer.boolean(request.isYes);
  }
}

/** Reads exactly what {@link encodeGroupRequest} writes; undefined for anything else. */
export function decodeGroupRequest(bytes: Uint8Array): GroupRequest | undefined {
  if (bytes.length > GROUP_MESSAGE_BYTES_MAX) return undefined;
  const fields = new CborFieldReader(bytes);
  const items = fields.array(ITEMS_MAX);
  const version = fields.uint();
  const place = fields.uint(KINDS.length - 1);
  const kind = KINDS[place];
  const isKnown = version === GROUPS_FORMAT_VERSION && items === ITEMS[place];
  if (kind === undefined || fields.isSpoilt || !isKnown) return undefined;
  const request = readContent(kind, fields);
  return fields.isGood ? request : undefined;
}

function readContent(kind: GroupRequest['kind'], fields: CborFieldReader): GroupRequest {
  if (kind === 'create') return { kind, members: readMemberNames(fields) };
  const group = { owner: fields.name(MEMBER_NAME_BYTES_MAX), number: fields.uint() };
  switch (kind) {
    case 'invite':
    case 'remove':
      return { kind, group, member: fields.name(MEMBER_NAME_BYTES_MAX) };
    case 'propose': {
      const rule = fields.word(VOTE_RULES);
      const lifetimeMs = fields.uint(VOTE_LIFETIME_MS_MAX);
      return { kind, group, rule, lifetimeMs, text: fields.text(VOTE_TEXT_BYTES_MAX) };
    }
    case 'cast':
      return { kind, group, vote: fields.uint(), isYes: fields.boolean() };
    case 'leave':
    case 'show':
      return { kind, group };
  }
}

/** Encodes the answer to `create` (number of the group) or `propose` (number of the vote). */
export function encodeNumberAnswer(number: number): Uint8Array {
  const writer = new CborWriter();
  writer.array(2);
  writer.uint(GROUPS_FORMAT_VERSION);
  writer.uint(number);
  return writer.taken();
}

/** Reads the answer to `create` or `propose`; undefined if it is malformed. */
export function decodeNumberAnswer(bytes: Uint8Array): number | undefined {
  const fields = new CborFieldReader(bytes);
  const isHead = fields.array(2) === 2 && fields.uint() === GROUPS_FORMAT_VERSION;
  const number = fields.uint();
  return isHead && fields.isGood ? number : undefined;
}

/** Encodes the answer to `show`. */
export function encodeShowAnswer({ epoch, members, votes }: GroupStatus): Uint8Array {
  const writer = new CborWriter();
  writer.array(4);
  writer.uint(GROUPS_FORMAT_VERSION);
  writer.uint(epoch);
  writeMemberNames(writer, members);
  writer.array(votes.length);
  for (const { proposal, result } of votes) {
    writer.array(VOTE_ITEMS);
    writeProposal(writer, proposal);
    writer.boolean(result !== undefined);
    writeVoteResult(writer, result ?? NO_RESULT);
  }
  return writer.taken();
}

/** Reads the answer to `show`; undefined if it is malformed. */
export function decodeShowAnswer(bytes: Uint8Array): GroupStatus | undefined {
  const fields = new CborFieldReader(bytes);
  const isHead = fields.array(4) === 4 && fields.uint() === GROUPS_FORMAT_VERSION;
  const epoch = fields.uint();
  const members = readMemberNames(fields);
  const count = fields.array(REMEMBERED_VOTES_MAX);
  const votes: VoteStatus[] = [];
  for (let index = 0; index < count && !fields.isSpoilt; index += 1) {
    if (fields.array(VOTE_ITEMS) !== VOTE_ITEMS) fields.spoil();
    const proposal = readProposal(fields);
    const isOver = fields.boolean();
    const result = readVoteResult(fields);
    votes.push({ proposal, ...(isOver && { result }) });
  }
  return isHead && fields.isGood ? { epoch, members, votes } : undefined;
}
