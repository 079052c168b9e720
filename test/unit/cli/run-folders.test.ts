/** Folders of runs as the command line leaves them (docs/how-to/runs.md). */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type EndedHere, orreryHere } from '../../command-here.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'orrery-folders-'));
afterAll(() => rmSync(folder, { recursive: true }));
const out = join(folder, 'runs');

const TEXT = `name: probe
topology: two-nodes.yaml
duration: 3s
warmup: 1s
traffic: [{ from: alice, to: bob, kind: constant, rate: 20/s }]
kpis: { ping.delivery: { value: ">= 99%" } }
`;

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function orrery(...words: string[]): Promise<EndedHere> {
  return orreryHere(root, [...words, '--out', out]);
}

const run = (...words: string[]): ReturnType<typeof orrery> =>
  orrery('scenario', ...words, '--no-trace');
const left = (): string[] =>
  readdirSync(join(out, 'probe'))
    .filter((name) => name !== 'latest')
    .sort();

describe('runs of one scenario', () => {
  it('overwrote each other: --set has a folder of its own, a change leaves the run before', async () => {
    const path = file('probe.yaml', TEXT);
    expect((await run(path)).status).toBe(0);
    expect((await run(path, '--set', 'duration=4s')).status).toBe(0);
    expect(left()).toEqual(['1', expect.stringMatching(/^1-set-[0-9a-f]{8}$/)]);

    // Nothing has changed, so the second run prints the same as the first.
    expect((await run(path)).stdout).not.toContain('before it');
    expect(left()).toHaveLength(2);

    file('probe.yaml', TEXT.replace('20/s', '30/s'));
    const changed = await run(path);
    const aside = left().find((name) => name.startsWith('1_')) ?? '';
    expect(left()).toHaveLength(3);
    expect(changed.stdout).toContain(`before it  ${join(out, 'probe', aside)}`);
    expect(readFileSync(join(out, 'probe', aside, 'scenario.yaml'), 'utf8')).toContain('20/s');
    expect(readFileSync(join(out, 'probe/1/scenario.yaml'), 'utf8')).toContain('30/s');

    const compared = await orrery('compare');
    expect(compared.status).toBe(0);
    expect(compared.stdout).toMatch(/^before {2}.*\/1_.*\nafter {3}.*\/1\n/);
    expect(JSON.parse((await orrery('compare', '--json')).stdout)).toMatchObject({
      verdict: 'same',
    });
    expect((await orrery('compare', join(out, 'probe/1'))).stderr).toContain(
      'needs a second report to compare with',
    );
  });

  it('a run without a verdict leaves an error, and no green junit.xml of the run before', async () => {
    const good = file('lost.yaml', TEXT.replace('probe', 'lost'));
    expect((await run(good)).status).toBe(0);
    const events = `events:
  - { at: 1s, for: 1s, partition: { from: [alice], to: [bob] }, direction: one-way }
  - { at: 1s, link: { activePath: "alice -> bob", hop: random }, set: { up: false } }
`;
    const bad = file('lost.yaml', `${TEXT.replace('probe', 'lost')}${events}`);
    expect((await run(bad)).status).toBe(2);
    expect(readdirSync(join(out, 'lost/1'))).toEqual(['junit.xml']);
    const xml = readFileSync(join(out, 'lost/1/junit.xml'), 'utf8');
    expect(xml).toContain('<error type="scenario-error" message="');
    expect(xml).toContain('errors="1"');
  });
});
