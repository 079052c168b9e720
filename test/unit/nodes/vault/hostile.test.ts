/**
 * What a hostile replica can send: nothing forged is applied, and everything that is kept has a bound.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { equalBytes, toHex } from '../../../../nodes/_kit/bytes.ts';
import type { Item } from '../../../../nodes/vault/changes.ts';
import { CoseSigner } from '../../../../nodes/vault/cose-sign1.ts';
import type { Stamp } from '../../../../nodes/vault/crdt/stamp.ts';
import { VAULT_DROP_REASONS } from '../../../../nodes/vault/drop-reasons.ts';
import { EntryKeys, encodeSealed } from '../../../../nodes/vault/entry-keys.ts';
import { COVERED_MAX, JOINED_STATE_MAX, STATE_MAX } from '../../../../nodes/vault/geometry.ts';
import { encodeOperation } from '../../../../nodes/vault/operation.ts';
import type { DotName, OperationBody } from '../../../../nodes/vault/operation-body.ts';
import type { Replica } from '../../../../nodes/vault/replica.ts';
import { OPERATION_AAD } from '../../../../nodes/vault/signed-operation.ts';
import type { Snapshot } from '../../../../nodes/vault/snapshot.ts';
import { mutate } from '../../../property/mutate.ts';
import {
  bytesOf,
  done,
  MODELLED,
  NOW_MS,
  replicaOf,
  secretOf,
  setupOf,
  textOf,
  VAULT,
} from './replicas.ts';

const TAMPERINGS = 10_000;
const NAMES: readonly string[] = Object.keys(VAULT_DROP_REASONS);

/** Sends signed operations with these bodies. */
class Attacker {
  readonly #signer = new CoseSigner(secretOf('a'), OPERATION_AAD, MODELLED);
  #sequence = 0;
  #previousHash = new Uint8Array(32);

