/** Values that came from elsewhere change values: what names code or files is refused before it is opened. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CombinationParameters } from '../../../scenarios/identity.ts';
import {
  openUntrustedScenario,
  trustedValuesFilter,
  UntrustedFileError,
} from '../../../scenarios/open/foreign-values.ts';
import { nodeFiles } from '../../../scenarios/open/node-files.ts';
import type { OpenedScenario } from '../../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import {
  mayOpenFile,
  realPath,
  runWithinFiles,
  runWithinFolders,
} from '../../../topologies/files/file-bounds.ts';
import { readText } from '../../../topologies/files/source.ts';
import { ROOT } from '../../architecture/files.ts';

const LOADED = Symbol.for('orrery.test.loaded');
/** A module that notes that it ran. */
const MODULE = `globalThis[Symbol.for('orrery.test.loaded')] = true;\nexport const protocol = {};\n`;
const SCENARIO = `name: s
topology: two.yaml
duration: 2s
traffic: [{ from: alice, to: bob, kind: poisson, rate: 100/s, size: 100B }]
kpis: { ping.delivery: { value: ">= 99%" } }
sweep: { traffic.0.rate: [100/s, 200/s], topology: [two.yaml, other.yaml] }
`;
const NODES = `nodes: [{ name: alice, run: ping }, { name: bob, run: ping }]
links: [{ ends: alice <-> bob, delay: 5ms, rate: 10Mbit/s, mtu: 1500B }]
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-foreign-'));
  mkdirSync(join(folder, 'sent'));
  write('s.yaml', SCENARIO);
  for (const name of ['two.yaml', 'other.yaml', 'third.yaml']) write(name, `name: t\n${NODES}`);
  write('sent/evil.mjs', MODULE);
  write('sent/evil.yaml', `name: t\n${NODES.replace('run: ping', 'run: ./evil.mjs')}`);
  write('sent/trace.csv', '0.1,100\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  expect(Reflect.get(globalThis, LOADED)).toBeUndefined();
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

/** Opens the scenario with values of which the trusted ones were typed. */
function open(
  all: CombinationParameters,
  trusted: CombinationParameters = {},
): Promise<OpenedScenario> {
  const file = join(folder, 's.yaml');
  const own = trustedValuesFilter(file, trusted)(all);
  return openUntrustedScenario(file, { all, own }, new ProtocolRegistry());
}

describe('values that came from elsewhere', () => {
  it.each<[string, CombinationParameters]>([
    ['a topology that names a module', { topology: 'sent/evil.yaml' }],
    ['a topology', { topology: 'third.yaml' }],
    ['a shipped topology', { topology: 'star-12.yaml' }],
    ['a module of a node', { 'topology.nodes.0.run': './sent/evil.mjs' }],
    ['a module in a map', { 'topology.nodes.0': '{ name: alice, run: ./sent/evil.mjs }' }],
    [
      'a module that is written with escapes',
      { 'topology.nodes.alice.run': '"\\x2e/sent/evil.mjs"' },
    ],
    ['a module of a layer', { stack: '[{ on: "*", run: ./sent/evil.mjs }]' }],
    [
      'a module in a topology of its own',
      { topology: '{ name: x, nodes: [{ name: alice, run: ./sent/evil.mjs }] }' },
    ],
    ['a module of a generator', { topology: '{ name: x, generate: { run: ./sent/evil.mjs } }' }],
    ['a trace', { 'traffic.0': '{ from: alice, to: bob, kind: trace, file: sent/trace.csv }' }],
    ['an import', { topology: '{ name: x, import: { scion: sent/evil.yaml } }' }],
  ])('open nothing if they name %s', async (_, foreign) => {
    const typed = { duration: '3s' };
    await expect(open({ ...typed, ...foreign }, typed)).rejects.toThrow(UntrustedFileError);
  });

  it('open nothing where another value was typed', async () => {
    const opening = open({ topology: 'third.yaml' }, { topology: 'other.yaml' });
    await expect(opening).rejects.toThrow(/third\.yaml is named by values that came/);
  });

  it('open no module that is loaded already, for values of somebody else', async () => {
    const path = join(ROOT, 'test/fixtures/summer/index.ts');
    const registry = new ProtocolRegistry();
    await registry.load(path);
    const refused: string[] = [];
    const onRefused = (file: string): number => refused.push(file);
    const opening = runWithinFiles(new Set(), onRefused, () =>
      registry.loadFound({ protocols: () => [path], modules: () => [] }),
    );
    await expect(opening).rejects.toThrow(/is outside the folders of this run/);
    const loading = runWithinFiles(new Set(), onRefused, () => registry.load(path));
    await expect(loading).rejects.toThrow(/is outside the folders of this run/);
    expect(refused).toEqual([path, path]);
  });

  it('open nothing by the sweep that they bring', async () => {
    const { scenario } = await open({ 'sweep.topology': '[sent/evil.yaml]' });
    const cell = scenario.sweep?.cells[0] ?? {};
    expect(cell).toMatchObject({ topology: 'sent/evil.yaml' });
    const all = { 'sweep.topology': '[sent/evil.yaml]', ...cell };
    await expect(open(all)).rejects.toThrow(/evil\.yaml is named by values that came/);
  });

  it('change everything else', async () => {
    const all = { 'topology.links.0.delay': '7ms', duration: '3s', topology: 'two.yaml' };
    const { scenario } = await open(all);
    expect([scenario.durationNs, scenario.topology.links[0]?.forward.delayNs]).toEqual([3e9, 7e6]);
  });

  it('name what they like where they were typed, or the sweep of the file lists them', async () => {
    const typed = { topology: 'third.yaml' };
    const { scenario } = await open({ ...typed, duration: '3s' }, typed);
    expect(scenario.topology.file).toContain('third.yaml');
    // What a link leads to counts, whatever it is called.
    symlinkSync(join(folder, 'third.yaml'), join(folder, 'linked.yaml'));
    const linked = { topology: 'linked.yaml' };
    expect((await open({ ...linked, duration: '3s' }, linked)).scenario.durationNs).toBe(3e9);
    const swept = await open({ topology: 'other.yaml', duration: '3s' });
    expect(swept.scenario.topology.file).toContain('other.yaml');
  });
});

describe('files that are named by others', () => {
  it('are below all folders that bound the work, and among those that are known', () => {
    const [own, sent] = ['two.yaml', 'sent/evil.yaml'].map((name) => join(folder, name));
    const known = new Set([own ?? '', sent ?? ''].map(realPath));
    const inside = (path = ''): boolean =>
      runWithinFolders([join(folder, 'sent')], () =>
        runWithinFiles(
          known,
          () => undefined,
          () => mayOpenFile(path),
        ),
      );
    expect([inside(own), inside(sent)]).toEqual([false, true]);
  });

  it('are not read if they are not, wherever their names came from', () => {
    const reading = (): unknown =>
      readText(join(folder, 'two.yaml'), {
        files: nodeFiles,
        limitBytes: 1e6,
        tooLargeHint: 'none',
      });
    expect(reading).not.toThrow();
    expect(() => runWithinFiles(new Set(), () => undefined, reading)).toThrow(
      /outside the folders/,
    );
  });
});
