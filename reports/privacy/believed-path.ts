/**
 * The path of one message as the adversary believes it: how much probability moved from which node to
 * which (docs/spec/privacy-metrics.md, "Mass propagation"). The message with the median entropy is
 * shown. To an observer, a loop of a mix may be any message in its pool, so probability may return to a
 * node.
 *
 * The layers of mixes are not known here; the drawing derives them from the flows.
 *
 * @module
 */
import type { Posterior } from './mass/posterior.ts';
import { type NodeMixingModel, propagateMass } from './mass/propagate.ts';
import { EVENT_ARRIVED, NO_NODE, type RunTruth } from './truth/truth.ts';

/** Largest number of flows that are kept, those with the most probability. */
const FLOWS_MAX = 300;

/** Expected number of times that the message goes from one node to another; above 1 if it may return. */
export interface BelievedFlow {
  readonly from: string;
  readonly to: string;
  readonly mass: number;
}

/** The believed path of one message. */
export interface BelievedPath {
  readonly atNs: number;
  readonly sender: string;
  /** Name of its recipient; null for cover traffic. */
  readonly recipient: string | null;
  readonly entropy: number;
  /** The names of the nodes that the message actually visited, in order. */
  readonly route: readonly string[];
  /** Names of the mixes among the nodes of the flows. */
  readonly mixes: readonly string[];
  /** Flows by descending probability. */
  readonly flows: readonly BelievedFlow[];
  /** Total probability of the flows that are left out. */
  readonly rest: number;
}

/** The input of {@link findBelievedPath}. */
export interface BelievedPathInput {
  readonly truth: RunTruth;
  readonly laws: readonly NodeMixingModel[];
  readonly beliefs: readonly Pick<Posterior, 'target'>[];
  /** The targets in the order of the beliefs. */
  readonly targets: readonly { readonly atNs: number; readonly entropy: number }[];
}

/** The believed path of the target with median entropy; undefined without targets. */
export function findBelievedPath(input: BelievedPathInput): BelievedPath | undefined {
  const { truth, laws, beliefs, targets } = input;
  const order = targets.map((_, i) => i).sort((a, b) => entropyAt(a) - entropyAt(b));
  const chosen = order[Math.floor(order.length / 2)];
  const target = chosen === undefined ? undefined : beliefs[chosen]?.target;
  if (chosen === undefined || target === undefined) return undefined;
  const { nodes, messages } = truth;
  const flows = flowsOf(truth, laws, target);
  const passed = new Set(flows.flatMap(({ from, to }) => [from, to]));
  const recipient = messages.recipient[target] ?? NO_NODE;
  return {
    atNs: targets[chosen]?.atNs ?? 0,
    sender: nodes[messages.sender[target] ?? NO_NODE] ?? '',
    recipient: nodes[recipient] ?? null,
    entropy: entropyAt(chosen),
    route: routeOf(truth, target),
    mixes: nodes.filter((name, i) => laws[i]?.kind !== 'end' && passed.has(name)),
    flows: flows.slice(0, FLOWS_MAX),
    rest: flows.slice(FLOWS_MAX).reduce((sum, { mass }) => sum + mass, 0),
  };

  function entropyAt(i: number): number {
    return targets[i]?.entropy ?? 0;
  }
}

function flowsOf(
  truth: RunTruth,
  laws: readonly NodeMixingModel[],
  target: number,
): readonly BelievedFlow[] {
  const { nodes } = truth;
  const labels = new Int32Array(truth.messages.count).fill(-1);
  labels[target] = 0;
  const masses = new Map<number, number>();
  propagateMass({
    truth,
    labels,
    labelCount: 1,
    laws,
    onCandidate: () => undefined,
    onHop: (from, to, [mass = 0]) => {
      const key = from * nodes.length + to;
      masses.set(key, (masses.get(key) ?? 0) + mass);
    },
  });
  return [...masses]
    .sort(([a, massA], [b, massB]) => massB - massA || a - b)
    .map(([key, mass]) => ({
      from: nodes[Math.floor(key / nodes.length)] ?? '',
      to: nodes[key % nodes.length] ?? '',
      mass,
    }));
}

function routeOf({ nodes, messages, events }: RunTruth, target: number): readonly string[] {
  const route = [nodes[messages.sender[target] ?? NO_NODE] ?? ''];
  for (let i = 0; i < events.count; i += 1) {
    if (events.message[i] !== target || events.code[i] !== EVENT_ARRIVED) continue;
    route.push(nodes[events.node[i] as number] ?? '');
  }
  return route;
}
