/** `twin` and `networks` of a file: what they mean, and where their mistakes are reported. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listUserCode } from '../../../../scenarios/files/load.ts';
import { ConfigError, type ConfigIssue } from '../../../../topologies/files/config-error.ts';
import { folders, load, loadText, registry } from '../../runner/fixture.ts';

function issuesOf(text: string): readonly ConfigIssue[] {
  try {
    loadText(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

/** The place of the only mistake of a file, and what is underlined. */
function mistakeOf(text: string): { readonly what: string; readonly issue: ConfigIssue } {
  const [issue, ...others] = issuesOf(text);
  expect(others).toEqual([]);
  if (issue === undefined) throw new Error('no mistake was found');
  const line = text.split('\n')[issue.line - 1] ?? '';
  return { what: line.slice(issue.column - 1, issue.endColumn - 1), issue };
}

const DRAWN = `name: drawn
topology:
  name: drawn
  defaults: { node: { run: ping } }
  generate: { kind: internet, nodes: 12, seed: 3 }
duration: 2s
traffic: [{ from: node-1, to: node-9, kind: constant, rate: 10/s, size: 100B }]
kpis:
  ping.rtt: { p50: "<= 1s" }
`;

const withTwin = (set: string): string => `${DRAWN}twin:\n  set:\n    ${set}\n`;

describe('twin', () => {
  it('is what flags would set', () => {
    const { twin } = loadText(withTwin('traffic.0.size: 200B'));
    expect(twin).toMatchObject({ set: { 'traffic.0.size': '200B' }, kpis: [] });
  });

  it('can be run alone, with the changes, and left out', () => {
    const text = withTwin('traffic.0.size: 200B');
    const alone = loadText(text, { 'twin.run': 'twin' });
    expect([alone.twin, alone.traffic[0]?.sizeBytes]).toEqual([undefined, 200]);
    const left = loadText(text, { 'twin.run': 'written' });
    expect([left.twin, left.traffic[0]?.sizeBytes]).toEqual([undefined, 100]);
  });

  it('can be set by a flag', () => {
    const { twin } = load('hello.yaml', { twin: '{ set: { topology.links.0.delay: 6ms } }' });
    expect(twin?.set).toEqual({ 'topology.links.0.delay': '6ms' });
  });

  it('refuses a path that is none, at its place', () => {
    const { what, issue } = mistakeOf(withTwin('trafic.0.size: 200B'));
    expect(what).toBe('trafic.0.size');
    expect(issue).toMatchObject({ code: 'E101', hint: 'did you mean traffic?' });
  });

  it('refuses a value that does not fit, at its place', () => {
    const { what, issue } = mistakeOf(withTwin('traffic.0.size: 200furlongs'));
    expect([what, issue.code]).toEqual(['200furlongs', 'E103']);
  });

  it('refuses what both runs share', () => {
    const { what, issue } = mistakeOf(withTwin('seeds: 5'));
    expect(what).toBe('seeds');
    expect(issue.hint).toContain('beside twin:');
  });

  it('of a twin was looked for without end', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'orrery-twin-')), 'twin.yaml');
    writeFileSync(path, withTwin('twin.run: both').replace('run: ping', 'run: ./absent.ts'));
    expect(listUserCode({ path, folders, registry }).protocols).toEqual([]);
    rmSync(dirname(path), { recursive: true });
    expect(mistakeOf(withTwin('twin.run: both')).what).toBe('twin.run');
  });

  it('says that a mistake elsewhere comes from the changes', () => {
    const [issue] = issuesOf(withTwin('topology.generate.nodes: 4'));
    expect(issue?.message).toMatch(/with the changes of twin$/);
  });

  it('has limits of its own on the difference, which may be negative', () => {
    const limits = 'ping.rtt: { p50: "<= 1s", difference: { p50: ["<= -2ms", ">= -1s"] } }';
    const text = withTwin('traffic.0.size: 200B').replace('ping.rtt: { p50: "<= 1s" }', limits);
    const { kpis, twin } = loadText(text);
    expect(kpis.map((kpi) => kpi.limit)).toEqual([1e9]);
    expect(twin?.kpis.map(({ metric, limit }) => [metric, limit])).toEqual([
      ['ping.rtt', -2e6],
      ['ping.rtt', -1e9],
    ]);
    expect(loadText(text, { 'twin.run': 'written' }).kpis).toHaveLength(1);
  });

  it('refuses a limit on a difference without a twin, and an aggregation that does not fit', () => {
    const alone = DRAWN.replace('p50: "<= 1s"', 'difference: { p50: "<= 2ms" }');
    expect(mistakeOf(alone)).toMatchObject({ what: 'difference', issue: { code: 'E109' } });
    const value = withTwin('traffic.0.size: 200B').replace(
      'p50: "<= 1s"',
      'difference: { value: "<= 2ms" }',
    );
    expect(mistakeOf(value)).toMatchObject({ what: 'value', issue: { code: 'E109' } });
  });
});

describe('networks', () => {
  const linksOf = (text: string, set: Readonly<Record<string, string>>): string =>
    loadText(text, set)
      .topology.links.map(({ id }) => id)
      .join();

  it('are drawn one by one, each always the same, the first as written', () => {
    const plain = linksOf(DRAWN, {});
    expect(linksOf(DRAWN, { networks: '[1]' })).toBe(plain);
    expect(linksOf(DRAWN, { networks: '[2]' })).not.toBe(plain);
    expect(linksOf(DRAWN, { networks: '[2]' })).toBe(linksOf(DRAWN, { networks: '[2, 5]' }));
    expect(linksOf(DRAWN, { networks: '[2]' })).toBe(
      linksOf(DRAWN, { 'topology.generate.seed': '4' }),
    );
  });

  it('have seeds of their own', () => {
    const { networks, seeds } = loadText(`${DRAWN}networks: 3\nseeds: 2\n`);
    expect(networks).toEqual([1, 2, 3]);
    expect(seeds).toEqual([1, 2, 10_001, 10_002, 20_001, 20_002]);
  });

  it('are refused where nothing is drawn', () => {
    for (const generate of ['{ kind: star, nodes: 12 }', '{ kind: tree, nodes: 12 }']) {
      const text = DRAWN.replace('{ kind: internet, nodes: 12, seed: 3 }', generate);
      const { what, issue } = mistakeOf(`${text}networks: 3\n`);
      expect([what, issue.code]).toEqual(['networks', 'E104']);
    }
    expect(() => load('hello.yaml', { networks: '2' })).toThrow(
      'nothing in this topology is drawn',
    );
    const tree = DRAWN.replace(
      '{ kind: internet, nodes: 12, seed: 3 }',
      '{ kind: tree, nodes: 12, seed: 3 }',
    );
    expect(loadText(`${tree}networks: 3\n`).networks).toHaveLength(3);
  });

  it('are refused twice, with too large seeds and with too many runs', () => {
    expect(mistakeOf(`${DRAWN}networks: [1, 2, 1]\n`).issue.code).toBe('E113');
    expect(mistakeOf(`${DRAWN}networks: 2\nseeds: [10000]\n`).issue.message).toContain('10000');
    expect(mistakeOf(`${DRAWN}networks: 200\nseeds: 200\n`).issue.message).toContain('40000 runs');
  });
});
