/**
 * Runs the generator of docs/WRITING-A-PROTOCOL.md from the files that the page shows.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runScenario } from '../../index.ts';
import { chooseExitCode } from '../../reports/judge.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../scenarios/folders.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = readFileSync(`${root}docs/WRITING-A-PROTOCOL.md`, 'utf8');
const FILE = `${root}test/fixtures/rounds/rounds.yaml`;

async function loaded(
  overrides: Readonly<Record<string, string>> = {},
): Promise<{ readonly scenario: Scenario; readonly registry: ProtocolRegistry }> {
  const registry = new ProtocolRegistry();
  await registry.loadNamedBy(FILE, SHIPPED_FILE_FOLDERS);
  return {
    scenario: loadScenario({ path: FILE, folders: SHIPPED_FILE_FOLDERS, overrides, registry }),
    registry,
  };
}

describe('the generator of the guide', () => {
  it('stands there as it is run', () => {
    for (const [name, language] of [
      ['index.ts', 'ts'],
      ['rounds.yaml', 'yaml'],
    ]) {
      const path = `test/fixtures/rounds/${name}`;
      const text = readFileSync(`${root}${path}`, 'utf8');
      expect(guide).toContain(`<!-- ${path} -->\n\`\`\`${language}\n${text}\`\`\``);
    }
  });

  it('makes towns on a ring and villages beside them, drawn from the seed of the file', async () => {
    const linksOf = async (seed: string): Promise<readonly string[]> =>
      (await loaded({ 'topology.generate.seed': seed })).scenario.topology.links.map(
        ({ id }) => id,
      );
    const links = await linksOf('2');
    const ring = ['town-1--town-2', 'town-2--town-3', 'town-3--town-4', 'town-4--town-1'];
    expect(links.slice(0, 4)).toEqual(ring);
    expect(links).toHaveLength(10);
    expect(links.slice(4).every((id) => /^village-\d--town-[1-4]$/.test(id))).toBe(true);
    expect(await linksOf('2')).toEqual(links);
    expect(await linksOf('3')).not.toEqual(links);
    const { hosts } = (await loaded()).scenario.topology;
    expect(hosts[0]?.options).toEqual({});
    expect(hosts.at(-1)?.options).toEqual({ repeatMs: 200 });
  });

  it('runs to its verdict, as large as a flag says', async () => {
    const set = { 'topology.generate.villages': '20' };
    const { scenario } = await loaded(set);
    expect(scenario.topology.hosts).toHaveLength(24);
    const report = await runScenario(FILE, { set });
    expect(chooseExitCode(report)).toBe(0);
    expect(report.metrics['rounds.delivery']?.value).toBe(1);
  });

  it('had hosts without a protocol when the file named a second module for them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orrery-rounds-'));
    const path = join(folder, 'two.yaml');
    const modules = ['courier', 'rounds'].map((name) => `${root}test/fixtures/${name}/index.ts`);
    const [courier, rounds] = modules;
    writeFileSync(
      path,
      `name: two
topology:
  name: two
  defaults: { node: { run: ${courier} } }
  generate: { kind: rounds, run: ${rounds} }
duration: 1s
`,
    );
    try {
      const registry = new ProtocolRegistry();
      await registry.loadNamedBy(path, SHIPPED_FILE_FOLDERS);
      const { topology } = loadScenario({ path, folders: SHIPPED_FILE_FOLDERS, registry });
      expect(topology.hosts.map(({ protocol }) => protocol)).toEqual(Array(3).fill(courier));
      expect(registry.protocols(courier ?? '')?.name).toBe('courier');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses a parameter that it does not know, at its place', async () => {
    await expect(loaded({ 'topology.generate.town': '3' })).rejects.toThrow(
      /topology\.generate\.town: unknown key[\s\S]*did you mean towns\?/,
    );
  });
});
