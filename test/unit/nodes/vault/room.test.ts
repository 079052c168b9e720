/**
 * The room of a state, in bytes.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { EntryKeys } from '../../../../nodes/vault/entry-keys.ts';
import { Ledger } from '../../../../nodes/vault/ledger.ts';
import { decodeSigned } from '../../../../nodes/vault/signed-operation.ts';
import { encodeSnapshot } from '../../../../nodes/vault/snapshot.ts';
import { ACTORS, bytesOf, MODELLED, NOW_MS, replicaOf, setupOf } from './replicas.ts';

it('is counted with what a snapshot takes, and little more', () => {
  const ledger = new Ledger({
    actors: new Map(ACTORS.map((actor) => [actor, actor])),
    own: 'b',
    logMax: 10,
    crypto: MODELLED,
    keys: new EntryKeys(setupOf('b').vaultKey, MODELLED),
    dedupesByMillisecond: false,
  });
  const a = replicaOf('a', { crypto: MODELLED });
  for (let count = 0; count < 50; count += 1) {
    a.put('register', bytesOf('v'), NOW_MS);
    a.put(`register-${count}`, bytesOf('v'), NOW_MS);
    a.increment('counter', 1, NOW_MS);
    a.add(`set-${count}`, 'x', NOW_MS);
    a.add(`set-${count}`, 'y', NOW_MS);
    a.remove(`set-${count}`, 'x', NOW_MS);
    a.putField(`map-${count}`, { field: 'f', value: bytesOf('v') }, NOW_MS);
    a.erase(`map-${count}`, NOW_MS);
    a.putField(`map-${count}`, { field: 'f', value: bytesOf('v') }, NOW_MS);
    a.erase(`register-${count - 1}`, NOW_MS);
  }
  for (const { operation, wrappedKey } of a.items()) {
    const opened = decodeSigned(operation);
    if (opened === undefined) throw new Error('malformed');
    ledger.apply(opened, wrappedKey);
    const { length } = encodeSnapshot(ledger.snapshot());
    expect(length).toBeLessThanOrEqual(ledger.bytes + 1_024);
  }
  const { length } = encodeSnapshot(ledger.snapshot());
  expect(ledger.bytes).toBeLessThan(1.4 * length);
});
