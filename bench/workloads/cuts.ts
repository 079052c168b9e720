/**
 * Cuts of a network in two halves, and what conservative windows would make of each: both halves run the events of
 * one window side by side, and a window is as long as the least delay of a link between them (Chandy, Misra 1979; Nicol 1993, "The
 * cost of conservative synchronization in parallel discrete event simulations").
 *
 * @module
 */

/** A network, and the packets that arrived in it. */
export interface Arrivals {
  readonly nodes: number;
  readonly links: readonly { readonly a: number; readonly b: number; readonly delayNs: number }[];
  /** Instants, ns, in order. */
  readonly at: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** What a cut leads to. */
export interface CutFigures {
  /** Share of the arrivals that one thread would run after the other, at best: 0.5 is a perfect cut. */
  readonly longerShare: number;
  /** Share of the packets that go from one half to the other. */
  readonly crossingShare: number;
  readonly windows: number;
}

/** Which half each node belongs to, 0 or 1. */
export type Cut = Uint8Array;

/** Half by index, in turns, by neighbourhood, and by what arrives at each. */
export function cutsOf(network: Arrivals): readonly Cut[] {
  const { nodes } = network;
  const index = Array.from({ length: nodes }, (_, node) => node);
  return [
    Uint8Array.from(index, (node) => (node < nodes / 2 ? 0 : 1)),
    Uint8Array.from(index, (node) => node % 2),
    byNeighbourhood(network),
    byLoad(network),
  ];
}

/** The figures of a cut. */
export function figuresOf({ links, at, from, to }: Arrivals, cut: Cut): CutFigures {
  const delays = links.filter(({ a, b }) => cut[a] !== cut[b]).map(({ delayNs }) => delayNs);
  const windowNs = Math.min(...delays);
  const halves = new Map<number, [number, number]>();
  let crossing = 0;
  for (const [index, instant] of at.entries()) {
    const window = Math.floor(instant / windowNs);
    const counts = halves.get(window) ?? [0, 0];
    const half = cut[to[index] as number] === 0 ? 0 : 1;
    counts[half] += 1;
    halves.set(window, counts);
    if (cut[from[index] as number] !== half) crossing += 1;
  }
  const longer = [...halves.values()].reduce((sum, counts) => sum + Math.max(...counts), 0);
  return {
    longerShare: longer / at.length,
    crossingShare: crossing / at.length,
    windows: halves.size,
  };
}

/** Nodes with one neighbour are with it; the others are dealt out by what hangs on them. */
function byNeighbourhood({ nodes, links }: Arrivals): Cut {
  const neighbours = Array.from({ length: nodes }, (): number[] => []);
  for (const { a, b } of links) {
    neighbours[a]?.push(b);
    neighbours[b]?.push(a);
  }
  const leaves = neighbours.map((own) => (own.length === 1 ? (own[0] as number) : -1));
  const weights = new Float64Array(nodes).fill(1);
  for (const hub of leaves) if (hub >= 0) weights[hub] = (weights[hub] as number) + 1;
  const cut = dealt(weights, (node) => leaves[node] === -1);
  for (const [node, hub] of leaves.entries()) if (hub >= 0) cut[node] = cut[hub] as number;
  return cut;
}

/** The busiest nodes are dealt out first. */
function byLoad({ nodes, to }: Arrivals): Cut {
  const weights = new Float64Array(nodes);
  for (const node of to) weights[node] = (weights[node] as number) + 1;
  return dealt(weights, () => true);
}

/** Each node, the heaviest first, to the half that has less. */
function dealt(weights: Float64Array, isDealt: (node: number) => boolean): Cut {
  const cut = new Uint8Array(weights.length);
  const sums: [number, number] = [0, 0];
  const order = [...weights.keys()].filter(isDealt);
  order.sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);
  for (const node of order) {
    const half = sums[0] <= sums[1] ? 0 : 1;
    cut[node] = half;
    sums[half] += weights[node] as number;
  }
  return cut;
}
