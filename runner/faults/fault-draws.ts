/**
 * Draws actions for the faults of a hunt: on what they act, and how strongly.
 *
 * @module
 */
import type { RandomStream } from '../../engine/core/stream.ts';

/**
 * Probability that a change of a clock is the longest step that all protocols tolerate, if they
 * tolerate any.
 */
const BORNE_STEP_CHANCE = 0.5;
const NS_PER_S = 1_000_000_000;

/** On what the faults of a hunt can act, and when. */
export interface FaultTargets {
  readonly nodes: readonly string[];
  /** Names of all nodes; {@link nodes} may contain only a few of them. */
  readonly everyNode: readonly string[];
  /** Ids of the links on which faults can act. */
  readonly links: readonly string[];
  /** Ids of the links of each node. */
  readonly linksOf: Readonly<Record<string, readonly string[]>>;
  /** For each node: the kinds of datagrams that can be forged to it. */
  readonly forgeries: Readonly<Record<string, readonly string[]>>;
  /** Nodes that are an end of a flow. */
  readonly ends: readonly string[];
  /** Nodes that send flows with a rate. */
  readonly senders: readonly string[];
  /**
   * Changes of options that protocols allow: the values to set, by the name of the change, such as
   * `bulk.secure=psk`.
   */
  readonly options: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** A step of a clock by at most this much need not be undone, ns. */
  readonly clockErrorNs: number;
  /** For each kind of forgery: a flood of at most this many datagrams a second need not end. */
  readonly floodRates: Readonly<Record<string, number>>;
  /** Faults begin at or after this instant, ns. */
  readonly fromNs: number;
  /** All faults end at or before this instant, ns. */
  readonly quietNs: number;
}

/** An action as in an event of a scenario file: its keys, such as `link` and `set`, and their values. */
export type DrawnAction = Readonly<Record<string, unknown>>;

/** Draws the action of a fault; undefined if no target is suitable for this kind of fault. */
export type DrawAction = (draws: RandomStream, targets: FaultTargets) => DrawnAction | undefined;

/**
 * Makes a {@link DrawAction} that draws a link and applies `change`, the other keys of the action, to
 * it.
 */
export function makeLinkDraw(change: (draws: RandomStream) => DrawnAction): DrawAction {
  return (draws, { links }) =>
    links.length === 0 ? undefined : { link: drawOneOf(draws, links), ...change(draws) };
}

/** Draws a partition: some nodes that are cut off from all others. */
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
  const direction = drawOneOf(draws, ['both', 'one-way']);
  return { partition: { from: from.sort(), to }, direction };
}

/** Draws a change of the clock of one node. */
export function drawClockChange(
  draws: RandomStream,
  { nodes, clockErrorNs }: FaultTargets,
): DrawnAction | undefined {
  if (nodes.length === 0) return undefined;
  if (clockErrorNs > 0 && draws.chance(BORNE_STEP_CHANCE)) {
    const step = `${drawOneOf(draws, ['', '-'])}${clockErrorNs / NS_PER_S}s`;
    return { clock: { node: drawOneOf(draws, nodes), step } };
  }
  const step = drawOneOf(draws, ['10ms', '1s', '60s', '3600s', '-10ms', '-1s', '-60s', '-3600s']);
  const drift = drawOneOf(draws, ['10ppm', '200ppm', '-10ppm', '-200ppm']);
  const change = draws.chance(0.7) ? { step } : { drift };
  return { clock: { node: drawOneOf(draws, nodes), ...change } };
}

/** Draws a flood of forged datagrams to one node. */
export function drawFlood(
  draws: RandomStream,
  { forgeries }: FaultTargets,
): DrawnAction | undefined {
  const nodes = Object.keys(forgeries);
  if (nodes.length === 0) return undefined;
  const to = drawOneOf(draws, nodes);
  const kind = drawOneOf(draws, forgeries[to] ?? []);
  return { flood: { to, kind, rate: drawOneOf(draws, ['10/s', '100/s', '1000/s']) } };
}

/** Draws one of some values, of which there must be at least one. */
export function drawOneOf<T>(draws: RandomStream, some: readonly T[]): T {
  return some[draws.below(some.length)] as T;
}
