import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './files.ts';

/** Folders of the repository with TypeScript in them. */
const FOLDERS = [
  ...new Set(
    execFileSync('git', ['ls-files', '*/*.ts'], { cwd: ROOT, encoding: 'utf8' })
      .split('\n')
      .filter((path) => path.includes('/'))
      .map((path) => path.split('/')[0] as string),
  ),
];
/** Not part of the product. */
const AROUND = ['bench', 'test', 'tools'];
const PRODUCT = FOLDERS.filter((folder) => !AROUND.includes(folder));
/** Between the protocols and the commands: what is forbidden for one of them is said of each. */
const MIDDLE = PRODUCT.filter(
  (name) => !['engine', 'nodes', 'services', 'viz', 'cli'].includes(name),
);

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
/** Every file with a list of folders, and the folders that it names. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  'tsconfig.json': FOLDERS,
  'tsconfig.build.json': PRODUCT,
  'knip.json': FOLDERS,
  '.dependency-cruiser.cjs': FOLDERS,
  'biome.json': PRODUCT,
  'package.json': FOLDERS,
  'engine/live/stack-places.ts': PRODUCT,
  'cli/prepared-key.mjs': PRODUCT.filter((folder) => folder !== 'viz'),
  'tools/mutants/planting.ts': PRODUCT,
  'test/architecture/files.ts': FOLDERS.filter((folder) => folder !== 'test'),
  'test/architecture/protocol-names.test.ts': PRODUCT.filter((folder) => folder !== 'nodes'),
  'test/security/listeners.test.ts': PRODUCT,
  'test/unit/cli/start-copy.ts': PRODUCT,
  'README.md': FOLDERS,
  'CONTRIBUTING.md': FOLDERS,
  'docs/ARCHITECTURE.md': FOLDERS,
};

describe.each(Object.entries(LISTS))('a folder escaped the rules of %s', (path, folders) => {
  it.each(folders)('%s', (folder) => {
    expect(read(path)).toMatch(new RegExp(`(?<![\\w-])${folder}(?![\\w-])`));
  });
});

it('a rule forbids one folder between the protocols and the commands, and not another', () => {
  const groups = [...read('.dependency-cruiser.cjs').matchAll(/\(([a-z/()|!?]+)\)/g)];
  const named = groups.map(([, group = '']) => group.split('|'));
  const partly = named.filter((group) => {
    const count = MIDDLE.filter((folder) => group.includes(folder)).length;
    return count > 1 && count < MIDDLE.length - (group.includes('topologies') ? 1 : 2);
  });
  expect(partly).toEqual([]);
});
