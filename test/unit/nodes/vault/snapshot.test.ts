/**
 * Logs with a bound, snapshots for replicas to which the log no longer reaches back, and restarts.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { LOG_BYTES_MAX, VALUE_BYTES_MAX } from '../../../../nodes/vault/geometry.ts';
import type { Replica } from '../../../../nodes/vault/replica.ts';
import { decodeSnapshot, encodeSnapshot, type Snapshot } from '../../../../nodes/vault/snapshot.ts';
import {
  bytesOf,
  done,
  MODELLED,
  NOW_MS,
  replicaOf,
  secretOf,
  sync,
  textOf,
  withoutKey,
} from './replicas.ts';

/** A replica with something of each kind, some of it removed, overwritten and erased. */
function busy(logMax?: number): Replica {
  const a = replicaOf('a', logMax === undefined ? {} : { logMax });
  const b = replicaOf('b');
  for (const one of [a, b]) {
    one.put('k', bytesOf('old'), NOW_MS);
    one.put('k', bytesOf('new'), NOW_MS);
    one.put('gone', bytesOf('x'), NOW_MS);
    one.increment('n', 3, NOW_MS);
    one.increment('n', -1, NOW_MS);
    one.add('s', 'x', NOW_MS);
    one.add('s', 'y', NOW_MS);
    one.remove('s', 'x', NOW_MS);
    one.putField('m', { field: 'f', value: bytesOf('1') }, NOW_MS);
    one.putField('m', { field: 'g', value: bytesOf('2') }, NOW_MS);
    one.removeField('m', 'f', NOW_MS);
  }
  b.erase('gone', NOW_MS);
  sync(b, a);
  a.delete('k', NOW_MS);
  a.put('k', bytesOf('last'), NOW_MS);
  return a;
}

function sent(replica: Replica): Snapshot {
  const snapshot = decodeSnapshot(encodeSnapshot(replica.snapshot()));
  if (snapshot === undefined) throw new Error('not decoded');
  return snapshot;
}

function expectEqual(left: Replica, right: Replica): void {
  expect(left.digest()).toEqual(right.digest());
  expect(left.clock()).toEqual(right.clock());
  expect(left.get('k')).toEqual(right.get('k'));
  expect(left.get('gone')).toEqual(right.get('gone'));
  expect(left.fields('m')).toEqual(right.fields('m'));
}

