/**
 * Finds the links that an event names: by id, by `a <-> b`, by pattern, or as a hop of a path in use.
 *
 * `*` matches any characters of a name; the order of the two ends does not matter. The number of
 * comparisons for all patterns of a file, and of links that they select, is bounded.
 *
 * @module
 */

import { isPattern, splitAtArrow } from '../../engine/pure/name-pattern.ts';
import { unreachableHint } from '../../topologies/assemble/connectivity.ts';
import { shorten } from '../../topologies/files/leaf.ts';
import type { ValuePath } from '../../topologies/files/locate.ts';
import {
  listFirstNames,
  suggestNearestWord,
  unknownNameHint,
} from '../../topologies/files/suggest.ts';
import type { Topology } from '../../topologies/model.ts';
import type { LinkSelector } from '../fault-parts.ts';
import type { ScenarioContext } from './context.ts';
import type { SelectorInput } from './selector-schema.ts';

/**
 * Resolves which links an event acts on.
 * @returns the selector, or undefined after reporting what is wrong.
 */
export function resolveSelector(
  context: ScenarioContext,
  input: SelectorInput,
  path: ValuePath,
): LinkSelector | undefined {
  if (typeof input === 'string') return idsOf(context, [input], [path]);
  if (Array.isArray(input)) {
    const paths = input.map((_, index) => [...path, index]);
    return idsOf(context, input, paths);
  }
  const at = [...path, 'activePath'];
  const pair = splitAtArrow(input.activePath, '->');
  if (pair === undefined) {
    const message = `"${shorten(input.activePath)}" is not two nodes such as "a -> b"`;
    context.refuse('E104', at, message, 'write "from -> to"');
    return undefined;
  }
  const [from, to] = pair;
  const known = [from, to].filter((node) => context.checkNode(node, at));
  if (known.length < 2) return undefined;
  if (!checkReachable(context, { from, to }, at)) return undefined;
  return { kind: 'active-path', from, to, hop: input.hop ?? 'random' };
}

/** Finds the one link that a text selects; reports texts that select none or several. */
export function resolveOneLink(
  context: ScenarioContext,
  text: string,
  path: ValuePath,
): string | undefined {
  const ids = matchLinks(context, text, path);
  if (ids.length > 1) {
    const hint = `it matches ${listFirstNames(ids)}`;
    context.refuse('E107', path, `"${text}" means ${ids.length} links, expected one`, hint);
    return undefined;
  }
  return ids[0];
}

/** Lists the nodes to which a node has links, in the order of the topology. */
export function listNeighbours(context: ScenarioContext, node: string): readonly string[] {
  return neighbours(context.topology, node);
}

/** Reports E123 if there is no path from one node to the other. */
export function checkReachable(
  context: ScenarioContext,
  pair: { readonly from: string; readonly to: string },
  path: ValuePath,
): boolean {
  if (context.connectivity.isReachable(pair.from, pair.to)) return true;
  const message = `there is no path from ${pair.from} to ${pair.to}`;
  context.refuse('E123', path, message, unreachableHint(context.topology, pair.to));
  return false;
}

/**
 * The names of all nodes that names and patterns select; reports names and patterns that select none.
 * @param input A list of names and patterns, or a single one.
 */
export function selectedNodes(
  context: ScenarioContext,
  input: string | readonly string[],
  path: ValuePath,
): readonly string[] {
  const names = context.topology.hosts.map((host) => host.name);
  const patterns = typeof input === 'string' ? [input] : input;
  const found = patterns.flatMap((pattern, index) => {
    const at = typeof input === 'string' ? path : [...path, index];
    if (!isPattern(pattern)) return context.checkNode(pattern, at) ? [pattern] : [];
    if (!context.admitPattern(pattern, at, names.length)) return [];
    const form = context.pattern(pattern);
    const matches = names.filter((name) => form.matches(name));
    if (!context.admitWork(at)) return [];
    if (matches.length === 0) {
      const hint = (): string => patternHint(pattern, names);
      context.refuse('E124', at, `pattern "${shorten(pattern)}" matches no node`, hint);
    }
    return matches;
  });
  const nodes = [...new Set(found)];
  return context.admitSelected(nodes.length, path) ? nodes : [];
}

