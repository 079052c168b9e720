/** Requests to a replica, and what it answers. */
import { describe, expect, it } from 'vitest';
import type { VaultRequestKind } from '../../../../../nodes/vault/sync/effects.ts';
import { type Answer, S, VaultNetwork } from './vault-network.ts';

describe('requests', () => {
  const network = new VaultNetwork({ names: ['ada'] });
  const ask = (kind: VaultRequestKind, target: string, text = ''): Answer | undefined => {
    const asker = network.ask('ada', kind, target, text);
    network.run(S);
    return network.answers.get(asker);
  };

  it('read what was written', () => {
    expect(ask('get', 'a')?.outcome).toBe('not-found');
    expect(ask('put', 'a', 'hello')?.outcome).toBe('ok');
    expect(ask('get', 'a')).toEqual({ outcome: 'ok', text: 'hello' });
    expect(ask('delete', 'a')?.outcome).toBe('ok');
    expect(ask('get', 'a')?.outcome).toBe('not-found');
    expect(ask('increment', 'n')?.outcome).toBe('ok');
    expect(ask('increment', 'n', '-5')?.outcome).toBe('ok');
    expect(ask('count', 'n')?.text).toBe('-4');
    expect(ask('add', 's', 'x')?.outcome).toBe('ok');
    expect(ask('add', 's', 'y')?.outcome).toBe('ok');
    expect(ask('remove', 's', 'x')?.outcome).toBe('ok');
    expect(ask('elements', 's')?.text).toBe('["y"]');
    expect(ask('put-field', 'm/f', '1')?.outcome).toBe('ok');
    expect(ask('put-field', 'm/g', '2')?.outcome).toBe('ok');
    expect(ask('remove-field', 'm/f')?.outcome).toBe('ok');
    expect(ask('fields', 'm')?.text).toBe('{"g":"2"}');
    expect(ask('digest', '')?.text).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['increment', 'n', 'much', 'bad-request'],
    ['increment', 'n', '9'.repeat(30), 'bad-request'],
    ['put-field', 'no-field', 'x', 'bad-request'],
    ['put-field', 'm/', 'x', 'bad-request'],
    ['put', '', 'x', 'invalid'],
    ['put', 'k'.repeat(1_025), 'x', 'invalid'],
    ['add', 's', '', 'invalid'],
    ['allow', 'nobody', '', 'unknown-node'],
  ] as const)('%s of %s with %s is refused: %s', (kind, target, text, outcome) => {
    const before = network.replica('ada').size;
    expect(ask(kind, target, text)?.outcome).toBe(outcome);
    expect(network.replica('ada').size).toBe(before);
  });

  it('are refused when a thousand wait for the disk', () => {
    const waiting = Array.from({ length: 1_002 }, () => network.ask('ada', 'increment', 'many'));
    const outcomes = (): readonly (string | undefined)[] =>
      waiting.map((asker) => network.answers.get(asker)?.outcome);
    // The first is being written.
    expect(outcomes().filter((outcome) => outcome === 'busy')).toHaveLength(1);
    network.run(S);
    expect(outcomes().filter((outcome) => outcome === 'ok')).toHaveLength(1_001);
    expect(ask('count', 'many')?.text).toBe('1001');
  });

  it('about a key add a receipt each, also those that read and those that are refused', () => {
    const before = JSON.parse(ask('receipts', '')?.text ?? '') as unknown[];
    ask('get', 'a');
    ask('put-field', 'no-field', 'x');
    ask('put', '', 'x');
    const after = JSON.parse(ask('receipts', '')?.text ?? '') as unknown[];
    expect(after).toHaveLength(before.length + 2);
  });
});

describe('watching', () => {
  it('tells of changes here and elsewhere, once the disk has them, until the watcher leaves', () => {
    const network = new VaultNetwork({ names: ['ada', 'bert'] });
    network.run(S);
    const watcher = network.ask('ada', 'watch', 'house/');
    network.ask('ada', 'put', 'house/door', 'open');
    expect(network.told).toEqual([]);
    network.run(S);
    network.ask('bert', 'increment', 'house/visits');
    network.ask('bert', 'increment', 'garden/visits');
    network.run(S);
    expect(network.told).toHaveLength(2);
    expect(network.told[0]).toContain('"key":"house/door"');
    expect(network.told[1]).toContain('"actor":"bert"');
    network.cancel(watcher);
    network.ask('ada', 'put', 'house/door', 'shut');
    network.run(S);
    expect(network.told).toHaveLength(2);
  });
});
