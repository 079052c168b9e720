/**
 * The job that combines updates, or means of groups, by a rule that withstands some lying clients.
 *
 * @module
 */
import type { JobDefinition } from '../../engine/host/compute.ts';
import { updateStepsPerUnit } from './compression/form.ts';
import type { FederatedOptions } from './config.ts';
import type { AggregationRule } from './robust/combinations.ts';
import { groupMeans } from './robust/groups.ts';
import {
  krumSelectedIndices,
  meanOfUpdates,
  medianOfUpdates,
  trimmedMean,
} from './robust/rules.ts';
import { signedRingElement } from './secagg/ring.ts';

/** The inputs of a round, or the sums of its groups, and the rule by which they are combined. */
export interface CombineUpdatesInput {
  readonly vectors: readonly Uint32Array[];
  /** Number of bits of an element of the vectors. */
  readonly bits: number;
  /** Number of inputs in each vector: 1, or the number of members of its group. */
  readonly members: readonly number[];
  /** Number of steps of an element per unit of an update. */
  readonly scale: number;
  readonly rule: AggregationRule;
}

/** Nanoseconds per coordinate and pair of updates on the modelled processor. */
const PAIR_NS = 2;

/** Chooses the rule that the options ask for, for a round of `clients` clients. */
export function chooseAggregationRule(
  { aggregate, liars: lies }: Pick<FederatedOptions, 'aggregate' | 'liars'>,
  clients: number,
): AggregationRule {
  switch (aggregate) {
    case 'krum':
      return { kind: 'krum', lies };
    case 'multi-krum':
      return { kind: 'multi-krum', lies, take: Math.max(1, clients - lies) };
    case 'trimmed-mean':
      return { kind: 'trimmed-mean', trim: lies };
    case 'mean':
    case 'median':
      return { kind: aggregate };
  }
}

/** A sum of a round, with its single inputs if they are not hidden. */
interface CombinedSum {
  readonly ring: Uint32Array;
  readonly bits: number;
  readonly survivors: readonly number[];
  readonly vectors?: readonly Uint32Array[];
}

/**
 * Makes the input of the job: the single inputs of a sum whose inputs are visible, or the sums of
 * groups.
 */
export function makeCombineUpdatesInput(
  options: Pick<FederatedOptions, 'aggregate' | 'liars' | 'learn' | 'compression'>,
  sums: readonly CombinedSum[],
): CombineUpdatesInput {
  const scale = updateStepsPerUnit(options);
  const bits = sums[0]?.bits ?? 0;
  const [first] = sums.flatMap(({ vectors: seen }) => (seen === undefined ? [] : [seen]));
  const vectors = first ?? sums.map(({ ring }) => ring);
  const members =
    first === undefined ? sums.map(({ survivors }) => survivors.length) : vectors.map(() => 1);
  return { vectors, bits, members, scale, rule: chooseAggregationRule(options, vectors.length) };
}

/** Output: the combined update; undefined if there are too few updates for the rule. */
export const combineUpdatesJob: JobDefinition = {
  run: (input) => {
    const { vectors, bits, members, scale, rule } = input as CombineUpdatesInput;
    const sums = vectors.map((vector, place) => ({
      sum: Float64Array.from(vector, (value) => signedRingElement(value, bits) / scale),
      members: members[place] ?? 0,
    }));
    return combined(groupMeans(sums), rule);
  },
  costNs: (input) => {
    const { vectors } = input as CombineUpdatesInput;
    return PAIR_NS * vectors.length ** 2 * (vectors[0]?.length ?? 0);
  },
};

function combined(
  updates: readonly Float64Array[],
  rule: AggregationRule,
): Float64Array | undefined {
  switch (rule.kind) {
    case 'krum':
    case 'multi-krum': {
      const take = rule.kind === 'krum' ? 1 : rule.take;
      const places = krumSelectedIndices(updates, { lies: rule.lies, take });
      return places === undefined ? undefined : meanOfUpdates(updates, places);
    }
    case 'trimmed-mean':
      return trimmedMean(updates, rule.trim);
    case 'median':
      return medianOfUpdates(updates);
    case 'mean':
    case 'norm-bound':
      return meanOfUpdates(updates, [...updates.keys()]);
  }
}
