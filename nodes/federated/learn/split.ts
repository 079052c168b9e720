/**
 * Distributes the examples of one set to clients: each example goes to exactly one client.
 *
 * @module
 */
import { exp } from '../../../engine/pure/log-exp.ts';
import { drawDirichletShares } from './dirichlet.ts';
import type { Examples } from './model.ts';
import type { SharedDraws } from './seeded.ts';

/** The rule by which examples are distributed to clients. */
export type DatasetSplitRule =
  /** All clients get equally many examples, drawn at random. */
  | { readonly kind: 'iid' }
  /** `each` runs of the set sorted by label for each client (McMahan et al. 2017, section 3: two). */
  | { readonly kind: 'shards'; readonly each?: number }
  /**
   * Each class is divided into shares that follow a Dirichlet distribution (Hsu, Qi, Brown 2019, arXiv 1909.06335).
   */
  | { readonly kind: 'dirichlet'; readonly alpha: number }
  /** Drawn at random; the numbers of examples of clients are log-normal, with deviation `sigma` of the logarithm. */
  | { readonly kind: 'quantity'; readonly sigma: number };

/** Number of runs of the sorted set for each client, by default. */
const SHARDS = 2;
/** Exponents are cut here, to stay in the range of `exp`. */
const EXPONENT_MAX = 600;

/**
 * Distributes examples. @returns for each client the indices of its examples, ascending; a client may get none,
 * except with `iid` and `shards` if there are enough examples.
 * @param clients At least 1.
 */
export function splitExamples(
  labels: Uint8Array,
  clients: number,
  how: DatasetSplitRule,
  draws: SharedDraws,
): Uint32Array<ArrayBuffer>[] {
  const parts = dealt(labels, clients, how, draws);
  return parts.map((part) => Uint32Array.from(part).sort());
}

/** Counts the examples of each class. */
export function labelCounts(
  labels: Uint8Array,
  indices: ArrayLike<number>,
  classes: number,
): Uint32Array {
  const counts = new Uint32Array(classes);
  for (let at = 0; at < indices.length; at += 1) {
    const label = labels[indices[at] as number] as number;
    counts[label] = (counts[label] as number) + 1;
  }
  return counts;
}

/** The examples with these indices, in this order. */
export function selectExamples(examples: Examples, indices: Uint32Array): Examples {
  const { inputs, classes, labels } = examples;
  const features = new Float32Array(indices.length * inputs);
  for (const [place, index] of indices.entries()) {
    const from = index * inputs;
    features.set(examples.features.subarray(from, from + inputs), place * inputs);
  }
  const chosen = Uint8Array.from(indices, (index) => labels[index] as number);
  return { features, labels: chosen, inputs, classes, count: indices.length };
}

function dealt(
  labels: Uint8Array,
  clients: number,
  how: DatasetSplitRule,
  draws: SharedDraws,
): number[][] {
  switch (how.kind) {
    case 'iid':
      return cut(shuffled(labels.length, draws), equalShares(clients));
    case 'quantity':
      return cut(shuffled(labels.length, draws), logNormalShares(clients, how.sigma, draws));
    case 'shards':
      return shards(labels, clients, how.each ?? SHARDS, draws);
    case 'dirichlet':
      return byClass(labels, clients, how.alpha, draws);
  }
}

function shuffled(count: number, draws: SharedDraws): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  draws.shuffle(order);
  return order;
}

function equalShares(count: number): Float64Array {
  return new Float64Array(count).fill(1 / count);
}

function logNormalShares(count: number, sigma: number, draws: SharedDraws): Float64Array {
  const sizes = Float64Array.from({ length: count }, () => {
    const power = sigma * draws.normal();
    return exp(Math.max(-EXPONENT_MAX, Math.min(EXPONENT_MAX, power)));
  });
  let sum = 0;
  for (const size of sizes) sum += size;
  return sizes.map((size) => size / sum);
}

/** Cuts a list into parts of these shares; rounding moves the end of a part by at most half an item. */
function cut(items: readonly number[], shares: Float64Array): number[][] {
  const parts: number[][] = [];
  let before = 0;
  let from = 0;
  for (const [place, share] of shares.entries()) {
    before += share;
    const isLast = place === shares.length - 1;
    const to = isLast ? items.length : Math.min(items.length, Math.round(before * items.length));
    parts.push(items.slice(from, to));
    from = to;
  }
  return parts;
}

function shards(labels: Uint8Array, clients: number, each: number, draws: SharedDraws): number[][] {
  const order = Array.from(labels, (_, index) => index);
  order.sort((a, b) => (labels[a] as number) - (labels[b] as number) || a - b);
  const pieces = cut(order, equalShares(each * clients));
  draws.shuffle(pieces);
  return Array.from({ length: clients }, (_, client) =>
    pieces.slice(each * client, each * (client + 1)).flat(),
  );
}

function byClass(
  labels: Uint8Array,
  clients: number,
  alpha: number,
  draws: SharedDraws,
): number[][] {
  const members: number[][] = [];
  for (const [index, label] of labels.entries()) {
    while (members.length <= label) members.push([]);
    (members[label] as number[]).push(index);
  }
  const parts: number[][] = Array.from({ length: clients }, () => []);
  for (const ofClass of members) {
    draws.shuffle(ofClass);
    const pieces = cut(ofClass, drawDirichletShares({ count: clients, alpha }, draws));
    for (const [client, piece] of pieces.entries())
      for (const one of piece) (parts[client] as number[]).push(one);
  }
  return parts;
}
