/** Replicas in virtual time: they come to the same state whatever the network does, and tell nobody what no disk has. */
import { describe, expect, it, vi } from 'vitest';
import type { Change } from '../../../../../nodes/vault/changes.ts';
import { encodeSnapshot } from '../../../../../nodes/vault/snapshot.ts';
import { SNAPSHOT_KEY } from '../../../../../nodes/vault/sync/records.ts';
import { decodeVaultMessage, encodeVaultMessage } from '../../../../../nodes/vault/wire.ts';
import { hasBytes, MS, S, VaultNetwork } from './vault-network.ts';

const NAMES = ['ada', 'bert', 'cleo'] as const;
const encoder = new TextEncoder();
/** A clock of a replica that has nothing. */
const CLOCK = {
  kind: 'clock',
  clock: new Map<string, number>(),
  nowMs: 0,
  digest: new Uint8Array(8),
  receipts: { count: 0, hash: new Uint8Array(32) },
  mark: 1,
  echo: undefined,
} as const;

function writeAll(network: VaultNetwork, names: readonly string[], round: number): void {
  for (const name of names) {
    network.ask(name, 'put', 'greeting', `${name} ${round}`);
    network.ask(name, 'increment', 'visits', '2');
    network.ask(name, round % 3 === 2 ? 'remove' : 'add', 'guests', `guest ${round % 4}`);
    network.ask(name, 'put-field', `names/${name}`, `${round}`);
  }
}

