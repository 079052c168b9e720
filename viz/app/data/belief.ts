/**
 * Compares belief with truth: which links and nodes are down or impaired at the cursor, and which
 * nodes know of it. The truth is the fault table of the trace. Beliefs are what protocols read from
 * the states of their nodes (`ProtocolViz.beliefsOf`), for example BFD sessions of routers and
 * paths of gateways. Uses no DOM.
 *
 * @module
 */
import { quantityText } from '../../../reports/format.ts';
import type { Belief, NodeState, ProtocolViz } from '../../format/drawing.ts';
import type { TraceInfo } from './trace-answers.ts';
import {
  type Disruption,
  disruptionsAt,
  linkDisruptionsAt,
  linkIdsOfTarget,
  linkText,
} from './truth.ts';

/**
 * Whether a node knows that a link is broken. `outdated`: the node still believes so after the
 * repair.
 */
export type FaultAwareness = 'knows' | 'unaware' | 'outdated';

/** A node that has a belief about the state of a link, and this belief. */
export interface WatchingNode {
  readonly node: string;
  readonly standing: FaultAwareness;
  /** The sources of the node's belief: `BFD`, `path via-110-310-210`. */
  readonly by: readonly string[];
  /** True if the node sends packets over the link although the link is down. */
  readonly isSending: boolean;
}

/** A link or node that is or was broken, with the nodes that have a belief about it. */
export interface TargetBeliefs {
  readonly target: string;
  /** How the target is broken; undefined after the fault has ended. */
  readonly disruption: Disruption | undefined;
  /** When the target broke or, after the fault, when it was repaired, ns of the run. */
  readonly sinceNs: number;
  readonly watchers: readonly WatchingNode[];
}

type Info = Pick<TraceInfo, 'links' | 'nodes' | 'faults'>;

/**
 * Largest number of node names in a sentence; if there are more nodes, the sentence counts the
 * rest.
 */
const NAMES_MAX = 4;

/**
 * Lists the links and nodes that are broken at an instant, the latest fault first, with the nodes
 * that have a belief about them. If nothing is broken, the list contains only the target of the
 * latest fault that has ended.
 */
export function beliefsAt(
  info: Info,
  nodes: readonly NodeState[],
  plugIns: readonly ProtocolViz[],
  timeNs: number,
): readonly TargetBeliefs[] {
  const disruptions = disruptionsAt(info.faults, timeNs);
  const held = nodes.map((node) => {
    const { beliefsOf } = plugIns.find(({ protocol }) => protocol === node.protocol) ?? {};
    return { name: node.name, beliefs: beliefsOf?.(node) ?? [] };
  });
  const broken = linkDisruptionsAt(info, timeNs);
  const about = (
    target: string,
    disruption: Disruption | undefined,
    sinceNs: number,
  ): TargetBeliefs => {
    const links = linkIdsOfTarget(info, target);
    const watchers = held.flatMap(({ name, beliefs }): readonly WatchingNode[] => {
      // A node that is down has no beliefs.
      if (disruptions.get(name)?.state === 'down') return [];
      const own = beliefs.filter((one) => one.links.some((id) => links.includes(id)));
      const watcher = watcherOf(name, own, { disruption, broken });
      return watcher === undefined ? [] : [watcher];
    });
    return { target, disruption, sinceNs, watchers };
  };
  if (disruptions.size > 0) {
    return [...disruptions].reverse().map(([target, one]) => about(target, one, one.sinceNs));
  }
  const last = info.faults.findLast((row) => row.kind === 'end' && row.timeNs <= timeNs);
  return last === undefined ? [] : [about(last.target, undefined, last.timeNs)];
}

interface Truth {
  readonly disruption: Disruption | undefined;
  readonly broken: ReadonlyMap<string, Disruption>;
}

