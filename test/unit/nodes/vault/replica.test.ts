/**
 * What a replica does with requests of its own application, and with operations of others.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { CborWriter } from '../../../../engine/pure/cbor-writer.ts';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { CoseSigner, coseToBeSigned } from '../../../../nodes/vault/cose-sign1.ts';
import { KEY_BYTES_MAX, VALUE_BYTES_MAX } from '../../../../nodes/vault/geometry.ts';
import {
  decodeOperation,
  encodeOperation,
  entryOfOperation,
  type Operation,
} from '../../../../nodes/vault/operation.ts';
import { Replica } from '../../../../nodes/vault/replica.ts';
import { decodeSigned, OPERATION_AAD } from '../../../../nodes/vault/signed-operation.ts';
import {
  bytesOf,
  CRYPTO,
  done,
  NOW_MS,
  replicaOf,
  secretOf,
  setupOf,
  sync,
  textOf,
  withoutKey,
} from './replicas.ts';

const YEAR_9999_MS = 253_370_764_800_000;

/** Signs a changed operation as an actor. */
function signedAs(
  actor: string,
  operation: Operation,
  aad: Uint8Array = OPERATION_AAD,
): Uint8Array {
  return new CoseSigner(secretOf(actor), aad, CRYPTO).sign(encodeOperation(operation));
}

function operationIn(signed: Uint8Array): Operation {
  const opened = decodeSigned(signed);
  if (opened === undefined) throw new Error('malformed');
  return opened.operation;
}

/** The value of an operation, written by another actor to another register. */
function copyOf(operation: Operation, key: string): Uint8Array {
  return signedAs('c', { ...operation, actor: 'c', key, stamp: [NOW_MS, 0, 'c'] });
}

function pair(): readonly [Replica, Replica] {
  return [replicaOf('a'), replicaOf('b')];
}

