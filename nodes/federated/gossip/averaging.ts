/**
 * Averaging without a server: in each step two neighbours replace their values by the mean of both (Boyd, Ghosh,
 * Prabhakar, Shah 2006, "Randomized gossip algorithms").
 *
 * @module
 */
import type { ModelUpdate } from '../robust/rules.ts';

/** The indices of two nodes that average. */
export type NodePair = readonly [number, number];

/** Replaces both models by their mean, in place. */
export function averagePair(a: ModelUpdate, b: ModelUpdate): void {
  for (let at = 0; at < a.length; at += 1) {
    const mean = ((a[at] as number) + (b[at] as number)) / 2;
    a[at] = mean;
    b[at] = mean;
  }
}

/** Sum of the squared distances of all nodes' values from their mean. */
export function modelDisagreement(values: readonly ModelUpdate[]): number {
  let sum = 0;
  for (let at = 0; at < (values[0]?.length ?? 0); at += 1) {
    let mean = 0;
    for (const value of values) mean += (value[at] as number) / values.length;
    for (const value of values) {
      sum += ((value[at] as number) - mean) * ((value[at] as number) - mean);
    }
  }
  return sum;
}

/**
 * Factor by which each exchange of a random pair reduces the expected {@link modelDisagreement} of n
 * nodes that all know each other: exactly 1 - 1/(n - 1).
 */
export function disagreementFactor(nodes: number): number {
  return 1 - 1 / (nodes - 1);
}

/** Number of steps of the iteration in {@link disagreementFactorBound}: enough for graphs of some hundred nodes. */
const ITERATIONS = 20_000;

/**
 * An upper bound of the factor of {@link disagreementFactor} for any graph, which is approached after many
 * exchanges: the second largest eigenvalue of the mean matrix of an exchange over a random edge, I - L / (2 edges),
 * where L is the Laplacian. Found by iteration; 1 for a graph that is not connected.
 * @param edges Edges of the graph, each once.
 */
export function disagreementFactorBound(nodes: number, edges: readonly NodePair[]): number {
  let vector = Float64Array.from({ length: nodes }, (_, at) => ((at * 37 + 11) % 101) - at / nodes);
  let factor = 0;
  for (let step = 0; step < ITERATIONS; step += 1) {
    vector = centred(vector);
    const next = exchanged(vector, edges);
    const norm = length(next);
    if (norm === 0) return 0;
    factor = norm / length(vector);
    vector = next.map((value) => value / norm);
  }
  return factor;
}

/** The expected vector after an exchange over a random edge. */
function exchanged(vector: Float64Array, edges: readonly NodePair[]): Float64Array<ArrayBuffer> {
  const next = Float64Array.from(vector);
  for (const [a, b] of edges) {
    const step = ((vector[a] as number) - (vector[b] as number)) / (2 * edges.length);
    next[a] = (next[a] as number) - step;
    next[b] = (next[b] as number) + step;
  }
  return next;
}

/**
 * Subtracts the mean from a vector: otherwise the iteration would find the eigenvalue 1 of the constant vector.
 */
function centred(vector: Float64Array): Float64Array<ArrayBuffer> {
  let sum = 0;
  for (const value of vector) sum += value;
  const mean = sum / vector.length;
  return Float64Array.from(vector, (value) => value - mean);
}

function length(vector: Float64Array): number {
  let square = 0;
  for (const value of vector) square += value * value;
  return Math.sqrt(square);
}