function watcherOf(
  node: string,
  beliefs: readonly Belief[],
  { disruption, broken }: Truth,
): WatchingNode | undefined {
  // A belief about a single link comes from BFD, which cannot notice that a link is only impaired.
  const fitting = beliefs.filter(
    ({ links }) => disruption?.state !== 'impaired' || links.length > 1,
  );
  if (fitting.length === 0) return undefined;
  const bys = (some: readonly Belief[]): readonly string[] => [
    ...new Set(some.map(({ by }) => by)),
  ];
  if (disruption === undefined) {
    const isWhole = ({ links }: Belief): boolean => links.every((id) => !broken.has(id));
    const wrong = fitting.filter((one) => one.holds !== 'up' && isWhole(one));
    const standing = wrong.length === 0 ? 'knows' : 'outdated';
    return { node, standing, by: bys(wrong.length === 0 ? fitting : wrong), isSending: false };
  }
  const wrong = fitting.filter(({ holds }) => holds === 'up');
  const right = fitting.filter(({ holds }) => holds !== 'up');
  const isSending = disruption.state === 'down' && wrong.some(({ isInUse }) => isInUse === true);
  const isAware = right.length > 0 && !isSending;
  return {
    node,
    standing: isAware ? 'knows' : 'unaware',
    by: bys(isAware ? right : wrong),
    isSending,
  };
}

/**
 * Formats the faults and what nodes believe as in `core-110 ↔ core-310 down for 38 ms, no node
 * knows yet`. Empty if nothing was ever broken or no protocol reports what its nodes believe.
 */
export function beliefText(beliefs: readonly TargetBeliefs[], timeNs: number): string {
  const [first] = beliefs;
  if (first === undefined || first.watchers.length === 0) return '';
  const { target, disruption, sinceNs, watchers } = first;
  const state = disruption === undefined ? 'up again' : disruption.state;
  const others = beliefs.length - 1;
  const more = others > 0 ? `, and ${others} more broken` : '';
  const head = `${linkText(target)} ${state} for ${quantityText(timeNs - sinceNs, 'ns')}${more}`;
  const of = (standing: FaultAwareness): readonly WatchingNode[] =>
    watchers.filter((watcher) => watcher.standing === standing);
  const [knowing, unaware, outdated] = [of('knows'), of('unaware'), of('outdated')];
  if (disruption === undefined) {
    if (outdated.length === 0) return `${head}, and every node that watches it knows`;
    return `${head}: ${namesOf(outdated)} still ${verb(outdated, 'believes', 'believe')} it broken`;
  }
  const sending = unaware.filter(({ isSending }) => isSending);
  const still =
    sending.length === 0
      ? ''
      : `; ${listed(sending.map(({ node }) => node))} still ${verb(sending, 'sends', 'send')} there`;
  if (knowing.length === 0) return `${head}, no node knows yet${still}`;
  const known = `${head}: ${namesOf(knowing)} ${verb(knowing, 'knows', 'know')}`;
  if (unaware.length === 0) return known;
  return `${known}, ${namesOf(unaware)} ${verb(unaware, 'does', 'do')} not yet${still}`;
}

/**
 * Lists the names of nodes, grouped by the sources of their beliefs: `core-110, core-310 (BFD) and
 * gateway-111 (path)`.
 */
function namesOf(watchers: readonly WatchingNode[]): string {
  const groups = new Map<string, string[]>();
  for (const { node, by } of watchers) {
    const kind = [...new Set(by.map((word) => word.split(' ')[0]))].join(', ');
    groups.set(kind, [...(groups.get(kind) ?? []), node]);
  }
  return [...groups].map(([kind, names]) => `${listed(names)} (${kind})`).join(' and ');
}

/** Joins names as in `a, b`; if there are more than {@link NAMES_MAX}, as in `a, b, c, 7 more`. */
function listed(names: readonly string[]): string {
  if (names.length <= NAMES_MAX) return names.join(', ');
  return `${names.slice(0, NAMES_MAX - 1).join(', ')}, ${names.length - NAMES_MAX + 1} more`;
}

function verb(some: readonly unknown[], one: string, many: string): string {
  return some.length === 1 ? one : many;
}