describe('a replica', () => {
  it('reads what it and others have written, of each type', () => {
    const [a, b] = pair();
    a.put('name', bytesOf('Alice'), NOW_MS);
    a.increment('n', 5, NOW_MS);
    b.increment('n', -2, NOW_MS);
    a.add('tags', 'x', NOW_MS);
    b.add('tags', 'y', NOW_MS);
    a.putField('card', { field: 'mail', value: bytesOf('a@x') }, NOW_MS);
    b.putField('card', { field: 'phone', value: bytesOf('1') }, NOW_MS);
    sync(a, b);
    sync(b, a);
    for (const one of [a, b]) {
      expect(textOf(one.get('name'))).toBe('Alice');
      expect(one.count('n')).toBe(3);
      expect(one.elements('tags')).toEqual(['x', 'y']);
      expect([...one.fields('card')].map(([field, value]) => [field, textOf(value)])).toEqual([
        ['mail', 'a@x'],
        ['phone', '1'],
      ]);
    }
    expect(a.digest()).toEqual(b.digest());
    expect(a.digest()).toEqual(CRYPTO.sha256(b.stateBytes()));
    a.delete('name', NOW_MS);
    a.remove('tags', 'y', NOW_MS);
    a.removeField('card', 'mail', NOW_MS);
    sync(a, b);
    expect(b.get('name')).toBeNull();
    expect(b.get('nothing')).toBeNull();
    expect(b.elements('tags')).toEqual(['x']);
    expect([...b.fields('card').keys()]).toEqual(['phone']);
  });

  it('keeps an addition, and the write of a field, that a removal has not seen', () => {
    const [a, b] = pair();
    a.add('s', 'x', NOW_MS);
    a.putField('m', { field: 'f', value: bytesOf('old') }, NOW_MS);
    sync(a, b);
    a.remove('s', 'x', NOW_MS + 10);
    a.removeField('m', 'f', NOW_MS + 10);
    b.add('s', 'x', NOW_MS + 1);
    b.putField('m', { field: 'f', value: bytesOf('new') }, NOW_MS + 1);
    sync(a, b, NOW_MS + 20);
    sync(b, a, NOW_MS + 20);
    for (const one of [a, b]) {
      expect(one.elements('s')).toEqual(['x']);
      expect(textOf(one.fields('m').get('f') ?? null)).toBe('new');
    }
    expect(a.stateBytes()).toEqual(b.stateBytes());
  });

  it('can read the write of a field that was hidden by a concurrent one which was removed', () => {
    const [a, b] = pair();
    a.putField('m', { field: 'f', value: bytesOf('less') }, NOW_MS);
    const more = done(b.putField('m', { field: 'f', value: bytesOf('more') }, NOW_MS + 1));
    const removal = done(b.removeField('m', 'f', NOW_MS + 2));
    a.receive(more.item, NOW_MS);
    expect(textOf(a.fields('m').get('f') ?? null)).toBe('more');
    a.receive(removal.item, NOW_MS);
    expect(textOf(a.fields('m').get('f') ?? null)).toBe('less');
  });

  it('wins by its stamp, also when its physical clock is behind', () => {
    const [a, b] = pair();
    a.put('k', bytesOf('first'), NOW_MS + 30_000);
    sync(a, b);
    b.put('k', bytesOf('second'), NOW_MS);
    sync(b, a);
    expect(textOf(a.get('k'))).toBe('second');
    expect(textOf(b.get('k'))).toBe('second');
  });

  it('loses no operation of the same millisecond', () => {
    const [a, b] = pair();
    for (let count = 0; count < 10; count += 1) a.increment('n', 1, NOW_MS);
    sync(a, b);
    expect(b.count('n')).toBe(10);
    const defective = replicaOf('b', { behaviour: { dedupesByMillisecond: true } });
    a.put('k', bytesOf('first'), NOW_MS + 1);
    a.put('l', bytesOf('second'), NOW_MS + 1);
    sync(a, defective);
    expect(defective.count('n')).toBe(1);
  });

  it('refuses what it cannot encode, by name', () => {
    const a = replicaOf('a');
    const value = bytesOf('v');
    const longest = 'k'.repeat(KEY_BYTES_MAX);
    expect(a.put('', value, NOW_MS)).toBe('invalid');
    expect(a.put(`${longest}k`, value, NOW_MS)).toBe('invalid');
    expect(a.put('ü'.repeat(KEY_BYTES_MAX / 2 + 1), value, NOW_MS)).toBe('invalid');
    expect(a.put('\ud800', value, NOW_MS)).toBe('invalid');
    expect(a.put('k', new Uint8Array(VALUE_BYTES_MAX + 1), NOW_MS)).toBe('invalid');
    expect(a.add('k', '', NOW_MS)).toBe('invalid');
    expect(a.putField('k', { field: '\udfff', value }, NOW_MS)).toBe('invalid');
    for (const by of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(a.increment('n', by, NOW_MS)).toBe('invalid');
    }
    expect(a.increment('n', 2 ** 50, NOW_MS)).toBe('counter-full');
    expect(a.clock().size).toBe(0);
    const b = replicaOf('b');
    done(a.put(longest, new Uint8Array(VALUE_BYTES_MAX), NOW_MS));
    expect(sync(a, b)).toEqual(['applied']);
    expect(b.get(longest)).toHaveLength(VALUE_BYTES_MAX);
  });

  it('is not made for an actor that is not in the list, or has another key there', () => {
    expect(() => replicaOf('z')).toThrow(RangeError);
    expect(() => new Replica({ ...setupOf('a'), secretKey: secretOf('b') })).toThrow(RangeError);
  });

  it('encrypts each value under a key of its own (R-154)', () => {
    const sealed = (replica: Replica): readonly string[] =>
      [1, 2].map((version) => {
        const change = done(replica.put(`k${version}`, new Uint8Array(32), NOW_MS));
        const { body } = operationIn(change.item.operation);
        return body.kind === 'write' && body.value !== null
          ? toHex(body.value.slice(-48, -16))
          : '';
      });
    const [first, second] = sealed(replicaOf('a'));
    expect(first).not.toBe(second);
    const [one, other] = sealed(replicaOf('a', { behaviour: { oneNonce: true } }));
    expect(one).toBe(other);
  });

  it('needs nothing but a clock to find that it has nothing to send', () => {
    const [a, b] = pair();
    a.put('k', bytesOf('v'), NOW_MS);
    sync(a, b);
    expect(a.clock()).toEqual(new Map([['a', 1]]));
    expect(a.itemsFor(b.clock(), 1_000)).toEqual([]);
  });

  it('sends what fits, and one operation at least', () => {
    const a = replicaOf('a');
    const changes = [1, 2, 3].map((n) => done(a.put(`k${n}`, bytesOf('v'), NOW_MS)));
    const bytes = changes.map(({ item }) => item.operation.length + 48);
    const most = (bytes[0] ?? 0) + (bytes[1] ?? 0);
    expect(a.itemsFor(new Map(), most)).toHaveLength(2);
    expect(a.itemsFor(new Map(), most - 1)).toHaveLength(1);
    expect(a.itemsFor(new Map(), 0)).toHaveLength(1);
    expect(a.itemsFor(new Map([['a', 2]]), 1_000_000)).toEqual([changes[2]?.item]);
    // A peer that claims more than there is gets nothing.
    expect(
      a.itemsFor(
        new Map([
          ['a', 9],
          ['z', 1],
        ]),
        1_000,
      ),
    ).toEqual([]);
  });
});

