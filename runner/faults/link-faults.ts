/**
 * Faults of links: which links a fault acts on, and what it does to them.
 *
 * @module
 */

import type { RandomStream } from '../../engine/core/stream.ts';
import type { AffectedDirections, LinkChange } from '../../engine/net/link-spec.ts';
import type { LinkSelector } from '../../scenarios/fault-parts.ts';
import type { FaultAction } from '../../scenarios/files/events/actions.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { Undo } from '../world.ts';
import { abbreviateNames, type FaultCall, FaultError, type FaultHit } from './fault-context.ts';

type ActionOfKind<Kind extends FaultAction['kind']> = Extract<FaultAction, { kind: Kind }>;

/** Sets properties of links until the fault ends. */
export function changeLinks(action: ActionOfKind<'set-link'>, call: FaultCall): FaultHit {
  const ids = selectLinks(action.links, call);
  const { world } = call.context;
  const isCut = action.set.up === false;
  if (isCut) checkAlternative(action.links, ids, call);
  const change = linkChange(action.set);
  const undo = ids.map((id) => world.link(id).change(change, action.direction));
  const word = isCut ? 'down' : 'changed';
  return { targets: ids, cut: isCut ? ids : [], text: `${linkNames(ids)} ${word}`, undo };
}

/** Holds packets of links back until the fault ends. */
export function holdLinks({ links }: ActionOfKind<'hold-link'>, call: FaultCall): FaultHit {
  const ids = selectLinks(links, call);
  const undo = ids.map((id) => call.context.world.link(id).hold('both'));
  return { targets: ids, cut: ids, text: `${linkNames(ids)} held`, undo };
}

/** Puts an attacker on links until the fault ends. */
export function tapLinks(action: ActionOfKind<'tap'>, call: FaultCall): FaultHit {
  const ids = selectLinks(action.links, call);
  const undo = ids.map((id) => call.context.world.link(id).attack(action));
  return { targets: ids, cut: [], text: `${linkNames(ids)} tapped`, undo };
}

/** Cuts all links and clouds between two sets of nodes until the fault ends. */
export function partitionNodes(
  action: ActionOfKind<'partition'>,
  { context }: FaultCall,
): FaultHit {
  const { world, scenario } = context;
  const ids: string[] = [];
  const undo: Undo[] = [];
  for (const link of scenario.topology.links) {
    const isForward = action.from.includes(link.a.host) && action.to.includes(link.b.host);
    const isBackward = action.from.includes(link.b.host) && action.to.includes(link.a.host);
    if (!isForward && !isBackward) continue;
    const oneWay: AffectedDirections = isForward ? 'forward' : 'backward';
    const side = action.direction === 'both' ? 'both' : oneWay;
    ids.push(link.id);
    undo.push(world.link(link.id).change({ up: false }, side));
  }
  const clouds = world.cutClouds?.(action.from, action.to, action.direction);
  if (clouds !== undefined) {
    for (const one of clouds.ids) ids.push(one);
    undo.push(clouds.end);
  }
  const text = `${action.from.join(', ')} cut off from ${action.to.join(', ')}`;
  return { targets: ids, cut: ids, text, undo };
}

function linkNames(ids: readonly string[]): string {
  return abbreviateNames(ids, 'links');
}

/**
 * Refuses a cut that leaves no other path, because its failover time would just be the length of the
 * cut.
 */
function checkAlternative(
  selector: LinkSelector,
  ids: readonly string[],
  { context, spec }: FaultCall,
): void {
  if (selector.kind !== 'active-path') return;
  const { from, to } = selector;
  for (const id of ids) {
    if (context.hasAlternative(from, to, id)) continue;
    throw new FaultError(spec, `cutting ${id} leaves no path from ${from} to ${to}`);
  }
}

function selectLinks(
  selector: LinkSelector,
  { context, spec, draws, only }: FaultCall,
): readonly string[] {
  if (only !== undefined) return [only];
  if (selector.kind === 'ids') return selector.ids;
  const path = context.activePath(selector.from, selector.to);
  if (path === undefined) {
    const pair = `${selector.from} -> ${selector.to}`;
    throw new FaultError(spec, `${pair} has no active path at this instant`);
  }
  // `hop` counts links between areas; if the path has none, links inside the area.
  const external = path.filter((id) => joinsAreas(context.scenario.topology, id));
  const choice = external.length > 0 ? external : path;
  const id = choice[hopIndex(selector.hop, choice.length, draws)];
  if (id === undefined) {
    const links = external.length > 0 ? 'links between areas' : 'links';
    const has = `${links}: ${choice.length}, counted from 0`;
    throw new FaultError(spec, `the active path has no hop ${selector.hop} (${has})`);
  }
  return [id];
}

function hopIndex(
  hop: 'random' | 'first' | 'last' | number,
  n: number,
  draws: RandomStream,
): number {
  if (hop === 'random') return Math.floor(draws.uniform() * n);
  if (hop === 'first') return 0;
  return hop === 'last' ? n - 1 : hop;
}

function linkChange(set: Extract<FaultAction, { kind: 'set-link' }>['set']): LinkChange {
  const { loss, lossBurst, corrupt, ...rest } = set;
  return {
    ...rest,
    ...(loss === undefined ? {} : { loss: lossSpec(loss, lossBurst) }),
    ...(corrupt === undefined ? {} : { corrupt: { probability: corrupt } }),
  };
}

function lossSpec(
  probability: number,
  meanBurst: number | undefined,
): NonNullable<LinkChange['loss']> {
  if (meanBurst === undefined) return { kind: 'bernoulli', probability };
  return { kind: 'burst', probability, meanBurst };
}

function joinsAreas({ hosts, links }: Scenario['topology'], id: string): boolean {
  const link = links.find((one) => one.id === id);
  const areaOf = (name?: string): string | undefined =>
    hosts.find((host) => host.name === name)?.area;
  return areaOf(link?.a.host) !== areaOf(link?.b.host);
}
