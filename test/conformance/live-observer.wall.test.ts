/**
 * Only nodes of a run in virtual time that measures privacy receive a message observer
 * (ADR 0012). Live runs never pass one, whatever the scenario says.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NodeHandle, Protocol } from '../../engine/host/protocol.ts';
import { runLive } from '../../runner/run/live-run.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';

const block = `127.${150 + (process.pid % 50)}.${(process.pid >>> 8) & 255}`;
const seen: boolean[] = [];
let folder = '';

/** Records for each node whether it received an observer. */
class WatchedRegistry extends ProtocolRegistry {
  override protocols(name: string): Protocol | undefined {
    const protocol = super.protocols(name);
    if (protocol === undefined) return undefined;
    const create: Protocol['create'] = (host, setup): NodeHandle => {
      seen.push(setup.observer !== undefined);
      return protocol.create(host, setup);
    };
    return { ...protocol, create };
  }
}

const registry = new WatchedRegistry();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-observer-test-'));
  const topology = readFileSync('topologies/two-nodes.yaml', 'utf8')
    .replace('name: alice,', `name: alice, address: ${block}.6,`)
    .replace('name: bob,', `name: bob, address: ${block}.7,`);
  writeFileSync(join(folder, 'two-nodes.yaml'), topology);
  writeFileSync(join(folder, 'hello.yaml'), readFileSync('scenarios/hello.yaml', 'utf8'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function scenario(overrides: Readonly<Record<string, string>>): Scenario {
  seen.length = 0;
  return loadScenario({
    path: join(folder, 'hello.yaml'),
    folders: { scenarios: folder, topologies: folder },
    overrides: { duration: '600ms', warmup: '100ms', ...overrides },
    registry,
  });
}

/** Names bob as a mix although he is none, which does not matter here. */
const PRIVACY = { privacy: '{ mixes: bob, targets: 100ms }' };

it('hands an observer to the nodes of a run in virtual time that measures privacy', () => {
  runSeed({ scenario: scenario(PRIVACY), registry, seed: 1 });
  expect(seen).toEqual([true, true]);
});

it('hands none to the nodes of other runs in virtual time', () => {
  runSeed({ scenario: scenario({}), registry, seed: 1 });
  expect(seen).toEqual([false, false]);
});

it('hands none to live nodes, even where the scenario measures privacy', async () => {
  const live = scenario(PRIVACY);
  const end = await runLive({
    scenario: live,
    registry,
    definitions: [],
    seeds: [1],
    recordingsOf: () => ({}),
    reproduce: 'npm run live hello.yaml',
    commit: 'test',
  });
  if (end.kind !== 'judged') throw new Error(JSON.stringify(end));
  expect(end.input.seeds[0]?.warnings.join()).toContain('privacy is measured only in virtual time');
  expect(seen).toEqual([false, false]);
});