describe('the log', () => {
  it('drops what all replicas have, and keeps the state', () => {
    const a = busy();
    const before = a.digest();
    const size = a.size;
    expect(
      a.cut(
        new Map([
          ['a', 4],
          ['b', 2],
        ]),
      ),
    ).toBe(6);
    expect(a.size).toBe(size - 6);
    expect(
      a.cut(
        new Map([
          ['a', 4],
          ['b', 1],
        ]),
      ),
    ).toBe(0);
    expect(a.digest()).toEqual(before);
    expect(
      a.itemsFor(
        new Map([
          ['a', 4],
          ['b', 2],
        ]),
        1e9,
      ),
    ).toHaveLength(size - 6);
    expect(
      a.itemsFor(
        new Map([
          ['a', 3],
          ['b', 2],
        ]),
        1e9,
      ),
    ).toBe('cut');
    expect(a.cut(a.clock())).toBe(size - 6);
    expect([...a.items()]).toEqual([]);
    expect(a.itemsFor(a.clock(), 1e9)).toEqual([]);
    // It goes on from there.
    const next = done(a.put('k', bytesOf('next'), NOW_MS));
    expect(
      a.itemsFor(
        new Map([
          ['a', 13],
          ['b', 12],
        ]),
        1e9,
      ),
    ).toEqual([next.item]);
  });

  it('has a bound, at which the oldest operations go', () => {
    const a = replicaOf('a', { logMax: 3 });
    const b = replicaOf('b');
    b.increment('n', 1, NOW_MS + 1);
    a.increment('n', 1, NOW_MS);
    sync(b, a);
    for (const later of [2, 3]) a.increment('n', 1, NOW_MS + later);
    expect(a.size).toBe(3);
    expect(a.itemsFor(new Map(), 1e9)).toBe('cut');
    // That of b was later than the first of a, although it came after it.
    expect(a.itemsFor(new Map([['a', 1]]), 1e9)).toHaveLength(3);
    for (let count = 0; count < 100; count += 1) a.increment('n', 1, NOW_MS + 4);
    expect(a.size).toBe(3);
    expect(a.count('n')).toBe(104);
  });

  it('has a bound in bytes, too', () => {
    const a = replicaOf('a', { crypto: MODELLED });
    const value = new Uint8Array(VALUE_BYTES_MAX);
    for (let count = 0; count < 70; count += 1) done(a.put('k', value, NOW_MS));
    const bytes = [...a.items()].reduce((sum, { operation }) => sum + operation.length, 0);
    expect(bytes).toBeLessThanOrEqual(LOG_BYTES_MAX);
    expect(bytes).toBeGreaterThan(LOG_BYTES_MAX - 2 * VALUE_BYTES_MAX);
    expect(a.itemsFor(new Map(), 1e9)).toBe('cut');
    // What was dropped counts no longer.
    a.cut(a.clock());
    for (let count = 0; count < 10; count += 1) done(a.put('k', value, NOW_MS));
    expect(a.size).toBe(10);
  });

  it('keeps its operations, and not the messages that brought them', () => {
    const [a, b] = [replicaOf('a'), replicaOf('b')];
    const { item } = done(a.put('k', bytesOf('v'), NOW_MS));
    const inMessage = (bytes: Uint8Array): Uint8Array => {
      const message = new Uint8Array(1_000_000);
      message.set(bytes);
      return message.subarray(0, bytes.length);
    };
    const wrappedKey = inMessage(item.wrappedKey ?? new Uint8Array());
    b.receive({ operation: inMessage(item.operation), wrappedKey }, NOW_MS);
    const c = replicaOf('c');
    c.join(
      { ...a.snapshot(), items: [{ operation: inMessage(item.operation), wrappedKey }] },
      NOW_MS,
    );
    for (const kept of [...b.items(), ...c.snapshot().items]) {
      expect(kept).toEqual(item);
      expect(kept.operation.buffer.byteLength).toBe(item.operation.length);
      expect(kept.wrappedKey?.buffer.byteLength).toBe(48);
    }
  });

  it('answers to an operation that it no longer has as to a known one', () => {
    const [a, b] = [replicaOf('a'), replicaOf('b')];
    const put = done(a.put('k', bytesOf('v'), NOW_MS));
    b.receive(withoutKey(put.item), NOW_MS);
    b.cut(b.clock());
    expect(b.receive(withoutKey(put.item), NOW_MS).outcome).toBe('known');
    expect(b.get('k')).toBe('erased');
    // Its key can still come, as the value is part of the state.
    expect(b.receive(put.item, NOW_MS).change?.entry).toBe(put.entry);
    expect(textOf(b.get('k'))).toBe('v');
  });
});

