/**
 * The job that combines updates, or means of groups, by a rule that withstands some lying clients.
 *
 * @module
 */
import type { JobDefinition } from '../../engine/host/compute.ts';
import { stepsPerUnit } from './compression/form.ts';
import type { FederatedOptions } from './config.ts';
import type { AggregateRule } from './robust/combinations.ts';
import { groupMeans } from './robust/groups.ts';
import { krumChoice, meanOf, medianOf, trimmedMean } from './robust/rules.ts';
import { signedElement } from './secagg/ring.ts';

/** Inputs of a round, or the sums of its groups, and the rule that combines them. */
export interface CombineInput {
  readonly vectors: readonly Uint32Array[];
  /** Bits of their elements. */
  readonly bits: number;
  /** Inputs in each vector: one, or those of its group. */
  readonly members: readonly number[];
  /** Steps of an element per unit of an update. */
  readonly scale: number;
  readonly rule: AggregateRule;
}

/** Nanoseconds per coordinate and pair of updates. */
const PAIR_NS = 2;

/** The rule that the options ask for, in a round of so many clients. */
export function ruleOf(
  { aggregate, liars: lies }: Pick<FederatedOptions, 'aggregate' | 'liars'>,
  clients: number,
): AggregateRule {
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

/** A sum of a round, with its inputs one by one if nobody hides them. */
interface CombinedSum {
  readonly ring: Uint32Array;
  readonly bits: number;
  readonly survivors: readonly number[];
  readonly vectors?: readonly Uint32Array[];
}

/** What a rule combines: the inputs of one sum that hides none, or the sums of groups. */
export function combineInput(
  options: Pick<FederatedOptions, 'aggregate' | 'liars' | 'learn' | 'compression'>,
  sums: readonly CombinedSum[],
): CombineInput {
  const scale = stepsPerUnit(options);
  const bits = sums[0]?.bits ?? 0;
  const [first] = sums.flatMap(({ vectors: seen }) => (seen === undefined ? [] : [seen]));
  const vectors = first ?? sums.map(({ ring }) => ring);
  const members =
    first === undefined ? sums.map(({ survivors }) => survivors.length) : vectors.map(() => 1);
  return { vectors, bits, members, scale, rule: ruleOf(options, vectors.length) };
}

/** The combined update; undefined if there are too few for the rule. */
export const combineJob: JobDefinition = {
  run: (input) => {
    const { vectors, bits, members, scale, rule } = input as CombineInput;
    const sums = vectors.map((vector, place) => ({
      sum: Float64Array.from(vector, (value) => signedElement(value, bits) / scale),
      members: members[place] ?? 0,
    }));
    return combined(groupMeans(sums), rule);
  },
  costNs: (input) => {
    const { vectors } = input as CombineInput;
    return PAIR_NS * vectors.length ** 2 * (vectors[0]?.length ?? 0);
  },
};

function combined(updates: readonly Float64Array[], rule: AggregateRule): Float64Array | undefined {
  switch (rule.kind) {
    case 'krum':
    case 'multi-krum': {
      const take = rule.kind === 'krum' ? 1 : rule.take;
      const places = krumChoice(updates, { lies: rule.lies, take });
      return places === undefined ? undefined : meanOf(updates, places);
    }
    case 'trimmed-mean':
      return trimmedMean(updates, rule.trim);
    case 'median':
      return medianOf(updates);
    case 'mean':
    case 'norm-bound':
      return meanOf(updates, [...updates.keys()]);
  }
}
