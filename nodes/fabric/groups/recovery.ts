/**
 * Groups: makes the groups and votes of a node from its records on disk after a restart.
 *
 * @module
 */
import { greatestOf } from '../../../engine/pure/extremes.ts';
import type { GroupsShared } from './effects.ts';
import { JoinedGroup } from './joined-group.ts';
import { OwnedGroup } from './owned-group.ts';
import {
  decodeJoined,
  decodeJoinedVote,
  decodeLastNumber,
  decodeLeft,
  decodeOwned,
  decodeOwnedVote,
  GROUPS_PREFIX,
  LAST_NUMBER_KEY,
  type LeftRecord,
  type RecordKey,
  readKey,
  recordKey,
} from './records.ts';

/** A record of a store. */
export type StoredRecord = readonly [key: string, value: Uint8Array];

/** The state from before a restart. */
export interface RecoveredGroups {
  /** The highest number of a group of this node. */
  readonly last: number;
  readonly owned: ReadonlyMap<number, OwnedGroup>;
  /** Groups of other owners, by the key of the record. */
  readonly joined: ReadonlyMap<string, JoinedGroup>;
  readonly left: readonly (readonly [string, LeftRecord])[];
  /** Keys of records that cannot be read. */
  readonly bad: readonly string[];
  /** Keys of votes whose group is not there. */
  readonly orphans: readonly string[];
}

/** Reads records kind by kind; `rest` has those that have not been read. */
class Reading {
  readonly #rest: Map<string, Uint8Array>;

  constructor(records: readonly StoredRecord[]) {
    this.#rest = new Map(records.filter(([key]) => key.startsWith(GROUPS_PREFIX)));
  }

  /** Keys of records that could not be read. */
  get rest(): readonly string[] {
    return [...this.#rest.keys()];
  }

  /** All records of a kind that can be read. */
  take<Value>(
    kind: RecordKey['kind'],
    decode: (bytes: Uint8Array) => Value | undefined,
  ): readonly (readonly [RecordKey, Value])[] {
    return [...this.#rest].flatMap(([key, bytes]) => {
      const name = readKey(key);
      const value = name?.kind === kind && recordKey(name) === key ? decode(bytes) : undefined;
      if (name === undefined || value === undefined) return [];
      this.#rest.delete(key);
      return [[name, value] as const];
    });
  }

  /** The highest number of a group of this node; 0 if there is no record of it. */
  last(): number {
    const bytes = this.#rest.get(LAST_NUMBER_KEY);
    const number = bytes && decodeLastNumber(bytes);
    if (number !== undefined) this.#rest.delete(LAST_NUMBER_KEY);
    return number ?? 0;
  }
}

/** Reads all records. */
export function recoverGroups(
  shared: GroupsShared,
  records: readonly StoredRecord[],
): RecoveredGroups {
  const reading = new Reading(records);
  const ownVotes = byGroup(reading.take('own-vote', decodeOwnedVote));
  const owned = reading.take('own', decodeOwned).map(([name, record]) => {
    const votes = taken(ownVotes, name);
    return [name.number, new OwnedGroup(shared, name.number, record, votes)] as const;
  });
  const inVotes = byGroup(reading.take('in-vote', decodeJoinedVote));
  const joined = reading.take('in', decodeJoined).map(([name, record]) => {
    const votes = taken(inVotes, name);
    return [recordKey(name), new JoinedGroup(shared, name, record, votes)] as const;
  });
  const left = reading.take('left', decodeLeft);
  const last = greatestOf([reading.last(), ...owned.map(([number]) => number)]);
  // Votes without a group: a crash may have kept the record of a vote, and lost that of its group.
  const orphans = [...ownVotes.values(), ...inVotes.values()].flat().map(([name]) => name);
  return {
    last,
    owned: new Map(owned),
    joined: new Map(joined),
    left: left.map(([name, record]) => [recordKey(name), record]),
    bad: reading.rest,
    orphans: orphans.map((name) => recordKey(name)),
  };
}

type Votes<Vote> = Map<string, (readonly [RecordKey, Vote])[]>;

function byGroup<Vote>(votes: readonly (readonly [RecordKey, Vote])[]): Votes<Vote> {
  const groups: Votes<Vote> = new Map();
  for (const vote of votes) {
    const group = groupOf(vote[0]);
    groups.set(group, [...(groups.get(group) ?? []), vote]);
  }
  return groups;
}

function taken<Vote>(votes: Votes<Vote>, name: RecordKey): readonly Vote[] {
  const own = votes.get(groupOf(name)) ?? [];
  votes.delete(groupOf(name));
  return own.map(([, vote]) => vote);
}

function groupOf({ number, owner }: RecordKey): string {
  return `${number}/${owner}`;
}