describe('a snapshot', () => {
  it('makes an empty replica equal, and one that has other operations', () => {
    const a = busy();
    a.cut(a.clock());
    const c = replicaOf('c');
    c.put('own', bytesOf('of c'), NOW_MS);
    const joined = c.join(sent(a), NOW_MS);
    expect(joined.outcome).toBe('applied');
    expect(joined.entries).toHaveLength(3);
    for (const entry of joined.entries) expect(c.keyOf(entry)).toHaveLength(48);
    sync(c, a);
    expectEqual(a, c);
    expect(textOf(c.get('k'))).toBe('last');
    expect(c.count('n')).toBe(4);
    expect(c.elements('s')).toEqual(['y']);
    // Both go on from there.
    a.put('k', bytesOf('next'), NOW_MS);
    c.add('s', 'z', NOW_MS);
    expect([...sync(a, c), ...sync(c, a)]).toEqual(['applied', 'applied']);
    expectEqual(a, c);
  });

  it('has a bound in operations: only those that the state stands on', () => {
    const a = replicaOf('a');
    for (let count = 0; count < 50; count += 1) {
      a.put('k', bytesOf(`${count}`), NOW_MS);
      a.increment('n', 1, NOW_MS);
      a.add('s', 'x', NOW_MS);
      a.remove('s', 'x', NOW_MS);
    }
    const { items, proofs } = a.snapshot();
    expect([items.length, proofs.length]).toEqual([2, 1]);
  });

  it('brings back the numbers of a replica that has lost its disk', () => {
    const [a, b] = [replicaOf('a'), replicaOf('b')];
    a.add('s', 'x', NOW_MS);
    a.add('s', 'y', NOW_MS);
    sync(a, b);
    const again = replicaOf('a');
    again.join(sent(b), NOW_MS);
    again.add('s', 'z', NOW_MS);
    expect(sync(again, b)).toEqual(['applied']);
    expect(b.elements('s')).toEqual(['x', 'y', 'z']);
  });

  it('removes what was removed, and forgets its key', () => {
    const [a, b] = [replicaOf('a'), replicaOf('b')];
    const field = done(a.putField('m', { field: 'f', value: bytesOf('1') }, NOW_MS));
    a.add('s', 'x', NOW_MS);
    sync(a, b);
    a.removeField('m', 'f', NOW_MS);
    a.remove('s', 'x', NOW_MS);
    a.cut(a.clock());
    expect(b.join(sent(a), NOW_MS)).toMatchObject({ forgotten: [field.entry] });
    expect(b.elements('s')).toEqual([]);
    expect(b.fields('m').size).toBe(0);
    expect(b.digest()).toEqual(a.digest());
  });

  it('is refused as a whole if anything in it is wrong', () => {
    const good = sent(busy());
    const [first, second] = good.items;
    if (first === undefined || second === undefined) throw new Error('two items');
    const other = replicaOf('b', { vaultId: 'twin:bob' });
    other.put('k', bytesOf('x'), NOW_MS);
    const seen = { clock: [['z', 1]] as const, cloud: [] };
    const stranger = replicaOf('c');
    const signature = first.operation.slice();
    signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
    const cases: readonly (readonly [string, Partial<Snapshot>, number?])[] = [
      ['bad-snapshot', { items: [second, first] }],
      ['bad-snapshot', { items: [first, first] }],
      ['bad-snapshot', { items: [{ ...first, operation: new Uint8Array(9) }] }],
      ['bad-snapshot', { proofs: [new Uint8Array(9)] }],
      ['bad-signature', { items: [{ ...first, operation: signature }] }],
      ['bad-signature', { proofs: [signature] }],
      ['wrong-vault', { items: [...other.items()] }],
      ['unknown-actor', { sets: new Map([['s', seen]]) }],
      ['unknown-actor', { maps: new Map([['s', seen]]) }],
      ['stamp-in-future', {}, NOW_MS - 60_001],
    ];
    const before = stranger.stateBytes();
    for (const [outcome, part, nowMs = NOW_MS] of cases) {
      const joined = stranger.join({ ...good, ...part }, nowMs);
      expect(joined).toEqual({ outcome, entries: [], forgotten: [] });
      expect(stranger.stateBytes()).toEqual(before);
      expect(stranger.clock().size).toBe(0);
    }
    expect(stranger.join(good, NOW_MS).outcome).toBe('applied');
  });

  it('is joined without the keys that do not open', () => {
    const good = sent(busy());
    const items = good.items.map((item) => ({
      ...item,
      wrappedKey: item.wrappedKey === null ? null : new Uint8Array(48),
    }));
    const c = replicaOf('c');
    expect(c.join({ ...good, items }, NOW_MS)).toMatchObject({ outcome: 'bad-key', entries: [] });
    expect(c.get('k')).toBe('erased');
    // The right ones come with the next one.
    expect(c.join(good, NOW_MS)).toMatchObject({ outcome: 'applied' });
    expect(textOf(c.get('k'))).toBe('last');
  });

  it('proves an equivocation, and is joined without the actor that has forked', () => {
    const [a, twin, b] = [replicaOf('a'), replicaOf('a'), replicaOf('b')];
    for (const [one, text] of [
      [a, '1'],
      [twin, '2'],
    ] as const) {
      one.put('k', bytesOf(text), NOW_MS);
      one.add('s', text, NOW_MS);
    }
    const c = replicaOf('c');
    c.put('other', bytesOf('of c'), NOW_MS);
    c.add('s', 'of c', NOW_MS);
    sync(c, twin);
    sync(a, b);
    // Also if the log of neither has what it has signed twice.
    for (const one of [twin, b]) one.cut(one.clock());
    expect(b.join(sent(twin), NOW_MS)).toMatchObject({ outcome: 'applied', entries: ['c/1'] });
    expect(b.equivocations().map(({ actor }) => actor)).toEqual(['a']);
    expect(textOf(b.get('k'))).toBe('1');
    expect(textOf(b.get('other'))).toBe('of c');
    expect(b.elements('s')).toEqual(['1', 'of c']);
    expect(b.clock()).toEqual(
      new Map([
        ['a', 2],
        ['c', 2],
      ]),
    );
    // Its own snapshot is one that others can read.
    expect(replicaOf('c').join(sent(b), NOW_MS).outcome).toBe('applied');
  });

  it('always fits into a message: a state that is too long is refused', () => {
    const a = replicaOf('a', { crypto: MODELLED });
    const value = new Uint8Array(VALUE_BYTES_MAX);
    let count = 0;
    while (a.put(`k${count}`, value, NOW_MS) !== 'state-full') count += 1;
    expect(count).toBe(45);
    expect(a.putField('m', { field: 'f', value }, NOW_MS)).toBe('state-full');
    const [b, c] = [replicaOf('b', { crypto: MODELLED }), replicaOf('c', { crypto: MODELLED })];
    expect(b.join(sent(a), NOW_MS).outcome).toBe('applied');
    // What others write there is refused as well, one by one and as a whole.
    const item = done(c.putField('m', { field: 'f', value }, NOW_MS)).item;
    expect(b.receive(item, NOW_MS).outcome).toBe('state-full');
    for (let more = 1; more < 20; more += 1) done(c.put(`of c ${more}`, value, NOW_MS));
    expect(b.join(sent(c), NOW_MS)).toEqual({ outcome: 'state-full', entries: [], forgotten: [] });
    expect(b.join(sent(a), NOW_MS).outcome).toBe('applied');
    // What is overwritten takes no room, and an erasure makes some.
    const again = replicaOf('c', { crypto: MODELLED });
    for (let at = 0; at < count; at += 1) done(again.put(`k${at}`, value, NOW_MS + 1));
    expect(b.join(sent(again), NOW_MS).outcome).toBe('applied');
    for (const key of ['k0', 'k1', 'k2', 'k3']) done(b.erase(key, NOW_MS));
    done(b.putField('m', { field: 'f', value }, NOW_MS));
    expect(sent(b).items).toHaveLength(count - 3);
  });

  it('is decoded only in its canonical form', () => {
    const bytes = encodeSnapshot(busy().snapshot());
    expect(encodeSnapshot(decodeSnapshot(bytes) ?? replicaOf('a').snapshot())).toEqual(bytes);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(decodeSnapshot(bytes.subarray(0, length))).toBeUndefined();
    }
    expect(decodeSnapshot(Uint8Array.from([...bytes, 0]))).toBeUndefined();
    expect(decodeSnapshot(new Uint8Array(67_108_865))).toBeUndefined();
  });
});

