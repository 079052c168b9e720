/** What is not ASCII in our sources, in commands that start from one file (ADR 0030). @module */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../architecture/files.ts';
import { COMMAND_LINE } from '../../command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-characters-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(words: readonly string[]): string {
  const line = [COMMAND_LINE, ...words, '--out', folder];
  const { stderr, stdout } = spawnSync(process.execPath, line, { cwd: ROOT, encoding: 'utf8' });
  return stderr + stdout;
}

function hello(change: (text: string) => string): string {
  const path = join(folder, 'hello.yaml');
  const text = readFileSync(join(ROOT, 'scenarios/hello.yaml'), 'utf8');
  const topology = join(ROOT, 'topologies/two-nodes.yaml');
  writeFileSync(path, change(text.replace('two-nodes.yaml', topology)));
  return path;
}

describe('a command that starts from one file', () => {
  it('did not know a sign of its own regular expressions: it advised "<= ≤ 12ms"', () => {
    const said = run(['scenario', hello((text) => text.replace('"<= 12ms"', '"≤ 12ms"'))]);
    expect(said).toContain('"≤ 12ms" has no comparison');
    expect(said).toContain('hint: write "<= 12ms"');
  }, 60_000);

  it('wrote three wrong letters for an arrow of its own templates into sweep.html', () => {
    const sweep = '\nsweep:\n  traffic.0.size: [100B, 200B]\n  traffic.0.rate: [10/s, 20/s]\n';
    const words = ['--set', 'duration=2s', '--seed', '1'];
    const said = run(['sweep', hello((text) => `${text}${sweep}`), ...words]);
    const [, page = ''] = /(\S+\/)\s+sweep\.html/.exec(said) ?? [];
    const html = readFileSync(join(page, 'sweep.html'), 'utf8');
    expect(html).toContain('size →</text>');
    expect(html).not.toMatch(/[\u0080-\u009f]/);
  }, 60_000);
});
