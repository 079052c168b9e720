/**
 * Erasure: what is left of a value when its key is gone.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import type { Change, Item } from '../../../../nodes/vault/changes.ts';
import type { Replica } from '../../../../nodes/vault/replica.ts';
import { encodeSnapshot } from '../../../../nodes/vault/snapshot.ts';
import { bytesOf, done, NOW_MS, replicaOf, setupOf, sync, textOf, withoutKey } from './replicas.ts';

const SECRET = 'a plaintext that is long enough to be found';

/** A replica and the random bytes that it has drawn. */
function recorded(actor: string): { readonly replica: Replica; readonly drawn: string[] } {
  const { randomBytes } = setupOf(actor);
  const drawn: string[] = [];
  const replica = replicaOf(actor, {
    randomBytes: (count) => {
      const bytes = randomBytes(count);
      drawn.push(toHex(bytes));
      return bytes;
    },
  });
  return { replica, drawn };
}

/** All bytes that a replica gives out to be stored or sent. */
function storedBy(replica: Replica): string {
  const items = [...replica.items()].map(({ operation, wrappedKey }) =>
    [operation, wrappedKey ?? new Uint8Array()].map(toHex).join('-'),
  );
  return [...items, toHex(encodeSnapshot(replica.snapshot())), toHex(replica.stateBytes())].join(
    '-',
  );
}

function syncAll(replicas: readonly Replica[], nowMs: number): void {
  for (const from of replicas) for (const to of replicas) if (from !== to) sync(from, to, nowMs);
}

describe('an erasure', () => {
  it('leaves neither value nor key in anything that any replica stores (R-154)', () => {
    const { replica: a, drawn } = recorded('a');
    const [b, c] = [replicaOf('b'), replicaOf('c')];
    const all = [a, b, c];
    const put = done(a.put('k', bytesOf(SECRET), NOW_MS));
    const field = done(a.putField('k', { field: 'f', value: bytesOf(SECRET) }, NOW_MS));
    syncAll(all, NOW_MS);
    const wrapped = [put, field].map(({ item }) => toHex(item.wrappedKey ?? new Uint8Array()));
    for (const replica of all) {
      expect(textOf(replica.get('k'))).toBe(SECRET);
      for (const key of wrapped) expect(storedBy(replica)).toContain(key);
    }
    const erased = done(b.erase('k', NOW_MS));
    expect([...erased.forgotten].sort()).toEqual([put.entry, field.entry].sort());
    syncAll(all, NOW_MS);
    expect(drawn.map((one) => one.length)).toEqual([64, 32, 64, 32]);
    const dataKeys = drawn.filter((one) => one.length === 64);
    for (const replica of all) {
      const stored = storedBy(replica);
      for (const secret of [...dataKeys, ...wrapped, toHex(bytesOf(SECRET))]) {
        expect(stored).not.toContain(secret);
      }
      expect(replica.get('k')).toBe('erased');
      expect(replica.fields('k').size).toBe(0);
      expect(replica.hasErased('k')).toBe(true);
      expect(replica.keyOf(put.entry ?? '')).toBeUndefined();
    }
  });

  it('wins over each write that has not seen it, also over those with later stamps', () => {
    const [a, b, c] = [replicaOf('a'), replicaOf('b'), replicaOf('c')];
    a.put('k', bytesOf('old'), NOW_MS);
    syncAll([a, b, c], NOW_MS);
    a.erase('k', NOW_MS);
    const later = done(c.put('k', bytesOf('of a partition'), NOW_MS + 50_000));
    const field = done(c.putField('k', { field: 'f', value: bytesOf('too') }, NOW_MS + 50_000));
    sync(c, b, NOW_MS);
    expect(textOf(b.get('k'))).toBe('of a partition');
    syncAll([a, b, c], NOW_MS);
    for (const replica of [a, b, c]) {
      expect(replica.get('k')).toBe('erased');
      expect(replica.fields('k').size).toBe(0);
      expect(replica.keyOf(later.entry ?? '')).toBeUndefined();
      expect(replica.keyOf(field.entry ?? '')).toBeUndefined();
      expect(replica.digest()).toEqual(a.digest());
    }
  });

  it('does not hide what is written after it', () => {
    const [a, b] = [replicaOf('a'), replicaOf('b')];
    a.put('k', bytesOf('old'), NOW_MS);
    a.erase('k', NOW_MS + 50_000);
    sync(a, b);
    b.put('k', bytesOf('new'), NOW_MS);
    b.putField('k', { field: 'f', value: bytesOf('field') }, NOW_MS);
    sync(b, a);
    for (const replica of [a, b]) {
      expect(textOf(replica.get('k'))).toBe('new');
      expect(textOf(replica.fields('k').get('f') ?? null)).toBe('field');
      expect(replica.hasErased('k')).toBe(true);
    }
    // A second erasure takes the new value with it.
    a.erase('k', NOW_MS);
    sync(a, b);
    expect(b.get('k')).toBe('erased');
  });

  it('is for all writes if two of them were concurrent', () => {
    const [a, b] = [replicaOf('a'), replicaOf('b')];
    a.erase('k', NOW_MS);
    a.put('k', bytesOf('of a'), NOW_MS + 10);
    b.erase('k', NOW_MS + 5);
    b.put('k', bytesOf('of b'), NOW_MS + 20);
    syncAll([a, b], NOW_MS + 30);
    expect([a.get('k'), b.get('k')]).toEqual(['erased', 'erased']);
    expect(a.digest()).toEqual(b.digest());
  });

  it('takes no key again, of whatever late copy', () => {
    const [a, b] = [replicaOf('a'), replicaOf('b')];
    const put = done(a.put('k', bytesOf(SECRET), NOW_MS));
    b.receive(put.item, NOW_MS);
    const old = b.snapshot();
    const erased = done(a.erase('k', NOW_MS));
    expect(b.receive(erased.item, NOW_MS).change?.forgotten).toEqual([put.entry]);
    expect(b.receive(put.item, NOW_MS)).toMatchObject({ outcome: 'known' });
    expect(b.receive(put.item, NOW_MS).change).toBeUndefined();
    expect(b.join(old, NOW_MS)).toEqual({ outcome: 'applied', entries: [], forgotten: [] });
    expect(b.get('k')).toBe('erased');
    // Nor if the erasure was here first.
    const c = replicaOf('c');
    c.join(b.snapshot(), NOW_MS);
    expect(c.receive(put.item, NOW_MS).outcome).toBe('known');
    c.join(old, NOW_MS);
    expect(storedBy(c)).not.toContain(toHex(put.item.wrappedKey ?? new Uint8Array()));
    expect(c.get('k')).toBe('erased');
  });
});