describe('an operation from elsewhere', () => {
  const [a] = pair();
  const first = done(a.put('k', bytesOf('1'), NOW_MS));
  const second = done(a.increment('n', 1, NOW_MS));
  const third = done(a.increment('n', 1, NOW_MS));
  const operations = [first, second, third].map(({ item }) => operationIn(item.operation));
  const [put, one, two] = operations as [Operation, Operation, Operation];
  const item = (operation: Uint8Array): { operation: Uint8Array; wrappedKey: null } => ({
    operation,
    wrappedKey: null,
  });
  const outcomeOf = (operation: Uint8Array, nowMs: number = NOW_MS): string =>
    replicaOf('b').receive(item(operation), nowMs).outcome;

  it('is applied once, and known afterwards', () => {
    const b = replicaOf('b');
    const applied = b.receive(first.item, NOW_MS);
    expect(applied).toMatchObject({ outcome: 'applied', actor: 'a', kind: 'write', key: 'k' });
    expect(applied.change).toEqual({ item: first.item, entry: first.entry, forgotten: [] });
    expect(first.entry).toBe(entryOfOperation(first.item.operation));
    const bytes = b.stateBytes();
    expect(b.receive(first.item, NOW_MS)).toEqual({
      outcome: 'known',
      actor: 'a',
      kind: 'write',
      key: 'k',
    });
    expect(b.stateBytes()).toEqual(bytes);
  });

  it('is a gap before those in between have come', () => {
    const b = replicaOf('b');
    expect(b.receive(second.item, NOW_MS).outcome).toBe('gap');
    b.receive(first.item, NOW_MS);
    expect(b.receive(third.item, NOW_MS).outcome).toBe('gap');
    expect(b.receive(second.item, NOW_MS).outcome).toBe('applied');
    expect(b.receive(third.item, NOW_MS).outcome).toBe('applied');
    expect(b.count('n')).toBe(2);
  });

  it('is dropped as malformed', () => {
    expect(outcomeOf(new Uint8Array(0))).toBe('malformed');
    expect(outcomeOf(first.item.operation.subarray(1))).toBe('malformed');
    expect(outcomeOf(signedAs('a', { ...put, sequence: 0 }))).toBe('malformed');
    expect(outcomeOf(signedAs('a', { ...put, stamp: [NOW_MS, 0, 'b'] }))).toBe('malformed');
    expect(outcomeOf(signedAs('a', { ...put, key: '' }))).toBe('malformed');
    const open = {
      kind: 'write',
      erasures: [],
      value: bytesOf('not sealed at all, but long enough'),
    };
    expect(outcomeOf(signedAs('a', { ...put, body: open as Operation['body'] }))).toBe('malformed');
    // Nobody has seen an erasure of the future.
    const erasures = [[put.stamp[0], put.stamp[1], 'b']] as const;
    const body = { kind: 'write', erasures, value: null } as const;
    expect(outcomeOf(signedAs('a', { ...put, body, stamp: [NOW_MS - 1, 0, 'a'] }))).toBe(
      'malformed',
    );
  });

  it('is dropped if it is of another vault or an unknown actor', () => {
    expect(outcomeOf(signedAs('a', { ...put, vaultId: 'twin:bob' }))).toBe('wrong-vault');
    const stamp = [NOW_MS, 0, 'z'] as const;
    expect(outcomeOf(signedAs('a', { ...put, actor: 'z', stamp }))).toBe('unknown-actor');
    const covered = [['z', 1]] as const;
    const body = { kind: 'remove', element: 'x', covered } as const;
    expect(outcomeOf(signedAs('a', { ...put, body }))).toBe('unknown-actor');
  });

  it('is dropped if its actor has not signed it, whatever key it carries (R-152)', () => {
    expect(outcomeOf(signedAs('b', put))).toBe('bad-signature');
    expect(outcomeOf(signedAs('a', put, bytesOf('orrery/vault/1/receipt')))).toBe('bad-signature');
    const carrying = withCarriedKey(signedAs('c', put), CRYPTO.ed25519PublicKey(secretOf('c')));
    expect(outcomeOf(carrying)).toBe('bad-signature');
    expect(outcomeOf(withCarriedKey(first.item.operation, new Uint8Array(32)))).toBe(
      'bad-signature',
    );
    const believer = replicaOf('b', { behaviour: { believesCarriedKey: true } });
    expect(believer.receive(item(carrying), NOW_MS).outcome).toBe('applied');
  });

  it('is dropped if its actor has signed it under another header', () => {
    const header = Uint8Array.of(0xa1, 0x01, 0x27);
    const payload = encodeOperation(put);
    const signature = CRYPTO.ed25519Sign(
      secretOf('a'),
      coseToBeSigned({ header, payload }, OPERATION_AAD),
    );
    const writer = new CborWriter();
    writer.head(6, 18);
    writer.array(4);
    for (const part of [header, undefined, payload, signature]) {
      if (part === undefined) writer.map([]);
      else writer.string(part);
    }
    expect(outcomeOf(writer.taken())).toBe('bad-signature');
  });

  it('is dropped if it does not continue the chain', () => {
    expect(outcomeOf(signedAs('a', { ...put, previousHash: new Uint8Array(32).fill(1) }))).toBe(
      'broken-chain',
    );
    const b = replicaOf('b');
    b.receive(first.item, NOW_MS);
    const unchained = signedAs('a', { ...one, previousHash: new Uint8Array(32) });
    expect(b.receive(item(unchained), NOW_MS).outcome).toBe('broken-chain');
  });

  it('is an equivocation if its actor has used its number before; both are kept as proof', () => {
    const b = replicaOf('b');
    b.receive(first.item, NOW_MS);
    const state = b.stateBytes();
    const other = signedAs('a', { ...put, body: { kind: 'erase' } });
    const another = signedAs('a', { ...put, body: { kind: 'increment', added: 1, taken: 0 } });
    expect(b.receive(item(signedAs('c', { ...put, key: 'l' })), NOW_MS).outcome).toBe(
      'bad-signature',
    );
    expect(b.equivocations()).toEqual([]);
    expect(b.receive(item(other), NOW_MS).outcome).toBe('equivocation');
    expect(b.receive(item(another), NOW_MS).outcome).toBe('equivocation');
    const proof = { actor: 'a', sequence: 1, first: first.item.operation, second: other };
    expect(b.equivocations()).toEqual([proof]);
    expect(b.stateBytes()).toEqual(state);
  });

  it('is dropped if its stamp is more than 60 s ahead, and taken when the clock has come there', () => {
    const future = signedAs('a', { ...put, stamp: [YEAR_9999_MS, 0, 'a'] });
    expect(outcomeOf(future)).toBe('stamp-in-future');
    expect(outcomeOf(future, YEAR_9999_MS - 60_001)).toBe('stamp-in-future');
    expect(outcomeOf(future, YEAR_9999_MS - 60_000)).toBe('applied');
    const b = replicaOf('b');
    b.receive(item(future), NOW_MS);
    done(b.put('k', bytesOf('now'), NOW_MS));
    expect(textOf(b.get('k'))).toBe('now');
    expect(operationIn([...b.items()][0]?.operation ?? new Uint8Array()).stamp[0]).toBe(NOW_MS);
  });

  it('is dropped if its actor counts backwards', () => {
    const b = replicaOf('b');
    for (const change of [first, second]) b.receive(change.item, NOW_MS);
    const less = { ...two, body: { kind: 'increment', added: 0, taken: 5 } } as const;
    expect(b.receive(item(signedAs('a', less)), NOW_MS).outcome).toBe('counter-backwards');
    expect(b.count('n')).toBe(1);
  });

  it('is kept without its key if the key does not open', () => {
    for (const wrappedKey of [new Uint8Array(48), new Uint8Array(3), second.item.operation]) {
      const b = replicaOf('b');
      const received = b.receive({ ...first.item, wrappedKey }, NOW_MS);
      expect(received).toMatchObject({ outcome: 'bad-key', change: { entry: null } });
      expect(received.change?.item.wrappedKey).toBeNull();
      expect(b.get('k')).toBe('erased');
      const again = b.receive(first.item, NOW_MS);
      expect(again).toMatchObject({ outcome: 'known', change: { entry: first.entry } });
      expect(textOf(b.get('k'))).toBe('1');
    }
  });

  it('cannot make a replica forget the key of an entry by using its id again', () => {
    const b = replicaOf('b');
    b.receive(first.item, NOW_MS);
    const copied = b.receive({ ...first.item, operation: copyOf(put, 'l') }, NOW_MS);
    const forgotten = done(b.put('l', bytesOf('other'), NOW_MS)).forgotten;
    expect([copied.change?.entry, forgotten]).toEqual(['c/1', ['c/1']]);
    expect(textOf(b.get('k'))).toBe('1');
    expect(b.keyOf(first.entry ?? '')).toEqual(first.item.wrappedKey);
  });

  it('makes no value of another actor unreadable by bringing a copy of it first', () => {
    const b = replicaOf('b');
    for (const wrappedKey of [null, first.item.wrappedKey]) {
      b.receive({ wrappedKey, operation: copyOf(put, 'junk') }, NOW_MS);
    }
    expect(b.receive(first.item, NOW_MS).outcome).toBe('applied');
    expect(textOf(b.get('k'))).toBe('1');
    // The copy is bound to another place.
    expect(b.get('junk')).toBe('erased');
    expect([...b.items()].map(({ operation }) => entryOfOperation(operation))).toEqual([
      'a/1',
      'c/1',
    ]);
    const again = replicaOf('b');
    for (const { operation } of b.items()) {
      const wrappedKey = b.keyOf(entryOfOperation(operation) ?? '') ?? null;
      expect(again.restore({ operation, wrappedKey })).toBe(true);
    }
    expect(textOf(again.get('k'))).toBe('1');
    expect(done(again.erase('k', NOW_MS)).forgotten).toEqual(['a/1']);
  });

  it('names no operation in bytes that are none', () => {
    expect(entryOfOperation(new Uint8Array(10))).toBeNull();
    expect(entryOfOperation(second.item.operation)).toBeNull();
    expect(decodeOperation(new Uint8Array(10))).toBeUndefined();
    expect(withoutKey(first.item).wrappedKey).toBeNull();
  });
});

/** Puts a key into the unprotected header, {-65537: key}. */
function withCarriedKey(signed: Uint8Array, key: Uint8Array): Uint8Array {
  const opened = decodeSigned(signed);
  const at = 3 + (opened?.message.header.length ?? 0);
  expect(signed[at]).toBe(0xa0);
  const header = [0xa1, 0x3a, 0, 1, 0, 0, 0x58, 0x20, ...key];
  return Uint8Array.from([...signed.subarray(0, at), ...header, ...signed.subarray(at + 1)]);
}
