/** Clocks say which replicas have an operation on disk; an erasure is over when all of them have it. */
import { describe, expect, it } from 'vitest';
import { Confirmations, type OwnOperation } from '../../../../../nodes/vault/sync/confirmations.ts';
import { PeerView } from '../../../../../nodes/vault/sync/peers.ts';

function peer(name: string, has: number): PeerView {
  const view = new PeerView(name);
  view.heard(new Map([['ada', has]]));
  return view;
}

function one(sequence: number, isErase = false): OwnOperation<string> {
  return { sequence, sinceNs: 0, isErase };
}

describe('confirmations', () => {
  it('an operation is over when the last replica has it', () => {
    const confirmations = new Confirmations<string>('ada');
    for (const sequence of [1, 2, 3]) confirmations.add(one(sequence));
    expect(confirmations.confirm([peer('bert', 3), peer('cleo', 0)])).toEqual([]);
    expect(confirmations.confirm([peer('bert', 3), peer('cleo', 2)])).toEqual([one(1), one(2)]);
    expect(confirmations.confirm([peer('bert', 3), peer('cleo', 3)])).toEqual([one(3)]);
  });

  it('names who has not confirmed an erasure', () => {
    const confirmations = new Confirmations<string>('ada');
    confirmations.add(one(1));
    confirmations.add(one(2, true));
    const members = [peer('bert', 2), peer('cleo', 1)];
    confirmations.confirm(members);
    expect(confirmations.erasures).toBe(1);
    expect(confirmations.unconfirmed(members)).toEqual([{ sequence: 2, by: ['cleo'] }]);
  });

  it('a replica without others confirms its own operations', () => {
    const confirmations = new Confirmations<string>('ada');
    confirmations.add({ ...one(1, true), asker: 'me' });
    expect(confirmations.confirm([])).toEqual([{ ...one(1, true), asker: 'me' }]);
  });

  it('who has left is not answered, and the operation is measured all the same', () => {
    const confirmations = new Confirmations<string>('ada');
    confirmations.add({ ...one(1, true), asker: 'me' });
    confirmations.forget('me');
    expect(confirmations.confirm([])).toEqual([one(1, true)]);
  });

  it('forgets no erasure for later operations, of which only so many are measured', () => {
    const confirmations = new Confirmations<string>('ada');
    confirmations.add({ ...one(1, true), asker: 'me' });
    for (let sequence = 2; sequence <= 10_100; sequence += 1) confirmations.add(one(sequence));
    expect(confirmations.erasures).toBe(1);
    expect(confirmations.confirm([])).toHaveLength(10_000);
  });
});