describe('replicas', () => {
  it('have the same state, and each answer is right', () => {
    const network = new VaultNetwork({ names: NAMES });
    writeAll(network, NAMES, 0);
    network.run(12 * S);
    expect(network.isEqual()).toBe(true);
    const count = network.ask('cleo', 'count', 'visits');
    const fields = network.ask('bert', 'fields', 'names');
    expect(network.answers.get(count)).toEqual({ outcome: 'ok', text: '6' });
    expect(network.answers.get(fields)?.text).toBe('{"ada":"0","bert":"0","cleo":"0"}');
    expect(network.converged.size).toBe(12);
    expect(network.counts.get('compared')).toBeGreaterThan(0);
    expect(network.counts.get('equal_compared')).toBe(network.counts.get('compared'));
    expect(network.drops).toEqual([]);
  });

  it('that are equal exchange one clock each way in a round, and nothing else', () => {
    const network = new VaultNetwork({ names: ['ada', 'bert'], options: { every: '1s' } });
    network.ask('ada', 'put', 'a', 'b');
    network.run(5 * S);
    network.sent.length = 0;
    network.run(100 * S);
    const kinds = network.sent.map(({ bytes }) => {
      const message = decodeVaultMessage('vault', bytes);
      return typeof message === 'string' ? message : message.kind;
    });
    expect(new Set(kinds)).toEqual(new Set(['clock']));
    // Rounds of 0.8 to 1.2 s.
    for (const name of ['ada', 'bert']) {
      const count = network.sent.filter(({ from }) => from === name).length;
      expect(count).toBeGreaterThan(95);
      expect(count).toBeLessThan(105);
    }
  });

  it.each([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n])(
    'in a line come to the same state within two rounds for each hop after a partition (seed %s; R-151)',
    (seed) => {
      const names = ['a', 'b', 'c', 'd', 'e'];
      const peersOf = (name: string): readonly string[] => {
        const at = names.indexOf(name);
        return names.filter((_, index) => Math.abs(index - at) === 1);
      };
      const network = new VaultNetwork({ names, seed, peersOf, options: { every: '1s' } });
      network.cut((from, to) => [from, to].sort().join() === 'b,c');
      for (let round = 0; round < 30; round += 1) {
        writeAll(network, names, round);
        network.run(S);
      }
      expect(network.isEqual()).toBe(false);
      network.heal();
      const diameter = names.length - 1;
      network.run(2 * diameter * 1.2 * S);
      expect(network.isEqual()).toBe(true);
    },
  );

  it.each([1n, 2n, 3n, 4n, 5n, 6n])(
    'agree after loss, copies, partitions, crashes and a clock an hour ahead (seed %s; R-150)',
    (seed) => {
      const names = ['a', 'b', 'c', 'd'];
      const network = new VaultNetwork({
        names,
        seed,
        loss: 0.2,
        duplicates: 0.2,
        delayNs: 50 * MS,
        aheadOf: (name) => (name === 'b' ? 3_600 : 0),
        options: { every: '1s' },
      });
      network.run(5 * S);
      for (let round = 0; round < 20; round += 1) {
        const cut = names[round % 4];
        network.cut((from, to) => round % 3 === 1 && (from === cut || to === cut));
        writeAll(network, names, round);
        if (round % 5 === 4) network.crash(names[(round * 7) % 4] ?? 'a');
        network.run(S);
      }
      network.heal();
      network.run(60 * S);
      expect(network.isEqual()).toBe(true);
      expect(network.counts.get('equal_compared')).toBe(network.counts.get('compared'));
      expect(network.drops.filter((reason) => reason === 'equivocation')).toEqual([]);
    },
  );

  it('whose clock is an hour ahead follows the others, or is refused by all', () => {
    const aheadOf = (name: string): number => (name === 'ada' ? 3_600 : 0);
    const plan = { names: NAMES, aheadOf, options: { every: '1s' } };
    const network = new VaultNetwork(plan);
    network.run(3 * S);
    network.ask('ada', 'put', 'a', 'b');
    network.run(3 * S);
    expect(network.counts.get('clock_corrections')).toBe(1);
    expect(network.isEqual()).toBe(true);
    const double = new VaultNetwork({ ...plan, adoptsOthersTime: false });
    double.run(3 * S);
    double.ask('ada', 'put', 'a', 'b');
    double.run(3 * S);
    expect(double.isEqual()).toBe(false);
    expect(double.drops).toContain('stamp-in-future');
  });

  it('tell nobody what no disk has, so that a crash makes no number twice', () => {
    const network = new VaultNetwork({ names: NAMES });
    network.run(S);
    network.sent.length = 0;
    const lost = network.ask('ada', 'put', 'a', 'first');
    network.run(MS);
    expect(network.sent).toEqual([]);
    network.crash('ada');
    expect(network.answers.get(lost)).toBeUndefined();
    network.ask('ada', 'put', 'a', 'second');
    network.run(10 * S);
    expect(network.isEqual()).toBe(true);
    expect(network.drops).toEqual([]);
    const value = network.ask('cleo', 'get', 'a');
    expect(network.answers.get(value)?.text).toBe('second');
  });

  it('whose disk fails answer nobody until it works', () => {
    const network = new VaultNetwork({ names: NAMES });
    network.run(S);
    network.fail('ada', true);
    const put = network.ask('ada', 'put', 'a', 'b');
    network.run(3 * S);
    network.ask('bert', 'put', 'b', 'c');
    network.run(10 * S);
    expect(network.answers.get(put)).toBeUndefined();
    expect(network.replica('bert').get('a')).toBeNull();
    expect(network.drops).toContain('disk-failed');
    network.fail('ada', false);
    network.run(10 * S);
    expect(network.answers.get(put)?.outcome).toBe('ok');
    expect(network.isEqual()).toBe(true);
  });

  it('that were away longer than the log reaches get a snapshot, and keep it', () => {
    const network = new VaultNetwork({ names: NAMES, options: { every: '1s', log: 20 } });
    network.run(2 * S);
    network.cut((from, to) => from === 'cleo' || to === 'cleo');
    network.ask('cleo', 'add', 'guests', 'mine');
    for (let round = 0; round < 30; round += 1) {
      writeAll(network, ['ada', 'bert'], round);
      network.run(S);
    }
    network.heal();
    network.run(10 * S);
    expect(network.counts.get('snapshots')).toBeGreaterThan(0);
    expect(network.isEqual()).toBe(true);
    for (const name of NAMES) network.crash(name);
    expect(network.isEqual()).toBe(true);
    network.run(5 * S);
    expect(network.isEqual()).toBe(true);
  });
});

