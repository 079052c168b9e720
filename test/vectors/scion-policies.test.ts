/**
 * Path policies, compared with the reference's own cases (policies.json).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { formatInterface, type PathInterface } from '../../nodes/scion/paths/path.ts';
import {
  accessListRefusal,
  isAllowedBy,
  parseAccessEntry,
} from '../../nodes/scion/policy/access-list.ts';
import { parseHopPredicate } from '../../nodes/scion/policy/hop-predicate.ts';
import { fitsSequence, parseSequence } from '../../nodes/scion/policy/sequence.ts';
import { formatAs, requireIsdAs } from '../../nodes/scion/wire/isd-as.ts';
import { vectorSets } from '../vectors-root.ts';
import { type GraphFile, graphFor } from './scion-graph.ts';

interface PathsCase {
  readonly name: string;
  readonly source: string;
  readonly target: string;
  /** Number of shortest paths between them, and of those that the policy allows. */
  readonly paths: number;
  readonly match: number;
}

interface PoliciesFile {
  readonly sequences: readonly (PathsCase & { readonly sequence: string | null })[];
  readonly sequenceSyntax: readonly (readonly [string, boolean])[];
  readonly acls: readonly (PathsCase & { readonly acl: readonly string[] })[];
  readonly aclSyntax: readonly (readonly [string, 'ok' | 'no-default' | 'extra-entries'])[];
  readonly hopPredicates: readonly (readonly [
    string,
    readonly [isd: number, as: string, interfaces: readonly number[]] | null,
  ])[];
}

const ENDS = { source: '1-ff00:0:111', target: '1-ff00:0:131' };

/** Computed by hand from private/path/pathpol of scionproto/scion; the only path leads over 1-ff00:0:130. */
const FIGURES: PoliciesFile = {
  sequences: [
    { name: 'three hops', sequence: '0 0 0', ...ENDS, paths: 1, match: 1 },
    { name: 'two hops', sequence: '0 0', ...ENDS, paths: 1, match: 0 },
    { name: 'no filter', sequence: null, ...ENDS, paths: 1, match: 1 },
    { name: 'the empty path', sequence: '0+', source: '1-1', target: '1-1', paths: 1, match: 0 },
    { name: 'in, out', sequence: '0 1-ff00:0:130#3214,1316 0', ...ENDS, paths: 1, match: 1 },
    { name: 'out, in', sequence: '0 1-ff00:0:130#1316,3214 0', ...ENDS, paths: 1, match: 0 },
    { name: 'either', sequence: '0 1-ff00:0:130#1316 0', ...ENDS, paths: 1, match: 1 },
    { name: 'choice first', sequence: '0 2|1 1-ff00:0:131', ...ENDS, paths: 1, match: 1 },
  ],
  sequenceSyntax: [
    ['1-ff00:0:110 0*', true],
    ['1#0', false],
    ['(0', false],
    ['0)', false],
    ['|0', false],
    ['*', false],
    ['()', false],
  ],
  acls: [
    { name: 'denied', acl: ['- 1-ff00:0:130', '+'], ...ENDS, paths: 1, match: 0 },
    { name: 'first fits', acl: ['+ 1', '- 1-ff00:0:130', '+'], ...ENDS, paths: 1, match: 1 },
    { name: 'in, out', acl: ['- 1-ff00:0:130#1316,3214', '+'], ...ENDS, paths: 1, match: 1 },
  ],
  aclSyntax: [
    ['["+ 1"]', 'no-default'],
    ['["-", "+ 1"]', 'extra-entries'],
    ['["+ 1", "-"]', 'ok'],
  ],
  hopPredicates: [
    ['1-ff00:0:110#1,2', [1, 'ff00:0:110', [1, 2]]],
    ['1-0#1', null],
    ['', null],
  ],
};

/** All shortest paths in a graph, over links as they are. */
function shortestPaths(graph: GraphFile, { source, target }: PathsCase): PathInterface[][] {
  const ends = graph.links.flatMap(({ a, b }) => [
    [a, b],
    [b, a],
  ]);
  const asOf = (end: string): string => end.split('#')[0]!;
  let paths: string[][] = [[]];
  const seen = new Set([source]);
  const at = (path: readonly string[]): string => (path.length === 0 ? source : asOf(path.at(-1)!));
  while (paths.length > 0 && !paths.some((path) => at(path) === target)) {
    paths = paths.flatMap((path) =>
      ends
        .filter(([out, into]) => asOf(out!) === at(path) && !seen.has(asOf(into!)))
        .map((link) => [...path, ...link]),
    );
    for (const path of paths) seen.add(at(path));
  }
  const found = paths.filter((path) => at(path) === target);
  return found.map((path) =>
    path.map((end) => ({ isdAs: requireIsdAs(asOf(end)), ifId: Number(end.split('#')[1]) })),
  );
}

describe.each(vectorSets('scion/policies.json', FIGURES))('policies, $set', ({ file, isWhole }) => {
  const graph = graphFor({ isWhole });

  it.each(file.sequences)('sequence: $name', (row) => {
    const paths = shortestPaths(graph, row);
    expect(paths.length).toBe(row.paths);
    const sequence = parseSequence(row.sequence ?? '');
    if ('reason' in sequence) expect.fail(sequence.reason);
    const fitting = paths.filter((path) => fitsSequence(sequence, path));
    expect(fitting.map((path) => path.map(formatInterface).join(' '))).toHaveLength(row.match);
  });

  it.each(file.sequenceSyntax)('sequence syntax: %s', (text, isSequence) => {
    expect('reason' in parseSequence(text)).toBe(!isSequence);
  });

  it.each(file.acls)('access list: $name', (row) => {
    const paths = shortestPaths(graph, row);
    expect(paths.length).toBe(row.paths);
    const entries = row.acl.map((text) => {
      const entry = parseAccessEntry(text);
      return typeof entry === 'string' ? expect.fail(entry) : entry;
    });
    expect(paths.filter((path) => isAllowedBy(entries, path))).toHaveLength(row.match);
  });

  it.each(file.aclSyntax)('access list syntax: %s', (json, outcome) => {
    const entries = (JSON.parse(json) as string[]).map((text) => {
      const entry = parseAccessEntry(text);
      return typeof entry === 'string' ? expect.fail(entry) : entry;
    });
    expect(accessListRefusal(entries) ?? 'ok').toBe(outcome);
  });

  it.each(file.hopPredicates)('hop predicate: %s', (text, parts) => {
    const predicate = parseHopPredicate(text);
    if (typeof predicate === 'string') expect(parts).toBeNull();
    else {
      const { isd, as, interfaces } = predicate;
      expect([isd, formatAs(as), interfaces]).toEqual(parts);
    }
  });
});
