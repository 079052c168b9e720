/**
 * Groups: what is on the disk, written by this node and read by it alone. Arrays in deterministic
 * CBOR (RFC 8949 section 4.2.1), each in an entry of its own:
 *
 * ```text
 * groups/last                     [1, number]            the highest number of a group of this node
 * groups/own/NUMBER               [1, epoch, last vote, [member, ...], [since, ...]]
 * groups/own-vote/NUMBER/VOTE     [1, PROPOSAL, RESULT, told epoch, [elector, ...], [ballot, ...]]
 * groups/in/NUMBER/OWNER          [1, epoch, left epoch or 0, last vote, [member, ...]]
 * groups/in-vote/NUMBER/VOTE/OWNER  [1, PROPOSAL, RESULT, may vote, ballot]
 * groups/left/NUMBER/OWNER        [1, epoch, since (Unix ms)]
 *
 * RESULT   is over, outcome, yes, no, electors
 * ```
 *
 * @module
 */
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { CborFieldReader } from './fields.ts';
import { GROUPS_FORMAT_VERSION } from './geometry.ts';
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
import type { GroupId } from './requests.ts';

/** Prefix of all keys of groups in the store. */
export const GROUPS_KEY_PREFIX = 'groups/';
/** Key of the highest number of a group of this node. */
export const LAST_GROUP_NUMBER_KEY = 'groups/last';
const DIGITS = 14;
const NO_RESULT: VoteResult = { outcome: 'rejected', yes: 0, no: 0, electors: 0 };

/** The choices of a ballot. */
export const BALLOT_CHOICES = ['silent', 'yes', 'no'] as const;
/** See {@link BALLOT_CHOICES}. */
export type BallotChoice = (typeof BALLOT_CHOICES)[number];

/** A group at its owner. */
export interface OwnedGroupRecord {
  readonly epoch: number;
  readonly lastVote: number;
  /** Names in the order of joining, each with the epoch in which it joined. */
  readonly members: readonly (readonly [string, number])[];
}

/** A vote at the owner of its group. */
export interface OwnedVoteRecord {
  readonly proposal: Proposal;
  readonly result: VoteResult | undefined;
  /** Members that joined in this epoch or before know the result. */
  readonly toldEpoch: number;
  readonly electors: readonly (readonly [string, BallotChoice])[];
}

/** A group at a member. */
export interface JoinedGroupRecord {
  readonly epoch: number;
  /** The epoch in which this node left, while its owner has not answered; 0 if it has not left. */
  readonly leftEpoch: number;
  readonly lastVote: number;
  readonly members: readonly string[];
}

/** A vote at a member. */
export interface JoinedVoteRecord {
  readonly proposal: Proposal;
  readonly result: VoteResult | undefined;
  readonly mayVote: boolean;
  readonly choice: BallotChoice;
}

/** A group that this node has left. */
export interface LeftGroupRecord {
  readonly epoch: number;
  readonly sinceMs: number;
}

/** The parts of the key of a record. */
export interface GroupRecordKey {
  readonly kind: 'own' | 'own-vote' | 'in' | 'in-vote' | 'left';
  readonly number: number;
  /** Number of the vote; 0 if the record is of no vote. */
  readonly vote: number;
  /** Empty if the group is this node's. */
  readonly owner: string;
}

/** The key of a group's record in the store. */
export function groupRecordKey({ kind, number, vote, owner }: GroupRecordKey): string {
  const parts = [kind, digits(number)];
  if (hasVote(kind)) parts.push(digits(vote));
  if (hasOwner(kind)) parts.push(owner);
  return `${GROUPS_KEY_PREFIX}${parts.join('/')}`;
}

/** Reads a key that {@link groupRecordKey} has made. */
export function readGroupRecordKey(key: string): GroupRecordKey | undefined {
  const [kind, number, ...rest] = key.slice(GROUPS_KEY_PREFIX.length).split('/');
  if (!isKind(kind)) return undefined;
  const vote = hasVote(kind) ? rest.shift() : '0';
  return { kind, number: fromHex(number), vote: fromHex(vote), owner: rest.join('/') };
}

const KINDS: readonly GroupRecordKey['kind'][] = ['own', 'own-vote', 'in', 'in-vote', 'left'];

function isKind(word: string | undefined): word is GroupRecordKey['kind'] {
  return (KINDS as readonly (string | undefined)[]).includes(word);
}

function hasVote(kind: GroupRecordKey['kind']): boolean {
  return kind === 'own-vote' || kind === 'in-vote';
}

function hasOwner(kind: GroupRecordKey['kind']): boolean {
  return kind !== 'own' && kind !== 'own-vote';
}

function digits(number: number): string {
  return number.toString(16).padStart(DIGITS, '0');
}

function fromHex(hex: string | undefined): number {
  return Number.parseInt(hex ?? '0', 16);
}

/** The key of a record that this node keeps as a member of a group, or as a former one (`left`). */
export function memberRecordKey(
  kind: 'in' | 'left' | 'in-vote',
  { owner, number }: GroupId,
  vote = 0,
): string {
  return groupRecordKey({ kind, number, vote, owner });
}

function begin(items: number): CborWriter {
  const writer = new CborWriter();
  writer.array(items);
  writer.uint(GROUPS_FORMAT_VERSION);
  return writer;
}

