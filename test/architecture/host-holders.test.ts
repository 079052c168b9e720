/**
 * The exceptions from the rule that only nodes hold the port (`only-nodes-hold-the-host`) are all
 * needed, and a part of the port is a small part.
 *
 * @module
 */
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { repositoryFiles } from './files.ts';

interface Configuration {
  readonly forbidden: readonly {
    readonly name: string;
    readonly from: { readonly pathNot?: readonly string[] };
    readonly to: { readonly path?: string };
  }[];
}

const { forbidden } = createRequire(import.meta.url)(
  '../../tools/config/dependency-cruiser.cjs',
) as Configuration;
const rule = forbidden.find(({ name }) => name === 'only-nodes-hold-the-host');
const [nodeFiles = '', ...exceptions] = rule?.from.pathNot ?? [];
const sources = repositoryFiles().filter(({ path }) => /^nodes\/.*\.ts$/.test(path));
/** Members of the port that a file may ask for by name; whoever needs more holds the port. */
const MEMBERS_MAX = 4;

const importsHost = (text: string): boolean =>
  /from '[./]*engine\/host\/(host|index)\.ts'/.test(text);

describe('files that hold the port', () => {
  it.each(exceptions)('%s is one', (exception) => {
    const found = sources.filter(({ path }) => new RegExp(exception).test(path));
    expect(found.map(({ text }) => importsHost(text))).toEqual([true]);
  });

  it('are nodes otherwise, and there are some', () => {
    const holders = sources.filter(({ text }) => importsHost(text)).map(({ path }) => path);
    const nodes = holders.filter((path) => new RegExp(nodeFiles).test(path));
    expect(nodes).toContain('nodes/ping/node.ts');
    expect(holders).toHaveLength(nodes.length + exceptions.length);
  });

  it('are no more than when the rule began', () => {
    expect(exceptions.length).toBeLessThanOrEqual(3);
  });
});

describe('parts of the port', () => {
  it(`have at most ${MEMBERS_MAX} members`, () => {
    const parts = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/HostPart<([^>]*)>/g)].map(([, members = '']) => ({
        path,
        members: members.match(/(?<=')\w+(?=')/g) ?? [],
      })),
    );
    expect(parts.length).toBeGreaterThan(10);
    expect(parts.filter(({ members }) => members.length > MEMBERS_MAX)).toEqual([]);
  });
});