describe('a key that is not kept', () => {
  it('is that of a value which was overwritten, deleted or removed', () => {
    const a = replicaOf('a');
    const first = done(a.put('k', bytesOf('1'), NOW_MS));
    const second = done(a.put('k', bytesOf('2'), NOW_MS));
    expect([first.entry, second.forgotten]).toEqual([second.forgotten[0], [first.entry]]);
    expect(done(a.delete('k', NOW_MS)).forgotten).toEqual([second.entry]);
    const field = done(a.putField('m', { field: 'f', value: bytesOf('1') }, NOW_MS));
    const again = done(a.putField('m', { field: 'f', value: bytesOf('2') }, NOW_MS));
    expect(again.forgotten).toEqual([field.entry]);
    expect(done(a.removeField('m', 'f', NOW_MS)).forgotten).toEqual([again.entry]);
    for (const { wrappedKey } of a.items()) expect(wrappedKey).toBeNull();
  });

  it('is that of a write which has lost when it comes', () => {
    const [a, b] = [replicaOf('a'), replicaOf('b')];
    const old = done(a.put('k', bytesOf('old'), NOW_MS));
    b.put('k', bytesOf('new'), NOW_MS + 1);
    const received = b.receive(old.item, NOW_MS);
    expect(received).toMatchObject({ outcome: 'applied', change: { entry: null, forgotten: [] } });
    expect(received.change?.item.wrappedKey).toBeNull();
    expect(textOf(b.get('k'))).toBe('new');
  });

  it.each([0, 1, 2])('makes value %i read as erased, and never as garbage', (lost) => {
    const a = replicaOf('a');
    const changes: readonly Change[] = [
      done(a.put('k', bytesOf('1'), NOW_MS)),
      done(a.putField('m', { field: 'f', value: bytesOf('2') }, NOW_MS)),
      done(a.put('l', bytesOf('3'), NOW_MS)),
    ];
    const items = changes.map(({ item }) => item);
    const damaged = (item: Item): Item => ({ ...item, wrappedKey: new Uint8Array(48).fill(7) });
    for (const lose of [withoutKey, damaged]) {
      const b = replicaOf('b');
      const stored = items.map((item, index) => (index === lost ? lose(item) : item));
      expect(stored.map((item) => b.restore(item))).toEqual([true, true, true]);
      expect(b.get('k') === 'erased').toBe(lost === 0);
      expect(b.fields('m')).toEqual(new Map([['f', lost === 1 ? null : bytesOf('2')]]));
      expect(b.get('l') === 'erased').toBe(lost === 2);
      expect(b.stateBytes()).toEqual(a.stateBytes());
      // A copy of another replica brings it back, since nobody has erased it.
      for (const item of items) b.receive(item, NOW_MS);
      expect([b.get('k'), b.fields('m').get('f'), b.get('l')]).toEqual(
        ['1', '2', '3'].map(bytesOf),
      );
    }
  });
});