/** Fields of a record after its version; spoilt if the record has not `items` items. */
function open(bytes: Uint8Array, items: number): CborFieldReader {
  const fields = new CborFieldReader(bytes);
  if (fields.array(items) !== items || fields.uint() !== GROUPS_FORMAT_VERSION) fields.spoil();
  return fields;
}

/** The record of the highest number of a group of this node. */
export function encodeLastGroupNumber(number: number): Uint8Array {
  const writer = begin(2);
  writer.uint(number);
  return writer.taken();
}

/** Reads the record of the highest number of a group of this node. */
export function decodeLastGroupNumber(bytes: Uint8Array): number | undefined {
  const fields = open(bytes, 2);
  const number = fields.uint();
  return fields.isGood ? number : undefined;
}

/** The record of a group at its owner. */
export function encodeOwnedGroup({ epoch, lastVote, members }: OwnedGroupRecord): Uint8Array {
  const writer = begin(5);
  writer.uint(epoch);
  writer.uint(lastVote);
  writeMemberNames(
    writer,
    members.map(([name]) => name),
  );
  writer.array(members.length);
  for (const [, since] of members) writer.uint(since);
  return writer.taken();
}

/** Reads the record of a group at its owner. */
export function decodeOwnedGroup(bytes: Uint8Array): OwnedGroupRecord | undefined {
  const fields = open(bytes, 5);
  const epoch = fields.uint();
  const lastVote = fields.uint();
  const names = readMemberNames(fields);
  if (fields.array(names.length) !== names.length) fields.spoil();
  const members = names.map((name) => [name, fields.uint()] as const);
  return fields.isGood ? { epoch, lastVote, members } : undefined;
}

/** The record of a vote at the owner. */
export function encodeOwnedVote(record: OwnedVoteRecord): Uint8Array {
  const { proposal, result, toldEpoch, electors } = record;
  const writer = begin(15);
  writeProposal(writer, proposal);
  writeEnd(writer, result);
  writer.uint(toldEpoch);
  writeMemberNames(
    writer,
    electors.map(([name]) => name),
  );
  writer.array(electors.length);
  for (const [, choice] of electors) writer.uint(BALLOT_CHOICES.indexOf(choice));
  return writer.taken();
}

/** Reads the record of a vote at the owner. */
export function decodeOwnedVote(bytes: Uint8Array): OwnedVoteRecord | undefined {
  const fields = open(bytes, 15);
  const proposal = readProposal(fields);
  const result = readEnd(fields);
  const toldEpoch = fields.uint();
  const names = readMemberNames(fields);
  if (fields.array(names.length) !== names.length) fields.spoil();
  const electors = names.map((name) => [name, fields.word(BALLOT_CHOICES)] as const);
  return fields.isGood ? { proposal, result, toldEpoch, electors } : undefined;
}

/** The record of a group at a member. */
export function encodeJoinedGroup({
  epoch,
  leftEpoch,
  lastVote,
  members,
}: JoinedGroupRecord): Uint8Array {
  const writer = begin(5);
  writer.uint(epoch);
  writer.uint(leftEpoch);
  writer.uint(lastVote);
  writeMemberNames(writer, members);
  return writer.taken();
}

/** Reads the record of a group at a member. */
export function decodeJoinedGroup(bytes: Uint8Array): JoinedGroupRecord | undefined {
  const fields = open(bytes, 5);
  const epoch = fields.uint();
  const leftEpoch = fields.uint();
  const lastVote = fields.uint();
  const members = readMemberNames(fields);
  return fields.isGood ? { epoch, leftEpoch, lastVote, members } : undefined;
}

/** The record of a vote at a member. */
export function encodeJoinedVote(record: JoinedVoteRecord): Uint8Array {
  const { proposal, result, mayVote, choice } = record;
  const writer = begin(14);
  writeProposal(writer, proposal);
  writeEnd(writer, result);
  writer.boolean(mayVote);
  writer.uint(BALLOT_CHOICES.indexOf(choice));
  return writer.taken();
}

/** Reads the record of a vote at a member. */
export function decodeJoinedVote(bytes: Uint8Array): JoinedVoteRecord | undefined {
  const fields = open(bytes, 14);
  const proposal = readProposal(fields);
  const result = readEnd(fields);
  const mayVote = fields.boolean();
  const choice = fields.word(BALLOT_CHOICES);
  return fields.isGood ? { proposal, result, mayVote, choice } : undefined;
}

/** The record of a group that was left. */
export function encodeLeftGroup({ epoch, sinceMs }: LeftGroupRecord): Uint8Array {
  const writer = begin(3);
  writer.uint(epoch);
  writer.uint(sinceMs);
  return writer.taken();
}

/** Reads the record of a group that was left. */
export function decodeLeftGroup(bytes: Uint8Array): LeftGroupRecord | undefined {
  const fields = open(bytes, 3);
  const left = { epoch: fields.uint(), sinceMs: fields.uint() };
  return fields.isGood ? left : undefined;
}

function writeEnd(writer: CborWriter, result: VoteResult | undefined): void {
  writer.boolean(result !== undefined);
  writeVoteResult(writer, result ?? NO_RESULT);
}

function readEnd(fields: CborFieldReader): VoteResult | undefined {
  const isOver = fields.boolean();
  const result = readVoteResult(fields);
  return isOver ? result : undefined;
}