/** A hint for a mistyped pattern: a similar name with stars at the same ends. */
function patternHint(pattern: string, names: readonly string[]): string {
  const list = `nodes: ${listFirstNames(names)}`;
  const stem = pattern.replace(/\*.*$/, '');
  const stems = new Set(names.map((name) => name.slice(0, stem.length)));
  const near = stem === '' ? undefined : suggestNearestWord(stem, [...stems]);
  return near === undefined ? list : `did you mean "${near}*"? ${list}`;
}

function idsOf(
  context: ScenarioContext,
  texts: readonly string[],
  paths: readonly ValuePath[],
): LinkSelector | undefined {
  const before = context.problems.count;
  const ids = new Set<string>();
  for (const [index, text] of texts.entries()) {
    for (const id of matchLinks(context, text, paths[index] ?? [])) ids.add(id);
    if (context.problems.isFull) break;
  }
  if (context.problems.count > before) return undefined;
  if (!context.admitSelected(ids.size, paths[0] ?? [])) return undefined;
  return { kind: 'ids', ids: [...ids] };
}

function matchLinks(context: ScenarioContext, text: string, path: ValuePath): readonly string[] {
  const { links } = context.topology;
  const ends = splitAtArrow(text, '<->');
  if (ends === undefined) return matchIds(context, text.trim(), path);
  const [a, b] = ends;
  if (!isPattern(text)) return between(context, { a, b }, path);
  if (!context.admitPattern(text, path, links.length)) return [];
  const first = context.pattern(a);
  const second = context.pattern(b);
  const fits = (one: string, other: string): boolean => first.matches(one) && second.matches(other);
  const found = links.filter(
    ({ a: left, b: right }) => fits(left.host, right.host) || fits(right.host, left.host),
  );
  if (!context.admitWork(path)) return [];
  if (found.length === 0) {
    const hint = (): string =>
      `links join: ${listFirstNames(links.map(({ a, b }) => `${a.host} <-> ${b.host}`))}`;
    context.refuse('E124', path, `pattern "${text}" matches no link`, hint);
  }
  return found.map(({ id }) => id);
}

function between(
  context: ScenarioContext,
  { a, b }: { readonly a: string; readonly b: string },
  path: ValuePath,
): readonly string[] {
  const found = context.links.between(a, b);
  if (found.length > 0) return found;
  const known = [a, b].filter((node) => context.checkNode(node, path));
  if (known.length < 2) return [];
  const hint = (): string => `${a} has links to ${listFirstNames(neighbours(context.topology, a))}`;
  context.refuse('E107', path, `no link joins ${a} and ${b}`, hint);
  return [];
}

function matchIds(context: ScenarioContext, text: string, path: ValuePath): readonly string[] {
  if (context.links.has(text)) return [text];
  const { ids } = context.links;
  if (!isPattern(text)) {
    const hint = (): string => unknownNameHint(text, ids, 'links');
    context.refuse('E107', path, `there is no link "${shorten(text)}"`, hint);
    return [];
  }
  if (!context.admitPattern(text, path, ids.length)) return [];
  const form = context.pattern(text);
  const found = ids.filter((id) => form.matches(id));
  if (!context.admitWork(path)) return [];
  if (found.length === 0) {
    const hint = (): string => `links: ${listFirstNames(ids)}`;
    context.refuse('E124', path, `pattern "${text}" matches no link`, hint);
  }
  return found;
}

function neighbours(topology: Topology, node: string): readonly string[] {
  return topology.links.flatMap(({ a, b }) => {
    if (a.host === node) return [b.host];
    return b.host === node ? [a.host] : [];
  });
}
