/**
 * The documents that show the layout of the repository name the folders that exist, all of them.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, repositoryFiles, SOURCE_FOLDERS } from './files.ts';

const PAGES = [
  { path: 'README.md', heading: 'Layout' },
  { path: 'docs/ARCHITECTURE.md', heading: 'The parts' },
  { path: '.github/CONTRIBUTING.md', heading: 'Where things go' },
] as const;

/** Folders at the top, and the parts of the engine. */
const tops = foldersOf(repositoryFiles().map(({ path }) => path));
const parts = readdirSync(join(ROOT, 'engine'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `engine/${name}`);

describe('the layout', () => {
  it('has every source folder at the top', () => {
    expect(tops).toEqual(expect.arrayContaining([...SOURCE_FOLDERS, 'test', 'docs', 'schemas']));
  });

  it.each(PAGES)('in $path is that of the folders', ({ path, heading }) => {
    const named = namesIn(readFileSync(join(ROOT, path), 'utf8'), heading);
    expect(foldersOf(named.map((name) => `${name}/`))).toEqual(tops);
    const ofEngine = named.filter((name) => name.startsWith('engine/'));
    if (ofEngine.length > 0) expect(ofEngine.sort()).toEqual(parts.sort());
  });

  it('finds a folder that a page has and the repository has not', () => {
    const page = '## Layout\n\n```\nengine/   time\nviz/  gone/\n```\n';
    expect(namesIn(page, 'Layout')).toEqual(['engine', 'viz', 'gone']);
    const table = '## The parts\n\n| `viz`, `gone` | what it is, `cli` too | – |\n';
    expect(namesIn(table, 'The parts')).toEqual(['viz', 'gone']);
  });
});

/** The first folder of each path, once, without hidden ones. */
function foldersOf(paths: readonly string[]): readonly string[] {
  const firsts = paths.filter((path) => path.includes('/')).map((path) => path.split('/')[0] ?? '');
  return [...new Set(firsts)].filter((name) => !name.startsWith('.')).sort();
}

/** Folders at the beginning of the lines of a tree, or in the first cell of a table's rows. */
function namesIn(page: string, heading: string): readonly string[] {
  const [section = ''] = page.split(`## ${heading}\n`)[1]?.split('\n## ') ?? [];
  const blocks = [...section.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)];
  const [, , tree] = blocks.find(([, language]) => language === '') ?? [];
  const lines = (tree ?? section).split('\n');
  const heads =
    tree === undefined
      ? lines.flatMap((line) => /^\| (`[^|]+) \|/.exec(line)?.[1] ?? [])
      : lines.map((line) => line.split(/ {3,}/)[0] ?? '');
  return heads
    .flatMap((head) => head.split(/[`, ]+/))
    .map((name) => name.replace(/\/(<\w+>|\*)?$/, ''))
    .filter((name) => /^[a-z]/.test(name));
}
