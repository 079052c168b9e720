/**
 * States of cryptography end with the life of their node, and worlds share none, although they share
 * a provider (ADR 0071).
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { SimHost } from '../../../../engine/net/sim-host.ts';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { FAST, makePair } from './world-fixture.ts';

const MS = 1_000_000;

/** A node that seals a cell and hashes it each millisecond, from the start of its life. */
function startNode(host: SimHost, sealed: string[]): void {
  const key = new Uint8Array(16).fill(1);
  const stream = host.crypto.aesCtrStream(key, new Uint8Array(16));
  const hash = host.crypto.legacy.sha1();
  const tick = (): void => {
    const cell = new Uint8Array(20);
    stream.apply(cell, 0, cell.length);
    hash.update(cell);
    sealed.push(toHex(cell) + toHex(hash.digest()));
    host.after(MS, tick);
  };
  host.after(MS, tick);
}

describe.each(['node', 'noble', 'modelled'] as const)('states of %s', (name) => {
  const world = (): ReturnType<typeof makePair> =>
    makePair(FAST, { cryptoFor: () => createCryptoProvider(name, { timing: 'simulation' }) });

  it('are not used after a crash, and the next life begins anew', () => {
    const { world: one, a } = world();
    const [first, second]: [string[], string[]] = [[], []];
    startNode(a, first);
    one.scheduler.scheduleFault(5.5 * MS, () => one.crash('a'));
    one.runUntil(10 * MS);
    expect(first).toHaveLength(5);
    one.restart('a');
    startNode(a, second);
    one.runUntil(20 * MS);
    expect(first).toHaveLength(5);
    expect(second.slice(0, 5)).toEqual(first);
    expect(new Set(second).size).toBe(10);
  });

  it('are the same in two worlds that run in turns', () => {
    const worlds = [world(), world()];
    const sealed = worlds.map(({ a }) => {
      const list: string[] = [];
      startNode(a, list);
      return list;
    });
    for (let turn = 1; turn <= 8; turn++) {
      for (const { world: one } of worlds) one.runUntil(turn * MS);
    }
    expect(sealed[0]).toHaveLength(8);
    expect(sealed[1]).toEqual(sealed[0]);
  });
});
