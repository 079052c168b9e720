/**
 * Wishes of `traffic`: whoever ignores one is named at its line (docs/spec/stacking.md#wishes).
 *
 * @module
 */
import { expect, it } from 'vitest';
import { loadText, SHIMS } from '../../../conformance/stack.ts';

const NET = `
topology:
  name: pair
  defaults: { node: { run: datagram }, link: { rate: 1Gbit/s, delay: 1ms } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob }]
duration: 2s
`;
const STACK = `stack: [{ on: "*", run: ${SHIMS[0]} }]\n`;
const FLOW = 'from: alice, to: bob, kind: constant, rate: 10/s, size: 100B';

async function loaded(entry: string, stack = ''): Promise<readonly string[]> {
  const text = `name: wishes${NET}${stack}traffic:\n  - { ${FLOW}${entry} }\n`;
  const { scenario } = await loadText(text);
  return scenario.warnings.map((warning) => warning.replace(/^.*\//, ''));
}

it('accepts the wishes of an entry as quantities of the port', async () => {
  const text = `name: wishes${NET}traffic:\n  - { ${FLOW}, lifetime: 2h, priority: expedited, tolerant: true, private: false }\n`;
  const { scenario } = await loadText(text);
  expect(scenario.traffic[0]?.wishes).toEqual({
    lifetime: 7_200_000_000_000,
    priority: 2,
    tolerant: true,
    private: false,
  });
  expect(
    (await loadText(text.replace(/, lifetime.*false/, ''))).scenario.traffic[0],
  ).not.toHaveProperty('wishes');
});

it('names each wish that the protocol of the flow ignores, with line and column', async () => {
  expect(await loaded(', lifetime: 2s, tolerant: true')).toEqual([
    'stacked.yaml:9:79: traffic[0].lifetime: datagram ignores it',
    'stacked.yaml:9:93: traffic[0].tolerant: datagram ignores it',
  ]);
  expect(await loaded('')).toEqual([]);
});

it('follows a wish that is passed on to the protocol below', async () => {
  expect(await loaded(', priority: bulk', STACK)).toEqual([]);
  expect(await loaded(', lifetime: 2s', STACK)).toEqual([
    'stacked.yaml:10:79: traffic[0].lifetime: datagram ignores it',
  ]);
});

it('refuses privacy at its line where nothing below hides who writes to whom', async () => {
  await expect(loaded(', private: true', STACK)).rejects.toThrow(
    /:10:78\b.*shim1 over datagram does not hide who writes to whom/s,
  );
  expect(await loaded(', private: false', STACK)).toEqual([]);
});