describe('erasure', () => {
  it('is answered when the last replica has confirmed, also one that was away (R-154)', () => {
    const network = new VaultNetwork({ names: NAMES, options: { every: '1s' } });
    const secret = 'a value that nobody may find';
    network.ask('ada', 'put', 'secret', secret);
    network.run(5 * S);
    expect(network.replica('cleo').get('secret')).toEqual(encoder.encode(secret));
    const keys = NAMES.flatMap((name) => network.disk(name).filter(({ length }) => length === 48));
    expect(keys).toHaveLength(3);
    network.cut((from, to) => from === 'cleo' || to === 'cleo');
    const erase = network.ask('bert', 'erase', 'secret');
    network.run(20 * S);
    expect(network.answers.get(erase)).toBeUndefined();
    expect(network.machine('bert').status(network.now)).toMatchObject({
      unconfirmed: [{ by: ['cleo'] }],
    });
    network.heal();
    network.run(5 * S);
    expect(network.answers.get(erase)?.outcome).toBe('ok');
    expect(network.measured.get('erase.time')).toHaveLength(1);
    expect(network.unconfirmed).toEqual([1, 0]);
    const sought = [encoder.encode(secret), ...keys];
    for (const name of NAMES) {
      expect(network.replica(name).get('secret')).toBe('erased');
      for (const part of sought) {
        expect(network.disk(name).some((bytes) => hasBytes(bytes, part))).toBe(false);
      }
    }
  });

  it('does not come back with a replica that has the value still', () => {
    const network = new VaultNetwork({ names: NAMES, options: { every: '1s' } });
    network.ask('ada', 'put', 'secret', 'value');
    network.run(3 * S);
    network.cut((from, to) => from === 'cleo' || to === 'cleo');
    network.ask('ada', 'erase', 'secret');
    network.run(3 * S);
    network.crash('cleo');
    network.heal();
    network.run(5 * S);
    for (const name of NAMES) expect(network.replica(name).get('secret')).toBe('erased');
  });
});

describe('an erasure that somebody has not confirmed', () => {
  it('is not answered where nobody takes part, nor where a replica is no peer, and names who lacks it', () => {
    const alone = new VaultNetwork({ names: NAMES, options: { consent: { trusted: [] } } });
    const inLine = new VaultNetwork({
      names: NAMES,
      options: { every: '1s' },
      peersOf: (name) => (name === 'bert' ? ['ada', 'cleo'] : ['bert']),
    });
    inLine.cut((from, to) => from === 'cleo' || to === 'cleo');
    for (const [network, by] of [
      [alone, ['bert', 'cleo']],
      [inLine, ['cleo']],
    ] as const) {
      network.ask('ada', 'put', 'secret', 'value');
      const erase = network.ask('ada', 'erase', 'secret');
      network.run(20 * S);
      expect(network.answers.get(erase)).toBeUndefined();
      expect(network.machine('ada').status(network.now)).toMatchObject({ unconfirmed: [{ by }] });
    }
  });

  it('was forgotten by a restart if a snapshot had taken the place of the log', () => {
    const network = new VaultNetwork({ names: NAMES, options: { every: '1s', log: 20 } });
    network.ask('ada', 'put', 'secret', 'value');
    network.run(3 * S);
    const isCleo = (name: string): boolean => name === 'cleo';
    network.cut((from, to) => isCleo(from) || isCleo(to));
    network.ask('ada', 'erase', 'secret');
    network.run(3 * S);
    network.cut(() => true);
    for (let round = 0; round < 30; round += 1) {
      writeAll(network, ['bert'], round);
      network.run(S);
    }
    network.cut((from, to) => isCleo(from) || isCleo(to));
    network.run(10 * S);
    expect(network.image('ada').table.has(SNAPSHOT_KEY)).toBe(true);
    network.crash('ada');
    network.run(5 * S);
    expect(network.machine('ada').status(network.now)).toMatchObject({
      unconfirmed: [{ by: ['cleo'] }],
    });
  });

  it('is not confirmed by an owner who denies', () => {
    const network = new VaultNetwork({ names: NAMES, options: { every: '1s' } });
    network.ask('ada', 'put', 'secret', 'value');
    network.run(3 * S);
    network.cut((from, to) => from === 'cleo' || to === 'cleo');
    const erase = network.ask('ada', 'erase', 'secret');
    network.run(3 * S);
    network.ask('ada', 'deny', 'cleo');
    network.run(10 * S);
    expect(network.answers.get(erase)).toBeUndefined();
  });
});

