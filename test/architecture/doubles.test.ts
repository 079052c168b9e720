/**
 * Defective doubles of protocols are made in `nodes/<p>/doubles`: no other file asks which double a node is, and
 * each is refused by a live run. Import rules keep the rest of a protocol from importing them.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shippedProtocols } from '../../scenarios/open/registry.ts';
import { ROOT, repositoryFiles, type TextFile } from './files.ts';

interface Doubles {
  readonly DEFECTS_BY_DOUBLE: Readonly<Record<string, unknown>>;
}

const folders = await Promise.all(
  shippedProtocols()
    .filter(({ name }) => existsSync(join(ROOT, 'nodes', name, 'doubles/index.ts')))
    .map(async (protocol) => {
      const made = (await import(`../../nodes/${protocol.name}/doubles/index.ts`)) as Doubles;
      return { protocol, words: Object.keys(made.DEFECTS_BY_DOUBLE) };
    }),
);
const sources = repositoryFiles();

/** The code of a file, without its comments. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}

/** Where a file of a protocol knows doubles that are not its business. */
function mentions({ path, text }: TextFile, words: readonly string[]): readonly string[] {
  const code = codeOf(text);
  const known = words.filter((word) => code.includes(`'${word}'`));
  return [...known, ...(/\bdouble\b/.test(code) ? ['double'] : [])].map((one) => `${path}: ${one}`);
}

/** Files of a protocol that may name its doubles: they read the option, compare options of nodes, and open the node. */
function isEdge(path: string): boolean {
  return /^nodes\/[^/]+\/(doubles\/.*|(index|option-conflicts)\.ts|(.+\/)?config\.ts)$/.test(path);
}

describe.each(folders)('doubles of $protocol.name', ({ protocol, words }) => {
  it('are known to their folder only', () => {
    expect(words.length).toBeGreaterThan(0);
    const inside = sources.filter(
      ({ path }) =>
        path.startsWith(`nodes/${protocol.name}/`) && path.endsWith('.ts') && !isEdge(path),
    );
    expect(inside.flatMap((file) => mentions(file, words))).toEqual([]);
  });
});

it('doubles are known to the face of their protocol, so that live runs refuse them', () => {
  const asked = sources.filter(
    ({ path, text }) => /^nodes\/.*config\.ts$/.test(path) && /^ {2,}double: z/m.test(text),
  );
  const found = new Set(asked.map(({ path }) => path.split('/')[1]));
  const told = shippedProtocols().filter(({ double }) => double !== undefined);
  expect([...found].sort()).toEqual(told.map(({ name }) => name).sort());
});

it('finds a branch on a double where there is one', () => {
  const path = 'nodes/x/node.ts';
  expect(mentions({ path, text: "if (kind === 'flip') lose();" }, ['flip'])).toHaveLength(1);
  expect(mentions({ path, text: 'if (options.double) lose();' }, ['flip'])).toHaveLength(1);
  expect(mentions({ path, text: "/** The double 'flip'. */" }, ['flip'])).toEqual([]);
  expect(['nodes/x/doubles/index.ts', 'nodes/x/client/config.ts'].map(isEdge)).toEqual([
    true,
    true,
  ]);
  expect(['nodes/x/node.ts', 'nodes/x/client/index.ts'].map(isEdge)).toEqual([false, false]);
});
