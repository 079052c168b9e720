/**
 * The subjects of `npm run bench -- vault` make and merge the same writes.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { automerge } from '../../../bench/peers/automerge.ts';
import { hashOfValues, type ReplicationSubject } from '../../../bench/peers/replicated.ts';
import { yjs } from '../../../bench/peers/yjs.ts';
import { DifferingLogs, vault } from '../../../bench/workloads/vault-replicas.ts';
import {
  ACTORS,
  KEYS,
  type VaultWrite,
  vaultWrites,
  WRITES,
} from '../../../bench/workloads/vault-writes.ts';

const FEW = 60;
const SUBJECTS: readonly ReplicationSubject[] = [
  vault('whole'),
  vault('unsigned'),
  vault('bare'),
  automerge,
  yjs,
];
const named = SUBJECTS.map((subject): [string, ReplicationSubject] => [subject.name, subject]);

describe('the writes', () => {
  it('are 10,000 of 32 B to 1,000 keys by three actors, the same each time', () => {
    const writes = vaultWrites();
    expect(writes).toHaveLength(WRITES);
    expect(new Set(writes.map(({ key }) => key)).size).toBe(KEYS);
    expect(new Set(writes.map(({ actor }) => actor)).size).toBe(ACTORS);
    expect(new Set(writes.map(({ value }) => value.length))).toEqual(new Set([32]));
    expect(vaultWrites()).toEqual(writes);
    expect([WRITES, KEYS, ACTORS]).toEqual([10_000, 1_000, 3]);
  });
});

describe.each(named)('%s', (_, subject) => {
  const writes = vaultWrites().slice(0, FEW);

  it('has all values after a merge, in any order, at once and one by one', () => {
    const written = subject.write(writes);
    const expected = hashOfValues(new Map(writes.map(({ key, value }) => [key, value])));
    expect(hashOfValues(written.merge('as written').values)).toBe(expected);
    expect(hashOfValues(written.merge('last actor first').values)).toBe(expected);
    const each = written.mergeEach?.() ?? written.merge('as written');
    expect(hashOfValues(each.values)).toBe(expected);
    expect(written.sentBytes).toBeGreaterThan(FEW * 32);
  });

  it('has the last value that an actor has written to a key', () => {
    const twice = writes.slice(0, 3).flatMap((one): readonly VaultWrite[] => {
      return [{ ...one, value: new Uint8Array(32) }, one];
    });
    const { values } = subject.write(twice).merge('as written');
    expect(hashOfValues(values)).toBe(
      hashOfValues(new Map(twice.map(({ key, value }) => [key, value]))),
    );
  });
});

describe('logs that differ', () => {
  it('are equal after the merge, whose time is of what was missing', () => {
    const logs = new DifferingLogs('unsigned', vaultWrites().slice(0, FEW));
    for (const lacking of [0, 1, FEW]) expect(logs.mergeUs(lacking)).toBeGreaterThanOrEqual(0);
  });
});
