import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './files.ts';

/** Files of the repository that match. */
function filesOf(pattern: string): readonly string[] {
  const options = { cwd: ROOT, encoding: 'utf8' } as const;
  return execFileSync('git', ['ls-files', pattern], options).trim().split('\n');
}

/** Entries of the root folder with files that match. */
function entriesWith(pattern: string): readonly string[] {
  return [...new Set(filesOf(pattern).map((path) => path.split('/')[0] as string))];
}

/** Folders of the repository with TypeScript in them. */
const FOLDERS = entriesWith('*/*.ts');
/** What a stranger sees first fits on a page, hidden files counted. */
const ROOT_ENTRIES_MAX = 28;
/** Not part of the product. */
const AROUND = ['bench', 'test', 'tools'];
const PRODUCT = FOLDERS.filter((folder) => !AROUND.includes(folder));
/** Between the protocols and the commands: what is forbidden for one of them is said of each. */
const MIDDLE = PRODUCT.filter(
  (name) => !['engine', 'nodes', 'services', 'viz', 'lab', 'cli'].includes(name),
);

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
/** Every file with a list of folders, and the folders that it names. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  'tsconfig.json': FOLDERS,
  'tools/config/tsconfig.build.json': PRODUCT,
  'tools/config/knip.json': FOLDERS,
  'tools/config/dependency-cruiser.cjs': FOLDERS,
  'biome.json': PRODUCT,
  'package.json': FOLDERS,
  'engine/live/stack-locations.ts': PRODUCT,
  'cli/prepared-key.mjs': PRODUCT.filter((folder) => folder !== 'viz' && folder !== 'lab'),
  'tools/mutants/planting.ts': PRODUCT,
  'test/architecture/files.ts': FOLDERS.filter((folder) => folder !== 'test'),
  'test/architecture/protocol-names.test.ts': PRODUCT.filter((folder) => folder !== 'nodes'),
  'test/security/listeners.test.ts': PRODUCT,
  'test/unit/cli/start-copy.ts': PRODUCT,
  'README.md': FOLDERS,
  '.github/CONTRIBUTING.md': FOLDERS,
  'docs/ARCHITECTURE.md': FOLDERS,
};

describe.each(Object.entries(LISTS))('a folder escaped the rules of %s', (path, folders) => {
  it.each(folders)('%s', (folder) => {
    expect(read(path)).toMatch(new RegExp(`(?<![\\w-])${folder}(?![\\w-])`));
  });
});

it('a rule forbids one folder between the protocols and the commands, and not another', () => {
  const groups = [...read('tools/config/dependency-cruiser.cjs').matchAll(/\(([a-z/()|!?]+)\)/g)];
  const named = groups.map(([, group = '']) => group.split('|'));
  const partly = named.filter((group) => {
    const count = MIDDLE.filter((folder) => group.includes(folder)).length;
    return count > 1 && count < MIDDLE.length - (group.includes('topologies') ? 1 : 2);
  });
  expect(partly).toEqual([]);
});

it('the root folder grows: configuration of tools belongs in tools/config', () => {
  expect(entriesWith('*').length).toBeLessThanOrEqual(ROOT_ENTRIES_MAX);
});

it('search and editors skip a folder, which they take for something made', () => {
  const skipped = /(^|\/)(build|coverage|dist|logs|out|target|tmp|vendor)\//;
  expect(filesOf('*').filter((path) => skipped.test(path))).toEqual([]);
});

describe('the rooms of the runner', () => {
  const paths = filesOf('runner/*/*.ts');
  const roomOf = (path: string): string => path.split('/')[1] as string;
  const uses = new Map<string, Set<string>>();
  for (const path of paths) {
    for (const [, named = ''] of read(path).matchAll(/ from '(\.[^']+)'/g)) {
      const to = join(dirname(path), named);
      if (!to.startsWith('runner/') || !to.slice(7).includes('/') || roomOf(to) === roomOf(path))
        continue;
      uses.set(roomOf(path), (uses.get(roomOf(path)) ?? new Set()).add(roomOf(to)));
    }
  }

  /** The rooms that a room imports, and those that they import. */
  function below(room: string, seen = new Set<string>()): ReadonlySet<string> {
    for (const next of uses.get(room) ?? []) {
      if (seen.has(next)) continue;
      below(next, seen.add(next));
    }
    return seen;
  }

  it('import down: none is below itself', () => {
    expect(uses.size).toBeGreaterThan(10);
    expect([...uses.keys()].filter((room) => below(room).has(room))).toEqual([]);
  });

  it('stand in its README, each of them', () => {
    const rows =
      read('runner/README.md')
        .match(/^\| `[a-z].*? \|/gm)
        ?.join('') ?? '';
    const rooms = [...new Set(filesOf('runner/*/*').map(roomOf))];
    expect(rooms.filter((room) => !rows.includes(`\`${room}\``))).toEqual([]);
  });
});

it.each(['runner', 'scenarios'])('the rooms of %s have at most 25 files each', (folder) => {
  const rooms = filesOf(`${folder}/*.ts`).map((path) => dirname(path));
  const full = rooms.filter((room) => rooms.filter((one) => one === room).length > 25);
  expect([...new Set(full)]).toEqual([]);
});

it('the walk of a seed is at most 10 functions, each in the file that the README of the runner names', () => {
  const walk = [...read('runner/README.md').matchAll(/^\| `([\w.]+)` \| \[.+?\]\((.+?)\) \|/gm)];
  expect(walk.length).toBeGreaterThan(5);
  expect(walk.length).toBeLessThanOrEqual(10);
  const lost = walk.filter(([, name = '', file = '']) => {
    const made = new RegExp(`(function\\*? |^  \\*?)${name.split('.').at(-1)}[(<]`, 'm');
    return !made.test(read(`runner/${file}`));
  });
  expect(lost.map(([row]) => row)).toEqual([]);
});
