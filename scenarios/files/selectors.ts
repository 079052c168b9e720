/**
 * Finds the links that an event means: by id, by `a <-> b`, by pattern, or a hop of a path in use.
 *
 * Spec: DESIGN 6, ux.md 2.2 (E107, E123, E124). `*` stands for any characters of a name; the order
 * of the two ends does not matter.
 *
 * @module
 */
import { unreachableHint } from '../../topologies/build/connectivity.ts';
import type { FilePath } from '../../topologies/files/locate.ts';
import { hintNames, listSome } from '../../topologies/files/suggest.ts';
import type { LinkSpec, Topology } from '../../topologies/model.ts';
import type { LinkSelector } from '../model.ts';
import type { ScenarioContext } from './context.ts';
import type { SelectorInput } from './schema.ts';

/** @returns the selector, or undefined after noting what is wrong. */
export function resolveSelector(
  context: ScenarioContext,
  input: SelectorInput,
  path: FilePath,
): LinkSelector | undefined {
  if (typeof input === 'string') return idsOf(context, [input], [path]);
  if (Array.isArray(input)) {
    const paths = input.map((_, index) => [...path, index]);
    return idsOf(context, input, paths);
  }
  const at = [...path, 'activePath'];
  const pair = /^\s*(\S+)\s*->\s*(\S+)\s*$/.exec(input.activePath);
  if (pair === null) {
    const message = `"${input.activePath}" is not two nodes such as "a -> b"`;
    context.refuse('E104', at, message, 'write "from -> to"');
    return undefined;
  }
  const [, from = '', to = ''] = pair;
  const known = [from, to].filter((node) => context.checkNode(node, at));
  if (known.length < 2) return undefined;
  if (!checkReachable(context, { from, to }, at)) return undefined;
  return { kind: 'active-path', from, to, hop: input.hop ?? 'random' };
}

/** Notes E123 when there is no way from one node to the other. */
export function checkReachable(
  context: ScenarioContext,
  pair: { readonly from: string; readonly to: string },
  path: FilePath,
): boolean {
  if (context.connectivity.isReachable(pair.from, pair.to)) return true;
  const message = `there is no path from ${pair.from} to ${pair.to}`;
  context.refuse('E123', path, message, unreachableHint(context.topology, pair.to));
  return false;
}

/** Names of the nodes that names and patterns mean; notes what means none. */
export function nodesOf(
  context: ScenarioContext,
  patterns: readonly string[],
  path: FilePath,
): readonly string[] {
  const names = context.topology.hosts.map((host) => host.name);
  const found = patterns.flatMap((pattern, index) => {
    if (!pattern.includes('*')) {
      return context.checkNode(pattern, [...path, index]) ? [pattern] : [];
    }
    const form = glob(pattern);
    const matches = names.filter((name) => form.test(name));
    if (matches.length === 0) {
      context.refuse('E124', [...path, index], `pattern "${pattern}" matches no node`);
    }
    return matches;
  });
  return [...new Set(found)];
}

function idsOf(
  context: ScenarioContext,
  texts: readonly string[],
  paths: readonly FilePath[],
): LinkSelector | undefined {
  const before = context.problems.count;
  const ids = texts.flatMap((text, index) => matchLinks(context, text, paths[index] ?? []));
  if (context.problems.count > before) return undefined;
  return { kind: 'ids', ids: [...new Set(ids)] };
}

function matchLinks(context: ScenarioContext, text: string, path: FilePath): readonly string[] {
  const { links } = context.topology;
  const ends = /^\s*(\S+)\s*<->\s*(\S+)\s*$/.exec(text);
  if (ends === null) return matchIds(context, text.trim(), path);
  const [, a = '', b = ''] = ends;
  const found = links.filter((link) => joins(link, a, b)).map((link) => link.id);
  if (found.length > 0) return found;
  if (a.includes('*') || b.includes('*')) {
    const hint = 'links join: '.concat(
      listSome(links.map(({ a, b }) => `${a.host} <-> ${b.host}`)),
    );
    context.refuse('E124', path, `pattern "${text}" matches no link`, hint);
    return [];
  }
  const known = [a, b].filter((node) => context.checkNode(node, path));
  if (known.length < 2) return [];
  const hint = `${a} has links to ${listSome(neighbours(context.topology, a))}`;
  context.refuse('E107', path, `no link joins ${a} and ${b}`, hint);
  return [];
}

function matchIds(context: ScenarioContext, text: string, path: FilePath): readonly string[] {
  const ids = context.topology.links.map((link) => link.id);
  const form = glob(text);
  const found = ids.filter((id) => form.test(id));
  if (found.length > 0) return found;
  if (text.includes('*')) {
    context.refuse('E124', path, `pattern "${text}" matches no link`, `links: ${listSome(ids)}`);
  } else {
    const hint = hintNames(text, ids, 'links');
    context.refuse('E107', path, `there is no link "${text}"`, hint);
  }
  return [];
}

function joins(link: LinkSpec, a: string, b: string): boolean {
  const first = glob(a);
  const second = glob(b);
  const fits = (one: string, other: string): boolean => first.test(one) && second.test(other);
  return fits(link.a.host, link.b.host) || fits(link.b.host, link.a.host);
}

function neighbours(topology: Topology, node: string): readonly string[] {
  return topology.links.flatMap(({ a, b }) => {
    if (a.host === node) return [b.host];
    return b.host === node ? [a.host] : [];
  });
}

/** A pattern with `*` as a regular expression. */
function glob(pattern: string): RegExp {
  const quoted = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${quoted}$`);
}