describe('a restart', () => {
  it('goes on where it stopped, from the log alone', () => {
    const a = busy();
    const again = replicaOf('a');
    for (const item of a.items()) expect(again.restore(item)).toBe(true);
    expectEqual(a, again);
    // The next stamp is later than those before the restart, although the clock is behind.
    again.put('k', bytesOf('next'), NOW_MS - 1_000_000);
    expect(textOf(again.get('k'))).toBe('next');
    expect(sync(again, a)).toEqual(['applied']);
    expectEqual(a, again);
  });

  it('goes on from a snapshot and the log after it, whatever the clock says', () => {
    const a = busy();
    const disk = sent(a);
    const keys = disk.items.map(({ wrappedKey }) => wrappedKey);
    const next = done(a.put('k', bytesOf('next'), NOW_MS));
    const again = replicaOf('a');
    const items = disk.items.map((item, index) => ({ ...item, wrappedKey: keys[index] ?? null }));
    expect(again.restoreSnapshot({ ...disk, items })).toBe(true);
    expect(again.restore(next.item)).toBe(true);
    expectEqual(a, again);
    expect(again.size).toBe(1);
  });

  it('refuses what does not fit', () => {
    const a = busy();
    const [first, second] = [...a.items()];
    if (first === undefined || second === undefined) throw new Error('two items');
    const again = replicaOf('a');
    expect(again.restore(second)).toBe(false);
    expect(again.restore({ ...first, operation: new Uint8Array(3) })).toBe(false);
    expect(again.restore(first)).toBe(true);
    expect(again.restore(first)).toBe(false);
    const stranger = replicaOf('a', { vaultId: 'twin:bob' });
    expect(stranger.restore(first)).toBe(false);
    expect(stranger.restoreSnapshot(a.snapshot())).toBe(false);
    const twin = replicaOf('a');
    twin.put('k', bytesOf('another'), NOW_MS);
    const [, , third] = [...a.items()];
    if (third === undefined) throw new Error('three items');
    expect(twin.restore(second)).toBe(false);
    again.wipe();
    expect(() => again.put('k', secretOf('a'), NOW_MS)).toThrow(RangeError);
  });
});
