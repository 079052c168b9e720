/**
 * Divides a sweep into parts for machines that do not communicate.
 *
 * @module
 */
import { type CombinationParameters, combinationId } from '../../scenarios/identity.ts';

/** A part of a sweep, made on one machine: part `index`, from 1, of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Largest number of parts of a sweep. */
const SHARDS_MAX = 10_000;

/** Reads a part such as `2/4`; undefined for any other text. */
export function readShard(text: string): Shard | undefined {
  const [, index = '', count = ''] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  const isOne = shard.index >= 1 && shard.index <= shard.count && shard.count <= SHARDS_MAX;
  return isOne ? shard : undefined;
}

/** A combination with its index among all. */
interface Placed {
  readonly index: number;
  readonly parameters: CombinationParameters;
}

/**
 * The combinations of a part, in their order. They are assigned to the parts in turn, in the order
 * of their names. These are hashes, so slow regions of a sweep are spread over all parts.
 */
export function combinationsOfShard<Cell extends Placed>(
  cells: readonly Cell[],
  { index, count }: Shard,
  facts: { readonly commit: string; readonly set: CombinationParameters },
): readonly Cell[] {
  const named = cells.map((cell) => {
    const { commit, set } = facts;
    return { cell, name: combinationId({ commit, parameters: { ...set, ...cell.parameters } }) };
  });
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  return named
    .filter((_, place) => place % count === index - 1)
    .map(({ cell }) => cell)
    .sort((a, b) => a.index - b.index);
}
