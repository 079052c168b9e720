/**
 * Derives from the options of a federation the parameters of a session, and the largest values of its sums.
 * Aggregator and clients derive these parameters independently, so that a client notices an aggregator that
 * asks for others.
 *
 * @module
 */

import { adaptiveClipElementCount } from './clip-plan.ts';
import { compressedLength, largestCoordinateSteps } from './compression/form.ts';
import type { FederatedOptions } from './config.ts';
import { sharedExampleCount } from './learn/data.ts';
import { largestNoisyInputElement } from './privacy-plan.ts';
import { invitedClientCount } from './selection.ts';

/** Parameters of a session that follow from the options. */
export interface SessionPlan {
  /** Number of neighbours that a client shares masks with. */
  readonly neighbours: number;
  /** Number of shares that open a secret. */
  readonly threshold: number;
  /** Number of elements of the vector that is added up. */
  readonly length: number;
  readonly bits: number;
}

/** Number of clients of the largest round. */
export function roundClientsMax({ select }: FederatedOptions, clients: number): number {
  return invitedClientCount(select) || clients;
}

/** Number of groups of a round, each with a sum; undefined if one sum has all clients. */
export function countGroups({ groups }: FederatedOptions): number | undefined {
  return groups === 'none' ? undefined : groups;
}

/** Numbers of clients of the smallest and of the largest session in a round of `clients` clients. */
export function sessionClientsMinMax(
  options: FederatedOptions,
  clients: number,
): readonly [number, number] {
  const groups = countGroups(options) ?? 1;
  return [Math.floor(clients / groups), Math.ceil(clients / groups)];
}

/**
 * Number of elements of a sum: those of the update, one for its weight if weights differ, one for its count
 * if the norm adapts.
 */
export function sumVectorLength(options: FederatedOptions, parameters: number): number {
  const { learn, compression } = options;
  const more = (learn.weight === 'examples' ? 1 : 0) + adaptiveClipElementCount(options);
  return compressedLength(compression, parameters) + more;
}

/** The parameters of a session of `clients` for a model of `parameters` weights. */
export function sessionPlan(
  options: FederatedOptions,
  clients: number,
  parameters: number,
): SessionPlan {
  const length = sumVectorLength(options, parameters);
  const { secureAggregation: sum } = options;
  if (sum === 'none') return { neighbours: 0, threshold: 1, length, bits: 32 };
  const most = clients - 1;
  const neighbours = sum.graph === 'complete' ? most : Math.min(sum.graph.neighbours, most);
  return {
    neighbours,
    threshold: thresholdOf(sum.threshold, neighbours + 1),
    length,
    bits: sumBits(options, clients),
  };
}

/** Bits of an element of a secure sum of `clients` inputs. */
function sumBits(options: FederatedOptions, clients: number): number {
  const { secureAggregation: sum } = options;
  const most = largestCoordinateSteps(options);
  if (most !== undefined) return Math.min(32, ringBitsNeeded(clients, most));
  return sum === 'none' ? 32 : sum.modulusBits;
}

/** Number of shares that open a secret: a fixed one, or a fraction of its holders, rounded down, plus one. */
function thresholdOf(threshold: number | '1/2' | '2/3', holders: number): number {
  if (typeof threshold === 'number') return threshold;
  const [numerator, denominator] = threshold === '1/2' ? [1, 2] : [2, 3];
  return Math.floor((numerator * holders) / denominator) + 1;
}

/** The largest value that a client can put into one element. */
export function largestInputElement(options: FederatedOptions): number {
  const { learn, data, privacy } = options;
  if (privacy !== undefined) return largestNoisyInputElement(options);
  const most = largestCoordinateSteps(options);
  if (most !== undefined) return most;
  const weight = learn.weight === 'examples' ? data.examples : 1;
  // Random rounding may raise a coordinate to the next step.
  return (Math.ceil(learn.clip * learn.scale) + 1) * weight;
}

/** Largest element that a sum of `inputs` inputs may have, in a federation of `clients` clients. */
export function largestSumElement(
  options: FederatedOptions,
  { inputs, clients }: { readonly inputs: number; readonly clients: number },
): number {
  const { learn, data, privacy } = options;
  const shared = sharedExampleCount(data, clients);
  if (shared === undefined || learn.weight === 'equal' || privacy !== undefined) {
    return inputs * largestInputElement(options);
  }
  // One client may have nearly all examples, but the weights of all clients add up to `shared`.
  return shared * (Math.ceil(learn.clip * learn.scale) + 1);
}

/**
 * Fewest inputs of a sum in which a client takes part: a sum of fewer would hide the client's input less than
 * the options promise, and would have less noise than the accounting of privacy assumes.
 */
export function sumInputsMin({
  secureAggregation: sum,
  groups,
  minimum,
}: Pick<FederatedOptions, 'secureAggregation' | 'groups' | 'minimum'>): number {
  const least = sum === 'none' ? 1 : sum.minSum;
  // The option `minimum` counts the clients of all groups together.
  return groups === 'none' ? Math.max(least, minimum) : least;
}

/** Bits that the sum of `clients` inputs needs: n B <= 2^(b-1) - 1, for signed numbers. */
export function ringBitsNeeded(clients: number, largest: number): number {
  let bits = 1;
  while (2 ** (bits - 1) - 1 < clients * largest) bits += 1;
  return bits;
}
