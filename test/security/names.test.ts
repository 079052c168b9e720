/**
 * Names that look like paths: of nodes, machines, topologies and scenarios, in every file that
 * contains names. Run folders, stores and key files are named after them.
 *
 * @module
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadDeployment, makeKeys } from '../../runner/distributed/deployment/deployment.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { loadTopology } from '../../topologies/load.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-names-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const registry = new ProtocolRegistry();

const HOSTILE = [
  '../../x',
  '..',
  '.',
  '/etc/passwd',
  'a/b',
  'a\\b',
  'C:x',
  'x\0y',
  '~',
  '-rf',
  '__proto__',
  'x'.repeat(64),
  '%2e%2e',
  'a b',
];

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const topologyOf = (names: Readonly<Record<'node' | 'machine' | 'topology', string>>): string => `
name: ${JSON.stringify(names.topology)}
nodes:
  - { name: ${JSON.stringify(names.node)}, run: ping, machine: ${JSON.stringify(names.machine)} }
  - { name: bob, run: ping }
`;
const GOOD = { node: 'alice', machine: 'server-1', topology: 'pair' };
const folders = { scenarios: folder, topologies: folder };

describe.each(HOSTILE)('%j', (name) => {
  it.each(['node', 'machine', 'topology'] as const)('is refused as the name of a %s', (what) => {
    const path = write('hostile.yaml', topologyOf({ ...GOOD, [what]: name }));
    expect(() => loadTopology({ path, folders, registry })).toThrow(/hostile\.yaml/);
  });

  it('is refused as the name of a scenario', async () => {
    write('pair.yaml', topologyOf(GOOD));
    const path = write(
      'hostile-scenario.yaml',
      `name: ${JSON.stringify(name)}\nquestion: Is it?\ntopology: pair.yaml\nduration: 1s\n` +
        'traffic: [{ from: alice, to: bob, kind: constant, rate: 1/s, size: 100B }]\nkpis: {}\n',
    );
    await expect(openScenario(path, {}, registry)).rejects.toThrow(/hostile-scenario\.yaml/);
  });

  it('is refused as a node of a deployment, and gets no key', () => {
    const path = write('pair.yaml', topologyOf(GOOD));
    const topology = loadTopology({ path, folders, registry });
    const keys = join(folder, 'keys');
    const roles = ['alice', 'bob'].map((node) => ({ kind: 'node', name: node }) as const);
    makeKeys(keys, [{ kind: 'coordinator' }, ...roles]);
    const before = readdirSync(keys);
    const file = write(
      'deployment.yaml',
      `coordinator: 127.0.0.1:7000\nkeys: keys\nhosts:\n  ${JSON.stringify(name)}: 127.0.0.9\n`,
    );
    expect(() => loadDeployment(file, topology, { kind: 'coordinator' })).toThrow();
    expect(readdirSync(keys)).toEqual(before);
  });
});

it('takes names as people give them', () => {
  const path = write('good.yaml', topologyOf(GOOD));
  const { hosts } = loadTopology({ path, folders, registry });
  expect(hosts.map(({ name }) => name)).toEqual(['alice', 'bob']);
});
