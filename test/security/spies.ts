/**
 * A scenario with spies, and what each of them is allowed to find.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Findings } from './spy-node.ts';

const module = fileURLToPath(new URL('./spy-node.ts', import.meta.url));

/** Three spies in a row; `BLOCK` is replaced by their addresses. */
export const SPY_TOPOLOGY = `
name: spies
nodes:
  - { name: alice, run: ${module}, address: BLOCK.1 }
  - { name: bob, run: ${module}, address: BLOCK.2 }
  - { name: carol, run: ${module}, address: BLOCK.3 }
links:
  - { ends: alice <-> bob, rate: 10Mbit/s, delay: 1ms }
  - { ends: bob <-> carol, rate: 10Mbit/s, delay: 1ms }
`;

/** A scenario on the topology in the file `topology`. */
export function spiesOn(topology: string): string {
  return `
name: spies
question: What does a node get to know?
topology: ${topology}
duration: 500ms
warmup: 0s
traffic: [{ from: alice, to: bob, kind: constant, rate: 50/s, size: 100B }]
kpis: {}
`;
}

/** What the spies of a run found, by the name of the spy. */
function findingsIn(warnings: readonly string[]): ReadonlyMap<string, Findings> {
  return new Map(
    warnings.flatMap((text) => {
      const [, name, json] = /^(\w+): spied (.*)$/.exec(text) ?? [];
      return name === undefined ? [] : [[name, JSON.parse(json ?? '') as Findings] as const];
    }),
  );
}

/**
 * Each spy finds its own secrets, the secrets that it shares, and the same public keys as the
 * others.
 */
export function expectOwnSecretsOnly(warnings: readonly string[]): void {
  const found = findingsIn(warnings);
  expect([...found.keys()].sort()).toEqual(['alice', 'bob', 'carol']);
  const keys = found.get('alice')?.publicKeys;
  expect(new Set(keys).size).toBe(3);
  for (const [name, { secretsOf, groups, publicKeys }] of found) {
    expect(secretsOf, name).toEqual([name]);
    expect(groups, name).toEqual(name === 'carol' ? [] : ['pair']);
    expect(publicKeys, name).toEqual(keys);
  }
}
