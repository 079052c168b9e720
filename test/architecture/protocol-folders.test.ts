/**
 * Folders of protocols have their anatomy: files, README, cited constants, tests, vectors.
 *
 * Spec: DESIGN 4.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shippedProtocols } from '../../scenarios/registry.ts';
import { ROOT, repositoryFiles, type TextFile } from './files.ts';

const NODES = join(ROOT, 'nodes');
const files = repositoryFiles();
const folders = readdirSync(NODES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
  .map(({ name }) => name);
const runnable = new Map(shippedProtocols().map((protocol) => [protocol.name, protocol]));

/** How a source is named: an RFC, a section, a specification's file. */
const SOURCE = /RFC \d|revision|\bspec\/|[Ss]ection|reference|doc\/|\b\d+(\.\d+)+\b/;

describe.each(folders)('R-145: nodes/%s', (name) => {
  const own = files.filter(({ path }) => path.startsWith(`nodes/${name}/`));
  const has = (path: string): boolean => existsSync(join(NODES, name, path));
  const readme = has('README.md') ? readFileSync(join(NODES, name, 'README.md'), 'utf8') : '';
  const protocol = runnable.get(name);

  it('has a README, a face and its numbers', () => {
    expect(['README.md', 'index.ts', 'geometry.ts'].filter((path) => !has(path))).toEqual([]);
  });

  it('has bytes, options, a machine and an adapter when it runs as a node', () => {
    if (protocol === undefined) return;
    expect(has('wire.ts') || has('wire'), 'wire.ts').toBe(true);
    expect(has('config.ts'), 'config.ts').toBe(true);
    expect(has('node.ts'), 'node.ts').toBe(true);
    const isMachine = ({ path, text }: TextFile): boolean =>
      path.endsWith('/machine.ts') || /state machine/.test(text.split('*/')[0] ?? '');
    expect(own.some(isMachine), 'machine.ts, or a file that says it is a state machine').toBe(true);
  });

  it('says in its README where each part stands and is tested, deviations and limits', () => {
    expect(readme).toMatch(/^# /);
    expect(readme).toMatch(/^\|.*\|.*\|/m);
    expect(readme).toMatch(/deviations/i);
    expect(readme).toMatch(/limits/i);
    if (protocol !== undefined) expect(readme).toMatch(/npm run (scenario|live) [\w-]+\.yaml/);
  });

  it('names files in its README that exist', () => {
    const named = [...readme.matchAll(/`([\w./-]+\.ts)`/g)].map(([, path = '']) => path);
    const missing = named.filter((path) => !has(path) && !existsSync(join(ROOT, path)));
    expect(missing).toEqual([]);
    expect(named.length).toBeGreaterThan(0);
  });

  it('gives each number a sentence, and its source', () => {
    const geometry = own.filter(({ path }) => path.endsWith('/geometry.ts'));
    for (const { path, text } of geometry) {
      expect(bareConstants(text), path).toEqual([]);
      if (!readme.includes('there is no specification')) expect(text, path).toMatch(SOURCE);
    }
  });

  it('exports its parts one by one', () => {
    const index = own.find(({ path }) => path === `nodes/${name}/index.ts`)?.text ?? '';
    expect(index).not.toMatch(/export \*/);
  });

  it('has tests of its own, and vectors or golden bytes', () => {
    expect(existsSync(join(ROOT, 'test/unit/nodes', name)), 'test/unit').toBe(true);
    const vectors = files.filter(
      ({ path, text }) => path.startsWith('test/vectors/') && text.includes(`nodes/${name}/`),
    );
    const golden = JSON.parse(
      readFileSync(join(ROOT, 'test/unit/nodes/golden-bytes.json'), 'utf8'),
    ) as Readonly<Record<string, unknown>>;
    expect(vectors.length > 0 || golden[name] !== undefined, 'vectors').toBe(true);
  });

  it('has a sentence for each drop and metric', () => {
    if (protocol === undefined) return;
    for (const [reason, meaning] of Object.entries(protocol.drops)) {
      expect(reason).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(meaning.length, reason).toBeGreaterThan(10);
    }
    for (const metric of protocol.metrics) expect(metric.help.length).toBeGreaterThan(10);
    expect(protocol.summary.length).toBeGreaterThan(10);
  });

  it('stands in the table of protocols of the README', () => {
    const readmeOfProject = readFileSync(join(ROOT, 'README.md'), 'utf8');
    expect(readmeOfProject).toMatch(new RegExp(`^\\| \\[${name}\\]\\(nodes/${name}[/)]`, 'm'));
  });
});

/** Exported constants without a comment above them; one comment may serve a block of lines. */
function bareConstants(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const [, name] = /^export const (\w+)/.exec(line) ?? [];
    if (name === undefined) return [];
    const above = lines.slice(0, index).findLastIndex((one) => !/^(export const .*;)$/.test(one));
    return /\*\/$|^\s*\/\//.test(lines[above] ?? '') ? [] : [name];
  });
}