describe('a restart', () => {
  it('says nothing before the disk has what it deleted', () => {
    const network = new VaultNetwork({ names: NAMES });
    network.run(S);
    network.sent.length = 0;
    network.fail('ada', true);
    network.crash('ada');
    network.run(5 * S);
    expect(network.sent.filter(({ from }) => from === 'ada')).toEqual([]);
    network.fail('ada', false);
    network.run(3 * S);
    expect(network.sent.some(({ from }) => from === 'ada')).toBe(true);
  });

  it('from an older disk gets what it lacks again', () => {
    const network = new VaultNetwork({ names: NAMES, options: { every: '1s' } });
    const old = network.image('cleo');
    writeAll(network, ['ada', 'bert'], 0);
    network.run(5 * S);
    network.restore('cleo', old);
    expect(network.isEqual()).toBe(false);
    network.run(5 * S);
    expect(network.isEqual()).toBe(true);
  });

  it('whose disk went back and who writes again at once has forked, as the status of the others says', () => {
    const network = new VaultNetwork({ names: NAMES, options: { every: '1s' } });
    network.run(2 * S);
    const old = network.image('cleo');
    network.ask('cleo', 'put', 'a', 'first');
    network.run(5 * S);
    network.restore('cleo', old);
    network.ask('cleo', 'put', 'a', 'second');
    network.run(5 * S);
    const { forks } = network.machine('ada').status(network.now);
    expect(forks).toEqual([{ actor: 'cleo', sequence: 1 }]);
    expect(network.drops).toContain('equivocation');
  });
});

describe('an attacker among the replicas', () => {
  it('changes nothing by operations of others that it alters on the way (R-152)', () => {
    const network = new VaultNetwork({
      names: NAMES,
      options: { every: '1s' },
      passOn: (name, items) =>
        name !== 'bert'
          ? items
          : items.map((item) => {
              const operation = item.operation.slice();
              operation[operation.length >> 1] = (operation[operation.length >> 1] ?? 0) ^ 1;
              return { ...item, operation };
            }),
    });
    // What ada writes reaches cleo by bert alone at first.
    network.cut((from, to) => [from, to].sort().join() === 'ada,cleo');
    network.ask('ada', 'put', 'a', 'true');
    network.run(10 * S);
    expect(network.replica('cleo').get('a')).toBeNull();
    expect(network.drops.length).toBeGreaterThan(0);
    network.heal();
    network.run(10 * S);
    expect(network.replica('cleo').get('a')).toEqual(encoder.encode('true'));
    expect(network.isEqual()).toBe(true);
  });

  it('makes nobody write by a snapshot of nothing', () => {
    const network = new VaultNetwork({ names: NAMES });
    network.ask('ada', 'put', 'a', 'b');
    network.run(10 * S);
    const before = network.image('ada');
    const { items, proofs, sets, maps } = network.replica('ada').snapshot();
    for (const snapshot of [
      { items: [], proofs: [], sets: new Map(), maps: new Map() },
      { items, proofs, sets, maps },
    ]) {
      const message = { kind: 'snapshot', snapshot: encodeSnapshot(snapshot) } as const;
      network.message('bert', 'ada', encodeVaultMessage('vault', message));
      network.run(S);
    }
    expect(network.image('ada')).toEqual(before);
    expect(network.drops).toEqual([]);
  });

  it('made another one compare and write its whole state as often as it sent a snapshot of one new operation', () => {
    const network = new VaultNetwork({ names: NAMES });
    network.run(10 * S);
    const bert = network.replica('bert');
    const send = (): void => {
      bert.put('a', encoder.encode('b'), 1_700_000_000_000);
      const snapshot = encodeSnapshot(bert.snapshot());
      network.message('bert', 'ada', encodeVaultMessage('vault', { kind: 'snapshot', snapshot }));
    };
    for (let count = 0; count < 10; count += 1) send();
    expect(network.drops).toEqual(new Array(9).fill('too-soon'));
    expect(network.replica('ada').clock().get('bert')).toBe(1);
    network.run(S);
    send();
    expect(network.replica('ada').clock().get('bert')).toBe(11);
  });

  it('made another one encode its whole state as often as it sent an operation and a clock', () => {
    const network = new VaultNetwork({ names: NAMES });
    network.run(10 * S);
    const ada = network.replica('ada');
    const bert = network.replica('bert');
    const digest = vi.spyOn(ada, 'digest');
    const send = (): void => {
      const { item } = bert.put('a', encoder.encode('b'), 1_700_000_000_000) as Change;
      const items = { kind: 'items', items: [item] } as const;
      network.message('bert', 'ada', encodeVaultMessage('vault', items));
      const clock = {
        ...CLOCK,
        clock: new Map(bert.clock()),
        digest: bert.digest().subarray(0, 8),
      };
      network.message('bert', 'ada', encodeVaultMessage('vault', clock));
    };
    for (let count = 0; count < 20; count += 1) send();
    expect(ada.clock().get('bert')).toBe(20);
    expect(digest).toHaveBeenCalledTimes(1);
    network.run(2 * S);
    send();
    expect(digest).toHaveBeenCalledTimes(2);
    expect(network.warnings).toEqual([]);
  });

  it('cannot make a witness forget receipts', () => {
    const network = new VaultNetwork({ names: NAMES, options: { every: '1s' } });
    for (let count = 0; count < 4; count += 1) network.ask('bert', 'get', 'a');
    network.run(3 * S);
    const before = network.ask('ada', 'witnessed', '');
    expect(network.answers.get(before)?.text).toContain('"bert":{"count":4,');
    const clock = { ...CLOCK, receipts: { count: 1, hash: new Uint8Array(32) } };
    // Ten of them filled the log of the witness with ten lines.
    for (let count = 0; count < 10; count += 1)
      network.message('bert', 'ada', encodeVaultMessage('vault', clock));
    const after = network.ask('ada', 'witnessed', '');
    expect(network.answers.get(after)).toEqual(network.answers.get(before));
    expect(network.warnings).toEqual(['bert has fewer receipts than it had: 1, not 4']);
  });

  it('is named for each message that is none', () => {
    const network = new VaultNetwork({ names: NAMES });
    network.message('bert', 'ada', Uint8Array.of(1, 2, 3));
    network.message('nobody', 'ada', Uint8Array.of(1));
    const clock = { ...CLOCK, clock: new Map([['an invented actor', 1]]) };
    network.message('bert', 'ada', encodeVaultMessage('vault', clock));
    network.message(
      'bert',
      'ada',
      encodeVaultMessage('vault', { kind: 'snapshot', snapshot: Uint8Array.of(1) }),
    );
    network.message('bert', 'ada', encodeVaultMessage('another', clock));
    expect(network.drops).toEqual([
      'malformed-message',
      'unknown-replica',
      'unknown-actor',
      'bad-snapshot',
      'other-vault',
    ]);
  });
});

