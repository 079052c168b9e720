/**
 * Resolves the nodes between which the packets of an entry of `traffic` go: two that it names, or pairs
 * to be drawn from a set. Reports E104, E106, E112, E121, E123 and E124 (docs/spec/error-messages.md).
 *
 * @module
 */
import type { ValuePath } from '../../topologies/files/locate.ts';
import { listFirstNames } from '../../topologies/files/suggest.ts';
import type { Topology } from '../../topologies/model.ts';
import type { DrawnTraffic } from '../model.ts';
import type { ScenarioContext } from './context.ts';
import { checkReachable, selectedNodes } from './selectors.ts';
import type { TrafficInput } from './traffic-schema.ts';

/** Pairs that are drawn from a set of nodes. */
interface DrawnEnds {
  readonly kind: 'drawn';
  readonly pairs: number;
  readonly among: readonly string[];
  /** The set of nodes as text, for reports. */
  readonly words: string;
}

/** The nodes of all flows that a file lists. */
interface ListedEnds {
  readonly kind: 'listed';
  readonly among: readonly string[];
}

/** Ends that an entry names itself, not in a file of flows. */
type OwnEnds = { readonly kind: 'pair'; readonly from: string; readonly to: string } | DrawnEnds;

/** The nodes between which the packets of an entry go. */
export type FlowEnds = OwnEnds | ListedEnds;

/** An entry that names its nodes itself, not in a file of flows. */
type EndsInput = Exclude<TrafficInput, { kind: 'flows' | 'asks' }>;

/** The nodes of an entry; for a pair, the sender first. */
export function nodesOfEnds(ends: FlowEnds): readonly string[] {
  return ends.kind === 'pair' ? [ends.from, ends.to] : ends.among;
}

/** The pairs to draw, as part of the resolved scenario. */
export function drawnPairsSpec({
  pairs,
  among,
  words,
}: DrawnEnds): Pick<DrawnTraffic, 'pairs' | 'among' | 'words'> {
  return { pairs, among, words };
}

/**
 * Resolves the nodes between which the packets of an entry go.
 * @returns the ends, or undefined after reporting what is wrong.
 */
export function resolveEnds(
  context: ScenarioContext,
  input: EndsInput,
  path: ValuePath,
): OwnEnds | undefined {
  const { pairs, among } = input;
  if (pairs === undefined && among === undefined) return pairOf(context, input, path);
  const named = (['from', 'to'] as const).find((key) => input[key] !== undefined);
  const given = pairs === undefined ? 'among' : 'pairs';
  if (named !== undefined) {
    const message = `${named} and ${given} are in one entry, expected from and to, or pairs and among`;
    context.refuseKey('E112', [...path, given], message, 'write two entries');
    return undefined;
  }
  if (pairs === undefined) {
    const message = 'missing, expected a number of pairs such as 30';
    context.refuse('E121', [...path, 'pairs'], message, 'among belongs to pairs');
    return undefined;
  }
  if (among === undefined) {
    const message = 'missing, expected a pattern of nodes such as "bus-*"';
    context.refuse('E121', [...path, 'among'], message, 'pairs are drawn among these nodes');
    return undefined;
  }
  return drawnOf(context, { pairs, among }, path);
}

function pairOf(
  context: ScenarioContext,
  { from, to }: EndsInput,
  path: ValuePath,
): OwnEnds | undefined {
  const given = { from, to };
  for (const key of ['from', 'to'] as const) {
    if (given[key] !== undefined) continue;
    const hint = 'write from and to, or pairs and among';
    context.refuse('E121', [...path, key], 'missing, expected the name of a node', hint);
  }
  if (from === undefined || to === undefined) return undefined;
  const known = [
    context.checkNode(from, [...path, 'from']),
    context.checkNode(to, [...path, 'to']),
  ];
  if (known.includes(false)) return undefined;
  if (from === to) {
    context.refuse('E104', [...path, 'to'], `"${to}" sends to itself, expected another node`);
    return undefined;
  }
  return checkReachable(context, { from, to }, path) ? { kind: 'pair', from, to } : undefined;
}

function drawnOf(
  context: ScenarioContext,
  { pairs, among }: { readonly pairs: number; readonly among: string | readonly string[] },
  path: ValuePath,
): OwnEnds | undefined {
  const at = [...path, 'among'];
  const patterns = typeof among === 'string' ? [among] : among;
  const before = context.problems.count;
  const nodes = selectedNodes(context, among, at);
  if (context.problems.count > before) return undefined;
  const [first = ''] = nodes;
  const apart = nodes.filter((node) => !context.connectivity.isReachable(first, node));
  const [strange] = apart;
  if (strange !== undefined && !hasContacts(context.topology)) {
    checkReachable(context, { from: first, to: strange }, at);
    return undefined;
  }
  if (strange !== undefined) {
    const who = `${apart.length} of ${nodes.length} nodes never meet ${first} or anybody who does`;
    context.warn(at, `${who}, so nothing arrives between them: ${listFirstNames(apart)}`);
  }
  const possible = nodes.length * (nodes.length - 1);
  const words = patterns.join(', ');
  if (pairs <= possible) return { kind: 'drawn', pairs, among: nodes, words };
  const count = nodes.length === 1 ? '1 node has' : `${nodes.length} nodes have`;
  const message = `${pairs} pairs, but ${count} only ${possible}`;
  const hint = `a pair is drawn once, and a -> b is not b -> a; nodes: ${listFirstNames(nodes)}`;
  context.refuse('E104', [...path, 'pairs'], message, hint);
  return undefined;
}

/** True if any link has planned contacts or a trace, so that some nodes may never be connected. */
function hasContacts({ links }: Topology): boolean {
  return links.some(
    ({ forward, backward }) => (forward.contacts ?? backward.contacts) !== undefined,
  );
}
