/**
 * Groups: the records on disk, which this node writes and only this node reads. Arrays in
 * deterministic CBOR (RFC 8949 section 4.2.1), each in an entry of its own:
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
import { CborFieldReader } from '../../_kit/cbor-fields.ts';
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

/** Prefix of the keys of all records of groups in the store. */
export const GROUPS_KEY_PREFIX = 'groups/';
/** Key of the record with the highest number that this node has given to a group. */
export const LAST_GROUP_NUMBER_KEY = 'groups/last';
const DIGITS = 14;
const NO_RESULT: VoteResult = { outcome: 'rejected', yes: 0, no: 0, electors: 0 };

/** The choices of a ballot. */
export const BALLOT_CHOICES = ['silent', 'yes', 'no'] as const;
/** See {@link BALLOT_CHOICES}. */
export type BallotChoice = (typeof BALLOT_CHOICES)[number];

/** The record of a group, kept by its owner. */
export interface OwnedGroupRecord {
  readonly epoch: number;
  readonly lastVote: number;
  /** Names in the order of joining, each with the epoch in which it joined. */
  readonly members: readonly (readonly [string, number])[];
}

/** The record of a vote, kept by the owner of the group. */
export interface OwnedVoteRecord {
  readonly proposal: Proposal;
  readonly result: VoteResult | undefined;
  /** All members that joined in this epoch or before are known to have the result. */
  readonly toldEpoch: number;
  readonly electors: readonly (readonly [string, BallotChoice])[];
}

/** The record of a group, kept by a member that is not its owner. */
export interface JoinedGroupRecord {
  readonly epoch: number;
  /**
   * The epoch in which this node asked to leave, until the owner answers; 0 if it has not asked.
   */
  readonly leftEpoch: number;
  readonly lastVote: number;
  readonly members: readonly string[];
}

/** The record of a vote, kept by a member that is not the group's owner. */
export interface JoinedVoteRecord {
  readonly proposal: Proposal;
  readonly result: VoteResult | undefined;
  readonly mayVote: boolean;
  readonly choice: BallotChoice;
}

/** The record of a group that this node has left: the last epoch without it, and since when. */
export interface LeftGroupRecord {
  readonly epoch: number;
  readonly sinceMs: number;
}

/** The parts of the key of a group's record in the store. */
export interface GroupRecordKey {
  readonly kind: 'own' | 'own-vote' | 'in' | 'in-vote' | 'left';
  readonly number: number;
  /** Number of the vote; 0 if the record is of no vote. */
  readonly vote: number;
  /** Name of the group's owner; empty if this node owns it. */
  readonly owner: string;
}

/** Makes the key of a group's record in the store. */
export function groupRecordKey({ kind, number, vote, owner }: GroupRecordKey): string {
  const parts = [kind, digits(number)];
  if (hasVote(kind)) parts.push(digits(vote));
  if (hasOwner(kind)) parts.push(owner);
  return `${GROUPS_KEY_PREFIX}${parts.join('/')}`;
}

/** Reads a key that {@link groupRecordKey} has made; undefined for any other key. */
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

/**
 * Makes the key of a record that this node keeps as a member of a group, or as a former member
 * (`left`).
 */
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

/**
 * Opens a record for reading after its version; the reader is spoilt if the record has not exactly
 * `items` items.
 */
function open(bytes: Uint8Array, items: number): CborFieldReader {
  const fields = new CborFieldReader(bytes);
  if (fields.array(items) !== items || fields.uint() !== GROUPS_FORMAT_VERSION) fields.spoil();
  return fields;
}

/** Encodes the highest number that this node has given to a group. */
export function encodeLastGroupNumber(number: number): Uint8Array {
  const writer = begin(2);
  writer.uint(number);
  return writer.taken();
}

/** Reads what {@link encodeLastGroupNumber} writes; undefined for anything else. */
export function decodeLastGroupNumber(bytes: Uint8Array): number | undefined {
  const fields = open(bytes, 2);
  const number = fields.uint();
  return fields.isGood ? number : undefined;
}

/** Encodes a group as its owner stores it. */
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

/** Reads what {@link encodeOwnedGroup} writes; undefined for anything else. */
export function decodeOwnedGroup(bytes: Uint8Array): OwnedGroupRecord | undefined {
  const fields = open(bytes, 5);
  const epoch = fields.uint();
  const lastVote = fields.uint();
  const names = readMemberNames(fields);
  if (fields.array(names.length) !== names.length) fields.spoil();
  const members = names.map((name) => [name, fields.uint()] as const);
  return fields.isGood ? { epoch, lastVote, members } : undefined;
}

/** Encodes a vote as the owner of the group stores it. */
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

/** Reads what {@link encodeOwnedVote} writes; undefined for anything else. */
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

/** Encodes a group as a member that is not its owner stores it. */
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

/** Reads what {@link encodeJoinedGroup} writes; undefined for anything else. */
export function decodeJoinedGroup(bytes: Uint8Array): JoinedGroupRecord | undefined {
  const fields = open(bytes, 5);
  const epoch = fields.uint();
  const leftEpoch = fields.uint();
  const lastVote = fields.uint();
  const members = readMemberNames(fields);
  return fields.isGood ? { epoch, leftEpoch, lastVote, members } : undefined;
}

/** Encodes a vote as a member that is not the group's owner stores it. */
export function encodeJoinedVote(record: JoinedVoteRecord): Uint8Array {
  const { proposal, result, mayVote, choice } = record;
  const writer = begin(14);
  writeProposal(writer, proposal);
  writeEnd(writer, result);
  writer.boolean(mayVote);
  writer.uint(BALLOT_CHOICES.indexOf(choice));
  return writer.taken();
}

/** Reads what {@link encodeJoinedVote} writes; undefined for anything else. */
export function decodeJoinedVote(bytes: Uint8Array): JoinedVoteRecord | undefined {
  const fields = open(bytes, 14);
  const proposal = readProposal(fields);
  const result = readEnd(fields);
  const mayVote = fields.boolean();
  const choice = fields.word(BALLOT_CHOICES);
  return fields.isGood ? { proposal, result, mayVote, choice } : undefined;
}

/** Encodes the record of a group that this node has left. */
export function encodeLeftGroup({ epoch, sinceMs }: LeftGroupRecord): Uint8Array {
  const writer = begin(3);
  writer.uint(epoch);
  writer.uint(sinceMs);
  return writer.taken();
}

/** Reads what {@link encodeLeftGroup} writes; undefined for anything else. */
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
