/**
 * The graph of the pairs of clients that share a mask: all pairs (Bonawitz et al., CCS 2017), or
 * neighbours on a ring in random order, where each client shares masks with the k/2 next clients on
 * both sides (Harary graph; Bell et al., "Secure Single-Server Aggregation with (Poly)Logarithmic
 * Overhead", CCS 2020).
 *
 * @module
 */
/** The graph of masks. */
export interface MaskGraph {
  /** Neighbours of a client, ascending; empty for one that is not in the graph. */
  neighboursOf(index: number): readonly number[];
  /** The clients in the order of their ring; absent if the graph is complete. */
  readonly order?: readonly number[];
}

/** Puts numbers into a random order, in place. */
export interface Shuffler {
  shuffle(items: number[]): void;
}

/**
 * Draws the graph of these clients; a ring of up to k + 1 clients is complete and draws nothing.
 * @param members Ascending.
 * @param k Number of neighbours of each client; it must be even unless the graph is complete.
 */
export function drawMaskGraph(members: readonly number[], k: number, random: Shuffler): MaskGraph {
  if (k >= members.length - 1) return completeMaskGraph(members);
  const order = [...members];
  random.shuffle(order);
  return ringMaskGraph(order, k);
}

/** The graph in which each client is a neighbour of all others. */
export function completeMaskGraph(members: readonly number[]): MaskGraph {
  const isMember = new Set(members);
  return {
    neighboursOf: (index): readonly number[] =>
      isMember.has(index) ? members.filter((member) => member !== index) : [],
  };
}

/** Neighbours are the k/2 next clients on both sides of a ring in this order; k < `order.length`. */
export function ringMaskGraph(order: readonly number[], k: number): MaskGraph {
  const neighbours = new Map<number, readonly number[]>();
  const { length } = order;
  for (const [place, index] of order.entries()) {
    const found: number[] = [];
    for (let step = 1; step <= k / 2; step += 1) {
      found.push(order[(place + step) % length] as number);
      found.push(order[(place - step + length) % length] as number);
    }
    neighbours.set(
      index,
      found.sort((a, b) => a - b),
    );
  }
  return { order, neighboursOf: (index): readonly number[] => neighbours.get(index) ?? [] };
}

/**
 * The sign with which the pair mask of `own` and `other` enters the input of `own`: the larger index
 * adds it, the smaller subtracts it.
 */
export function pairMaskSign(own: number, other: number): 1 | -1 {
  return own > other ? 1 : -1;
}
