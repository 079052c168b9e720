/** Which files name a run: two with other contents must not have one name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { makeRunIdentity } from '../../../runner/sweep/kept-runs.ts';
import type { SweepCombination } from '../../../runner/sweep/run-sweep.ts';
import { openScenario } from '../../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import { hashScenarioFiles } from '../../../scenarios/open/run-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-run-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const open = async (): Promise<SweepCombination> => {
  const loaded = await openScenario(join(folder, 'run.yaml'), {}, new ProtocolRegistry());
  return { ...loaded, index: 0, parameters: {}, isKept: false };
};

const RUN = `name: run
topology: two-nodes.yaml
duration: 1s
`;
const SENDS = 'traffic: [{ from: alice, to: bob, kind: constant, rate: 10/s, size: 100B }]\n';
const TRACED = 'traffic: [{ from: alice, to: bob, kind: trace, file: t.csv }]\n';

beforeEach(() => write('run.yaml', RUN + SENDS));

it('names a scenario and its topology, and nothing else', async () => {
  const { scenario } = await open();
  expect(hashScenarioFiles(scenario)).toEqual({
    scenario: scenario.sha256,
    topology: scenario.topology.sha256,
  });
});

it('two traces of traffic under one name gave two runs one name', async () => {
  write('run.yaml', RUN + TRACED);
  write('t.csv', '0.1,100\n0.2,100\n');
  const before = await open();
  write('t.csv', '0.1,100\n0.3,100\n');
  const after = await open();
  expect(Object.keys(hashScenarioFiles(before.scenario))).toEqual([
    'scenario',
    'topology',
    'data 0',
  ]);
  expect(makeRunIdentity(after, 1, 'c')).not.toBe(makeRunIdentity(before, 1, 'c'));
  expect(makeRunIdentity(await open(), 1, 'c')).toBe(makeRunIdentity(after, 1, 'c'));
});

it('two imported topologies under one name gave two runs one name', async () => {
  const plan = (rate: number): string =>
    ['a contact +0 +60 1 2 R', 'a contact +0 +60 2 1 R', 'a range +0 +60 1 2 1']
      .join('\n')
      .replaceAll('R', String(rate));
  write(
    'run.yaml',
    `name: run
topology: { name: plan, import: { ion: plan.ionrc }, defaults: { node: { run: dtn } } }
duration: 1min
traffic: [{ from: node-1, to: node-2, kind: constant, rate: 1/s, size: 100B, tolerant: true }]
`,
  );
  write('plan.ionrc', plan(1_000));
  const before = await open();
  write('plan.ionrc', plan(2_000));
  expect(makeRunIdentity(await open(), 1, 'c')).not.toBe(makeRunIdentity(before, 1, 'c'));
});
