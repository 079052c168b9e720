/**
 * Files that options name, where nodes are in processes of their own: the coordinator reads them, and
 * agents get what is in them.
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { cleanUp, reportOn, spread, write } from './support.ts';

afterAll(cleanUp);

const PRICES = fileURLToPath(new URL('../fixtures/prices/index.ts', import.meta.url));
const SHOP = `
name: shop
topology:
  name: shops
  defaults: { node: { run: ${JSON.stringify(PRICES)} } }
  nodes:
    - { name: alice, address: BLOCK.1, options: { prices: ./prices.csv } }
    - { name: bob, address: BLOCK.2 }
  links: [{ ends: alice <-> bob, rate: 10Mbit/s, delay: 1ms }]
duration: 1s
options: { bob: { shops: [{ note: ./note.txt }] } }
traffic: [{ from: alice, to: bob, kind: constant, rate: 50/s, size: 100B }]
kpis: { prices.cents: { count: "== 39" } }
`;

it.each([
  ['a process for each node', 'node'],
  ['two event loops', { loops: 2 }],
] as const)('nodes have the contents of files, with %s', async (_name, processes) => {
  const paths = [write('prices.csv', 'bread,20\nmilk,12\n'), write('note.txt', 'until 8')];
  const run = await spread(write('shop.yaml', SHOP), { processes });
  // What was read at the start is not read again.
  for (const path of paths) rmSync(path);
  const report = reportOn(await run.end);
  expect(report.kpis[0]).toMatchObject({ value: 39, pass: true });
  expect(report.scenario.data).toHaveLength(2);
});