  next(body: OperationBody, key: string, wrappedKey: Uint8Array | null = null): Item {
    this.#sequence += 1;
    const stamp: Stamp = [NOW_MS, this.#sequence, 'a'];
    const place = { vaultId: VAULT, actor: 'a', sequence: this.#sequence };
    const payload = encodeOperation({
      ...place,
      stamp,
      key,
      body,
      previousHash: this.#previousHash,
    });
    this.#previousHash = Uint8Array.from(MODELLED.sha256(payload));
    return { operation: this.#signer.sign(payload), wrappedKey };
  }
}

/** Some operations of each kind. */
function genuineItems(): readonly Item[] {
  const a = replicaOf('a', { crypto: MODELLED });
  return [
    a.put('k', bytesOf('v'), NOW_MS),
    a.increment('n', 1, NOW_MS),
    a.add('s', 'x', NOW_MS),
    a.putField('m', { field: 'f', value: bytesOf('v') }, NOW_MS),
    a.remove('s', 'x', NOW_MS),
    a.removeField('m', 'f', NOW_MS),
    a.erase('k', NOW_MS),
  ].map((change) => done(change).item);
}

describe(`${TAMPERINGS} random tamperings with operations`, () => {
  it('lead to named drops and no change of the state', () => {
    const items = genuineItems();
    const b = replicaOf('b', { crypto: MODELLED });
    const seen = new Set<string>();
    for (const item of items) {
      const before = toHex(b.stateBytes());
      for (let seed = 0; seed < TAMPERINGS / items.length; seed += 1) {
        const random = openRandomStream(seed, 'vault', 'tampering');
        const operation = mutate(item.operation, random, { header: 90 });
        if (equalBytes(operation, item.operation)) continue;
        const { outcome } = b.receive({ ...item, operation }, NOW_MS);
        seen.add(outcome);
        if (outcome === 'applied') expect.fail(`seed ${seed}: a forged operation was applied`);
        expect([...NAMES, 'gap']).toContain(outcome);
      }
      expect(toHex(b.stateBytes())).toBe(before);
      expect(b.receive(item, NOW_MS).outcome).toBe('applied');
    }
    expect([...seen].sort()).toEqual([
      'bad-signature',
      'gap',
      'malformed',
      'unknown-actor',
      'wrong-vault',
    ]);
    expect(b.equivocations()).toEqual([]);
  });
});

/** Marks of dots that nobody has made, none next to another one. */
function marksOf(round: number): readonly DotName[] {
  return Array.from(
    { length: COVERED_MAX },
    (_, index): DotName => ['c', 2 * (round * COVERED_MAX + index) + 2],
  );
}

describe('the state', () => {
  it('has a bound, whatever an actor of the vault signs; what is there can be erased all the same', () => {
    const b = replicaOf('b', { crypto: MODELLED, logMax: 10 });
    done(b.put('mine', bytesOf('v'), NOW_MS));
    const attacker = new Attacker();
    const outcomes: string[] = [];
    while (outcomes.at(-1) !== 'state-full') {
      const covered = marksOf(outcomes.length);
      const body = { kind: 'remove', element: 'x', covered } as const;
      outcomes.push(b.receive(attacker.next(body, 's'), NOW_MS).outcome);
      expect(outcomes.length).toBeLessThan((2 * STATE_MAX) / COVERED_MAX + 2);
    }
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(outcomes.length - 1);
    expect(b.put('more', bytesOf('v'), NOW_MS)).toBe('state-full');
    expect(b.size).toBeLessThanOrEqual(10);
  });

  it('refuses more keys before its reserve is used, so that an erasure finds room', () => {
    const b = replicaOf('b', { crypto: MODELLED, logMax: 10 });
    done(b.put('mine', bytesOf('v'), NOW_MS));
    const attacker = new Attacker();
    let count = 0;
    const add = (element: string): string => {
      const covered = marksOf(count);
      const body = { kind: 'add', element, count: 1, covered } as const;
      return b.receive(attacker.next(body, element), NOW_MS).outcome;
    };
    while (add(`s${count}`) === 'applied') count += 1;
    expect(count).toBeLessThan(STATE_MAX / COVERED_MAX);
    const puts = Array.from({ length: COVERED_MAX + 10 }, (_, index) =>
      b.put(`more-${index}`, bytesOf('v'), NOW_MS),
    );
    expect(puts.at(-1)).toBe('state-full');
    expect(done(b.erase('mine', NOW_MS)).forgotten).toHaveLength(1);
    expect(b.get('mine')).toBe('erased');
  });

  it('takes from snapshots what leaves room for erasures', () => {
    const b = replicaOf('b', { crypto: MODELLED, logMax: 10 });
    done(b.put('mine', bytesOf('v'), NOW_MS));
    const withMarks = (count: number): Snapshot => {
      const cloud = Array.from({ length: count }, (_, index): DotName => ['a', 2 * index + 2]);
      return {
        items: [],
        proofs: [],
        sets: new Map([['s', { clock: [], cloud }]]),
        maps: new Map(),
      };
    };
    expect(b.join(withMarks(JOINED_STATE_MAX), NOW_MS).outcome).toBe('state-full');
    expect(typeof b.put('more', bytesOf('v'), NOW_MS)).toBe('object');
    expect(b.join(withMarks(JOINED_STATE_MAX - 10), NOW_MS).outcome).toBe('applied');
    // What is known takes no room again.
    expect(b.join(withMarks(JOINED_STATE_MAX - 10), NOW_MS).outcome).toBe('applied');
    expect(b.put('most', bytesOf('v'), NOW_MS)).toBe('state-full');
    expect(done(b.erase('mine', NOW_MS)).forgotten).toHaveLength(1);
  });

  it('takes no number from an actor that would leave the safe integers', () => {
    const b = replicaOf('b', { crypto: MODELLED });
    const attacker = new Attacker();
    const covered = [['b', Number.MAX_SAFE_INTEGER]] as const;
    const remove = { kind: 'remove', element: 'x', covered } as const;
    expect(b.receive(attacker.next(remove, 's'), NOW_MS).outcome).toBe('applied');
    // One removal used up the numbers of an actor: it could never add to the set again.
    done(b.add('s', 'x', NOW_MS));
    expect(b.elements('s')).toEqual(['x']);
    const sets = new Map([['s', { clock: covered, cloud: [] }]]);
    expect(b.join({ items: [], proofs: [], sets, maps: new Map() }, NOW_MS).outcome).toBe(
      'applied',
    );
    expect(b.add('s', 'x', NOW_MS)).toBe('counter-full');
    expect(typeof b.add('t', 'x', NOW_MS)).toBe('object');
  });
});

describe('the keys that are kept', () => {
  it('are those of the state also if an actor writes a field with the same dot again and again', () => {
    const b = replicaOf('b', { crypto: MODELLED, logMax: 10 });
    const attacker = new Attacker();
    const kept: string[] = [];
    for (let count = 0; count < 300; count += 1) {
      const { value, wrappedKey } = sealedField(count);
      const dot = { element: 'f', count: 1, covered: [], erasures: [] };
      const item = attacker.next({ kind: 'write-field', ...dot, value }, 'm', wrappedKey);
      const { change } = b.receive(item, NOW_MS);
      expect(change?.item.operation).toEqual(item.operation);
      if (change?.entry !== null) kept.push(change?.entry ?? '');
    }
    expect(kept).toEqual(['a/1']);
    expect(textOf(b.fields('m').get('f') ?? null)).toBe('0');
    // Another copy of what is here is no reason to forget its key.
    expect(b.join(b.snapshot(), NOW_MS)).toMatchObject({ outcome: 'applied', forgotten: [] });
    expect(b.keyOf('a/1')).toHaveLength(48);
    expect(done(b.erase('m', NOW_MS)).forgotten).toEqual(kept);
    expect(b.keyOf('a/1')).toBeUndefined();
  });
});

/** The field f of the map m as the operation after `count` others brings it, and its key. */
function sealedField(count: number): {
  readonly value: Uint8Array;
  readonly wrappedKey: Uint8Array;
} {
  const place = { vaultId: VAULT, key: 'm', field: 'f', version: count + 1 };
  const secrets = {
    dataKey: new Uint8Array(32).fill(count),
    entryId: MODELLED.sha256(bytesOf(`entry ${count}`)).slice(0, 16),
  };
  const entry = new EntryKeys(setupOf('b').vaultKey, MODELLED).seal(
    bytesOf(`${count}`),
    place,
    secrets,
  );
  return { value: encodeSealed(entry), wrappedKey: entry.wrappedKey };
}

describe('the cost', () => {
  it('of a merge follows from the difference of two logs of 10,000 operations, and not from their length', () => {
    const steps = { hashes: 0 };
    const counting = {
      ...MODELLED,
      sha256: (data: Uint8Array): Uint8Array => {
        steps.hashes += 1;
        return MODELLED.sha256(data);
      },
    };
    const a = replicaOf('a', { crypto: MODELLED });
    const b = replicaOf('b', { crypto: counting });
    const c = replicaOf('c', { crypto: MODELLED });
    for (let count = 0; count < 5_000; count += 1) {
      a.put(`k${count % 500}`, bytesOf('v'), NOW_MS);
      c.add(`s${count % 50}`, `${count % 7}`, NOW_MS);
    }
    deliver(a, b);
    deliver(c, b);
    deliver(c, a);
    expect([a.size, b.size]).toEqual([10_000, 10_000]);
    const costOf = (count: number): number => {
      for (let index = 0; index < count; index += 1) a.increment('n', 1, NOW_MS);
      steps.hashes = 0;
      expect(deliver(a, b)).toBe(count);
      return steps.hashes;
    };
    expect([costOf(0), costOf(10), costOf(1_000)]).toEqual([0, 10, 1_000]);
    const fresh = replicaOf('b', { crypto: MODELLED });
    const started = process.cpuUsage();
    deliver(a, fresh);
    const { user, system } = process.cpuUsage(started);
    expect(fresh.digest()).toEqual(b.digest());
    process.stdout.write(
      `vault: 11,010 operations received in ${Math.round((user + system) / 1_000)} ms of CPU time, signatures modelled\n`,
    );
  });
});

/** Gives one replica what it lacks. @returns the number of operations. */
function deliver(from: Replica, to: Replica): number {
  const items = from.itemsFor(to.clock(), Number.POSITIVE_INFINITY);
  if (items === 'cut') throw new Error('the log was cut');
  for (const item of items) to.receive(item, NOW_MS);
  return items.length;
}
