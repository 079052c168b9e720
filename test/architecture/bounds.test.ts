/**
 * docs/spec/bounds.md names everything that a peer, a file or a page can fill, with its bound, and
 * nothing that is gone.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, repositoryFiles } from './files.ts';
import { holdersOf } from './holders.ts';

const FILLERS = ['peer', 'file', 'application', 'own'];
const sources = repositoryFiles().filter(
  ({ path }) =>
    /^(nodes|services|engine\/live)\/.*\.ts$/.test(path) && !/\/viz[-\w]*\.ts$/.test(path),
);
const rows = rowsOf(readFileSync(join(ROOT, 'docs/spec/bounds.md'), 'utf8'));

describe('the bounds of docs/spec/bounds.md', () => {
  it('cover each Map, Set, array and timer that a node, a service or the live engine keeps', () => {
    const found = sources.flatMap(holdersOf).map(({ path, name }) => `${path} ${name}`);
    expect(found.length).toBeGreaterThan(300);
    const listed = rows.flatMap(({ path, names }) => names.map((name) => `${path} ${name}`));
    expect({
      withoutRow: found.filter((one) => !listed.includes(one)),
      gone: listed.filter((one) => !found.includes(one)),
      twice: listed.filter((one, at) => listed.indexOf(one) !== at),
    }).toEqual({ withoutRow: [], gone: [], twice: [] });
  });

  it('name constants of the source, who fills it, and tests that exist', () => {
    expect(rows.flatMap(wrongIn)).toEqual([]);
  });

  it('find a field that the next protocol adds', () => {
    const text =
      'class A {\n  readonly #late = new Map<string, number>();\n  #at: Timer | undefined;\n}\n';
    expect(holdersOf({ path: 'nodes/next/node.ts', text }).map(({ name }) => name)).toEqual([
      'late',
      'at',
    ]);
  });
});

interface Row {
  readonly path: string;
  readonly names: readonly string[];
  readonly filler: string;
  readonly bound: string;
  readonly test: string;
}

/** Rows of the tables below a heading such as `### nodes/dtn/agent`; files are relative to it. */
function rowsOf(page: string): readonly Row[] {
  let folder = '';
  return page.split('\n').flatMap((line) => {
    folder = /^#+ ((?:nodes|services|engine)[\w/-]*)$/.exec(line)?.[1] ?? folder;
    const [file = '', names = '', filler = '', bound = '', test = ''] = cellsOf(line);
    if (!/^`[\w/-]+\.ts`$/.test(file)) return [];
    const all = [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    return [{ path: `${folder}/${file.slice(1, -1)}`, names: all, filler, bound, test }];
  });
}

function cellsOf(line: string): readonly string[] {
  return line.startsWith('| ')
    ? line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''))
    : [];
}

function wrongIn({ path, names, filler, bound, test }: Row): readonly string[] {
  const part = path.split('/').slice(0, 2).join('/');
  const text = sources.filter(
    (one) => one.path.startsWith(part) || one.path.startsWith('nodes/_kit'),
  );
  const constants = [...bound.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name = '']) => name);
  const unknown = constants.filter((name) => !text.some((one) => one.text.includes(name)));
  const tests = [...test.matchAll(/`([\w/.-]+\.test\.ts)`/g)].map(([, name = '']) => name);
  const missing = tests.filter((name) => !existsSync(join(ROOT, 'test', name)));
  return [
    ...(names.length === 0 ? [`${path}: no name`] : []),
    ...(FILLERS.includes(filler) ? [] : [`${path}: filled by ${filler}?`]),
    ...(bound.length < 3 ? [`${path}: no bound`] : []),
    ...unknown.map((name) => `${path}: no constant ${name}`),
    ...missing.map((name) => `${path}: no test/${name}`),
    ...(filler === 'peer' && tests.length === 0
      ? [`${path}: a peer fills it, and no test shows its bound`]
      : []),
  ];
}
