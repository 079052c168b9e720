/**
 * Groups: makes the groups and votes of a node from its records on disk after a restart.
 *
 * @module
 */
import { greatestOf } from '../../../engine/pure/extremes.ts';
import type { GroupsContext } from './effects.ts';
import { JoinedGroup } from './joined-group.ts';
import { OwnedGroup } from './owned-group.ts';
import {
  decodeJoinedGroup,
  decodeJoinedVote,
  decodeLastGroupNumber,
  decodeLeftGroup,
  decodeOwnedGroup,
  decodeOwnedVote,
  GROUPS_KEY_PREFIX,
  type GroupRecordKey,
  groupRecordKey,
  LAST_GROUP_NUMBER_KEY,
  type LeftGroupRecord,
  readGroupRecordKey,
} from './records.ts';

/** A record in the node's store: key and value. */
export type StoredRecord = readonly [key: string, value: Uint8Array];

/** The groups of a node as its records on disk describe them after a restart. */
export interface RecoveredGroups {
  /** The highest number that this node has given to a group. */
  readonly last: number;
  readonly owned: ReadonlyMap<number, OwnedGroup>;
  /** Groups of other owners that this node has joined, by the key of their record. */
  readonly joined: ReadonlyMap<string, JoinedGroup>;
  readonly left: readonly (readonly [string, LeftGroupRecord])[];
  /** Keys of records that cannot be read. */
  readonly bad: readonly string[];
  /** Keys of the records of votes whose group has no record. */
  readonly orphans: readonly string[];
}

/** Reads records kind by kind, and keeps those that were not read. */
class Reading {
  readonly #rest: Map<string, Uint8Array>;

  constructor(records: readonly StoredRecord[]) {
    this.#rest = new Map(records.filter(([key]) => key.startsWith(GROUPS_KEY_PREFIX)));
  }

  /** Keys of the records that no call has read so far. */
  get rest(): readonly string[] {
    return [...this.#rest.keys()];
  }

  /** Reads all records of a kind; those that cannot be decoded are left out and stay in `rest`. */
  take<Value>(
    kind: GroupRecordKey['kind'],
    decode: (bytes: Uint8Array) => Value | undefined,
  ): readonly (readonly [GroupRecordKey, Value])[] {
    return [...this.#rest].flatMap(([key, bytes]) => {
      const name = readGroupRecordKey(key);
      const value = name?.kind === kind && groupRecordKey(name) === key ? decode(bytes) : undefined;
      if (name === undefined || value === undefined) return [];
      this.#rest.delete(key);
      return [[name, value] as const];
    });
  }

  /**
   * Reads the highest number that this node has given to a group; 0 if there is no record of it.
   */
  last(): number {
    const bytes = this.#rest.get(LAST_GROUP_NUMBER_KEY);
    const number = bytes && decodeLastGroupNumber(bytes);
    if (number !== undefined) this.#rest.delete(LAST_GROUP_NUMBER_KEY);
    return number ?? 0;
  }
}

/** Makes the groups of this node from all its records. */
export function recoverGroups(
  shared: GroupsContext,
  records: readonly StoredRecord[],
): RecoveredGroups {
  const reading = new Reading(records);
  const ownVotes = byGroup(reading.take('own-vote', decodeOwnedVote));
  const owned = reading.take('own', decodeOwnedGroup).map(([name, record]) => {
    const votes = taken(ownVotes, name);
    return [name.number, new OwnedGroup(shared, name.number, record, votes)] as const;
  });
  const inVotes = byGroup(reading.take('in-vote', decodeJoinedVote));
  const joined = reading.take('in', decodeJoinedGroup).map(([name, record]) => {
    const votes = taken(inVotes, name);
    return [groupRecordKey(name), new JoinedGroup(shared, name, record, votes)] as const;
  });
  const left = reading.take('left', decodeLeftGroup);
  const last = greatestOf([reading.last(), ...owned.map(([number]) => number)]);
  // A crash during a write may have left the record of a vote without the record of its group.
  const orphans = [...ownVotes.values(), ...inVotes.values()].flat().map(([name]) => name);
  return {
    last,
    owned: new Map(owned),
    joined: new Map(joined),
    left: left.map(([name, record]) => [groupRecordKey(name), record]),
    bad: reading.rest,
    orphans: orphans.map((name) => groupRecordKey(name)),
  };
}

type Votes<Vote> = Map<string, (readonly [GroupRecordKey, Vote])[]>;

function byGroup<Vote>(votes: readonly (readonly [GroupRecordKey, Vote])[]): Votes<Vote> {
  const groups: Votes<Vote> = new Map();
  for (const vote of votes) {
    const group = groupOf(vote[0]);
    groups.set(group, [...(groups.get(group) ?? []), vote]);
  }
  return groups;
}

function taken<Vote>(votes: Votes<Vote>, name: GroupRecordKey): readonly Vote[] {
  const own = votes.get(groupOf(name)) ?? [];
  votes.delete(groupOf(name));
  return own.map(([, vote]) => vote);
}

function groupOf({ number, owner }: GroupRecordKey): string {
  return `${number}/${owner}`;
}
