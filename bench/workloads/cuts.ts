/**
 * Cuts of a network in two halves, and how conservative windows would divide the work of each: both halves run the
 * events of one window side by side, and a window is as long as the least delay of a link between them (Chandy, Misra
 * 1979; Nicol 1993, "The cost of conservative synchronization in parallel discrete event simulations").
 *
 * @module
 */

/** A network, and the packets that arrived in it. */
export interface Arrivals {
  readonly nodes: number;
  readonly links: readonly { readonly a: number; readonly b: number; readonly delayNs: number }[];
  /** Instants of the arrivals, ns, in order. */
  readonly at: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** How well a cut divides the work. */
export interface CutFigures {
  /** Arrivals in the busier half of each window, summed, as a share of all arrivals: 0.5 is a perfect cut. */
  readonly longerShare: number;
  /** Share of the packets that go from one half to the other. */
  readonly crossingShare: number;
  readonly windows: number;
}

/** Which half each node belongs to, 0 or 1. */
export type Cut = Uint8Array;

/** Four cuts of the nodes: by index, alternately, by neighbourhood, and by the number of arrivals. */
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

/**
 * A node with one neighbour is in its neighbour's half; the others are assigned by the number of such nodes they have.
 */
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

/** Assigns nodes by their arrivals, the busiest first. */
function byLoad({ nodes, to }: Arrivals): Cut {
  const weights = new Float64Array(nodes);
  for (const node of to) weights[node] = (weights[node] as number) + 1;
  return dealt(weights, () => true);
}

/** Assigns each node, the heaviest first, to the half with the smaller sum of weights. */
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