describe('consent', () => {
  it('is needed to get anything: no answer for 60 s is a no, and a yes counts at once (R-153)', () => {
    const network = new VaultNetwork({
      names: ['ada', 'bert'],
      options: { every: '1s', consent: { trusted: [] } },
    });
    network.ask('ada', 'put', 'a', 'b');
    // Only bert lets the other in, so that its clocks reach ada, which asks its owner.
    network.ask('bert', 'allow', 'ada');
    network.run(10 * S);
    expect(network.drops).toContain('no-consent');
    const open = network.ask('ada', 'consents', '');
    expect(network.answers.get(open)?.text).toContain('"peer":"bert"');
    expect(network.replica('bert').get('a')).toBeNull();
    expect(network.drops).not.toContain('denied');
    network.run(60 * S);
    expect(network.drops).toContain('denied');
    expect(network.replica('bert').get('a')).toBeNull();
    network.ask('ada', 'allow', 'bert');
    network.run(3 * S);
    expect(network.isEqual()).toBe(true);
    expect(network.replica('bert').get('a')).not.toBeNull();
  });

  it('that the owner took back stays so after a crash, once the owner was told ok (R-153)', () => {
    const network = new VaultNetwork({ names: ['ada', 'bert'], options: { every: '1s' } });
    network.run(3 * S);
    network.fail('ada', true);
    const deny = network.ask('ada', 'deny', 'bert');
    network.run(S);
    expect(network.answers.get(deny)).toBeUndefined();
    network.fail('ada', false);
    network.run(5 * S);
    expect(network.answers.get(deny)?.outcome).toBe('ok');
    network.crash('ada');
    network.ask('ada', 'put', 'a', 'b');
    network.run(10 * S);
    expect(network.replica('bert').get('a')).toBeNull();
    expect(network.machine('ada').status(network.now)).toMatchObject({
      peers: [{ name: 'bert', isAllowed: false }],
    });
  });
});
