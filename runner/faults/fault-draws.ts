/**
 * Draws actions for faults of a hunt: what they hit, and how hard.
 *
 * @module
 */
import type { RandomStream } from '../../engine/core/stream.ts';

/** Chance of a change of a clock to be the longest step that protocols bear, where they bear any. */
const BORNE_STEP_CHANCE = 0.5;
const NS_PER_S = 1_000_000_000;

/** What faults can hit, and when. */
export interface FaultTargets {
  readonly nodes: readonly string[];
  /** All nodes; {@link nodes} may be a few of them. */
  readonly everyNode: readonly string[];
  /** Ids of links. */
  readonly links: readonly string[];
  /** Ids of the links of each node. */
  readonly linksOf: Readonly<Record<string, readonly string[]>>;
  /** Kinds of forgeries by the node that gets them. */
  readonly forgeries: Readonly<Record<string, readonly string[]>>;
  /** Nodes from which or to which flows go. */
  readonly ends: readonly string[];
  /** Nodes from which flows with a rate come. */
  readonly senders: readonly string[];
  /** Changes of options that protocols allow: what to set, by a name such as `bulk.secure=psk`. */
  readonly options: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** A clock that was stepped by at most this much may stay so, ns. */
  readonly clockErrorNs: number;
  /** Faults begin at or after this instant, ns. */
  readonly fromNs: number;
  /** The last fault has ended at this instant, ns. */
  readonly quietNs: number;
}

/** The keys of an action in an event, such as `link` and `set`. */
export type DrawnAction = Readonly<Record<string, unknown>>;

/** Makes the action of a fault; undefined if nothing here can be hit by one of this kind. */
export type DrawAction = (draws: RandomStream, targets: FaultTargets) => DrawnAction | undefined;

/** Draws one of the links, for a change of it. */
export function onLink(change: (draws: RandomStream) => DrawnAction): DrawAction {
  return (draws, { links }) =>
    links.length === 0 ? undefined : { link: anyOf(draws, links), ...change(draws) };
}

/** Draws nodes that are cut off from all others. */
export function drawPartition(
  draws: RandomStream,
  { nodes, everyNode }: FaultTargets,
): DrawnAction | undefined {
  if (nodes.length === 0 || everyNode.length < 2) return undefined;
  const all = [...nodes];
  draws.shuffle(all);
  const most = Math.min(all.length, Math.ceil(everyNode.length / 2));
  const from = all.slice(0, 1 + draws.below(most));
  const to = everyNode.filter((node) => !from.includes(node));
  const direction = anyOf(draws, ['both', 'one-way']);
  return { partition: { from: from.sort(), to }, direction };
}

/** Draws a node whose clock becomes wrong. */
export function drawClockChange(
  draws: RandomStream,
  { nodes, clockErrorNs }: FaultTargets,
): DrawnAction | undefined {
  if (nodes.length === 0) return undefined;
  if (clockErrorNs > 0 && draws.chance(BORNE_STEP_CHANCE)) {
    const step = `${anyOf(draws, ['', '-'])}${clockErrorNs / NS_PER_S}s`;
    return { clock: { node: anyOf(draws, nodes), step } };
  }
  const step = anyOf(draws, ['10ms', '1s', '60s', '3600s', '-10ms', '-1s', '-60s', '-3600s']);
  const drift = anyOf(draws, ['10ppm', '200ppm', '-10ppm', '-200ppm']);
  const change = draws.chance(0.7) ? { step } : { drift };
  return { clock: { node: anyOf(draws, nodes), ...change } };
}

/** Draws a node that gets forged datagrams. */
export function drawFlood(
  draws: RandomStream,
  { forgeries }: FaultTargets,
): DrawnAction | undefined {
  const nodes = Object.keys(forgeries);
  if (nodes.length === 0) return undefined;
  const to = anyOf(draws, nodes);
  const kind = anyOf(draws, forgeries[to] ?? []);
  return { flood: { to, kind, rate: anyOf(draws, ['10/s', '100/s', '1000/s']) } };
}

/** One of some values, drawn; there must be one. */
export function anyOf<T>(draws: RandomStream, some: readonly T[]): T {
  return some[draws.below(some.length)] as T;
}
