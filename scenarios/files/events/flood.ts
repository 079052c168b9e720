/**
 * Resolves the action `flood` of an event: checks that the target's protocol has this forgery, that the
 * sender has a link to the target, and that there is a node to impersonate.
 *
 * @module
 */
import type { z } from 'zod';
import type { Forgery } from '../../../engine/host/forgery.ts';
import { omitUndefined } from '../../../topologies/files/defined.ts';
import type { ValuePath } from '../../../topologies/files/locate.ts';
import { listFirstNames, unknownNameHint } from '../../../topologies/files/suggest.ts';
import type { FloodSpec } from '../../fault-parts.ts';
import type { ScenarioContext } from '../context.ts';
import { listNeighbours, resolveOneLink } from '../selectors.ts';
import type { floodSchema } from './flood-schema.ts';

type FloodInput = z.output<typeof floodSchema>;

/**
 * Resolves the action `flood`.
 * @returns the flood, or undefined after reporting what is wrong.
 */
export function resolveFlood(
  context: ScenarioContext,
  input: FloodInput,
  path: ValuePath,
): FloodSpec | undefined {
  const { to: node, kind, rate, size, dscp } = input;
  if (!context.checkNode(node, [...path, 'to'])) return undefined;
  const forgery = forgeryOf(context, input, path);
  if (forgery === undefined || !checkSize(context, input, forgery, path)) return undefined;
  const by = senderOf(context, input, path);
  const as = nameOf(context, input, path);
  if (by === undefined || as === undefined) return undefined;
  const about = aboutOf(context, input, forgery, path);
  if (about === undefined && input.about !== undefined) return undefined;
  return { forgery: kind, node, by, as, rate, ...omitUndefined({ sizeBytes: size, dscp, about }) };
}

function forgeryOf(
  context: ScenarioContext,
  { to, kind }: FloodInput,
  path: ValuePath,
): Forgery | undefined {
  const { topology, registry } = context;
  const protocol = topology.hosts.find(({ name }) => name === to)?.protocol ?? '';
  const forgeries = registry.protocols(protocol)?.forgeries;
  if (forgeries === undefined) {
    const message = `${to} runs ${protocol}, which lists no forgeries`;
    context.refuse('E124', [...path, 'to'], message, 'flood a node whose protocol lists forgeries');
    return undefined;
  }
  if (Object.hasOwn(forgeries, kind)) return forgeries[kind];
  const hint = unknownNameHint(kind, Object.keys(forgeries), 'kinds');
  context.refuse('E106', [...path, 'kind'], `"${kind}" is not a forgery of ${protocol}`, hint);
  return undefined;
}

function checkSize(
  context: ScenarioContext,
  { kind, size }: FloodInput,
  { sizes }: Forgery,
  path: ValuePath,
): boolean {
  if (size === undefined) return true;
  if (sizes === undefined) {
    context.refuseKey(
      'E101',
      [...path, 'size'],
      `does not fit the kind ${kind}, which has one size`,
    );
    return false;
  }
  if (size >= sizes.least && size <= sizes.most) return true;
  const message = `${size} B is outside ${sizes.least} to ${sizes.most} B`;
  context.refuse('E104', [...path, 'size'], message);
  return false;
}

/** The neighbour that the attacker controls. */
function senderOf(
  context: ScenarioContext,
  { to, by }: FloodInput,
  path: ValuePath,
): string | undefined {
  const { hosts } = context.topology;
  const isOurs = (node: string): boolean =>
    hosts.some(({ name, outside }) => name === node && outside === undefined);
  const neighbours = listNeighbours(context, to).filter(isOurs);
  if (by === undefined) {
    const [first] = neighbours;
    if (first === undefined) context.refuse('E124', [...path, 'to'], `${to} has no links to flood`);
    return first;
  }
  if (!context.checkNode(by, [...path, 'by'])) return undefined;
  if (neighbours.includes(by)) return by;
  const hint = `${to} has links to ${listFirstNames(neighbours)}`;
  context.refuse('E107', [...path, 'by'], `no link joins ${by} and ${to}`, hint);
  return undefined;
}

/** The node whose address is forged. */
function nameOf(
  context: ScenarioContext,
  { to, as }: FloodInput,
  path: ValuePath,
): string | undefined {
  const { hosts } = context.topology;
  if (as === undefined) {
    const protocol = hosts.find(({ name }) => name === to)?.protocol;
    const other = hosts.find((host) => host.protocol === protocol && host.name !== to)?.name;
    if (other !== undefined) return other;
    context.refuse('E121', [...path, 'as'], 'missing, expected the node whose address is forged');
    return undefined;
  }
  if (!context.checkNode(as, [...path, 'as'])) return undefined;
  if (as !== to) return as;
  context.refuse('E104', [...path, 'as'], `"${as}" is the target itself, expected another node`);
  return undefined;
}

function aboutOf(
  context: ScenarioContext,
  { kind, about }: FloodInput,
  { hasLink }: Forgery,
  path: ValuePath,
): string | undefined {
  if (about === undefined) return undefined;
  if (hasLink === true) return resolveOneLink(context, about, [...path, 'about']);
  context.refuseKey('E101', [...path, 'about'], `does not fit the kind ${kind}`);
  return undefined;
}
